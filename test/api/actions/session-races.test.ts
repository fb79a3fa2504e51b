import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { changeRequest } from '../../../api/actions/change-request.ts';
import { issueSession, type SessionTools } from '../../../api/actions/issue-session.ts';
import type { World } from '../../../api/actions/ports.ts';
import { epochMs, type Instant, instantOf } from '../../../api/domain/instant.ts';
import { playedIssuer } from '../issuer.ts';
import { ada, codeOf, policy, ravi, stoppedWorld } from '../people.ts';
import { openRace, type Race } from '../race.ts';
import { approved, openStore, type Store, trailOf } from '../store.ts';

/** Sessions against each other and against the end of the access, over the real database. */

let store: Store;
let race: Race;
const world = stoppedWorld();

beforeAll(async () => {
  store = await openStore();
  race = openRace(store);
});
afterAll(() => race.stop());

async function start(tools: Partial<SessionTools> = {}) {
  const by = { ...ada, id: `https://id.example.com#${world.newId()}` };
  const { id, window } = await approved(store, world, by);
  const issue = () =>
    issueSession({ store, issuer: playedIssuer(world), world, policy, ...tools }, by, {
      requestId: id,
      kind: 'cli',
      sourceIp: '192.0.2.1',
      userAgent: 'test',
    });
  return { id, until: window.until, issue };
}

function count(trail: string[], kind: string): number {
  return trail.filter((entry) => entry === kind).length;
}

const revoke = { kind: 'revoke', by: ravi, comment: '' } as const;
const close = { kind: 'close' } as const;

/** Whoever got credentials is on record, before the end of the access; and each intent has its end. */
async function expectSettled(id: string, issued: boolean, end: string): Promise<string[]> {
  const trail = await trailOf(store, id);
  const behind = trail.slice(trail.indexOf(end));
  expect(behind).not.toContain('session-intended');
  expect(behind).not.toContain('session-issued');
  expect(count(trail, 'session-issued')).toBe(issued ? 1 : 0);
  const ends = count(trail, 'session-issued') + count(trail, 'session-failed');
  expect(count(trail, 'session-intended')).toBe(ends);
  return trail;
}

describe.each([
  ['the intent of a session', 1, 'session-intended'],
  ['the record of a session', 2, 'session-issued'],
] as const)('against %s, a hundred times', (_what, write, kind) => {
  /** The end of the access is decided on what the session's write is decided on: for the record, when AWS was asked. */
  const prepare = async (clock: World) => {
    const asked = Promise.withResolvers<void>();
    if (write === 1) asked.resolve();
    const tools = {
      store: race.hands[0],
      issuer: playedIssuer(world, async () => asked.resolve()),
      world: clock,
    };
    const started = await start(tools);
    const end = (command: typeof revoke | typeof close, now: Instant) => async () => {
      await asked.promise;
      return changeRequest(race.hands[1], { now: () => now }, started.id, () => true, command, policy);
    };
    return { ...started, end };
  };
  const options = (round: number) => ({ first: round % 2, at: [write, 1] as const });

  test('a revocation: no session is recorded behind it, and each intent has its end', async () => {
    const orders = new Set<boolean>();
    for (let round = 0; round < 100; round += 1) {
      const { id, issue, end } = await prepare(world);
      const [issued, revoked] = await race.run([issue, end(revoke, world.now())], options(round));
      expect(codeOf(revoked)).toBe('allowed');
      orders.add((await expectSettled(id, issued.ok, 'revoked')).includes(kind));
    }
    expect(orders, 'each of them wins sometimes').toEqual(new Set([true, false]));
  });

  test('the end of the window: its last moment is used, or not', async () => {
    const orders = new Set<boolean>();
    for (let round = 0; round < 100; round += 1) {
      const clock = stoppedWorld(world.now());
      const { id, until, issue, end } = await prepare(clock);
      clock.goTo(instantOf(epochMs(until) - 1));
      const meanwhile = () => clock.goTo(until);
      const [issued, closed] = await race.run([issue, end(close, until)], { ...options(round), meanwhile });
      expect(codeOf(closed)).toBe('allowed');
      const trail = await expectSettled(id, issued.ok, 'ended');
      // Behind the intent the window has ended: only what was being recorded in its last moment is a session.
      expect(issued.ok).toBe(write === 2 && trail.includes(kind));
      orders.add(trail.includes(kind));
    }
    expect(orders, 'each of them wins sometimes').toEqual(new Set([true, false]));
  });
});

test('many sessions of one request at once: whoever gets credentials is on record, and no intent is left open', async () => {
  for (let round = 0; round < 3; round += 1) {
    const { id, issue } = await start();
    const outcomes = await Promise.all(Array.from({ length: 6 }, issue));
    const trail = await trailOf(store, id);
    const given = outcomes.filter((outcome) => outcome.ok).length;
    expect(given).toBeGreaterThan(0);
    expect(count(trail, 'session-issued')).toBe(given);
    expect(count(trail, 'session-intended')).toBe(given + count(trail, 'session-failed'));
    expect(await store.readRequest(id)).toMatchObject({ sessions: { issued: given } });
  }
});

test('a revocation gets through, however many sessions are being started, and none starts behind it', async () => {
  for (let round = 0; round < 3; round += 1) {
    const { id, issue } = await start();
    let over = false;
    const flood = Array.from({ length: 8 }, async () => {
      while (!over) over = codeOf(await issue()) === 'wrong-status' || over;
    });
    const revoked = await changeRequest(store, world, id, () => true, revoke, policy);
    expect(codeOf(revoked)).toBe('allowed');
    await Promise.all(flood);
    const trail = await trailOf(store, id);
    expect(trail.slice(trail.indexOf('revoked'))).not.toContain('session-intended');
  }
});
