import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { plusMinutes } from '../../api/domain/instant.ts';
import type { User } from '../../api/domain/user.ts';
import { createIdentity } from '../../api/http/identity.ts';
import { compilePolicy } from '../../api/policy.ts';
import { type Caller, type RouteName, routes } from '../../api/routes.ts';
import { type Api, captureLog, startApi } from '../api/http/calls.ts';
import { ada, oki, otto, policy, ravi, stoppedWorld } from '../api/people.ts';
import { approved, openStore, pending, type Store, trailOf } from '../api/store.ts';
import {
  createIssuer,
  createKey,
  headersOf,
  type PairOverrides,
  type TestIssuer,
} from '../support/tokens.ts';

/**
 * Whoever may invoke a Lambda writes the authorizer's context as they like, and so names anybody with any groups and any
 * sign-in. What they cannot make is tokens.
 */

const begin = '2026-11-23T09:30:00.000Z';
const posts = (Object.keys(routes) as RouteName[]).filter((name) => routes[name].method !== 'GET');
const people: Record<Caller, User> = { user: ada, reviewer: ravi, auditor: otto, operator: oki };
const asked = { amr: ['mfa'] };
const strict = { ...policy, stepUp: compilePolicy({ stepUp: { review: asked, revoke: asked } }).stepUp };
const review = { decision: 'approve', comment: 'I have read it.', version: 1 };
const assumeRole = vi.fn(async () => {
  throw new Error('AWS was asked');
});
const probe = vi.fn(async () => {
  throw new Error('AWS was asked');
});
let issuer: TestIssuer;
let store: Store;
let api: Api;

beforeAll(async () => {
  issuer = await createIssuer(() => Date.parse(begin));
});
beforeEach(async () => {
  captureLog();
  store = await openStore();
  api = startApi(store, stoppedWorld(begin), { assumeRole }, strict, { probe });
  api.tokens.of = createIdentity({ ...issuer.options, claims: [] }).identify;
});
afterEach(() => {
  expect([assumeRole, probe].flatMap(({ mock }) => mock.calls)).toEqual([]);
  vi.restoreAllMocks();
});
afterAll(() => issuer[Symbol.asyncDispose]());

/** The tokens of somebody, as the provider knows them: they are in no group and showed a password. */
const tokensOf = async (sub: string, more: PairOverrides = {}) =>
  headersOf(await issuer.pair({ ...more, access: { sub, ...more.access }, id: { sub, amr: ['pwd'] } }));
/** Somebody of this issuer, with everything that the context can be made to say. */
const forged = (sub: string, like: User): User => ({
  ...like,
  id: `${issuer.url}#${sub}`,
  authentication: { at: plusMinutes(api.world.now(), -1), acr: 'urn:example:gold', amr: ['mfa'] },
});

describe.each(posts)('%s', (name) => {
  const like = people[routes[name].caller];

  test.each<[string, () => Promise<Record<string, string[]>>]>([
    ['no tokens', async () => ({})],
    ['tokens of their own, who are somebody else', () => tokensOf('mallory')],
    [
      'tokens that somebody else signed',
      async () => tokensOf('victim', { accessKey: await createKey('own') }),
    ],
    ['tokens that have ended', () => tokensOf('victim', { access: { exp: Date.parse(begin) / 1000 - 1 } })],
    ['half of a pair', async () => ({ 'X-Id-Token': (await tokensOf('victim'))['X-Id-Token'] ?? [] })],
  ])('is done for nobody with a made-up context and %s', async (_what, headers) => {
    const { id } = await pending(store, api.world);
    const before = await store.everything();
    const parts = { id, body: review, headers: await headers() };
    const answer = await api.call(forged('victim', like), name, parts);
    expect(answer.status).toBe(401);
    expect(['unauthenticated', 'token-expired']).toContain(answer.body.code);
    expect(await store.everything()).toEqual(before);
  });
});

describe('with tokens of their own, nobody is made', () => {
  const names = posts.filter((name) => routes[name].caller !== 'user');

  test.each(names)('more than they are, for %s', async (name) => {
    const { caller } = routes[name];
    const { id } = await pending(store, api.world);
    const parts = { id, body: review, headers: await tokensOf('mallory') };
    const answer = await api.call(forged('mallory', people[caller]), name, parts);
    expect([answer.status, answer.body.code]).toEqual([403, `not-${caller}`]);
    expect(await trailOf(store, id)).toEqual(['created']);
  });

  test('a reviewer who ends the access of others', async () => {
    const { id } = await approved(store, api.world);
    const parts = { id, body: { comment: 'No more.' }, headers: await tokensOf('mallory') };
    const answer = await api.call(forged('mallory', ravi), 'revokeRequest', parts);
    expect(answer.status).toBe(404);
    expect(await trailOf(store, id)).toEqual(['created', 'approved']);
  });

  test('an engineer, to ask for what their groups do not let them', async () => {
    const ask = { targets: [{ account: '111122223333', role: 'Admin' }], durationMinutes: 60 };
    const body = { ...ask, justification: 'Restart the payment workers.' };
    const answer = await api.call(forged('mallory', ada), 'createRequest', {
      body,
      headers: await tokensOf('mallory'),
    });
    expect([answer.status, answer.body.code]).toEqual([403, 'not-eligible']);
    expect(await store.everything()).toEqual([]);
  });

  test.each<[string, string[], number]>([
    ['a stronger sign-in than the tokens tell of', ['pwd'], 401],
    ['but it is what tokens tell that counts', ['pwd', 'mfa'], 200],
  ])('%s', async (_what, amr, status) => {
    const { id } = await pending(store, api.world);
    const access = { sub: 'rita', groups: ravi.groups };
    const pair = await issuer.pair({ access, id: { sub: 'rita', amr, email: 'rita@example.com' } });
    const parts = { id, body: review, headers: headersOf(pair) };
    const answer = await api.call(forged('rita', ravi), 'reviewRequest', parts);
    expect(answer.status).toBe(status);
    if (status !== 200) expect(answer.body.code).toBe('insufficient-user-authentication');
  });
});

test('during a rollout, an authorizer that says nothing of the sign-in is enough to read, and for nothing more', async () => {
  const { authentication: _, ...older } = ravi;
  const event = (name: RouteName) => ({
    resource: `/api${routes[name].path}`,
    requestContext: { authorizer: { principalId: ravi.id, user: JSON.stringify(older) } },
  });
  api.tokens.of = undefined;
  const seen = await api.call(ravi, 'getMe', { event: event('getMe') as object });
  expect(seen.status).toBe(200);
  const { id } = await pending(store, api.world);
  const parts = { id, body: review, event: event('reviewRequest') as object };
  const answer = await api.call(ravi, 'reviewRequest', parts);
  expect([answer.status, answer.body.code]).toEqual([401, 'insufficient-user-authentication']);
});
