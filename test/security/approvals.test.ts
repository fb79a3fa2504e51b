import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { CreatedView, ProblemView, RequestView } from '../../api/contract.ts';
import type { User } from '../../api/domain/user.ts';
import { type Api, captureLog, startApi } from '../api/http/calls.ts';
import { ada, askFor, eve, policyWith, production, ravi, rosa, stoppedWorld, userOf } from '../api/people.ts';
import { approved, openStore, pending, type Store, trailOf } from '../api/store.ts';

/** Ways to get an approval without a second person. None of them is one. */

let store: Store;
let api: Api;
const two = policyWith({
  approval: { approvals: 2, of: 3, invitationCounts: true },
  breakGlass: { groups: 'on-call', maxDuration: '30m' },
});

beforeEach(async () => {
  captureLog();
  store = await openStore();
  api = startApi(store, stoppedWorld(), {}, two);
});
afterEach(() => {
  vi.restoreAllMocks();
});

type Answered = RequestView & Pick<ProblemView, 'code'>;
const target = { account: production, role: 'Admin' };
const ask = { durationMinutes: 60, justification: 'Restart the payment workers, please.' };
const approve = (id: string, by: User, version = 1) =>
  api.call<Answered>(by, 'reviewRequest', { id, body: { decision: 'approve', comment: '', version } });
const invite = (by: User, email: string) =>
  api.call<Answered>(by, 'invite', { body: { email, ...target, ...ask } });
const accept = (id: string, by: User) => api.call<Answered>(by, 'acceptInvitation', { id, body: {} });
const create = (by: User, more: object = {}) =>
  api.call<CreatedView & ProblemView>(by, 'createRequest', { body: { targets: [target], ...ask, ...more } });
const engineer = (user: User): User => ({ ...user, groups: [...user.groups, ...ada.groups] });

describe('a group that is called like one that counts', () => {
  test.each([
    'aws-temp#Reviewer2',
    'aws-temp#Reviewer#111122223333',
    'my-aws-temp#Reviewer',
    'aws-temp#reviewer',
    'aws-temp#Reviewer ',
    'aws-temp#Reviewer,aws-temp#Auditor',
    '*',
    '',
  ])('makes no reviewer: %j', async (group) => {
    const { id } = await pending(store, api.world, ada, askFor(), two);
    const user = userOf('mallory', 'Mallory', [group]);
    for (const answer of [
      await approve(id, user),
      await invite(user, 'somebody@example.com'),
      await api.call(user, 'listReviews', { query: { state: 'pending' } }),
    ]) {
      expect([answer.status, (answer.body as ProblemView).code]).toEqual([403, 'not-reviewer']);
    }
    expect((await api.call(user, 'getRequest', { id })).status).toBe(404);
    expect(await trailOf(store, id)).toEqual(['created']);
  });

  test.each(['on-call2', 'On-Call', ' on-call', 'on', '*'])('breaks no glass: %j', async (group) => {
    const by = userOf('mallory', 'Mallory', [...ada.groups, group]);
    const answer = await create(by, { breakGlass: true, durationMinutes: 15 });
    expect([answer.status, answer.body.code]).toEqual([403, 'break-glass-not-allowed']);
    expect(await store.everything()).toEqual([]);
  });
});

describe('one person as two', () => {
  test.each<[string, Partial<User>]>([
    ['by another account with the same e-mail', { id: 'https://id.example.com#ravi-2' }],
    [
      'by another account with the e-mail in other letters',
      { id: 'https://id.example.com#ravi-2', email: 'ｒavi@EXAMPLE.com ' },
    ],
    ['by the same account with another e-mail', { email: 'ravi.renamed@example.com' }],
  ])('approves once: %s', async (_how, change) => {
    const { id } = await pending(store, api.world, ada, askFor(), two);
    expect((await approve(id, ravi)).body.status).toBe('pending');
    const again = await approve(id, { ...ravi, ...change }, 2);
    expect([again.status, again.body.code]).toEqual([409, 'already-reviewed']);
    expect(await trailOf(store, id)).toEqual(['created', 'approved-in-part']);
  });

  test('approves nothing of their own, by whatever account', async () => {
    const own = engineer(ravi);
    const { id } = await pending(store, api.world, own, askFor(), two);
    for (const user of [own, { ...ravi, id: `${ravi.id}-2` }, { ...ravi, email: 'other@example.com' }]) {
      expect((await approve(id, user)).body.code).toBe('own-request');
    }
    expect(await trailOf(store, id)).toEqual(['created']);
  });
});

describe('an invitation', () => {
  test('of oneself by another account is refused when it is made, and when it is accepted', async () => {
    const twin = engineer({ ...ravi, id: `${ravi.id}-2` });
    expect((await invite(ravi, twin.email)).body.code).toBe('own-invitation');
    const { id } = (await invite(ravi, 'alias@example.com')).body;
    // The account that the alias belonged to has the reviewer's own e-mail by now.
    expect((await accept(id, twin)).status).toBe(404);
    const bound = engineer(userOf('bound', 'Bound', []));
    const mine = await pending(store, api.world, bound, askFor('ReadOnly'), two);
    const second = (await invite(ravi, bound.email)).body;
    expect(second.requester.id).toBe(mine.requester.id);
    expect((await accept(second.id, { ...bound, email: ravi.email })).body.code).toBe('own-invitation');
    expect(await trailOf(store, second.id)).toEqual(['invited']);
  });

  test('is no review before it is accepted, not by the inviter either', async () => {
    const { id } = (await invite(ravi, ada.email)).body;
    expect((await approve(id, ravi)).body.code).toBe('not-reviewer');
    expect((await approve(id, rosa)).status).toBe(404);
    expect(await trailOf(store, id)).toEqual(['invited']);
  });

  test('counts once: the inviter is not the second reviewer too', async () => {
    const known = await pending(store, api.world, ada, askFor('ReadOnly'), two);
    const { id } = (await invite(ravi, ada.email)).body;
    expect((await accept(id, ada)).body).toMatchObject({
      status: 'pending',
      requester: { id: known.requester.id },
      reviews: [{ reviewer: { id: ravi.id } }],
    });
    for (const user of [ravi, { ...ravi, id: `${ravi.id}-2` }, { ...ravi, email: 'new@example.com' }]) {
      expect((await approve(id, user, 2)).body.code).toBe('already-reviewed');
    }
    expect((await api.call<Answered>(ada, 'getRequest', { id })).text).toContain('"status":"pending"');
  });

  test('accepted by a reviewer is not reviewed by that reviewer', async () => {
    const invitee = engineer(rosa);
    const { id } = (await invite(ravi, rosa.email)).body;
    await accept(id, invitee);
    expect((await approve(id, invitee, 2)).body.code).toBe('own-request');
  });

  test.each([
    ['a longer window', { durationMinutes: 720 }],
    ['another role', { role: 'Root' }],
    ['a review', { reviews: [{ decision: 'approve' }] }],
    ['another inviter', { invitation: null }],
  ])('is not accepted with %s', async (_what, body) => {
    const { id } = (await invite(ravi, ada.email)).body;
    const answer = await api.call(ada, 'acceptInvitation', { id, body });
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid-input']);
    expect(await trailOf(store, id)).toEqual(['invited']);
  });
});

describe('an extension', () => {
  test('of another person’s access is refused like one of nothing', async () => {
    const { id } = await approved(store, api.world, ada);
    const foreign = await create(eve, { extensionOf: id });
    const absent = await create(eve, { extensionOf: '0'.repeat(26) });
    expect([foreign.status, foreign.body.code]).toEqual([409, 'extension-not-possible']);
    expect(foreign.text.replaceAll(id, '0'.repeat(26))).toBe(absent.text);
    expect(await trailOf(store, id)).toEqual(['created', 'approved']);
  });

  test('is a request of its own: what was approved before does not approve it', async () => {
    const { id } = await approved(store, api.world, ada);
    const extension = await create(ada, { extensionOf: id });
    const [made] = extension.body.requests;
    expect(made).toMatchObject({ status: 'pending', reviews: [], window: null, extensionOf: id });
    const session = await api.call(ada, 'issueSession', { id: made?.id ?? '', body: { kind: 'cli' } });
    expect([session.status, session.body.code]).toEqual([409, 'wrong-status']);
  });
});

describe('a form cannot say what only Stepladder says', () => {
  test.each([
    { together: ['0'.repeat(26)] },
    { slot: 1 },
    { status: 'approved' },
    { approvedBy: { kind: 'automatic', condition: 'always' } },
    { reviews: [] },
    { rule: { id: 'mine' } },
    { teams: ['another'] },
    { requester: { id: eve.id } },
    { invitation: { by: ravi } },
    { claims: { level: ['senior'] } },
    { groups: ['on-call'] },
  ])('%j', async (more) => {
    const answer = await create(ada, more);
    expect([answer.status, Object.keys(answer.body.evidence)]).toEqual([
      400,
      Object.keys(more).map((name) => `body.${name}`),
    ]);
    expect(await store.everything()).toEqual([]);
  });
});
