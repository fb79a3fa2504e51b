import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIdentity, type Identity } from '../../api/http/identity.ts';
import type { UnauthenticatedCode } from '../../api/http/identity-errors.ts';
import {
  audience,
  type Claims,
  clientId,
  createIssuer,
  hashOf,
  headersOf,
  type PairOverrides,
  sign,
  subject,
  type TestIssuer,
  type TokenPair,
} from '../support/tokens.ts';

const clock = Date.UTC(2026, 10, 24, 9);
const now = clock / 1000;
let issuer: TestIssuer;
let identity: Identity;

beforeAll(async () => {
  issuer = await createIssuer(() => clock);
  identity = createIdentity({ ...issuer.options, claims: [] });
});
afterAll(() => issuer[Symbol.asyncDispose]());

async function refused(pair: TokenPair, code: UnauthenticatedCode = 'unauthenticated') {
  await expect(identity.identify(headersOf(pair))).rejects.toMatchObject({ name: 'Unauthenticated', code });
}

it('accepts a pair that is right in every part, so the refusals below have one cause each', async () => {
  expect(await identity.identify(headersOf(await issuer.pair()))).toEqual({
    id: `${issuer.url}#${subject}`,
    name: 'Ada Engineer',
    email: 'ada@example.com',
    groups: [],
    claims: {},
    authentication: { at: null, acr: null, amr: [] },
  });
});

type Attack = [what: string, overrides: PairOverrides, code?: UnauthenticatedCode];

function both(claims: Claims): PairOverrides {
  return { access: claims, id: claims };
}

describe('refuses an access token with claims that', () => {
  const attacks: Attack[] = [
    ['expired a second ago', { access: { exp: now - 1 } }, 'token-expired'],
    ['expire now', { access: { exp: now } }, 'token-expired'],
    ['expired a day ago', { access: { exp: now - 86_400 } }, 'token-expired'],
    ['never expire: no exp', { access: { exp: undefined } }],
    ['have exp as a string', { access: { exp: String(now + 300) } }],
    ['have exp as null', { access: { exp: null } }],
    ['have exp as a list', { access: { exp: [now + 300] } }],
    ['were issued in the future', { access: { iat: now + 61 } }],
    ['were issued in milliseconds', { access: { iat: clock } }],
    ['were issued at no time', { access: { iat: undefined } }],
    ['were issued at a time in words', { access: { iat: 'now' } }],
    ['are not valid yet', { access: { nbf: now + 61 } }],
    ['are valid from a time in words', { access: { nbf: '0' } }],
    ['name another issuer', { access: { iss: 'https://evil.example' } }],
    ['name several issuers', { access: { iss: ['https://evil.example'] } }],
    ['name no issuer', { access: { iss: undefined } }],
    ['are for another API', { access: { aud: 'https://other.example/api' } }],
    ['are for an address below the API', { access: { aud: `${audience}/` } }],
    ['are for the API in other letters', { access: { aud: audience.toUpperCase() } }],
    ['are for nobody', { access: { aud: undefined } }],
    ['are for an empty list', { access: { aud: [] } }],
    ['hide the audience in a list in a list', { access: { aud: [[audience]] } }],
    ['hide the audience in an object', { access: { aud: { [audience]: true } } }],
    ['hide a number among the audiences', { access: { aud: [audience, 7] } }],
    ['are for the client', { access: { aud: clientId } }],
    ['are for the API and the client at once', { access: { aud: [audience, clientId] } }],
    ['name no client', { access: { client_id: undefined } }],
    ['name another client', { access: { client_id: 'other' } }],
    ['name a list of clients', { access: { client_id: [clientId] } }],
    ['name another client as azp', { access: { azp: 'other' } }],
    ['name another client as azp alone', { access: { client_id: undefined, azp: 'other' } }],
  ];
  it.each(attacks)('%s', async (_, overrides, code) => refused(await issuer.pair(overrides), code));

  it('name the issuer with a slash more', async () => {
    await refused(await issuer.pair({ access: { iss: `${issuer.url}/` } }));
  });
  it('expire at infinity', async () => {
    const payload = { ...issuer.claims(), aud: audience, client_id: clientId };
    const access = await sign(issuer.key, JSON.stringify(payload).replace(/"exp":\d+/, '"exp":1e999'));
    await refused({ ...(await issuer.pair({ id: { at_hash: undefined } })), access });
  });
  it('repeat the subject: the last one is somebody else', async () => {
    const payload = JSON.stringify({ ...issuer.claims(), aud: audience, client_id: clientId });
    const access = await sign(issuer.key, payload.replace(/}$/, ',"sub":"bob"}'));
    await refused({ ...(await issuer.pair({ id: { at_hash: undefined } })), access });
  });
  it.each([
    ['are a list', '[{}]'],
    ['are a text', '"claims"'],
    ['are null', 'null'],
    ['are no JSON', '{"iss":'],
    ['are nothing', ''],
    ['are nested three thousand deep', `${'['.repeat(3000)}${']'.repeat(3000)}`],
  ])('%s', async (_, payload) => {
    const pair = await issuer.pair({ id: { at_hash: undefined } });
    await refused({ ...pair, access: await sign(issuer.key, payload) });
  });
});

describe('refuses an ID token with claims that', () => {
  const attacks: Attack[] = [
    ['expired', { id: { exp: now - 1 } }, 'token-expired'],
    ['never expire', { id: { exp: undefined } }],
    ['have exp as a string', { id: { exp: String(now + 300) } }],
    ['were issued in the future', { id: { iat: now + 3600 } }],
    ['are not valid yet', { id: { nbf: now + 3600 } }],
    ['name another issuer', { id: { iss: 'https://evil.example' } }],
    ['are for another client', { id: { aud: 'other' } }],
    ['are for the API', { id: { aud: audience } }],
    ['are for the client and the API at once', { id: { aud: [clientId, audience], azp: clientId } }],
    ['are for two clients, authorised party unsaid', { id: { aud: [clientId, 'other'] } }],
    ['are for two clients, authorised party the other', { id: { aud: [clientId, 'other'], azp: 'other' } }],
    ['name another authorised party', { id: { azp: 'other' } }],
    ['name null as the authorised party', { id: { azp: null } }],
    ['carry the hash of another access token', { id: { at_hash: hashOf('another') } }],
    ['carry a hash of the wrong length', { id: { at_hash: '' } }],
    ['carry a hash that is no text', { id: { at_hash: null } }],
  ];
  it.each(attacks)('%s', async (_, overrides, code) => refused(await issuer.pair(overrides), code));

  it('carry a hash made by another algorithm', async () => {
    const { access } = await issuer.pair();
    const { id } = await issuer.pair({ id: { at_hash: hashOf(access, 512) } });
    await refused({ access, id });
  });
});

describe('refuses a pair', () => {
  const subjects: [string, unknown][] = [
    ['without a subject', undefined],
    ['with an empty subject', ''],
    ['with a number as subject', 7],
    ['with a list as subject', [subject]],
    ['with a subject of 256 characters', 'x'.repeat(256)],
    ['with a control character in the subject', `${subject}\n`],
    ['with a zero byte in the subject', `${subject}\0`],
    ['with a look-alike letter in the subject', 'аda'],
  ];
  it.each(subjects)('%s', async (_, sub) => refused(await issuer.pair(both({ sub }))));

  it('of two people', async () => refused(await issuer.pair({ access: { sub: 'bob' } })));
  it('of two people whose subjects differ in case', async () => {
    await refused(await issuer.pair({ id: { sub: subject.toUpperCase() } }));
  });
  it('of two people with the same e-mail and name', async () => {
    await refused(await issuer.pair({ access: { sub: 'bob', email: 'ada@example.com' } }));
  });
  it('of one person from two sign-ins, where at_hash says so', async () => {
    const [one, other] = [await issuer.pair(), await issuer.pair({ access: { jti: 'other' } })];
    await refused({ access: one.access, id: other.id });
  });
  it('with the tokens swapped', async () => {
    const { access, id } = await issuer.pair();
    await refused({ access: id, id: access });
  });
  it('that is the access token twice', async () => {
    const { access } = await issuer.pair();
    await refused({ access, id: access });
  });
  it('that is the ID token twice', async () => {
    const { id } = await issuer.pair();
    await refused({ access: id, id });
  });
  it('that is two tokens for both audiences', async () => {
    const aud = [audience, clientId];
    await refused(await issuer.pair(both({ aud, client_id: clientId, azp: clientId })));
  });
});

it('says nothing of a token in what it refuses with', async () => {
  const pair = await issuer.pair({ access: { exp: 'secret-claim' }, accessHeader: { typ: 'at+jwt' } });
  const error: unknown = await identity.identify(headersOf(pair)).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Error);
  const told = JSON.stringify(error, Object.getOwnPropertyNames(error));
  expect(told).not.toContain('secret-claim');
  for (const part of pair.access.split('.')) expect(told).not.toContain(part);
});
