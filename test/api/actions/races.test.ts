import { beforeAll, describe, expect, test } from 'vitest';
import { changeRequest } from '../../../api/actions/change-request.ts';
import { createRequests } from '../../../api/actions/create-request.ts';
import type { Command } from '../../../api/domain/lifecycle.ts';
import type { User } from '../../../api/domain/user.ts';
import { ada, formFor, policy, ravi, rosa, stoppedWorld } from '../people.ts';
import { approved, atOnce, openStore, pending, type Store } from '../store.ts';

/** Two people at the same moment, over the real database: one decision, one entry a version, no gap. */

const rounds = 25;
let store: Store;
const world = stoppedWorld();

beforeAll(async () => {
  store = await openStore();
});

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

describe('of two who decide at once, one decides', () => {
  test.each([
    ['approve and approve', review(ravi, 'approve'), review(rosa, 'approve')],
    ['approve and reject', review(ravi, 'approve'), review(rosa, 'reject')],
    ['approve and cancel', review(ravi, 'approve'), null],
  ])('%s', async (_name, first, second) => {
    for (let round = 0; round < rounds; round += 1) {
      const by = requester();
      const { id } = await pending(store, world, by);
      const commands = [first, second ?? ({ kind: 'cancel', by } satisfies Decided)];
      const codes = await atOnce(
        commands.map((command) => () => changeRequest(store, world, id, () => true, command, policy)),
      );
      expect(codes).toEqual(['allowed', 'wrong-status']);
      expect(await trailOf(id)).toHaveLength(2);
    }
  });

  test('revoke and revoke', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const { id } = await approved(store, world, requester());
      const commands = [ravi, rosa].map((by): Decided => ({ kind: 'revoke', by, comment: '' }));
      const codes = await atOnce(
        commands.map((command) => () => changeRequest(store, world, id, () => true, command, policy)),
      );
      expect(codes).toEqual(['allowed', 'wrong-status']);
      expect(await trailOf(id)).toEqual(['created', 'approved', 'revoked']);
    }
  });
});

describe('of two requests made at once', () => {
  test('for the same target one is made, and the other is named the first', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const by = requester();
      const codes = await atOnce(
        [0, 1].map(() => () => createRequests({ store, world, policy }, by, formFor(), null)),
      );
      expect(codes[0]).toBe('allowed');
      expect(['already-open', 'conflict']).toContain(codes[1]);
    }
  });

  test('with the same key both are answered with the same request', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const by = requester();
      const made = await Promise.all(
        [0, 1].map(() => createRequests({ store, world, policy }, by, formFor(), 'key-of-this-form')),
      );
      const ids = made.map((outcome) => (outcome.ok ? String(outcome.value[0]?.id) : outcome.denial.code));
      expect(new Set(ids).size).toBe(1);
      expect(ids[0]).toMatch(/^[0-9a-z]{26}$/);
    }
  });
});
