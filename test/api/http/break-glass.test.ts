import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { changeRequest } from '../../../api/actions/change-request.ts';
import type {
  CreatedView,
  IssuedSessionView,
  PageView,
  ProblemView,
  RequestDetailView,
  RequestView,
} from '../../../api/contract.ts';
import type { User } from '../../../api/domain/user.ts';
import { ada, otto, policy, production, ravi, rosa, staging, userOf } from '../people.ts';
import { approved, atOnce, openStore, pending, type Store, trailOf } from '../store.ts';
import { type Api, captureLog, startApi } from './calls.ts';

/** Access at once, reviewed afterwards; and who does not have it reviewed in time does not get it again. */

let store: Store;
let api: Api;
let by: User;

beforeEach(async () => {
  captureLog();
  store = await openStore();
  api = startApi(store);
  by = onCall('olga');
});
afterEach(() => {
  vi.restoreAllMocks();
});

const onCall = (subject: string) => userOf(subject, subject, [...ada.groups, 'on-call']);
const body = {
  targets: [{ account: production, role: 'Admin' }],
  durationMinutes: 30,
  justification: 'The payment database does not answer, and it is 3 in the morning.',
  breakGlass: true,
};
const take = (user: User = by, more: object = {}) =>
  api.call<CreatedView & ProblemView>(user, 'createRequest', { body: { ...body, ...more } });
async function taken(user: User = by): Promise<string> {
  const answer = await take(user);
  expect([answer.status, answer.body.code]).toEqual([201, undefined]);
  return answer.body.requests[0]?.id ?? '';
}
const review = (user: User, id: string, decision: string, comment = '', version = 1) =>
  api.call<RequestView & Pick<ProblemView, 'code'>>(user, 'reviewRequest', {
    id,
    body: { decision, comment, version },
  });
const listed = async (user: User, state: string) => {
  const answer = await api.call<PageView<RequestView>>(user, 'listReviews', { query: { state } });
  return answer.body.items.map(({ id }) => id);
};

describe('break-glass access', () => {
  test('begins at once, is marked, and gives a session', async () => {
    const id = await taken();
    const { body: detail } = await api.call<RequestDetailView>(by, 'getRequest', { id });
    expect(detail.request).toMatchObject({
      status: 'active',
      breakGlass: true,
      version: 1,
      window: { from: '2026-11-23T09:30:00.000Z', until: '2026-11-23T10:00:00.000Z' },
      approval: {
        kind: 'break-glass',
        at: '2026-11-23T09:30:00.000Z',
        condition: null,
        reviewDue: '2026-11-23T13:30:00.000Z',
        afterReview: null,
      },
      reviews: [],
    });
    expect(detail.entries).toMatchObject([
      { kind: 'break-glass', actor: { id: by.id }, text: body.justification },
    ]);
    const issued = await api.call<IssuedSessionView>(by, 'issueSession', { id, body: { kind: 'cli' } });
    expect(issued.status).toBe(201);
    expect(await trailOf(store, id)).toEqual(['break-glass', 'session-intended', 'session-issued']);
  });

  test.each<[string, () => User, object, number, string]>([
    ['to whom no rule names', () => ada, {}, 403, 'break-glass-not-allowed'],
    [
      'where the rule of the role has none',
      () => by,
      { targets: [{ account: staging, role: 'Admin' }] },
      403,
      'break-glass-not-allowed',
    ],
    ['for longer than its own limit', () => by, { durationMinutes: 31 }, 422, 'duration-too-long'],
    [
      'for a reason that is too short',
      () => by,
      { justification: 'It is down.' },
      422,
      'justification-too-short',
    ],
    ['who is not eligible', () => userOf('x', 'X', ['on-call']), {}, 403, 'not-eligible'],
  ])('is refused %s', async (_what, who, more, status, code) => {
    const answer = await take(who(), more);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(await store.everything()).toEqual([]);
  });

  test('is revoked by a reviewer, and reviewed all the same', async () => {
    const id = await taken();
    const revoked = await api.call<RequestView>(ravi, 'revokeRequest', { id, body: { comment: 'Stop.' } });
    expect(revoked.body).toMatchObject({ status: 'revoked', allowedActions: ['review-after'] });
    expect((await review(rosa, id, 'confirm', '', 2)).body).toMatchObject({
      status: 'revoked',
      approval: { afterReview: { decision: 'confirm', reviewer: { id: rosa.id } } },
      allowedActions: [],
    });
  });
});

describe('the review afterwards', () => {
  test.each(['confirm', 'flag'])('to %s is one more entry, once, and changes no status', async (decision) => {
    const id = await taken();
    expect(await listed(ravi, 'unreviewed')).toEqual([id]);
    expect((await review(ravi, id, decision, 'Seen.')).body).toMatchObject({
      status: 'active',
      version: 2,
      approval: { afterReview: { decision, comment: 'Seen.', reviewer: { id: ravi.id } } },
      allowedActions: ['revoke'],
    });
    const again = await review(rosa, id, 'flag', 'No.');
    expect([again.status, again.body.code]).toEqual([409, 'already-reviewed']);
    expect(await trailOf(store, id)).toEqual(['break-glass', decision === 'flag' ? 'flagged' : 'confirmed']);
    expect(await listed(ravi, 'unreviewed')).toEqual([]);
    expect(await listed(ravi, 'decided')).toEqual([id]);
  });

  test('by two at once is one', async () => {
    for (let round = 0; round < 10; round += 1) {
      const id = await taken(onCall(`olga-${round}`));
      const command = (user: User) => () =>
        changeRequest(
          store,
          api.world,
          id,
          () => true,
          { kind: 'review', by: user, decision: 'confirm', comment: '', version: 1 },
          policy,
        );
      expect(await atOnce([ravi, rosa].map(command))).toEqual(['allowed', 'already-reviewed']);
      expect(await trailOf(store, id)).toEqual(['break-glass', 'confirmed']);
    }
  });

  test.each<[string, () => User, string, number, string]>([
    [
      'by whom took it',
      () => ({ ...by, groups: [...by.groups, 'aws-temp#Reviewer'] }),
      'confirm',
      403,
      'own-request',
    ],
    [
      'by another account with the same e-mail',
      () => ({ ...ravi, email: by.email.toUpperCase() }),
      'confirm',
      403,
      'own-request',
    ],
    ['by an auditor', () => otto, 'confirm', 403, 'not-reviewer'],
    ['as an approval', () => ravi, 'approve', 409, 'wrong-status'],
    ['as a rejection', () => ravi, 'reject', 409, 'wrong-status'],
  ])('is refused %s', async (_what, who, decision, status, code) => {
    const id = await taken();
    const answer = await review(who(), id, decision, 'x');
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(await trailOf(store, id)).toEqual(['break-glass']);
    expect(await listed(ravi, 'unreviewed')).toEqual([id]);
  });

  test('is for break-glass access alone', async () => {
    const waiting = await pending(store, api.world, ada);
    const normal = await approved(store, api.world, by, { ...body, ...askedNormally });
    for (const { id } of [waiting, normal]) {
      const answer = await review(rosa, id, 'confirm');
      expect([answer.status, answer.body.code]).toEqual([409, 'wrong-status']);
    }
  });

  test('is listed for reviewers, the next deadline first, and never their own', async () => {
    const first = await taken();
    api.world.pass(1);
    const reviewing = { ...onCall('rita'), groups: [...onCall('rita').groups, 'aws-temp#Reviewer'] };
    const own = await taken(reviewing);
    await pending(store, api.world, ada);
    expect(await listed(ravi, 'unreviewed')).toEqual([first, own]);
    expect(await listed(reviewing, 'unreviewed')).toEqual([first]);
    const answer = await api.call(by, 'listReviews', { query: { state: 'unreviewed' } });
    expect([answer.status, answer.body.code]).toEqual([403, 'not-reviewer']);
  });
});

const askedNormally = {
  target: { account: staging, role: 'Admin' },
  ticket: null,
  start: null,
  breakGlass: false,
};

describe('an overdue review', () => {
  let id: string;
  beforeEach(async () => {
    id = await taken();
  });

  test('blocks the next break-glass access from the deadline on, to the millisecond, and nothing else', async () => {
    api.world.pass(4 * 60 - 1 / 60_000);
    expect((await take()).status).toBe(201);
    api.world.pass(30);
    const blocked = await take();
    expect([blocked.status, blocked.body.code]).toEqual([409, 'break-glass-unreviewed']);
    expect(blocked.body.evidence.requests).toEqual([id]);
    const normal = await take(by, { breakGlass: false });
    expect([normal.status, normal.body.requests[0]?.status]).toEqual([201, 'pending']);
  });

  test('blocks exactly at the deadline', async () => {
    api.world.pass(4 * 60);
    expect((await take()).body.code).toBe('break-glass-unreviewed');
  });

  test.each(['confirm', 'flag'])('blocks no longer after it is made: %s', async (decision) => {
    api.world.pass(4 * 60 + 1);
    expect((await take()).body.code).toBe('break-glass-unreviewed');
    await review(ravi, id, decision, 'Late.');
    expect((await take()).status).toBe(201);
  });

  test('blocks also where the access was revoked', async () => {
    await api.call(ravi, 'revokeRequest', { id, body: { comment: '' } });
    api.world.pass(4 * 60);
    expect((await take()).body.code).toBe('break-glass-unreviewed');
  });

  test('blocks the same person, by whatever account, and nobody else', async () => {
    api.world.pass(4 * 60);
    for (const twin of [
      { ...by, id: `${by.id}-2`, email: by.email.toUpperCase() },
      { ...by, email: 'olga.renamed@example.com' },
    ]) {
      expect((await take(twin)).body.code).toBe('break-glass-unreviewed');
    }
    expect((await take(onCall('otis'))).status).toBe(201);
  });

  test('of many others is no reason to let the person’s own pass', async () => {
    for (let count = 0; count < 40; count += 1) await taken(onCall(`other-${count}`));
    api.world.pass(4 * 60);
    expect((await take()).body.evidence.requests).toEqual([id]);
  });
});

test('auditors find it, and everything else, by a filter', async () => {
  const glass = await taken();
  const normal = await approved(store, api.world, by, { ...body, ...askedNormally });
  const find = async (query: Record<string, string>) => {
    const answer = await api.call<PageView<RequestView>>(otto, 'listAuditRequests', { query });
    return answer.body.items.map(({ id }) => id).sort();
  };
  expect(await find({ breakGlass: 'yes' })).toEqual([glass]);
  expect(await find({ breakGlass: 'no' })).toEqual([normal.id]);
  expect(await find({})).toEqual([glass, normal.id].sort());
  const query = { of: 'requests', format: 'jsonl', breakGlass: 'yes' };
  const exported = await api.call(otto, 'exportAudit', { query });
  expect(JSON.parse(exported.text)).toMatchObject({ id: glass, breakGlass: true });
});
