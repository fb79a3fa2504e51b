import { AssumeRoleCommand, type AssumeRoleCommandInput, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Unavailable } from '../../api/actions/ports.ts';
import { reconcile } from '../../api/actions/reconcile.ts';
import { runPreflight } from '../../api/actions/run-preflight.ts';
import { roleProber } from '../../api/aws/role-prober.ts';
import { sessionIssuer } from '../../api/aws/session-issuer.ts';
import { sessionLedger } from '../../api/aws/session-ledger.ts';
import { readAssumeRole } from '../../api/cloud-trail.ts';
import { type Instant, instantOf, plusMinutes } from '../../api/domain/instant.ts';
import type { AssumeRoleSeen } from '../../api/domain/reconciliation.ts';
import type { SessionRecord } from '../../api/domain/session.ts';
import type { LambdaFunction } from '../../api/env.ts';
import { brokerRole } from '../../infra/local/cloud-trail-event.ts';
import {
  endable,
  ending,
  issueFrom,
  type LiveSessions,
  openLiveSessions,
  revoke,
  someone,
} from '../api/live-sessions.ts';
import { ada, allowed, production, staging } from '../api/people.ts';

/**
 * Somebody has the credentials of one of the broker's own roles, and becomes a target role with them, past the broker.
 * What CloudTrail can tell beside that, to the second and the character: `test/api/domain/reconciliation.test.ts`.
 */

let live: LiveSessions;
let session: SessionRecord;
let requestId: string;

beforeAll(async () => {
  live = await openLiveSessions();
});
afterAll(() => live.stop());
beforeEach(async () => {
  live.world.goTo(instantOf(Date.now()));
  live.aws.sts.takeTrail();
  const by = someone(live.world);
  requestId = (await endable(live, by)).id;
  const issued = allowed(await issueFrom(live, by, issuer())(requestId));
  session = issued.session;
});

function options() {
  const { targetRolePath, externalId } = live.aws;
  return {
    partition: 'aws',
    targetRolePath,
    externalId,
    appUrl: 'https://stepladder.example.com',
    signinEndpoint: undefined,
  } as const;
}
function issuer() {
  live.as('sessions');
  return sessionIssuer(options());
}
const places = () => ({
  ...live.places,
  sessionsRole: brokerRole('sessions'),
  enforceRole: brokerRole('enforce'),
});
const judge = (seen: AssumeRoleSeen, minutesLater = 5) => {
  const now = instantOf(Date.parse(live.world.now()) + minutesLater * 60_000);
  return reconcile(
    { ledger: sessionLedger(live.store.table), world: { now: () => now }, places: places() },
    seen,
  );
};
/** What CloudTrail has told since somebody looked last. */
const told = () =>
  live.aws.sts.takeTrail().map((event) => {
    const seen = readAssumeRole(event);
    if (seen === undefined) throw new Error('the event could not be read');
    return seen;
  });
const roleArn = (role = 'Admin', account = production) => `arn:aws:iam::${account}:role/stepladder/${role}`;

/** As somebody would by hand, who knows what a session looks like. */
async function forge(change: Partial<AssumeRoleCommandInput> = {}, as: LambdaFunction = 'sessions') {
  const sts = new STSClient({
    endpoint: live.aws.sts.url,
    region: live.aws.region,
    credentials: live.aws.principalOf(as),
    maxAttempts: 1,
  });
  const input = {
    RoleArn: roleArn(),
    RoleSessionName: session.sessionName,
    SourceIdentity: session.sourceIdentity,
    ExternalId: live.aws.externalId,
    DurationSeconds: 900,
    Tags: ['Request', 'Reviewer', 'Until'].map((one) => ({ Key: `Stepladder${one}`, Value: 'x' })),
    ...change,
  };
  await sts
    .send(new AssumeRoleCommand(input))
    .catch((error: unknown) => expect(error).toMatchObject({ name: 'AccessDenied' }));
  sts.destroy();
  const seen = told().at(-1);
  if (seen === undefined) throw new Error('CloudTrail has told nothing');
  return seen;
}

test('what Stepladder did itself is known, however often and late CloudTrail tells of it', async () => {
  const [seen, ...others] = told();
  if (seen === undefined) throw new Error('CloudTrail has told nothing');
  expect(others).toEqual([]);
  for (const minutes of [0, 1, 5, 600]) expect(await judge(seen, minutes)).toEqual({ kind: 'known' });
});

describe('somebody with the credentials of the sessions role is seen', () => {
  const other = 'z'.repeat(26);

  test.each<[string, () => Partial<AssumeRoleCommandInput>, string]>([
    ['with the name of a session that is on record, at the same time', () => ({}), 'access-key'],
    [
      'with a plausible name',
      () => ({ RoleSessionName: `ada-example.com-0123456789.${other}` }),
      'no-record',
    ],
    ['with a name of their own', () => ({ RoleSessionName: 'incident-4711' }), 'session-name'],
    [
      'with another person’s name for the same request',
      () => ({ RoleSessionName: `eve-0123456789.${requestId}` }),
      'session-name',
    ],
    ['for another role', () => ({ RoleArn: roleArn('ReadOnly') }), 'role'],
    ['for another account', () => ({ RoleArn: roleArn('Admin', staging) }), 'role'],
    ['as somebody else', () => ({ SourceIdentity: 'eve-0123456789' }), 'source-identity'],
    [
      'with the name of a preflight that nobody ran',
      () => ({ RoleSessionName: `preflight.${other}` }),
      'no-record',
    ],
  ])('%s', async (_how, change, reason) => {
    expect(await judge(await forge(change()))).toEqual({ kind: 'unmatched', reason });
  });

  test('with a preflight’s name, for another role or long after it', async () => {
    live.as('sessions');
    const target = { account: production, role: 'Admin' };
    const by = { kind: 'operator', person: ada, sourceIp: '192.0.2.1' } as const;
    const place = { partition: 'aws', boundary: undefined };
    const tools = {
      store: live.store,
      prober: roleProber(options()),
      world: live.world,
      policy: ending,
      place,
    };
    const report = allowed(await runPreflight(tools, by, target));
    const probes = told();
    expect(probes.map(({ errorCode }) => errorCode).filter((code) => code === null).length).toBeGreaterThan(
      0,
    );
    for (const seen of probes)
      expect(await judge(seen)).toEqual({ kind: seen.errorCode === null ? 'known' : 'denied' });
    const name = `preflight.${report.id}`;
    const elsewhere = await forge({ RoleSessionName: name, RoleArn: roleArn('ReadOnly') });
    expect(await judge(elsewhere)).toEqual({ kind: 'unmatched', reason: 'role' });
    const seen = await forge({ RoleSessionName: name });
    const later = { ...seen, at: instantOf(Date.parse(seen.at) + 2 * 60_000) };
    expect(await judge(later)).toEqual({ kind: 'unmatched', reason: 'time' });
  });
});

describe('somebody with the credentials of the role that ends sessions', () => {
  test('is seen where they become something else than a revoker', async () => {
    const seen = { ...(await forge()), caller: brokerRole('enforce') };
    expect(await judge(seen)).toEqual({ kind: 'unmatched', reason: 'session-name' });
    const named = { ...seen, sessionName: 'stepladder-enforce' };
    expect(await judge(named)).toEqual({ kind: 'unmatched', reason: 'role' });
  });

  test('the Lambda itself is known', async () => {
    expect((await revoke(live, requestId)).ok).toBe(true);
    live.as('enforce');
    await live.enforce();
    const seen = told();
    expect(seen.length).toBeGreaterThan(0);
    for (const one of seen) expect(await judge(one)).toEqual({ kind: 'known' });
  });
});

test('what AWS denied gave nobody anything', async () => {
  expect(await judge(await forge({ ExternalId: 'guessed' }))).toEqual({ kind: 'denied' });
});

test('a session whose record is not finished is asked for again', async () => {
  const [seen] = told();
  if (seen === undefined) throw new Error('CloudTrail has told nothing');
  const record = { ...session, state: 'intended' as const, accessKeyId: null, narrowedFrom: null };
  const ledger = { listSessionsOf: async () => [record], readPreflight: async () => undefined };
  const lookAt = (now: Instant) => reconcile({ ledger, world: { now: () => now }, places: places() }, seen);
  await expect(lookAt(plusMinutes(session.at, 1))).rejects.toThrow(Unavailable);
  expect(await lookAt(plusMinutes(session.at, 2))).toEqual({ kind: 'known' });
});

describe('an event of CloudTrail', () => {
  test('is read without the session token that is in it', async () => {
    const [event] = live.aws.sts.takeTrail();
    expect(JSON.stringify(event)).toContain('sessionToken');
    expect(Object.keys(readAssumeRole(event) ?? {}).sort()).toEqual([
      'accessKeyId',
      'at',
      'caller',
      'errorCode',
      'eventId',
      'roleArn',
      'sessionName',
      'sourceIdentity',
    ]);
  });

  test.each<[string, (detail: Record<string, unknown>) => object]>([
    ['another event', (detail) => ({ ...detail, eventName: 'AssumeRoleWithSAML' })],
    ['no caller', (detail) => ({ ...detail, userIdentity: { type: 'AWSService' } })],
    ['no time', (detail) => ({ ...detail, eventTime: 'yesterday' })],
    ['no role', (detail) => ({ ...detail, requestParameters: null })],
    ['no key', (detail) => ({ ...detail, responseElements: {} })],
    ['no answer', (detail) => ({ ...detail, responseElements: null })],
  ])('with %s is not read as anything', (_what, change) => {
    const [event] = live.aws.sts.takeTrail() as { detail: Record<string, unknown> }[];
    expect(readAssumeRole({ ...event, detail: change(event?.detail ?? {}) })).toBeUndefined();
    expect(readAssumeRole(undefined)).toBeUndefined();
  });
});
