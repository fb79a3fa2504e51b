import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { PageView, RequestView } from '../../../api/contract.ts';
import type { User } from '../../../api/domain/user.ts';
import { ada, askFor, otto, ravi, rosa, userOf } from '../people.ts';
import { approved, openStore, pending, type Store, trailOf } from '../store.ts';
import { type Api, captureLog, startApi } from './calls.ts';

let store: Store;
let api: Api;

beforeEach(async () => {
  captureLog();
  store = await openStore();
  api = startApi(store);
});
afterEach(() => {
  vi.restoreAllMocks();
});

const approve = { decision: 'approve', comment: 'Go ahead.', version: 1 };
const list = async (user: User, state: 'pending' | 'decided') =>
  (await api.call<PageView<RequestView>>(user, 'listReviews', { query: { state } })).body;

describe('GET /reviews', () => {
  test('lists what awaits this reviewer, next deadline first, never their own', async () => {
    const first = await pending(store, api.world, ada);
    api.world.pass(1);
    const second = await pending(store, api.world, userOf('second', 'Second', ada.groups as string[]));
    await pending(store, api.world, rosa);
    const page = await list(rosa, 'pending');
    expect(page.items.map((request) => request.id)).toEqual([first.id, second.id]);
    expect(page.items[0]).toMatchObject({ status: 'pending', allowedActions: ['review'] });
    expect((await list(ravi, 'pending')).items).toHaveLength(3);
  });

  test('does not list what expired, though no sweep has run', async () => {
    const { reviewBy } = await pending(store, api.world, ada);
    api.world.goTo(reviewBy);
    expect((await list(ravi, 'pending')).items).toEqual([]);
  });

  test('lists what was decided, the latest first', async () => {
    const older = await approved(store, api.world, ada);
    api.world.pass(1);
    const newer = await approved(store, api.world, ada, askFor('ReadOnly'));
    const page = await list(rosa, 'decided');
    expect(page.items.map((request) => request.id)).toEqual([newer.id, older.id]);
    expect((await list(ravi, 'pending')).items).toEqual([]);
  });

  test.each([
    ['state', {}],
    ['state', { state: 'all' }],
    ['cursor', { state: 'pending', cursor: '!' }],
    ['other', { state: 'pending', other: '1' }],
  ])('names the parameter %s in %j', async (name, query) => {
    const answer = await api.call(ravi, 'listReviews', { query });
    expect([answer.status, Object.keys(answer.body.evidence)]).toEqual([400, [`query.${name}`]]);
  });

  test('goes on from the first page when the place has passed', async () => {
    for (let count = 0; count < 30; count += 1) {
      await pending(store, api.world, userOf(`person-${count}`, 'Person', ada.groups as string[]));
      api.world.pass(1);
    }
    const first = await list(ravi, 'pending');
    expect(first.items).toHaveLength(25);
    const query = { state: 'pending', cursor: first.cursor ?? '' };
    const rest = await api.call<PageView<RequestView>>(ravi, 'listReviews', { query });
    expect(rest.body.items).toHaveLength(5);
    expect(rest.body.cursor).toBeNull();
    api.world.pass(24 * 60 - 3);
    const later = await api.call<PageView<RequestView>>(ravi, 'listReviews', { query });
    expect(later.status).toBe(200);
    expect(later.body.items.every((request) => request.status === 'pending')).toBe(true);
  });
});

describe('POST /requests/{id}/reviews', () => {
  test('approves: the window begins now and lasts as long as asked', async () => {
    const { id } = await pending(store, api.world, ada);
    const answer = await api.call<RequestView>(ravi, 'reviewRequest', { id, body: approve });
    expect(answer.body).toMatchObject({
      status: 'active',
      version: 2,
      window: { from: '2026-11-23T09:30:00.000Z', until: '2026-11-23T10:30:00.000Z' },
      reviews: [{ reviewer: { id: ravi.id }, decision: 'approve', comment: 'Go ahead.' }],
      approval: { kind: 'reviewers', condition: null, afterReview: null },
      approvalsNeeded: 1,
      allowedActions: ['revoke'],
    });
  });

  test('rejects, with the reason', async () => {
    const { id } = await pending(store, api.world, ada);
    const body = { decision: 'reject', comment: 'Use the runbook.', version: 1 };
    const answer = await api.call<RequestView>(ravi, 'reviewRequest', { id, body });
    expect(answer.body).toMatchObject({ status: 'rejected', window: null, allowedActions: [] });
    expect(await trailOf(store, id)).toEqual(['created', 'rejected']);
  });

  test.each([
    ['decision', { ...approve, decision: 'maybe' }],
    ['comment', { ...approve, decision: 'reject', comment: ' \n' }],
    ['comment', { ...approve, comment: 'x'.repeat(1001) }],
    ['comment', { ...approve, comment: '\u0007' }],
    ['version', { ...approve, version: 0 }],
    ['version', { ...approve, version: '1' }],
    ['version', { decision: 'approve', comment: '' }],
    ['reviewer', { ...approve, reviewer: rosa.id }],
  ])('names the field %s in %j', async (field, body) => {
    const { id } = await pending(store, api.world, ada);
    const answer = await api.call(ravi, 'reviewRequest', { id, body });
    expect([answer.status, Object.keys(answer.body.evidence)]).toEqual([400, [`body.${field}`]]);
    expect(await trailOf(store, id)).toEqual(['created']);
  });

  test.each([
    ['their own', rosa, rosa, approve, 403, 'own-request'],
    ['one with their own e-mail', { ...ada, email: 'ROSA@example.com' }, rosa, approve, 403, 'own-request'],
    ['without the part', ada, otto, approve, 403, 'not-reviewer'],
    ['their own, as an engineer', ada, ada, approve, 403, 'not-reviewer'],
    ['another version than there is', ada, ravi, { ...approve, version: 2 }, 409, 'version-changed'],
  ])('is refused: %s', async (_what, requester, reviewer, body, status, code) => {
    const { id } = await pending(store, api.world, requester);
    const answer = await api.call(reviewer, 'reviewRequest', { id, body });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(await trailOf(store, id)).toEqual(['created']);
  });

  test('is refused after the deadline, to the millisecond, and after another decision', async () => {
    const { id, reviewBy } = await pending(store, api.world, ada);
    const other = await approved(store, api.world, ada, askFor('ReadOnly'));
    const twice = await api.call(rosa, 'reviewRequest', { id: other.id, body: { ...approve, version: 2 } });
    expect([twice.status, twice.body.code]).toEqual([409, 'wrong-status']);
    api.world.goTo(reviewBy);
    const late = await api.call(ravi, 'reviewRequest', { id, body: approve });
    expect([late.status, late.body.code, late.body.evidence.status]).toEqual([
      409,
      'wrong-status',
      'expired',
    ]);
  });

  test('of a request that is not there is not found', async () => {
    const answer = await api.call(ravi, 'reviewRequest', { id: '0'.repeat(26), body: approve });
    expect([answer.status, answer.body.code]).toEqual([404, 'not-found']);
  });
});
