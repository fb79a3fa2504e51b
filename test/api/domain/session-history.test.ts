import { describe, expect, test } from 'vitest';
import type { AccessRequest } from '../../../api/domain/access-request.ts';
import { apply, type Command } from '../../../api/domain/lifecycle.ts';
import type { SessionRecord } from '../../../api/domain/session.ts';
import { personOf } from '../../../api/domain/user.ts';
import { ada, allowed, codeOf, eve, ravi, staging } from '../people.ts';
import { become, later, madeUnder, reviewBy, ruleWith } from './one-rule.ts';

/** What a request remembers of its sessions. */

const pending = madeUnder(ruleWith());
/** The window is [1, 61). */
const approved = become(pending, reviewBy(ravi));
const revoked = become(approved, { kind: 'revoke', by: ravi, comment: '' });
const ended = allowed(apply(approved, { kind: 'close' }, later(61))).request;

const session: SessionRecord = {
  id: 'd'.repeat(26),
  requestId: pending.id,
  kind: 'cli',
  state: 'intended',
  user: personOf(ada),
  target: pending.target,
  accountName: null,
  at: later(2),
  endsAt: later(60),
  accessKeyId: null,
  assumedRoleId: null,
  ending: null,
  narrowedFrom: null,
  notNarrowed: null,
  sessionName: 'name',
  sourceIdentity: 'identity',
  sourceIp: '127.0.0.1',
  userAgent: '',
};
type Note = 'intend-session' | 'record-session' | 'fail-session';
const noting = (kind: Note, more: Partial<SessionRecord> = {}): Command => ({
  kind,
  session: { ...session, ...more },
  reason: 'Unavailable',
});

describe('noting a session', () => {
  test.each([
    ['an intent while active', approved, noting('intend-session'), 2, 'allowed'],
    ['an intent at the end', approved, noting('intend-session'), 61, 'wrong-status'],
    ['an intent before the window', approved, noting('intend-session'), 0.5, 'wrong-status'],
    ['an intent on what is pending', pending, noting('intend-session'), 2, 'wrong-status'],
    ['a record while active', approved, noting('record-session'), 2, 'allowed'],
    ['a record after a revocation', revoked, noting('record-session'), 6, 'wrong-status'],
    ['a record at the end', approved, noting('record-session'), 61, 'wrong-status'],
    ['a failure while active', approved, noting('fail-session'), 2, 'allowed'],
    ['a failure after a revocation', revoked, noting('fail-session'), 6, 'allowed'],
    [
      'a failure of another request',
      approved,
      noting('fail-session', { requestId: 'x' }),
      2,
      'not-requester',
    ],
    ["another's intent", approved, noting('intend-session', { user: personOf(eve) }), 2, 'not-requester'],
    [
      'an intent for another role',
      approved,
      noting('intend-session', { target: { ...pending.target, role: 'ReadOnly' } }),
      2,
      'not-requester',
    ],
    [
      'a record in another account',
      approved,
      noting('record-session', { target: { ...pending.target, account: staging } }),
      2,
      'not-requester',
    ],
  ] as [string, AccessRequest, Command, number, string][])(
    '%s: %#',
    (_name, request, command, minutes, code) => {
      expect(codeOf(apply(request, command, later(minutes)))).toBe(code);
    },
  );

  test('that failed changes nothing but the version, whatever became of the request', () => {
    for (const request of [approved, revoked, ended]) {
      const change = allowed(apply(request, noting('fail-session'), later(1e4)));
      expect(change.request).toEqual({ ...request, version: request.version + 1 });
      expect(change.entry).toMatchObject({ kind: 'session-failed', text: 'Unavailable' });
    }
  });

  test.each([
    ['intend-session', 'session-intended'],
    ['record-session', 'session-issued'],
  ] as const)('by %s is in the entry and saved with it', (kind, entryKind) => {
    const change = allowed(apply(approved, noting(kind), later(2)));
    expect(change.entry).toMatchObject({
      kind: entryKind,
      actor: personOf(ada),
      session: { id: session.id, kind: 'cli', endsAt: session.endsAt },
    });
    expect([change.session, change.messages]).toEqual([session, []]);
  });
});

test('the request remembers how many were issued and when the last of them ends', () => {
  const issued = (request: AccessRequest, minutes: number) =>
    allowed(apply(request, noting('record-session', { endsAt: later(minutes) }), later(2))).request;
  const tally = (count: number, minutes: number) => ({
    sessions: { issued: count, credentialsEndAt: later(minutes) },
  });
  expect(issued(approved, 30)).toMatchObject(tally(1, 30));
  expect(issued(issued(approved, 30), 20)).toMatchObject(tally(2, 30));
  expect(issued(issued(approved, 30), 40)).toMatchObject(tally(2, 40));
});
