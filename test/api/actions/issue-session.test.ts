import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { TargetRefused } from '../../../api/actions/aws-refusals.ts';
import { changeRequest } from '../../../api/actions/change-request.ts';
import { issueSession } from '../../../api/actions/issue-session.ts';
import { type SessionIssuer, Unavailable } from '../../../api/actions/ports.ts';
import type { ApprovedRequest } from '../../../api/domain/access-request.ts';
import type { SessionKind, SessionPlan, SessionRecord } from '../../../api/domain/session.ts';
import { canary, canaryCredentials, playedIssuer } from '../issuer.ts';
import { ada, codeOf, eve, policy, ravi, rosa, type StoppedWorld, stoppedWorld } from '../people.ts';
import { approved, openStore, type Store } from '../store.ts';

/** The order of issuing, and every failure between two of its steps: nobody gets credentials that are not on record. */

let store: Store;
let world: StoppedWorld;
let request: ApprovedRequest;

beforeAll(async () => {
  store = await openStore();
});
beforeEach(async () => {
  world = stoppedWorld();
  request = await approved(store, world, { ...ada, id: `https://id.example.com#${world.newId()}` });
});

const secret = canaryCredentials(stoppedWorld());
const issuer = (during?: (plan: SessionPlan) => Promise<unknown>) => playedIssuer(world, during);
const requester = () => ({ ...ada, ...request.requester });
const issue = (
  with_: Partial<{ issuer: SessionIssuer; store: Store; kind: SessionKind; user: typeof ada }> = {},
) =>
  issueSession(
    { store: with_.store ?? store, issuer: with_.issuer ?? issuer(), world, policy },
    with_.user ?? requester(),
    {
      requestId: request.id,
      kind: with_.kind ?? 'cli',
      sourceIp: '192.0.2.1',
      userAgent: 'test',
    },
  );
const trail = async () => (await store.listEntries(request.id, 2, 100)).items;
const kinds = async () => (await trail()).map((entry) => entry.kind);
const revoke = () =>
  changeRequest(store, world, request.id, () => true, { kind: 'revoke', by: ravi, comment: '' }, policy);

describe('a session', () => {
  test('is intended on record before AWS is asked, and issued on record before it is answered', async () => {
    const seen: string[][] = [];
    const outcome = await issue({ issuer: issuer(async () => seen.push(await kinds())) });
    expect(seen).toEqual([['session-intended']]);
    expect(await kinds()).toEqual(['session-intended', 'session-issued']);
    expect(outcome).toMatchObject({
      ok: true,
      value: {
        kind: 'cli',
        credentials: secret,
        session: { state: 'issued', accessKeyId: secret.accessKeyId, assumedRoleId: canary.assumedRoleId },
      },
    });
    const read = await store.readRequest(request.id);
    expect(read).toMatchObject({ sessions: { issued: 1, credentialsEndAt: request.window.until } });
  });

  test('for the console is a link and no credentials', async () => {
    const outcome = await issue({ kind: 'console' });
    expect(outcome).toMatchObject({
      ok: true,
      value: { kind: 'console', url: canary.url },
    });
    expect(outcome.ok && 'credentials' in outcome.value).toBe(false);
  });

  test('can be had as often as needed', async () => {
    for (let count = 0; count < 3; count += 1) expect(codeOf(await issue())).toBe('allowed');
    expect(await store.readRequest(request.id)).toMatchObject({ sessions: { issued: 3 } });
  });

  test('leaves nothing secret in the table', async () => {
    await issue();
    await issue({ kind: 'console' });
    expect(JSON.stringify(await store.everything())).not.toMatch(/canary/);
  });
});

describe('nobody gets a session', () => {
  test.each([
    ['of somebody else, eligible or not', { user: eve }, 'not-found'],
    ['as the reviewer who approved it', { user: ravi }, 'not-requester'],
    ['as a reviewer who is eligible', { user: rosa }, 'not-requester'],
  ])('%s', async (_name, options, code) => {
    const never = issuer(async () => expect.unreachable('AWS was asked'));
    expect(codeOf(await issue({ ...options, issuer: never }))).toBe(code);
    expect(await kinds()).toEqual([]);
  });

  test('without the group, though the request is approved', async () => {
    expect(codeOf(await issue({ user: { ...requester(), groups: [] } }))).toBe('not-eligible');
  });

  test('at the end of the window, or after it was revoked', async () => {
    await revoke();
    expect(codeOf(await issue())).toBe('wrong-status');
    request = await approved(store, world, { ...ada, id: `https://id.example.com#${world.newId()}` });
    world.goTo(request.window.until);
    expect(codeOf(await issue())).toBe('wrong-status');
  });
});

describe('what happens while AWS answers', () => {
  test.each([
    ['the request is revoked', revoke, 'session-discarded'],
    ['the window ends', async () => world.goTo(request.window.until), 'session-discarded'],
  ])('%s: the credentials are dropped, and the trail says so', async (_name, during, code) => {
    const outcome = await issue({ issuer: issuer(during) });
    expect(codeOf(outcome)).toBe(code);
    expect((await trail()).at(-1)).toMatchObject({
      kind: 'session-failed',
      text: 'discarded: session-discarded',
    });
    const read = await store.readRequest(request.id);
    expect(read && 'sessions' in read && read.sessions.issued).toBe(0);
  });

  test('another session is issued: both are, and both are on record', async () => {
    let inner: Promise<unknown> | undefined;
    const outcome = await issue({
      issuer: issuer(() => {
        inner ??= issue();
        return inner;
      }),
    });
    expect(codeOf(outcome)).toBe('allowed');
    expect(await store.readRequest(request.id)).toMatchObject({ sessions: { issued: 2 } });
    expect(await kinds()).toEqual([
      'session-intended',
      'session-intended',
      'session-issued',
      'session-issued',
    ]);
  });
});

describe('failures', () => {
  test('AWS refuses the role: it is noted, and thrown with the target and the cause for the log', async () => {
    const cause = new Error('AccessDenied');
    const refused = new TargetRefused(request.target, 'access-denied', { cause });
    const asked = issue({ issuer: issuer(() => Promise.reject(refused)) });
    await expect(asked).rejects.toMatchObject({ name: 'TargetRefused', target: request.target, cause });
    expect(await kinds()).toEqual(['session-intended', 'session-failed']);
  });

  test.each([
    ['STS is down', { assumeRole: () => Promise.reject(new Unavailable('down')) }],
    ['the console link cannot be made', { consoleUrl: () => Promise.reject(new Unavailable('down')) }],
  ])('%s: it can be tried again', async (_name, broken) => {
    await expect(issue({ kind: 'console', issuer: { ...issuer(), ...broken } })).rejects.toThrow(Unavailable);
    expect(await kinds()).toEqual(['session-intended', 'session-failed']);
    expect(codeOf(await issue())).toBe('allowed');
  });

  test('the intent cannot be written: AWS is not asked', async () => {
    const broken = { ...store, saveChange: () => Promise.reject(new Unavailable('down')) };
    const never = issuer(async () => expect.unreachable('AWS was asked'));
    await expect(issue({ store: broken, issuer: never })).rejects.toThrow(Unavailable);
  });

  test.each([
    ['was not written', false],
    ['was written, but the answer was lost', true],
  ])('the record %s: no credentials', async (_name, written) => {
    let writes = 0;
    const broken: Store = {
      ...store,
      saveChange: async (change, read) => {
        writes += 1;
        if (writes !== 2) return store.saveChange(change, read);
        if (written) await store.saveChange(change, read);
        throw new Unavailable('the answer was lost');
      },
    };
    await expect(issue({ store: broken })).rejects.toThrow(Unavailable);
    expect((await kinds()).at(-1)).toBe('session-failed');
    const sessions = (await store.everything()).map((item) => item.session as SessionRecord | undefined);
    expect(sessions.filter((session) => session?.requestId === request.id)).toMatchObject([
      { state: 'failed', accessKeyId: secret.accessKeyId },
    ]);
  });

  test('not even the failure can be noted: no credentials, and the trail ends with the intent', async () => {
    let writes = 0;
    const broken: Store = {
      ...store,
      saveChange: (change, read) => {
        writes += 1;
        return writes === 1 ? store.saveChange(change, read) : Promise.reject(new Unavailable('down'));
      },
    };
    await expect(issue({ store: broken })).rejects.toThrow(Unavailable);
    expect(await kinds()).toEqual(['session-intended']);
  });

  test('others are always faster: it gives up instead of going on for ever', async () => {
    const contended: Store = { ...store, saveChange: async () => 'conflict' };
    expect(codeOf(await issue({ store: contended }))).toBe('conflict');
  });
});
