import { beforeEach, describe, expect, test } from 'vitest';
import type { IssuedSessionView } from '../../api/contract.ts';
import type { AddressSource } from '../../api/http/viewer-address.ts';
import { viewerAddress } from '../../api/http/viewer-address.ts';
import { eventOf, startApi } from '../api/http/calls.ts';
import { ada, oki, policy, production, stoppedWorld } from '../api/people.ts';
import { approved, openStore, type Store } from '../api/store.ts';

/** Somebody wants a session to be on record as another address's than the one that they call from. */

const gateway = '192.0.2.7';
const forged = '203.0.113.66';
const of = (from: AddressSource, headers: Record<string, string[]>) =>
  viewerAddress(from, eventOf(ada, 'issueSession', { headers }));

describe('where API Gateway itself says it', () => {
  test.each(['X-Viewer-Address', 'CloudFront-Viewer-Address', 'X-Forwarded-For', 'Forwarded', 'X-Real-IP'])(
    'no %s is believed',
    (header) => {
      expect(of('direct', { [header]: [forged] })).toBe(gateway);
    },
  );
});

describe('behind CloudFront', () => {
  test.each(['198.51.100.4', '2001:db8::1', '::ffff:198.51.100.4'])('%s is on record', (address) => {
    expect(of('cloudfront', { 'x-viewer-address': [address], 'X-Forwarded-For': [forged] })).toBe(address);
  });

  test.each<[string, Record<string, string[]>]>([
    ['no header', {}],
    ['another header', { 'CloudFront-Viewer-Address': [`${forged}:443`], 'X-Forwarded-For': [forged] }],
    ['two headers', { 'X-Viewer-Address': ['198.51.100.4', forged] }],
    [
      'two headers in two letter cases',
      { 'X-Viewer-Address': ['198.51.100.4'], 'x-viewer-address': [forged] },
    ],
    ['a list', { 'X-Viewer-Address': [`198.51.100.4, ${forged}`] }],
    ['something behind it', { 'X-Viewer-Address': ['198.51.100.4 (really)'] }],
    ['a line behind it', { 'X-Viewer-Address': ['198.51.100.4\nset-cookie: a=b'] }],
    ['white space around it', { 'X-Viewer-Address': [' 198.51.100.4'] }],
    ['a port', { 'X-Viewer-Address': ['198.51.100.4:443'] }],
    ['brackets', { 'X-Viewer-Address': ['[2001:db8::1]'] }],
    ['the zone of an IPv6 address', { 'X-Viewer-Address': ['fe80::1%eth0'] }],
    ['a range', { 'X-Viewer-Address': ['198.51.100.0/24'] }],
    ['an address in octal', { 'X-Viewer-Address': ['0306.063.0144.04'] }],
    ['an address as one number', { 'X-Viewer-Address': ['3325256708'] }],
    ['a name', { 'X-Viewer-Address': ['ada.example.com'] }],
    ['nothing in it', { 'X-Viewer-Address': [''] }],
    ['a script', { 'X-Viewer-Address': ['<script>'] }],
  ])('no address is, with %s', (_what, headers) => {
    expect(of('cloudfront', headers)).toBe('');
  });
});

describe('behind a load balancer', () => {
  test.each<[string, string]>([
    ['the only hop', '10.0.3.4'],
    ['the last of many, before which anybody writes what they like', `${forged}, 8.8.8.8, unknown, 10.0.3.4`],
    [
      'the one before the load balancer, where API Gateway names that, too',
      `${forged}, 10.0.3.4, ${gateway}`,
    ],
    ['none that the caller calls the load balancer', `${forged}, ${gateway}, 10.0.3.4`],
  ])('%s is on record', (_what, list) => {
    expect(of('load-balancer', { 'x-forwarded-for': [list], 'X-Viewer-Address': [forged] })).toBe('10.0.3.4');
  });

  test.each<[string, Record<string, string[]>]>([
    ['no header', { 'X-Viewer-Address': [forged], Forwarded: [`for=${forged}`] }],
    ['two headers', { 'X-Forwarded-For': [forged, '10.0.3.4'] }],
    ['two headers in two letter cases', { 'X-Forwarded-For': [forged], 'x-forwarded-for': ['10.0.3.4'] }],
    ['a last hop that is no address', { 'X-Forwarded-For': [`${forged}, unknown`] }],
    ['a comma at the end', { 'X-Forwarded-For': [`${forged},`] }],
    ['a port', { 'X-Forwarded-For': ['10.0.3.4:50123'] }],
    ['the load balancer alone', { 'X-Forwarded-For': [`nobody, ${gateway}`] }],
  ])('no address is, with %s', (_what, headers) => {
    expect(of('load-balancer', headers)).toBe('');
  });
});

describe('what the routes put on record', () => {
  let store: Store;
  beforeEach(async () => {
    store = await openStore();
  });
  const world = stoppedWorld();
  const api = () => startApi(store, world, {}, policy, undefined, 'cloudfront');
  const headers = { 'X-Viewer-Address': ['198.51.100.4'] };

  test('is the viewer’s address, of sessions and of preflights', async () => {
    const { id } = await approved(store, world);
    const parts = { id, body: { kind: 'cli' }, headers };
    const issued = await api().call<IssuedSessionView>(ada, 'issueSession', parts);
    expect(issued.body.session.sourceIp).toBe('198.51.100.4');
    const body = { account: production, role: 'Admin' };
    expect((await api().call(oki, 'runPreflight', { body, headers })).status).toBe(200);
    expect(JSON.stringify(await store.everything())).not.toContain(gateway);
  });

  test('is nothing rather than a wrong one, and the session is issued all the same', async () => {
    const { id } = await approved(store, world);
    const twice = { 'X-Viewer-Address': ['198.51.100.4', forged] };
    const issued = await api().call<IssuedSessionView>(ada, 'issueSession', {
      id,
      body: { kind: 'cli' },
      headers: twice,
    });
    expect([issued.status, issued.body.session.sourceIp]).toEqual([201, '']);
  });
});
