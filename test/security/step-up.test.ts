import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ProblemView } from '../../api/contract.ts';
import { plusMinutes } from '../../api/domain/instant.ts';
import { checkStepUp } from '../../api/domain/step-up.ts';
import type { Authentication, User } from '../../api/domain/user.ts';
import { createIdentity } from '../../api/http/identity.ts';
import { compilePolicy } from '../../api/policy.ts';
import type { RouteName } from '../../api/routes.ts';
import { type Api, captureLog, type Parts, startApi } from '../api/http/calls.ts';
import {
  ada,
  askFor,
  policyWith,
  production,
  ravi,
  rosa,
  stoppedWorld,
  unknownSignIn,
  userOf,
} from '../api/people.ts';
import { approved, openStore, pending, type Store, trailOf } from '../api/store.ts';
import { createIssuer, headersOf, type PairOverrides } from '../support/tokens.ts';

/** Ways to act on a sign-in that is too old or too weak. Each is refused before anything is written or AWS is asked. */

const asked = { maxAge: '15m', acr: ['urn:example:gold', 'urn:example:platinum'], amr: ['otp', 'mfa'] };
const policy = {
  ...policyWith({
    approval: { invitationCounts: true },
    breakGlass: { groups: 'on-call', maxDuration: '30m', reviewWithin: '4h' },
  }),
  stepUp: compilePolicy({ stepUp: { review: asked, revoke: asked, issue: asked } }).stepUp,
};
const assumeRole = vi.fn(async () => {
  throw new Error('AWS was asked');
});
let store: Store;
let api: Api;
let id: string;

beforeEach(async () => {
  captureLog();
  store = await openStore();
  api = startApi(store, stoppedWorld(), { assumeRole }, policy);
});
afterEach(() => {
  expect(assumeRole).not.toHaveBeenCalled();
  vi.restoreAllMocks();
});

const signedIn = (user: User, more: Partial<Authentication> = {}): User => ({
  ...user,
  authentication: {
    at: plusMinutes(api.world.now(), -5),
    acr: 'urn:example:gold',
    amr: ['pwd', 'otp', 'mfa'],
    ...more,
  },
});
const minutesAgo = (minutes: number) => plusMinutes(api.world.now(), -minutes);

interface Act {
  readonly what: string;
  readonly by: User;
  readonly route: RouteName;
  /** the answer's status where the sign-in is enough */
  readonly done: number;
  readonly parts: () => Promise<Parts>;
}
const comment = 'I have read it.';
const review = (decision: string) => ({ decision, comment, version: 1 });
const waiting = async () => (await pending(store, api.world)).id;
const active = async () => (await approved(store, api.world)).id;
const olga = userOf('olga', 'Olga', [...ada.groups, 'on-call']);
const broken = async () => {
  const ask = askFor('Admin', production, {
    breakGlass: true,
    durationMinutes: 30,
    justification: comment.repeat(3),
  });
  return (await pending(store, api.world, olga, ask, policy)).id;
};
const acts: Act[] = [
  ...['approve', 'reject'].map((decision) => ({
    what: `${decision} a request`,
    by: ravi,
    route: 'reviewRequest' as const,
    done: 200,
    parts: async () => ({ id: await waiting(), body: review(decision) }),
  })),
  ...['confirm', 'flag'].map((decision) => ({
    what: `${decision} break-glass access`,
    by: ravi,
    route: 'reviewRequest' as const,
    done: 200,
    parts: async () => ({ id: await broken(), body: review(decision) }),
  })),
  {
    what: "revoke another person's access",
    by: ravi,
    route: 'revokeRequest',
    done: 200,
    parts: async () => ({ id: await active(), body: { comment } }),
  },
];

describe.each(acts)('$what', ({ by, route, parts, done }) => {
  test.each<[string, () => Partial<Authentication>, string[]]>([
    ['a second too late', () => ({ at: minutesAgo(15 + 1 / 60) }), ['maxAge']],
    ['at a time that nobody knows', () => ({ at: null }), ['maxAge']],
    ['at a level that only begins like one', () => ({ acr: 'urn:example:golden' }), ['acr']],
    ['at a level that is the start of one', () => ({ acr: 'urn:example' }), ['acr']],
    ['at both levels in one text', () => ({ acr: 'urn:example:gold urn:example:platinum' }), ['acr']],
    ['at no level', () => ({ acr: null }), ['acr']],
    ['by half of the methods', () => ({ amr: ['otp'] }), ['amr']],
    ['by methods in one text', () => ({ amr: ['otp mfa'] }), ['amr']],
    ['by no methods', () => ({ amr: [] }), ['amr']],
    ['of which nothing is known', () => unknownSignIn, ['maxAge', 'acr', 'amr']],
  ])('with a sign-in %s: is refused, and nothing is written', async (_what, weak, missing) => {
    const sent = await parts();
    id = String(sent.id);
    const before = await store.everything();
    const answer = await api.call(signedIn(by, weak()), route, sent);
    expect([answer.status, answer.body.code]).toEqual([401, 'insufficient-user-authentication']);
    expect(answer.body.evidence).toMatchObject({ missing });
    expect(await store.everything()).toEqual(before);
    // Sent again, the same tokens are refused again; a new sign-in is what helps.
    expect((await api.call(signedIn(by, weak()), route, sent)).status).toBe(401);
    expect((await api.call(signedIn(by), route, sent)).status).toBe(done);
  });
});

describe('a session', () => {
  const cli = { kind: 'cli' };

  test.each<[string, () => Partial<Authentication>]>([
    ['too old', () => ({ at: minutesAgo(16) })],
    ['too weak', () => ({ acr: 'urn:example:silver' })],
    ['without the second factor', () => ({ amr: ['pwd'] })],
  ])('with a sign-in that is %s: no intent is noted', async (_what, weak) => {
    id = await active();
    const answer = await api.call(signedIn(ada, weak()), 'issueSession', { id, body: cli });
    expect([answer.status, answer.body.code]).toEqual([401, 'insufficient-user-authentication']);
    expect(answer.body.evidence.action).toBe('issue');
    expect(await trailOf(store, id)).toEqual(['created', 'approved']);
  });

  test('by the authorizer’s word for a sign-in that the tokens do not bear out', async () => {
    id = await active();
    api.tokens.of = async () => signedIn(ada, { at: minutesAgo(60) });
    const answer = await api.call(signedIn(ada), 'issueSession', { id, body: cli });
    expect(answer.body.code).toBe('insufficient-user-authentication');
    expect(await trailOf(store, id)).toEqual(['created', 'approved']);
  });

  const old = Date.parse('2026-11-23T09:00:00.000Z') / 1000;
  const strong = { auth_time: old + 28 * 60, acr: 'urn:example:gold', amr: ['otp', 'mfa'] };
  test.each<[string, PairOverrides]>([
    ['that were renewed silently, so that only they are new', { id: { ...strong, auth_time: old } }],
    ['of which only the access token says it', { access: strong }],
    [
      'of which the access token says better than the ID token',
      { access: strong, id: { ...strong, acr: '0' } },
    ],
    ['with the time in a text', { id: { ...strong, auth_time: String(strong.auth_time) } }],
    ['with a time that is yet to come', { id: { ...strong, auth_time: old + 3600 } }],
    ['with a time in milliseconds', { id: { ...strong, auth_time: strong.auth_time * 1000 } }],
    ['with several levels', { id: { ...strong, acr: ['urn:example:gold'] } }],
    ['with a level that the wanted one is part of', { id: { ...strong, acr: 'not-urn:example:gold' } }],
    ['with the methods in a text', { id: { ...strong, amr: 'otp mfa' } }],
    ['with methods that are not all words', { id: { ...strong, amr: ['otp', 'mfa', { mfa: true }] } }],
  ])('by tokens %s', async (_what, overrides) => {
    await using issuer = await createIssuer(() => Date.parse(api.world.now()));
    const identity = createIdentity({ ...issuer.options, claims: [] });
    const userOfPair = async (pair: PairOverrides) => identity.identify(headersOf(await issuer.pair(pair)));
    const { authentication } = await userOfPair({ id: strong });
    expect(checkStepUp(policy, 'issue', authentication, api.world.now()).ok).toBe(true);
    id = await active();
    const user = await userOfPair(overrides);
    api.tokens.of = async () => ({ ...user, id: ada.id, groups: ada.groups });
    const answer = await api.call(signedIn(ada), 'issueSession', { id, body: cli });
    expect(answer.body.code).toBe('insufficient-user-authentication');
    expect(await trailOf(store, id)).toEqual(['created', 'approved']);
  });

  test('by fields and headers that claim another sign-in', async () => {
    id = await active();
    const weak = signedIn(ada, unknownSignIn);
    const { authentication } = signedIn(ada);
    const body = { ...cli, authentication };
    expect((await api.call(weak, 'issueSession', { id, body })).body.code).toBe('invalid-input');
    const headers = { acr: ['urn:example:gold'], 'x-amr': ['otp,mfa'], 'x-auth-time': ['9999999999'] };
    expect((await api.call(weak, 'issueSession', { id, body: cli, headers })).status).toBe(401);
  });
});

describe('an invitation', () => {
  const body = {
    email: ada.email,
    ...askFor().target,
    durationMinutes: 60,
    justification: 'Please restart it.',
  };
  const invite = (by: User, key: string) =>
    api.call<ProblemView & { id: string }>(by, 'invite', { body, headers: { 'idempotency-key': [key] } });

  test('which may come to count as an approval asks for what an approval asks', async () => {
    const refused = await invite(signedIn(ravi, { amr: ['pwd'] }), 'key-12345678');
    expect([refused.status, refused.body.evidence.action]).toEqual([401, 'review']);
    expect(await store.everything()).toEqual([]);
    expect((await invite(signedIn(ravi), 'key-12345678')).status).toBe(201);
  });
});

describe('nobody is held up where it is not asked:', () => {
  test('ending one’s own access early', async () => {
    id = await active();
    const weak = signedIn(ada, unknownSignIn);
    expect((await api.call(weak, 'revokeRequest', { id, body: { comment: '' } })).status).toBe(200);
  });

  test('taking back one’s own request, and asking for access', async () => {
    const weak = signedIn(ada, unknownSignIn);
    id = await waiting();
    expect((await api.call(weak, 'cancelRequest', { id, body: {} })).status).toBe(200);
    const ask = { targets: [askFor().target], durationMinutes: 60, justification: 'Restart the workers.' };
    expect((await api.call(weak, 'createRequest', { body: ask })).status).toBe(201);
  });
});

describe('who may not act anyway is not sent away to sign in again', () => {
  test.each<[string, User, string]>([
    ['no reviewer', ada, 'not-reviewer'],
    ['the requester, who reviews too', { ...ada, groups: rosa.groups }, 'own-request'],
  ])('%s', async (_what, user, code) => {
    id = await waiting();
    const weak = signedIn(user, unknownSignIn);
    const answer = await api.call(weak, 'reviewRequest', { id, body: review('approve') });
    expect([answer.status, answer.body.code]).toEqual([403, code]);
  });

  test('and cannot tell by it whether a request exists', async () => {
    const stranger = signedIn(userOf('eve', 'Eve', []), unknownSignIn);
    const ids = [await active(), '0'.repeat(26)];
    const answers = await Promise.all(
      ids.map((one) => api.call(stranger, 'revokeRequest', { id: one, body: { comment: '' } })),
    );
    expect(answers.map(({ body: { code, evidence } }) => [code, evidence])).toEqual([
      ['not-found', {}],
      ['not-found', {}],
    ]);
  });
});

describe('the challenge', () => {
  const challengeOf = async (stepUp: object) => {
    const { stepUp: compiled } = compilePolicy({ stepUp: { review: stepUp } });
    const other = startApi(store, api.world, {}, { ...policy, stepUp: compiled });
    const sent = { id: await waiting(), body: review('approve') };
    return (await other.call(signedIn(ravi, unknownSignIn), 'reviewRequest', sent)).headers[
      'www-authenticate'
    ];
  };

  test.each<[string, object, string]>([
    ['age and levels', asked, ', max_age="900", acr_values="urn:example:gold urn:example:platinum"'],
    ['an age', { maxAge: '8h' }, ', max_age="28800"'],
    ['a level', { acr: 'urn:example:gold' }, ', acr_values="urn:example:gold"'],
    ['methods, which it has no word for', { amr: 'mfa' }, ''],
  ])('says %s, as RFC 9470 writes it', async (_what, stepUp, parameters) => {
    expect(await challengeOf(stepUp)).toBe(`Bearer error="insufficient_user_authentication"${parameters}`);
  });

  test('stands on no other refusal', async () => {
    const answer = await api.call(undefined, 'getMe');
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, undefined]);
  });
});
