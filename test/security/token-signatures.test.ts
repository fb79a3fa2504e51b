import { createHmac } from 'node:crypto';
import { exportSPKI } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIdentity, type Identity } from '../../api/http/identity.ts';
import {
  assemble,
  audience,
  clientId,
  createIssuer,
  createKey,
  headersOf,
  type PairOverrides,
  type SigningKey,
  type TestIssuer,
  type TokenPair,
} from '../support/tokens.ts';

const clock = Date.UTC(2026, 10, 24, 9);
let issuer: TestIssuer;
let identity: Identity;
let rsa: SigningKey;
let stranger: SigningKey;

beforeAll(async () => {
  issuer = await createIssuer(() => clock);
  rsa = await createKey('rsa', 'RS256');
  stranger = await createKey(issuer.key.kid);
  issuer.published.push(rsa.jwk);
  identity = createIdentity({ ...issuer.options, claims: [] });
});
afterAll(() => issuer[Symbol.asyncDispose]());

async function refused(pair: TokenPair) {
  await expect(identity.identify(headersOf(pair))).rejects.toMatchObject({
    name: 'Unauthenticated',
    code: 'unauthenticated',
  });
}

type Attack = [what: string, overrides: PairOverrides];

describe('refuses a token type', () => {
  const attacks: Attack[] = [
    ['of an access token on an ID token', { idHeader: { typ: 'at+jwt' } }],
    ['of an access token, in full, on an ID token', { idHeader: { typ: 'application/at+jwt' } }],
    ['of a logout token', { idHeader: { typ: 'logout+jwt' } }],
    ['of a proof of possession', { accessHeader: { typ: 'dpop+jwt' } }],
    ['of a request object', { accessHeader: { typ: 'oauth-authz-req+jwt' } }],
    ['that is empty', { accessHeader: { typ: '' } }],
    ['that is not a text', { accessHeader: { typ: ['at+jwt'] } }],
    ['that only ends like one', { accessHeader: { typ: 'evil/at+jwt' } }],
  ];
  it.each(attacks)('%s', async (_, overrides) => refused(await issuer.pair(overrides)));
});

describe('refuses a signature', () => {
  const replaceAccess = async (access: string) =>
    refused({ ...(await issuer.pair({ id: { at_hash: undefined } })), access });
  const payload = () => ({ ...issuer.claims(), aud: audience, client_id: clientId });

  it.each(['none', 'None', 'NONE', 'nOnE', ''])('by the algorithm "%s"', async (alg) => {
    await replaceAccess(assemble({ alg, kid: 'first' }, payload()));
    await replaceAccess(assemble({ alg, kid: 'first' }, payload(), 'AA'));
  });
  it('by no algorithm', async () => replaceAccess(assemble({ kid: 'first' }, payload(), 'AA')));
  it.each(['HS256', 'HS384', 'HS512'])('by %s with the public key as the secret', async (alg) => {
    const [header, body] = assemble({ alg, kid: 'rsa' }, payload()).split('.');
    for (const secret of [await exportSPKI(rsa.publicKey), JSON.stringify(rsa.jwk), String(rsa.jwk.n)]) {
      const mac = createHmac(alg.replace('HS', 'sha'), secret)
        .update(`${header}.${body}`)
        .digest('base64url');
      await replaceAccess(`${header}.${body}.${mac}`);
    }
  });
  it('by a stranger under a known key id', async () => refused(await issuer.pair({ accessKey: stranger })));
  it('by a stranger on the ID token only', async () => refused(await issuer.pair({ idKey: stranger })));
  it('by a known key under the id of another', async () => {
    await refused(await issuer.pair({ accessHeader: { kid: 'rsa' } }));
  });
  it('by a known key under another algorithm', async () => {
    const { access } = await issuer.pair({ accessKey: rsa });
    const [, body, signature] = access.split('.');
    const header = Buffer.from(JSON.stringify({ alg: 'PS256', kid: 'rsa' })).toString('base64url');
    await replaceAccess(`${header}.${body}.${signature}`);
  });
  it('that is zero: ECDSA with r = s = 0', async () => {
    await replaceAccess(
      assemble({ alg: 'ES256', kid: 'first' }, payload(), Buffer.alloc(64).toString('base64url')),
    );
  });
  it('that is cut short', async () => replaceAccess((await issuer.pair()).access.slice(0, -4)));
  it('of other claims', async () => {
    const [header, , signature] = (await issuer.pair()).access.split('.');
    const [, body] = assemble({}, { ...payload(), groups: ['aws-temp#Reviewer'] }).split('.');
    await replaceAccess(`${header}.${body}.${signature}`);
  });
});

describe('takes no key from the token itself:', () => {
  it.each([
    ['jwk', () => ({ jwk: stranger.jwk })],
    ['jku', () => ({ jku: `${issuer.url}/evil` })],
    ['x5u', () => ({ x5u: `${issuer.url}/evil` })],
    ['x5c', () => ({ x5c: ['MIIB'] })],
  ])('%s', async (_, header) => {
    const before = issuer.counts.keys;
    await refused(await issuer.pair({ accessKey: stranger, accessHeader: header() }));
    await refused(await issuer.pair({ accessKey: stranger, accessHeader: { ...header(), kid: 'unknown' } }));
    expect(issuer.counts.keys).toBe(before);
  });
  it.each<[string, unknown]>([
    ['a path', '../../../../dev/null'],
    ['an address', 'https://evil.example/key'],
    ['a prototype', '__proto__'],
    ['a query', "' or '1'='1"],
    ['empty', ''],
    ['a number', 0],
    ['null', null],
    ['a list', ['first']],
  ])('a key id that is %s', async (_, kid) => {
    await refused(await issuer.pair({ accessHeader: { kid } }));
  });
});

describe('refuses every critical extension:', () => {
  const attacks: Attack[] = [
    ['one that nobody knows', { accessHeader: { crit: ['urn:x'], 'urn:x': true } }],
    ['b64, which the library knows', { accessHeader: { crit: ['b64'], b64: true } }],
    ['on the ID token', { idHeader: { crit: ['b64'], b64: true } }],
  ];
  it.each(attacks)('%s', async (_, overrides) => refused(await issuer.pair(overrides)));

  it.each([[[]], ['exp'], [null]])('written as %j', async (crit) => {
    const pair = await issuer.pair({ id: { at_hash: undefined } });
    await refused({ ...pair, access: assemble({ alg: 'ES256', kid: 'first', crit }, {}, 'AA') });
  });
});
