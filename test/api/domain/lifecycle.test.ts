import { describe, expect, test } from 'vitest';
import type { AccessRequest } from '../../../api/domain/access-request.ts';
import { accept, invite } from '../../../api/domain/invitation.ts';
import { apply, type Command } from '../../../api/domain/lifecycle.ts';
import { reviewerGroup } from '../../../api/domain/policy-document.ts';
import { statusAt } from '../../../api/domain/status.ts';
import { personOf, type User } from '../../../api/domain/user.ts';
import { ada, allowed, askFor, codeOf, eve, nemo, otto, policy, ravi, rosa, userOf } from '../people.ts';
import {
  become,
  byTeam,
  inGroups,
  later,
  madeUnder,
  policyOf,
  reviewBy,
  ruleWith,
  start,
} from './one-rule.ts';

const pending = madeUnder(ruleWith());
/** Approved a minute after creation: the window is [1, 61). */
const approved = become(pending, reviewBy(ravi));
const rejected = become(pending, reviewBy(ravi, 'reject'));
const cancelled = become(pending, { kind: 'cancel', by: ada });
const revoke = (by: User): Command => ({ kind: 'revoke', by, comment: 'Enough.' });
const revoked = become(approved, revoke(ravi));
const expired = allowed(apply(pending, { kind: 'close' }, later(24 * 60))).request;
const ended = allowed(apply(approved, { kind: 'close' }, later(61))).request;
const invited = allowed(invite(askFor(), ravi, personOf(ada), policy, start, 'a'.repeat(26))).request;
const lapsed = allowed(apply(invited, { kind: 'close' }, later(24 * 60))).request;

const two = madeUnder(ruleWith({ approvals: 2 }));
const half = become(two, reviewBy(ravi));

const breakGlass = {
  groups: ['on-call'],
  maxDurationMinutes: 30,
  justificationLength: 10,
  reviewMinutes: 240,
};
const onCall = inGroups(ada, 'on-call');
/** The window is [0, 30); to be reviewed before 240. */
const glass = madeUnder(ruleWith({}, { breakGlass }), onCall, {
  ...askFor(),
  breakGlass: true,
  durationMinutes: 30,
});
const glassRevoked = become(glass, revoke(ravi));
const glassEnded = allowed(apply(glass, { kind: 'close' }, later(30))).request;

describe('the status at a moment', () => {
  const millisecond = 1 / 60_000;
  test.each([
    ['invited', invited, 0, 'invited'],
    ['invited, the millisecond before its deadline', invited, 24 * 60 - millisecond, 'invited'],
    ['invited, at its deadline', invited, 24 * 60, 'expired'],
    ['pending', pending, 0, 'pending'],
    ['pending, the millisecond before its deadline', pending, 24 * 60 - millisecond, 'pending'],
    ['pending, at its deadline', pending, 24 * 60, 'expired'],
    ['approved in part, at its deadline', half, 24 * 60, 'expired'],
    ['approved, seen by a clock that is behind', approved, 0.5, 'scheduled'],
    ['approved, at the first instant of the window', approved, 1, 'active'],
    ['approved, the millisecond before the end', approved, 61 - millisecond, 'active'],
    ['approved, at the end', approved, 61, 'ended'],
    ['break-glass, at once', glass, 0, 'active'],
    ['break-glass, at the end', glass, 30, 'ended'],
    ['rejected, however late', rejected, 1e6, 'rejected'],
    ['cancelled, however late', cancelled, 1e6, 'cancelled'],
    ['revoked, inside its window', revoked, 10, 'revoked'],
    ['expired, recorded', expired, 1e6, 'expired'],
    ['an invitation, expired and recorded', lapsed, 1e6, 'expired'],
    ['ended, recorded', ended, 1e6, 'ended'],
  ] as const)('%s', (_name, request, minutes, status) => {
    expect(statusAt(request, later(minutes))).toBe(status);
  });
});

/** Who x what x in which state: the permission table. */
describe('commands', () => {
  const twin: User = { ...ravi, id: 'https://other.example.com#twin', email: 'ADA@Example.com' };
  const adaReviews = inGroups(ada, reviewerGroup);
  const cancel = (by: User): Command => ({ kind: 'cancel', by });
  const close: Command = { kind: 'close' };
  test.each([
    ['a reviewer approves', pending, reviewBy(ravi), 1, 'allowed'],
    ['a reviewer rejects', pending, reviewBy(ravi, 'reject'), 1, 'allowed'],
    ['a reviewer approves at the deadline', pending, reviewBy(ravi), 24 * 60, 'wrong-status'],
    ['a reviewer rejects at the deadline', pending, reviewBy(ravi, 'reject'), 24 * 60, 'wrong-status'],
    ['an engineer approves', pending, reviewBy(eve), 1, 'not-reviewer'],
    ['an engineer rejects', pending, reviewBy(eve, 'reject'), 1, 'not-reviewer'],
    ['an auditor approves', pending, reviewBy(otto), 1, 'not-reviewer'],
    ['the requester approves', pending, reviewBy(ada), 1, 'not-reviewer'],
    ['the requester, a reviewer too, approves', pending, reviewBy(adaReviews), 1, 'own-request'],
    ['the requester, a reviewer too, rejects', pending, reviewBy(adaReviews, 'reject'), 1, 'own-request'],
    ["another account with the requester's e-mail approves", pending, reviewBy(twin), 1, 'own-request'],
    ['a reviewer confirms what is no break-glass', pending, reviewBy(ravi, 'confirm'), 1, 'wrong-status'],
    ['approving what is approved', approved, reviewBy(rosa, 'approve', 2), 2, 'wrong-status'],
    ['rejecting what is approved', approved, reviewBy(rosa, 'reject', 2), 2, 'wrong-status'],
    ['confirming what was approved', approved, reviewBy(rosa, 'confirm', 2), 2, 'wrong-status'],
    ['approving what is rejected', rejected, reviewBy(rosa, 'approve', 2), 2, 'wrong-status'],
    ['approving what is cancelled', cancelled, reviewBy(rosa, 'approve', 2), 2, 'wrong-status'],
    ['approving what is expired', expired, reviewBy(rosa, 'approve', 2), 24 * 60, 'wrong-status'],
    ['approving what is ended', ended, reviewBy(rosa, 'approve', 3), 70, 'wrong-status'],
    ['the requester cancels', pending, cancel(ada), 1, 'allowed'],
    ['the requester cancels what is approved in part', half, cancel(ada), 2, 'allowed'],
    ['a reviewer cancels', pending, cancel(ravi), 1, 'not-requester'],
    ["another account with the requester's e-mail cancels", pending, cancel(twin), 1, 'not-requester'],
    ['the requester cancels at the deadline', pending, cancel(ada), 24 * 60, 'wrong-status'],
    ['the requester cancels what is approved', approved, cancel(ada), 2, 'wrong-status'],
    ['the requester cancels twice', cancelled, cancel(ada), 2, 'wrong-status'],
    ['a reviewer revokes', approved, revoke(rosa), 2, 'allowed'],
    ['the requester ends early', approved, revoke(ada), 2, 'allowed'],
    ['another engineer revokes', approved, revoke(eve), 2, 'not-reviewer'],
    ['an auditor revokes', approved, revoke(otto), 2, 'not-reviewer'],
    ['revoking before the window', approved, revoke(rosa), 0.5, 'allowed'],
    ['revoking at the end', approved, revoke(ravi), 61, 'wrong-status'],
    ['revoking what is pending', pending, revoke(ravi), 1, 'wrong-status'],
    ['revoking twice', revoked, revoke(ravi), 6, 'wrong-status'],
    ['revoking break-glass access', glass, revoke(ravi), 1, 'allowed'],
    ['closing before the deadline', pending, close, 24 * 60 - 1, 'wrong-status'],
    ['closing at the deadline', pending, close, 24 * 60, 'allowed'],
    ['closing what is approved in part, at the deadline', half, close, 24 * 60, 'allowed'],
    ['closing inside the window', approved, close, 60, 'wrong-status'],
    ['closing at the end', approved, close, 61, 'allowed'],
    ['closing what is revoked', revoked, close, 1e4, 'wrong-status'],
    ['closing twice', ended, close, 1e4, 'wrong-status'],
    ['closing what has expired twice', expired, close, 1e6, 'wrong-status'],
    ['closing an invitation that has expired twice', lapsed, close, 1e6, 'wrong-status'],
    ['accepting what is no invitation', pending, { kind: 'accept', by: ada, policy }, 1, 'wrong-status'],
  ] as [string, AccessRequest, Command, number, string][])(
    '%s: %#',
    (_name, request, command, minutes, code) => {
      expect(codeOf(apply(request, command, later(minutes)))).toBe(code);
    },
  );
});

describe('two of several reviewers', () => {
  const rita = userOf('rita', 'Rita Reviewer', [reviewerGroup]);
  const raviAgain = { ...rosa, email: 'RAVI@example.com' };
  test.each([
    ['the first approves', two, reviewBy(ravi), 'pending'],
    ['the first rejects', two, reviewBy(ravi, 'reject'), 'rejected'],
    ['another approves', half, reviewBy(rosa, 'approve', 2), 'approved'],
    ['another approves, from the page of before', half, reviewBy(rosa, 'approve', 1), 'approved'],
    ['another rejects', half, reviewBy(rosa, 'reject', 2), 'rejected'],
    ['the same one thinks again and rejects', half, reviewBy(ravi, 'reject', 2), 'rejected'],
    ['the same one approves again', half, reviewBy(ravi, 'approve', 2), 'already-reviewed'],
    ['the same e-mail approves again', half, reviewBy(raviAgain, 'approve', 2), 'already-reviewed'],
    ['a version that is not there yet', half, reviewBy(rosa, 'approve', 3), 'version-changed'],
    ['a rejection of a version that is not there yet', half, reviewBy(rosa, 'reject', 3), 'version-changed'],
    ['a version that never was', half, reviewBy(rosa, 'approve', 0), 'version-changed'],
    ['an engineer approves', half, reviewBy(eve, 'approve', 2), 'not-reviewer'],
    ['a third, after two', become(half, reviewBy(rosa)), reviewBy(rita, 'approve', 3), 'wrong-status'],
  ] as [string, AccessRequest, Command, string][])('%s', (_name, request, command, became) => {
    const outcome = apply(request, command, later(2));
    expect(outcome.ok ? outcome.value.request.status : outcome.denial.code).toBe(became);
  });

  test('are both kept, with what each of them saw, and the second opens the window', () => {
    const whole = allowed(apply(half, reviewBy(rosa, 'approve', 1), later(7)));
    const groups = [reviewerGroup];
    const rest = { decision: 'approve', comment: '', version: 1, groups, teams: [] };
    expect(whole.request).toMatchObject({
      version: 3,
      approvedBy: { kind: 'reviewers' },
      approvedAt: later(7),
      window: { from: later(7), until: later(67) },
      reviews: [
        { ...rest, reviewer: personOf(ravi), at: later(1) },
        { ...rest, reviewer: personOf(rosa), at: later(7) },
      ],
    });
  });

  test('are counted in the entry', () => {
    const first = allowed(apply(two, reviewBy(ravi), later(1)));
    expect(first.entry).toMatchObject({ kind: 'approved-in-part', note: '1 of 2 approvals.' });
    expect(first.messages).toEqual([]);
  });
});

describe('reviewers by rule', () => {
  const leads = madeUnder(ruleWith({ groups: ['leads'] }));
  const lead = inGroups(nemo, 'leads');
  const apart = madeUnder(ruleWith({ apartBy: byTeam }), inGroups(ada, 'team-a'));
  test.each([
    ['a member of the named group approves', leads, reviewBy(lead), 'allowed'],
    ['a reviewer of the convention approves', leads, reviewBy(ravi), 'not-reviewer'],
    ['a reviewer of the convention rejects', leads, reviewBy(ravi, 'reject'), 'not-reviewer'],
    ['a member of the group approves where it is not named', pending, reviewBy(lead), 'not-reviewer'],
    ['a member of another team approves', apart, reviewBy(inGroups(ravi, 'team-b')), 'allowed'],
    ['a member of the same team approves', apart, reviewBy(inGroups(ravi, 'team-a')), 'same-team'],
    ['a member of the same team rejects', apart, reviewBy(inGroups(ravi, 'team-a'), 'reject'), 'same-team'],
    ['somebody of no team approves', apart, reviewBy(ravi), 'same-team'],
  ] as [string, AccessRequest, Command, string][])('%s', (_name, request, command, code) => {
    expect(codeOf(apply(request, command, later(1)))).toBe(code);
  });

  test.each([
    ['a member of the named group', lead, 'allowed'],
    ['a reviewer of the convention', ravi, 'not-reviewer'],
  ])('%s revokes', (_name, by, code) => {
    expect(codeOf(apply(become(leads, reviewBy(lead)), revoke(by), later(2)))).toBe(code);
  });
});

describe('an accepted invitation', () => {
  const made = allowed(accept(invited, ada, policyOf(ruleWith({ approvals: 2 })), later(1))).request;
  test.each([
    ['of before the acceptance', made, 1, 'version-changed'],
    ['of the acceptance', made, 2, 'allowed'],
    ['of the future', made, 3, 'version-changed'],
    ['of the acceptance, after another approval', become(made, reviewBy(rosa, 'approve', 2)), 2, 'allowed'],
    [
      'of before the acceptance, after that',
      become(made, reviewBy(rosa, 'approve', 2)),
      1,
      'version-changed',
    ],
  ] as [string, AccessRequest, number, string][])(
    'is reviewed on the version %s',
    (_name, request, version, code) => {
      expect(codeOf(apply(request, reviewBy(ravi, 'approve', version), later(2)))).toBe(code);
      expect(codeOf(apply(request, reviewBy(ravi, 'reject', version), later(2)))).toBe(code);
    },
  );
});

describe('the review of break-glass access afterwards', () => {
  const confirmed = become(glass, reviewBy(ravi, 'confirm'));
  test.each([
    ['confirmed while active', glass, reviewBy(ravi, 'confirm'), 1, 'allowed'],
    ['flagged while active', glass, reviewBy(ravi, 'flag'), 1, 'allowed'],
    ['confirmed when it is over', glass, reviewBy(ravi, 'confirm'), 100, 'allowed'],
    ['confirmed once ended', glassEnded, reviewBy(ravi, 'confirm', 2), 100, 'allowed'],
    ['flagged once ended', glassEnded, reviewBy(ravi, 'flag', 2), 100, 'allowed'],
    ['flagged once revoked', glassRevoked, reviewBy(rosa, 'flag', 2), 100, 'allowed'],
    ['confirmed when it is overdue', glassEnded, reviewBy(ravi, 'confirm', 2), 1e4, 'allowed'],
    ['confirmed twice', confirmed, reviewBy(rosa, 'confirm', 2), 2, 'already-reviewed'],
    ['flagged after it was confirmed', confirmed, reviewBy(rosa, 'flag', 2), 2, 'already-reviewed'],
    ['approved', glass, reviewBy(ravi, 'approve'), 1, 'wrong-status'],
    ['rejected', glass, reviewBy(ravi, 'reject'), 1, 'wrong-status'],
    ['confirmed by the requester', glass, reviewBy(onCall, 'confirm'), 1, 'not-reviewer'],
    [
      'confirmed by the requester, a reviewer too',
      glass,
      reviewBy(inGroups(onCall, reviewerGroup), 'confirm'),
      1,
      'own-request',
    ],
    ['confirmed by another engineer', glass, reviewBy(eve, 'confirm'), 1, 'not-reviewer'],
    ['confirmed by an auditor', glass, reviewBy(otto, 'confirm'), 1, 'not-reviewer'],
  ] as [string, AccessRequest, Command, number, string][])('%s', (_name, request, command, minutes, code) => {
    expect(codeOf(apply(request, command, later(minutes)))).toBe(code);
  });

  test.each([
    ['active', glass, 'confirm', 'confirmed'],
    ['ended', glassEnded, 'flag', 'flagged'],
    ['revoked', glassRevoked, 'confirm', 'confirmed'],
  ] as const)('of what is %s changes nothing else', (status, request, decision, kind) => {
    const change = allowed(
      apply(
        request,
        { kind: 'review', by: rosa, decision, comment: 'Seen.', version: request.version },
        later(5),
      ),
    );
    const afterReview = { reviewer: personOf(rosa), decision, comment: 'Seen.', at: later(5) };
    expect(change.request).toEqual({
      ...request,
      version: request.version + 1,
      approvedBy: { kind: 'break-glass', reviewDue: later(240), afterReview },
    });
    expect(statusAt(change.request, later(5))).toBe(status);
    expect(change.entry).toMatchObject({ kind, actor: personOf(rosa), text: 'Seen.' });
  });
});

test.each([0, 1, 3, 999])(
  'the review afterwards is of the version that was seen: %i is not the one',
  (version) => {
    const command = { kind: 'review', by: rosa, decision: 'confirm', comment: '', version } as const;
    expect(codeOf(apply(glassEnded, command, later(60)))).toBe('version-changed');
  },
);

test.each([
  ['cancelled', cancelled, ada, 1, ''],
  ['revoked', revoked, ravi, 1, 'Enough.'],
] as const)('what is %s says who ended it, when and why', (_name, request, by, minutes, comment) => {
  expect(request).toMatchObject({ closure: { by: personOf(by), at: later(minutes), comment } });
});

describe('what is written with a change', () => {
  test.each([
    ['approved', pending, reviewBy(ravi), 1, 'approved', ravi],
    ['rejected', pending, reviewBy(ravi, 'reject'), 1, 'rejected', ravi],
    ['cancelled', pending, { kind: 'cancel', by: ada }, 1, 'cancelled', ada],
    ['revoked by a reviewer', approved, revoke(ravi), 2, 'revoked', ravi],
    ['ended early', approved, revoke(ada), 2, 'revoked', ada],
    ['expired', pending, { kind: 'close' }, 24 * 60, 'expired', null],
    ['an invitation expired', invited, { kind: 'close' }, 24 * 60, 'expired', null],
    ['ended', approved, { kind: 'close' }, 61, 'ended', null],
  ] as [string, AccessRequest, Command, number, string, User | null][])(
    '%s',
    (_name, request, command, minutes, kind, actor) => {
      const change = allowed(apply(request, command, later(minutes)));
      expect(change.request.version).toBe(request.version + 1);
      expect(change.entry).toEqual({
        requestId: request.id,
        version: request.version + 1,
        at: later(minutes),
        kind,
        actor: actor === null ? null : personOf(actor),
        text: kind === 'revoked' ? 'Enough.' : '',
        note: '',
        session: null,
      });
      expect(change.session).toBeNull();
    },
  );
});
