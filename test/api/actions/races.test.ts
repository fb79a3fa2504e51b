import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { changeRequest } from '../../../api/actions/change-request.ts';
import { createRequests } from '../../../api/actions/create-request.ts';
import type { Command } from '../../../api/domain/lifecycle.ts';
import type { User } from '../../../api/domain/user.ts';
import { ada, codeOf, formFor, policy, ravi, rosa, stoppedWorld } from '../people.ts';
import { openRace, type Race } from '../race.ts';
import { approved, openStore, pending, type Store } from '../store.ts';

/** Two people at the same moment, over the real database: one decision, one entry a version, no gap. */

/** What matters most is raced a hundred times, the rest as often as both of them win. */
const many = 100;
const rounds = 25;
let store: Store;
let race: Race;
const world = stoppedWorld();

beforeAll(async () => {
  store = await openStore();
  race = openRace(store);
});
afterAll(() => race.stop());

const requester = (): User => ({ ...ada, id: `https://id.example.com#${world.newId()}` });
type Decided = Exclude<Command, { kind: 'accept' }>;
const review = (by: User, decision: 'approve' | 'reject'): Decided => ({
  kind: 'review',
  by,
  decision,
  comment: 'x',
  version: 1,
});

async function trailOf(id: string) {
  const { items } = await store.listEntries(id, 0, 100);
  expect(items.map((entry) => entry.version)).toEqual(items.map((_entry, index) => index + 1));
  expect((await store.readRequest(id))?.version).toBe(items.length);
  return items.map((entry) => entry.kind);
}

describe('of two who have both decided, and write at once, one has decided', () => {
  const decide = (hand: 0 | 1, id: string, command: Decided) => () =>
    changeRequest(race.hands[hand], world, id, () => true, command, policy);

  test.each([
    ['approve and approve', many, review(ravi, 'approve'), review(rosa, 'approve')],
    ['approve and reject', rounds, review(ravi, 'approve'), review(rosa, 'reject')],
    ['approve and cancel', many, review(ravi, 'approve'), null],
  ])('%s', async (_name, times, first, second) => {
    const won = [0, 0];
    for (let round = 0; round < times; round += 1) {
      const by = requester();
      const { id } = await pending(store, world, by);
      const commands = [first, second ?? ({ kind: 'cancel', by } satisfies Decided)] as const;
      const outcomes = await race.run([decide(0, id, commands[0]), decide(1, id, commands[1])], {
        first: round % 2,
      });
      expect(outcomes.map(codeOf).sort()).toEqual(['allowed', 'wrong-status']);
      expect(await trailOf(id)).toHaveLength(2);
      const winner = outcomes.findIndex(({ ok }) => ok);
      const decided = outcomes[winner];
      expect(await store.readRequest(id)).toEqual(decided?.ok && decided.value.request);
      won[winner] = (won[winner] ?? 0) + 1;
    }
    expect(Math.min(...won), 'each of them wins sometimes').toBeGreaterThan(0);
  });

  test('revoke and revoke', async () => {
    const won = new Set<number>();
    for (let round = 0; round < rounds; round += 1) {
      const { id } = await approved(store, world, requester());
      const commands = [ravi, rosa].map((by): Decided => ({ kind: 'revoke', by, comment: '' }));
      const [one, other] = commands as [Decided, Decided];
      const outcomes = await race.run([decide(0, id, one), decide(1, id, other)], { first: round % 2 });
      expect(outcomes.map(codeOf).sort()).toEqual(['allowed', 'wrong-status']);
      expect(await trailOf(id)).toEqual(['created', 'approved', 'revoked']);
      won.add(outcomes.findIndex(({ ok }) => ok));
    }
    expect(won.size, 'each of them wins sometimes').toBe(2);
  });
});

describe('of two requests made at once', () => {
  const create = (hand: 0 | 1, by: User, key: string | null) => () =>
    createRequests({ store: race.hands[hand], world, policy }, by, formFor(), key);

  test('for the same target one is made, and the other is named the first', async () => {
    const won = new Set<number>();
    for (let round = 0; round < rounds; round += 1) {
      const by = requester();
      const outcomes = await race.run([create(0, by, null), create(1, by, null)], { first: round % 2 });
      const codes = outcomes.map(codeOf).sort();
      expect(codes[0]).toBe('allowed');
      expect(['already-open', 'conflict']).toContain(codes[1]);
      won.add(outcomes.findIndex(({ ok }) => ok));
    }
    expect(won.size, 'each of them wins sometimes').toBe(2);
  });

  test('with the same key both are answered with the same request', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const by = requester();
      const key = 'key-of-this-form';
      const made = await race.run([create(0, by, key), create(1, by, key)], { first: round % 2 });
      const ids = made.map((outcome) => (outcome.ok ? String(outcome.value[0]?.id) : outcome.denial.code));
      expect(new Set(ids).size).toBe(1);
      expect(ids[0]).toMatch(/^[0-9a-z]{26}$/);
    }
  });
});
