import { afterAll, beforeAll, expect, it } from 'vitest';
import { createIdentity, type Identity } from '../../api/http/identity.ts';
import { readTokens } from '../../api/http/token-headers.ts';
import {
  audience,
  clientId,
  createIssuer,
  headersOf,
  type PairOverrides,
  type TestIssuer,
} from '../support/tokens.ts';

/** The log says of a refused pair of tokens which of the two it was and what was wrong, in fixed words. */

const clock = Date.UTC(2026, 10, 24, 9);
const now = clock / 1000;
let issuer: TestIssuer;
let identity: Identity;

beforeAll(async () => {
  issuer = await createIssuer(() => clock);
  identity = createIdentity({ ...issuer.options, claims: ['department'] });
});
afterAll(() => issuer[Symbol.asyncDispose]());

it.each<[string, PairOverrides]>([
  ['access token: claim iss', { access: { iss: 'https://evil.example.com' } }],
  ['access token: claim aud', { access: { aud: 'https://other.example.com' } }],
  ['access token: claim aud', { access: { aud: [audience, clientId] } }],
  ['ID token: claim aud', { id: { aud: 'another-client' } }],
  ['ID token: claim aud', { id: { aud: [clientId, audience], azp: clientId } }],
  ['access token: expired', { access: { exp: now - 1 } }],
  ['ID token: expired', { id: { exp: now } }],
  ['access token: claim exp', { access: { exp: undefined } }],
  ['access token: claim iat', { access: { iat: now + 61 } }],
  ['ID token: claim iat', { id: { iat: undefined } }],
  ['access token: claim sub', { access: { sub: undefined } }],
  ['access token: claim cnf', { access: { cnf: { jkt: 'thumbprint' } } }],
  ['access token: typ', { accessHeader: { typ: 'logout+jwt' } }],
  ['access token: typ', { accessHeader: { typ: 'x-application/at+jwt' } }],
  ['ID token: typ', { idHeader: { typ: 'at+jwt' } }],
  ['the tokens are of two people', { id: { sub: 'somebody-else' } }],
  ['access token: of another client', { access: { client_id: 'another-client' } }],
  ['ID token: of another client', { id: { azp: 'another-client' } }],
  ['ID token: at_hash is of another access token', { id: { at_hash: 'AAAA' } }],
  ['ID token: no usable e-mail', { id: { email: undefined } }],
  ['sub: missing or malformed', { access: { sub: 'a\n' } }],
  ['groups: not a list', { access: { groups: 'a' } }],
  ["groups: not as this provider's groups are written", { access: { groups: [7] } }],
  ['groups: left out by the provider', { access: { hasgroups: true } }],
  ['department: not a text or a list of texts', { access: { department: 7 } }],
])('%s: %#', async (reason, overrides) => {
  const pair = await issuer.pair(overrides);
  await expect(identity.identify(headersOf(pair))).rejects.toMatchObject({ name: 'Unauthenticated', reason });
});

const [access, id] = ['a.b.c', 'd.e.f'];
const most = (length: number) => `a.${'b'.repeat(length - 4)}.c`;

it.each<[string, Record<string, string[]>]>([
  ['Authorization: missing', { 'X-Id-Token': [id] }],
  ['Authorization: more than one', { Authorization: [access, access], 'X-Id-Token': [id] }],
  ['Authorization: too long', { Authorization: [most(10_241)], 'X-Id-Token': [id] }],
  ['access token: not a bearer token', { Authorization: [access], 'X-Id-Token': [id] }],
  ['access token: not a bearer token', { Authorization: [`Bearer =${access}`], 'X-Id-Token': [id] }],
  ['access token: not a bearer token', { Authorization: [most(10_240)], 'X-Id-Token': [id] }],
  ['X-Id-Token: missing', { Authorization: [`Bearer ${access}`] }],
  [
    'X-Id-Token: more than one',
    { Authorization: [`Bearer ${access}`], 'X-Id-Token': [id], 'x-id-token': [id] },
  ],
  ['X-Id-Token: too long', { Authorization: [`Bearer ${access}`], 'X-Id-Token': [most(10_241)] }],
  ['ID token: not a token', { Authorization: [`Bearer ${access}`], 'X-Id-Token': [`=${id}`] }],
  ['one token in both headers', { Authorization: [`Bearer ${access}`], 'X-Id-Token': [access] }],
])('%s: %#', (reason, headers) => {
  const code = reason.endsWith('too long') ? 'token-too-large' : 'unauthenticated';
  expect(() => readTokens(headers)).toThrow(
    expect.objectContaining({ name: 'Unauthenticated', code, reason }),
  );
});

it('takes a header that is just as long as API Gateway lets through', () => {
  const headers = { Authorization: [`Bearer ${access}`], 'X-Id-Token': [most(10_240)] };
  expect(readTokens(headers)).toEqual({ access, id: most(10_240) });
});

it('takes the time of a sign-in from a clock that is a minute ahead, and none from further ahead', async () => {
  const signedIn = async (auth_time: number) => {
    const { authentication } = await identity.identify(headersOf(await issuer.pair({ id: { auth_time } })));
    return authentication.at;
  };
  expect(await signedIn(now + 60)).toBe(new Date((now + 60) * 1000).toISOString());
  expect(await signedIn(now + 61)).toBeNull();
});
