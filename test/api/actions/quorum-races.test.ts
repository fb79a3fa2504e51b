import { beforeAll, describe, expect, test } from 'vitest';
import { changeRequest } from '../../../api/actions/change-request.ts';
import type { Command, ReviewDecision } from '../../../api/domain/lifecycle.ts';
import type { User } from '../../../api/domain/user.ts';
import { ada, askFor, policyWith, stoppedWorld, userOf } from '../people.ts';
import { atOnce, openStore, pending, type Store, trailOf } from '../store.ts';

/** Reviewers at the same moment, where a rule wants several: over the real database, each counts once. */

const rounds = 20;
let store: Store;
const world = stoppedWorld();

beforeAll(async () => {
  store = await openStore();
});

const reviewers = [1, 2, 3, 4, 5].map((number) =>
  userOf(`reviewer-${number}`, `Reviewer ${number}`, ['aws-temp#Reviewer']),
) as [User, User, User, User, User];
const needing = (approvals: number) => policyWith({ approval: { approvals, of: 5 } });

async function waiting(approvals: number) {
  const by: User = { ...ada, id: `https://id.example.com#${world.newId()}` };
  const { id } = await pending(store, world, by, askFor(), needing(approvals));
  const run = (command: Exclude<Command, { kind: 'accept' }>) => () =>
    changeRequest(store, world, id, () => true, command, needing(1));
  return {
    id,
    review: (reviewer: User, decision: ReviewDecision = 'approve') =>
      run({ kind: 'review', by: reviewer, decision, comment: 'x', version: 1 }),
    cancel: run({ kind: 'cancel', by }),
  };
}

const reviewersOf = async (id: string) =>
  ((await store.readRequest(id))?.reviews ?? []).map((review) => review.reviewer.id);

test.each([2, 3])(
  'five approve where %i are needed: so many count, and the last of them approves',
  async (needed) => {
    for (let round = 0; round < rounds; round += 1) {
      const { id, review } = await waiting(needed);
      const codes = await atOnce(reviewers.map((reviewer) => review(reviewer)));
      expect(codes.filter((code) => code === 'allowed')).toHaveLength(needed);
      expect(codes.filter((code) => !['allowed', 'wrong-status', 'conflict'].includes(code))).toEqual([]);
      expect(new Set(await reviewersOf(id)).size).toBe(needed);
      expect(await reviewersOf(id)).toHaveLength(needed);
      expect(await trailOf(store, id)).toEqual([
        'created',
        ...Array.from({ length: needed - 1 }, () => 'approved-in-part'),
        'approved',
      ]);
      expect((await store.readRequest(id))?.status).toBe('approved');
    }
  },
);

describe('where two are needed', () => {
  test('approve, approve, reject and cancel at once: one end, and nothing behind it', async () => {
    const ends = ['approved', 'rejected', 'cancelled'];
    for (let round = 0; round < rounds; round += 1) {
      const { id, review, cancel } = await waiting(2);
      const [first, second, third] = reviewers;
      const tasks = [review(first), review(second), review(third, 'reject'), cancel];
      const codes = await atOnce(round % 2 === 0 ? tasks : tasks.reverse());
      const trail = await trailOf(store, id);
      const end = trail.at(-1) ?? '';
      expect(ends).toContain(end);
      expect(trail.filter((kind) => ends.includes(kind))).toEqual([end]);
      expect(codes.filter((code) => code === 'allowed')).toHaveLength(trail.length - 1);
      expect((await store.readRequest(id))?.status).toBe(end);
    }
  });

  test.each([
    ['the same reviewer', (one: User) => one],
    ['the same reviewer by another account', (one: User) => ({ ...one, id: `${one.id}-2` })],
    [
      'the same e-mail in other letters',
      (one: User) => ({ ...one, id: `${one.id}-3`, email: one.email.toUpperCase() }),
    ],
  ])('%s approves twice at once: it counts once', async (_who, other) => {
    for (let round = 0; round < rounds; round += 1) {
      const { id, review } = await waiting(2);
      const [one] = reviewers;
      const codes = await atOnce([review(one), review(other(one))]);
      expect(codes).toEqual(['allowed', 'already-reviewed']);
      expect(await trailOf(store, id)).toEqual(['created', 'approved-in-part']);
      expect((await store.readRequest(id))?.status).toBe('pending');
    }
  });

  test('a reviewer who approves and rejects at once has rejected', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const { id, review } = await waiting(2);
      const [one] = reviewers;
      await atOnce([review(one), review(one, 'reject')]);
      expect((await trailOf(store, id)).at(-1)).toBe('rejected');
      expect((await store.readRequest(id))?.status).toBe('rejected');
    }
  });
});
