import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIdentity, type Identity } from '../../api/http/identity.ts';
import { createIssuer, headersOf, type PairOverrides, sign, type TestIssuer } from '../support/tokens.ts';

/** When and how a person signed in is what the ID token says of it, or it is not known. */

const clock = Date.UTC(2026, 10, 24, 9);
const now = clock / 1000;
let issuer: TestIssuer;
let identity: Identity;

beforeAll(async () => {
  issuer = await createIssuer(() => clock);
  identity = createIdentity({ ...issuer.options, claims: [] });
});
afterAll(() => issuer[Symbol.asyncDispose]());

const signInOf = async (overrides: PairOverrides) =>
  (await identity.identify(headersOf(await issuer.pair(overrides)))).authentication;

it('reads time, level and methods of the ID token', async () => {
  const id = { auth_time: now - 90, acr: 'urn:example:gold', amr: ['pwd', 'otp', 'mfa'] };
  expect(await signInOf({ id })).toEqual({
    at: '2026-11-24T08:58:30.000Z',
    acr: 'urn:example:gold',
    amr: ['pwd', 'otp', 'mfa'],
  });
});

it('does not take those of the access token, which may be of another sign-in', async () => {
  const access = { auth_time: now, acr: 'urn:example:gold', amr: ['mfa'] };
  expect(await signInOf({ access })).toEqual({ at: null, acr: null, amr: [] });
  expect(await signInOf({ access, id: { auth_time: now - 3600, acr: '0', amr: ['pwd'] } })).toEqual({
    at: '2026-11-24T08:00:00.000Z',
    acr: '0',
    amr: ['pwd'],
  });
});

it('does not take the moment at which a token was made for that of the sign-in', async () => {
  expect((await signInOf({ id: { iat: now, nbf: now, updated_at: now } })).at).toBeNull();
});

describe('a time of the sign-in that is no time is not known:', () => {
  it.each<[string, unknown]>([
    ['a text', String(now)],
    ['a date', '2026-11-24T09:00:00.000Z'],
    ['a list', [now]],
    ['true', true],
    ['nothing', null],
    ['in milliseconds', clock],
    ['later than a clock that is a minute ahead', now + 61],
    ['before there was any', -1],
    ['zero', 0],
  ])('%s', async (_what, auth_time) => {
    expect((await signInOf({ id: { auth_time } })).at).toBeNull();
  });

  it('for ever', async () => {
    const { access } = await issuer.pair();
    const id = JSON.stringify({ ...issuer.claims(), aud: issuer.options.clientId, email: 'ada@example.com' });
    const endless = await sign(issuer.key, id.replace(/}$/, ',"auth_time":1e999}'), { typ: 'JWT' });
    expect((await identity.identify(headersOf({ access, id: endless }))).authentication.at).toBeNull();
  });
});

it('takes the time of a provider whose clock is a minute ahead, and cuts fractions of a second', async () => {
  expect((await signInOf({ id: { auth_time: now + 60 } })).at).toBe('2026-11-24T09:01:00.000Z');
  expect((await signInOf({ id: { auth_time: now - 0.5 } })).at).toBe('2026-11-24T08:59:59.000Z');
});

describe('a level that is no word is not known:', () => {
  it.each<[string, unknown]>([
    ['a number', 1],
    ['a list', ['urn:example:gold']],
    ['an empty text', ''],
    ['two words', 'urn:example:silver urn:example:gold'],
    ['a line more', 'urn:example:gold\n'],
    ['an endless one', 'x'.repeat(257)],
  ])('%s', async (_what, acr) => {
    expect((await signInOf({ id: { acr } })).acr).toBeNull();
  });
});

it('takes as many methods as any sign-in has', async () => {
  const amr = Array.from({ length: 32 }, (_, index) => `m${index}`);
  expect((await signInOf({ id: { amr } })).amr).toEqual(amr);
});

describe('methods that are no list of words are none:', () => {
  it.each<[string, unknown]>([
    ['one text', 'mfa'],
    ['words in one text', 'pwd mfa'],
    ['a list with something else', ['mfa', 7]],
    ['a list in a list', [['mfa']]],
    ['two words in one', ['pwd mfa']],
    ['keys', { mfa: true }],
    ['an empty word', ['mfa', '']],
    ['more than any sign-in has', Array.from({ length: 33 }, () => 'mfa')],
  ])('%s', async (_what, amr) => {
    expect((await signInOf({ id: { amr } })).amr).toEqual([]);
  });
});
