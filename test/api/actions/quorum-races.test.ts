import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { changeRequest } from '../../../api/actions/change-request.ts';
import type { Command, ReviewDecision } from '../../../api/domain/lifecycle.ts';
import type { User } from '../../../api/domain/user.ts';
import { ada, askFor, codeOf, policyWith, stoppedWorld, userOf } from '../people.ts';
import { type Crowd, type Hand, openCrowd } from '../race.ts';
import { openStore, pending, type Store, trailOf } from '../store.ts';

/** Reviewers at the same moment, where a rule wants several: over the real database, each counts once. */

/** Two are raced a hundred times. More stand in each other's way, which takes the database long. */
const many = 100;
const rounds = 20;
/** For all rounds, on a machine that does other things beside. */
const long = { timeout: 240_000 };
let store: Store;
let five: Crowd;
let four: Crowd;
let two: Crowd;
const world = stoppedWorld();

beforeAll(async () => {
  store = await openStore();
  [five, four, two] = [openCrowd(store, 5), openCrowd(store, 4), openCrowd(store, 2)];
});
afterAll(() => {
  for (const crowd of [five, four, two]) crowd.stop();
});

const reviewers = [1, 2, 3, 4, 5].map((number) =>
  userOf(`reviewer-${number}`, `Reviewer ${number}`, ['aws-temp#Reviewer']),
) as [User, User, User, User, User];
const needing = (approvals: number) => policyWith({ approval: { approvals, of: 5 } });

type Act = (hand: Hand) => Promise<string>;

async function waiting(approvals: number) {
  const by: User = { ...ada, id: `https://id.example.com#${world.newId()}` };
  const { id } = await pending(store, world, by, askFor(), needing(approvals));
  const act =
    (command: Exclude<Command, { kind: 'accept' }>): Act =>
    async (hand) =>
      codeOf(await changeRequest(hand, world, id, () => true, command, needing(1)));
  return {
    id,
    review: (reviewer: User, decision: ReviewDecision = 'approve') =>
      act({ kind: 'review', by: reviewer, decision, comment: 'x', version: 1 }),
    cancel: act({ kind: 'cancel', by }),
  };
}

/** Each by a hand of its own, all written at the same moment; the codes in alphabetical order. */
async function atOnce(crowd: Crowd, acts: readonly Act[], round: number): Promise<string[]> {
  const codes = await crowd.run(
    (hand, who) => acts[who]?.(hand) ?? Promise.resolve('nothing'),
    round % acts.length,
  );
  return codes.sort();
}

const reviewersOf = async (id: string) =>
  ((await store.readRequest(id))?.reviews ?? []).map((review) => review.reviewer.id);

test.each([2, 3])(
  'five approve where %i are needed: so many count, and the last of them approves',
  long,
  async (needed) => {
    for (let round = 0; round < rounds; round += 1) {
      const { id, review } = await waiting(needed);
      const codes = await atOnce(
        five,
        reviewers.map((reviewer) => review(reviewer)),
        round,
      );
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
  test('two approve at once: both count, and the later of them approves', long, async () => {
    const first = new Set<string>();
    for (let round = 0; round < many; round += 1) {
      const { id, review } = await waiting(2);
      const [one, other] = reviewers;
      expect(await atOnce(two, [review(one), review(other)], round)).toEqual(['allowed', 'allowed']);
      expect(await trailOf(store, id)).toEqual(['created', 'approved-in-part', 'approved']);
      const [before, after] = await reviewersOf(id);
      expect(new Set([before, after]).size).toBe(2);
      first.add(before ?? '');
    }
    // Or it would be no race.
    expect(first.size).toBe(2);
  });

  test('approve, approve, reject and cancel at once: one end, and nothing behind it', long, async () => {
    const ends = ['approved', 'rejected', 'cancelled'];
    for (let round = 0; round < rounds; round += 1) {
      const { id, review, cancel } = await waiting(2);
      const [first, second, third] = reviewers;
      const tasks = [review(first), review(second), review(third, 'reject'), cancel];
      const codes = await atOnce(four, tasks, round);
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
  ])('%s approves twice at once: it counts once', long, async (_who, other) => {
    for (let round = 0; round < rounds; round += 1) {
      const { id, review } = await waiting(2);
      const [one] = reviewers;
      const codes = await atOnce(two, [review(one), review(other(one))], round);
      expect(codes).toEqual(['allowed', 'already-reviewed']);
      expect(await trailOf(store, id)).toEqual(['created', 'approved-in-part']);
      expect((await store.readRequest(id))?.status).toBe('pending');
    }
  });

  test('a reviewer who approves and rejects at once has rejected', long, async () => {
    for (let round = 0; round < rounds; round += 1) {
      const { id, review } = await waiting(2);
      const [one] = reviewers;
      await atOnce(two, [review(one), review(one, 'reject')], round);
      expect((await trailOf(store, id)).at(-1)).toBe('rejected');
      expect((await store.readRequest(id))?.status).toBe('rejected');
    }
  });
});
