import { describe, expect, test } from 'vitest';
import type { AccessRequest } from '../../../api/domain/access-request.ts';
import { type AllowedAction, allowedActions, maySee } from '../../../api/domain/allowed-actions.ts';
import { instantOf, plusMinutes } from '../../../api/domain/instant.ts';
import { apply, type Command, create, statusAt } from '../../../api/domain/lifecycle.ts';
import { ruleFor } from '../../../api/domain/policy-document.ts';
import type { User } from '../../../api/domain/user.ts';
import { ada, allowed, askFor, codeOf, eve, nemo, otto, policy, production, ravi, rosa } from '../people.ts';

const start = instantOf(Date.UTC(2026, 10, 23, 9, 30));
const later = (minutes: number) => plusMinutes(start, minutes);
const digest = (text: string) => text;

const pending = allowed(create(askFor(), ada, policy, start, 'a'.repeat(26))).request;
const changed = (request: AccessRequest, command: Command, minutes: number) =>
  allowed(apply(request, command, later(minutes))).request;
const approve = (by: User, version = 1): Command => ({
  kind: 'review',
  by,
  decision: 'approve',
  comment: '',
  version,
});
const reject = (by: User): Command => ({
  kind: 'review',
  by,
  decision: 'reject',
  comment: 'No.',
  version: 1,
});

/** Approved a minute after creation: the window is [1, 61). */
const approved = changed(pending, approve(ravi), 1);
const rejected = changed(pending, reject(ravi), 1);
const cancelled = changed(pending, { kind: 'cancel', by: ada }, 1);
const revoked = changed(approved, { kind: 'revoke', by: ravi, comment: 'Enough.' }, 5);
const expired = changed(pending, { kind: 'close' }, 24 * 60);
const ended = changed(approved, { kind: 'close' }, 61);

describe('the status at a moment', () => {
  test.each([
    ['pending', pending, 0, 'pending'],
    ['pending, the millisecond before its deadline', pending, 24 * 60 - 1 / 60_000, 'pending'],
    ['pending, at its deadline', pending, 24 * 60, 'expired'],
    ['approved, seen by a clock that is behind', approved, 0.5, 'scheduled'],
    ['approved, at the first instant of the window', approved, 1, 'active'],
    ['approved, the millisecond before the end', approved, 61 - 1 / 60_000, 'active'],
    ['approved, at the end', approved, 61, 'ended'],
    ['rejected, however late', rejected, 1e6, 'rejected'],
    ['cancelled, however late', cancelled, 1e6, 'cancelled'],
    ['revoked, inside its window', revoked, 10, 'revoked'],
    ['expired, recorded', expired, 1e6, 'expired'],
    ['ended, recorded', ended, 1e6, 'ended'],
  ] as const)('%s', (_name, request, minutes, status) => {
    expect(statusAt(request, later(minutes))).toBe(status);
  });
});

describe('creating', () => {
  test.each([
    ['somebody eligible', ada, askFor(), 'allowed'],
    ['somebody without groups', nemo, askFor(), 'not-eligible'],
    ['the right role in another account', eve, askFor('Admin', '444455556666'), 'not-eligible'],
    ['another role in the right account', eve, askFor('ReadOnly'), 'not-eligible'],
    ["the account's longest", ada, { ...askFor(), durationMinutes: 240 }, 'allowed'],
    [
      "a minute more than the account's longest",
      ada,
      { ...askFor(), durationMinutes: 241 },
      'duration-too-long',
    ],
    [
      'the longest of the policy where the account has none',
      ada,
      { ...askFor('Admin', '444455556666'), durationMinutes: 480 },
      'allowed',
    ],
  ] as const)('%s: %#', (_name, user, ask, code) => {
    expect(codeOf(create(ask, user, policy, start, 'b'.repeat(26)))).toBe(code);
  });

  test('copies the rule, the names and the deadline into the request', () => {
    expect(pending).toMatchObject({
      version: 1,
      status: 'pending',
      accountName: 'Production',
      requester: { id: ada.id, name: ada.name, email: ada.email },
      rule: ruleFor(policy, { account: production, role: 'Admin' }),
      reviewBy: later(24 * 60),
    });
    expect(pending.requester).not.toHaveProperty('groups');
  });
});

/** Who x what x in which state: the permission table. */
describe('commands', () => {
  const twin: User = { ...ravi, id: 'https://other.example.com#twin', email: 'ADA@Example.com' };
  test.each([
    ['a reviewer approves', pending, approve(ravi), 1, 'allowed'],
    ['a reviewer rejects', pending, reject(ravi), 1, 'allowed'],
    ['a reviewer approves at the deadline', pending, approve(ravi), 24 * 60, 'wrong-status'],
    ['a reviewer decides on another version', pending, approve(ravi, 2), 1, 'version-changed'],
    ['an engineer approves', pending, approve(eve), 1, 'not-reviewer'],
    ['an auditor approves', pending, approve(otto), 1, 'not-reviewer'],
    [
      'the requester, a reviewer too, approves',
      pending,
      approve({ ...ada, groups: ravi.groups }),
      1,
      'own-request',
    ],
    ["another account with the requester's e-mail approves", pending, approve(twin), 1, 'own-request'],
    ['approving what is approved', approved, approve(rosa, 2), 2, 'wrong-status'],
    ['rejecting what is approved', approved, { ...reject(rosa), version: 2 }, 2, 'wrong-status'],
    ['approving what is rejected', rejected, approve(rosa, 2), 2, 'wrong-status'],
    ['approving what is cancelled', cancelled, approve(rosa, 2), 2, 'wrong-status'],
    ['approving what is expired', expired, approve(rosa, 2), 24 * 60, 'wrong-status'],
    ['the requester cancels', pending, { kind: 'cancel', by: ada }, 1, 'allowed'],
    ['a reviewer cancels', pending, { kind: 'cancel', by: ravi }, 1, 'not-requester'],
    ['the requester cancels at the deadline', pending, { kind: 'cancel', by: ada }, 24 * 60, 'wrong-status'],
    ['the requester cancels what is approved', approved, { kind: 'cancel', by: ada }, 2, 'wrong-status'],
    ['a reviewer revokes', approved, { kind: 'revoke', by: rosa, comment: '' }, 2, 'allowed'],
    ['the requester ends early', approved, { kind: 'revoke', by: ada, comment: '' }, 2, 'allowed'],
    ['another engineer revokes', approved, { kind: 'revoke', by: eve, comment: '' }, 2, 'not-reviewer'],
    ['an auditor revokes', approved, { kind: 'revoke', by: otto, comment: '' }, 2, 'not-reviewer'],
    ['revoking at the end', approved, { kind: 'revoke', by: ravi, comment: '' }, 61, 'wrong-status'],
    ['revoking what is pending', pending, { kind: 'revoke', by: ravi, comment: '' }, 1, 'wrong-status'],
    ['revoking twice', revoked, { kind: 'revoke', by: ravi, comment: '' }, 6, 'wrong-status'],
    ['closing before the deadline', pending, { kind: 'close' }, 24 * 60 - 1, 'wrong-status'],
    ['closing at the deadline', pending, { kind: 'close' }, 24 * 60, 'allowed'],
    ['closing inside the window', approved, { kind: 'close' }, 60, 'wrong-status'],
    ['closing at the end', approved, { kind: 'close' }, 61, 'allowed'],
    ['closing what is revoked', revoked, { kind: 'close' }, 1e4, 'wrong-status'],
    ['closing twice', ended, { kind: 'close' }, 1e4, 'wrong-status'],
  ] as const)('%s: %#', (_name, request, command, minutes, code) => {
    expect(codeOf(apply(request, command as Command, later(minutes)))).toBe(code);
  });
});

test('the window begins at the approval and ends on a whole second, never later than asked for', () => {
  const request = allowed(
    apply(pending, approve(ravi), instantOf(Date.UTC(2026, 10, 23, 9, 31, 2, 345))),
  ).request;
  expect(request).toMatchObject({
    window: { from: '2026-11-23T09:31:02.345Z', until: '2026-11-23T10:31:02.000Z' },
    sessions: { issued: 0, credentialsEndAt: null },
  });
});

describe('what is written with a change', () => {
  test.each([
    ['created', create(askFor(), ada, policy, start, 'c'.repeat(26)), 'created', ada, 'reviewers'],
    ['approved', apply(pending, approve(ravi), start), 'approved', ravi, 'requester'],
    ['rejected', apply(pending, reject(ravi), start), 'rejected', ravi, 'requester'],
    ['cancelled', apply(pending, { kind: 'cancel', by: ada }, start), 'cancelled', ada, null],
    [
      'revoked by a reviewer',
      apply(approved, { kind: 'revoke', by: ravi, comment: 'x' }, later(2)),
      'revoked',
      ravi,
      'requester',
    ],
    [
      'ended early',
      apply(approved, { kind: 'revoke', by: ada, comment: 'x' }, later(2)),
      'revoked',
      ada,
      null,
    ],
    ['expired', apply(pending, { kind: 'close' }, later(24 * 60)), 'expired', null, 'requester'],
    ['ended', apply(approved, { kind: 'close' }, later(61)), 'ended', null, null],
  ] as const)('%s', (_name, outcome, kind, actor, audience) => {
    const change = allowed<ReturnType<typeof onlyValue>>(outcome as never);
    expect(change.entry).toMatchObject({
      requestId: change.request.id,
      version: change.request.version,
      kind,
    });
    expect(change.entry.actor?.id).toBe(actor?.id);
    expect(change.entry.actor ?? {}).not.toHaveProperty('groups');
    expect(change.messages.map((message) => message.audience)).toEqual(audience === null ? [] : [audience]);
  });
});
const onlyValue = () => allowed(apply(pending, approve(ravi), start));

describe('what a person is offered', () => {
  const offered = (request: AccessRequest, user: User, minutes: number) =>
    allowedActions(request, user, request.rule, later(minutes));
  test.each([
    ['the requester of a pending one', pending, ada, 1, ['cancel']],
    ['a reviewer of a pending one', pending, ravi, 1, ['review']],
    ['another engineer', pending, eve, 1, []],
    ['an auditor', pending, otto, 1, []],
    ['the requester while it is active', approved, ada, 2, ['revoke', 'issue']],
    ['a reviewer while it is active', approved, ravi, 2, ['revoke']],
    ['the requester after it ended', approved, ada, 61, []],
    ['the requester after it was revoked', revoked, ada, 6, []],
    ['the requester who lost the group', approved, { ...ada, groups: [] }, 2, ['revoke']],
  ] as [string, AccessRequest, User, number, AllowedAction[]][])(
    '%s',
    (_name, request, user, minutes, actions) => {
      expect(offered(request, user, minutes)).toEqual(actions);
    },
  );

  test.each([
    ['the requester', ada, true],
    ['a reviewer', ravi, true],
    ['an auditor', otto, true],
    ['another engineer', eve, false],
    ['nobody', nemo, false],
    ["somebody with the requester's e-mail", { ...nemo, email: ada.email }, false],
  ])('%s may see it: %#', (_name, user, may) => {
    expect(maySee(user, pending)).toBe(may);
  });
});

describe('sessions in the history', () => {
  const session = {
    id: 'd'.repeat(26),
    requestId: pending.id,
    kind: 'cli',
    state: 'intended',
    user: ada,
    target: pending.target,
    accountName: null,
    at: later(2),
    endsAt: later(60),
    accessKeyId: null,
    sessionName: digest('name'),
    sourceIdentity: 'identity',
    sourceIp: '127.0.0.1',
    userAgent: '',
  } as const;

  test.each([
    ['an intent while active', approved, 'intend-session', 2, 'allowed'],
    ['an intent at the end', approved, 'intend-session', 61, 'wrong-status'],
    ['an intent before the window', approved, 'intend-session', 0.5, 'wrong-status'],
    ['an intent on what is pending', pending, 'intend-session', 2, 'wrong-status'],
    ['a record while active', approved, 'record-session', 2, 'allowed'],
    ['a record after a revocation', revoked, 'record-session', 6, 'wrong-status'],
    ['a record at the end', approved, 'record-session', 61, 'wrong-status'],
  ] as const)('%s: %#', (_name, request, kind, minutes, code) => {
    expect(codeOf(apply(request, { kind, session }, later(minutes)))).toBe(code);
  });

  test('a failure is noted whatever became of the request, and changes nothing but the version', () => {
    for (const request of [approved, revoked, ended]) {
      const change = allowed(
        apply(request, { kind: 'fail-session', session, reason: 'Unavailable' }, later(1e4)),
      );
      expect(change.request).toEqual({ ...request, version: request.version + 1 });
      expect(change.entry).toMatchObject({ kind: 'session-failed', text: 'Unavailable' });
    }
  });

  test('the request remembers how many were issued and when the last of them ends', () => {
    const record = (endsAt: typeof session.endsAt) =>
      ({ kind: 'record-session', session: { ...session, endsAt } }) as const;
    const once = changed(approved, record(later(30)), 2);
    expect(once).toMatchObject({ sessions: { issued: 1, credentialsEndAt: later(30) } });
    expect(changed(once, record(later(20)), 3)).toMatchObject({
      sessions: { issued: 2, credentialsEndAt: later(30) },
    });
    expect(changed(once, record(later(40)), 3)).toMatchObject({
      sessions: { issued: 2, credentialsEndAt: later(40) },
    });
  });
});
