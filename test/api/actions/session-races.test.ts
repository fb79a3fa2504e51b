import { beforeAll, expect, test } from 'vitest';
import { changeRequest } from '../../../api/actions/change-request.ts';
import { issueSession } from '../../../api/actions/issue-session.ts';
import type { SessionIssuer } from '../../../api/actions/ports.ts';
import { plusMinutes } from '../../../api/domain/instant.ts';
import { ada, codeOf, policy, ravi, stoppedWorld } from '../people.ts';
import { approved, openStore, type Store, trailOf } from '../store.ts';

/** Sessions against each other and against the end of the access, over the real database. */

let store: Store;
const world = stoppedWorld();

beforeAll(async () => {
  store = await openStore();
});

const issuer: SessionIssuer = {
  assumeRole: async () => ({
    assumedRoleId: 'AROAEXAMPLEEXAMPLE123:ada',
    credentials: {
      accessKeyId: 'ASIACANARYCANARYCANA',
      secretAccessKey: 'canary',
      sessionToken: 'canary',
      expiration: plusMinutes(world.now(), 60),
    },
  }),
  consoleUrl: async () => 'https://signin.example.com/',
};

async function start() {
  const by = { ...ada, id: `https://id.example.com#${world.newId()}` };
  const { id } = await approved(store, world, by);
  const issue = () =>
    issueSession({ store, issuer, world, policy }, by, {
      requestId: id,
      kind: 'cli',
      sourceIp: '192.0.2.1',
      userAgent: 'test',
    });
  return { id, issue };
}

function count(trail: string[], kind: string): number {
  return trail.filter((entry) => entry === kind).length;
}

test('revoke against issue: no session is recorded behind the revocation, and each intent has its end', async () => {
  for (let round = 0; round < 15; round += 1) {
    const { id, issue } = await start();
    const revoke = { kind: 'revoke', by: ravi, comment: '' } as const;
    const [issued, revoked] = await Promise.all([
      issue(),
      changeRequest(store, world, id, () => true, revoke, policy),
    ]);
    const trail = await trailOf(store, id);
    expect(codeOf(revoked)).toBe('allowed');
    const behind = trail.slice(trail.indexOf('revoked'));
    expect(behind).not.toContain('session-intended');
    expect(behind).not.toContain('session-issued');
    expect(count(trail, 'session-issued')).toBe(issued.ok ? 1 : 0);
    expect(count(trail, 'session-intended')).toBe(
      count(trail, 'session-issued') + count(trail, 'session-failed'),
    );
  }
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
    const revoke = { kind: 'revoke', by: ravi, comment: '' } as const;
    const revoked = await changeRequest(store, world, id, () => true, revoke, policy);
    expect(codeOf(revoked)).toBe('allowed');
    await Promise.all(flood);
    const trail = await trailOf(store, id);
    expect(trail.slice(trail.indexOf('revoked'))).not.toContain('session-intended');
  }
});
