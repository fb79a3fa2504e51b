import { expect, test } from 'vitest';
import type { ApprovedRequest } from '../../../api/domain/access-request.ts';
import { checkReviewer } from '../../../api/domain/approval.ts';
import { checkAsk } from '../../../api/domain/ask.ts';
import { restored } from '../../../api/domain/backup.ts';
import { type Circumstances, create } from '../../../api/domain/creation.ts';
import { type Evidence, notFound, type Outcome } from '../../../api/domain/denial.ts';
import { accept, invite } from '../../../api/domain/invitation.ts';
import { apply } from '../../../api/domain/lifecycle.ts';
import { type Rule, reviewerGroup } from '../../../api/domain/policy-document.ts';
import { planSession, type SessionRecord } from '../../../api/domain/session.ts';
import { personOf, type User } from '../../../api/domain/user.ts';
import { ada, allowed, alone, askFor, eve, policy, production, ravi, rosa, stoppedWorld } from '../people.ts';
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

/** Every refusal word for word: a person acts by its sentence, an operator by its evidence, a program by its code. */

const ticket = { pattern: 'OPS-[0-9]+', required: true };
const glass = { groups: ['on-call'], maxDurationMinutes: 30, justificationLength: 10, reviewMinutes: 60 };
const onCall = inGroups(ada, 'on-call');
const broken = { breakGlass: true, durationMinutes: 30 };
const id = 'b'.repeat(26);
const world = stoppedWorld();

const asking = (rule: Partial<Rule>, more = {}, by: User = ada) =>
  checkAsk(ruleWith({}, rule), { ...askFor(), ...more }, by, start);
const creating = (more: Partial<Circumstances>, ask = {}, rule: Partial<Rule> = { breakGlass: glass }) =>
  create({ ...askFor(), ...ask }, onCall, policyOf(ruleWith({}, rule)), start, alone(id, more));
const waiting = () => madeUnder(ruleWith({ approvals: 2 }));
const open = () => become(madeUnder(ruleWith()), reviewBy(ravi)) as ApprovedRequest;
const broke = () => madeUnder(ruleWith({}, { breakGlass: glass }), onCall, { ...askFor(), ...broken });
const invited = () => allowed(invite(askFor(), ravi, personOf(ada), policy, start, id)).request;
const session = (rule: Partial<Rule> | null, by: User = ada, minutes = 2) =>
  planSession(open(), by, rule && ruleWith({}, rule), later(minutes), world.digest);
const record = (more: Partial<SessionRecord> = {}): SessionRecord => ({
  ...{ id, requestId: 'a'.repeat(26), kind: 'cli', state: 'intended', user: personOf(ada) },
  ...{ target: askFor().target, accountName: null, at: later(2), endsAt: later(60) },
  ...{ accessKeyId: null, assumedRoleId: null, ending: null, narrowedFrom: null, notNarrowed: null },
  ...{ sessionName: 'ada', sourceIdentity: 'ada' },
  ...{ sourceIp: '127.0.0.1', userAgent: '' },
  ...more,
});
const extend =
  'Only your own access can be extended, for the same role, before it ends, and an extension only once it has begun. Make a new request.';
const changedNow = (status: string) =>
  `The request is ${status} now, so this can no longer be done. Reload it to see what happened.`;

test.each<[string, () => Outcome<unknown>, string, string, Evidence]>([
  [
    'an id that is nobody’s',
    notFound,
    'not-found',
    'There is no such request, or it is not yours to see. Check the link, or ask whoever sent it.',
    {},
  ],
  [
    'a longer time than the limit',
    () => asking({ maxDurationMinutes: 30 }),
    'duration-too-long',
    'Ask for at most 30 minutes: that is the limit here.',
    { durationMinutes: 60, maxDurationMinutes: 30, rule: 'conventions' },
  ],
  [
    'too short a justification, by what can be seen of it',
    () =>
      asking(
        { justificationLength: 20 },
        { justification: `Re\u200dstart\u2800\u200d ${'\u2800'.repeat(20)}` },
      ),
    'justification-too-short',
    'Say more: the justification has to have at least 20 characters here.',
    { length: 7, justificationLength: 20, rule: 'conventions' },
  ],
  [
    'somebody of no known team',
    () => checkAsk(ruleWith({ apartBy: { ...byTeam, claims: ['team'] } }), askFor(), ada, start),
    'team-unknown',
    'The rule wants a reviewer of another team, and your team is not known. Ask whoever manages your groups to add you to your team.',
    { groups: ['team-*'], claims: ['team'], rule: 'conventions' },
  ],
  [
    'break-glass access for others, before anything else is said of the ask',
    () => asking({ breakGlass: glass }, { ...broken, durationMinutes: 600 }),
    'break-glass-not-allowed',
    'Break-glass access is not for you here. Make a normal request, and call a reviewer if it is urgent.',
    { rule: 'conventions', groups: ['on-call'] },
  ],
  [
    'break-glass access where there is none',
    () => asking({}, broken, onCall),
    'break-glass-not-allowed',
    'Break-glass access is not for you here. Make a normal request, and call a reviewer if it is urgent.',
    { rule: 'conventions', groups: [] },
  ],
  [
    'break-glass access at another time',
    () => asking({ breakGlass: glass }, { ...broken, start: later(1) }, onCall),
    'start-out-of-range',
    'Break-glass access starts at once. Leave out the start, or make a normal request.',
    { start: later(1), latest: start, rule: 'conventions' },
  ],
  [
    'a start too far ahead',
    () => asking({ startAheadMinutes: 30 }, { start: later(31) }),
    'start-out-of-range',
    'Choose a start at the latest 30 minutes from now: that is the limit here.',
    { start: later(31), latest: later(30), rule: 'conventions' },
  ],
  [
    'no ticket',
    () => asking({ ticket }),
    'ticket-needed',
    'Name the ticket that this work belongs to: it is needed here.',
    { pattern: 'OPS-[0-9]+', rule: 'conventions' },
  ],
  [
    'a ticket of another kind',
    () => asking({ ticket }, { ticket: 'DEV-1' }),
    'ticket-malformed',
    'The ticket is not written as it has to be here. Write it as in OPS-123.',
    { ticket: 'DEV-1', pattern: 'OPS-[0-9]+', rule: 'conventions' },
  ],
  [
    'break-glass access before the last was reviewed',
    () => creating({ overdue: ['x', 'y'] }, broken),
    'break-glass-unreviewed',
    'Your last break-glass access was not reviewed in time. Ask a reviewer to review it first, or make a normal request.',
    { requests: ['x', 'y'] },
  ],
  [
    'break-glass access that a reviewer has just ended',
    () => creating({ barred: 'ended' }, broken),
    'break-glass-not-allowed',
    'A reviewer has just ended your access to this role. Make a normal request, and call a reviewer if it is urgent.',
    { rule: 'conventions', barred: 'ended' },
  ],
  [
    'break-glass access after a restore, which has lost whom a reviewer stopped',
    () => creating({ barred: 'restored' }, broken),
    'break-glass-not-allowed',
    'Stepladder was restored from a backup a short time ago, so every access needs a reviewer. Make a normal request, and call a reviewer if it is urgent.',
    { rule: 'conventions', barred: 'restored' },
  ],
  [
    'an extension of what is not approved',
    () => creating({ extending: waiting() }),
    'extension-not-possible',
    extend,
    { extensionOf: 'a'.repeat(26), status: 'pending' },
  ],
  [
    'an extension of an extension that has not begun',
    () =>
      creating({ extending: { ...open(), window: { from: later(5), until: later(65) }, extensionOf: id } }),
    'extension-not-possible',
    extend,
    { extensionOf: 'a'.repeat(26), status: 'scheduled' },
  ],
  [
    'a review by somebody else',
    () => checkReviewer(ruleWith().approval, waiting(), eve),
    'not-reviewer',
    'You are not a reviewer of this request. Only members of the groups named here may decide; ask one of them.',
    { groups: [reviewerGroup] },
  ],
  [
    'a review of one’s own',
    () => checkReviewer(ruleWith().approval, waiting(), inGroups(ada, reviewerGroup)),
    'own-request',
    'Nobody reviews their own request. Ask another reviewer to decide.',
    { requester: ada.id, reviewer: ada.id },
  ],
  [
    'a review within the team',
    () =>
      checkReviewer(
        ruleWith({ apartBy: byTeam }).approval,
        { ...waiting(), teams: ['team-a'] },
        inGroups(ravi, 'team-a'),
      ),
    'same-team',
    'The rule wants a reviewer of another team than the requester. Ask a reviewer who shares none of these teams.',
    { requester: ['team-a'], reviewer: ['team-a'] },
  ],
  [
    'a second approval by one person',
    () => apply(become(waiting(), reviewBy(ravi)), reviewBy(ravi), later(2)),
    'already-reviewed',
    'You have approved this already. Other reviewers have to approve it too.',
    { approvals: 2 },
  ],
  [
    'a review of another version',
    () => apply(waiting(), reviewBy(ravi, 'approve', 7), later(1)),
    'version-changed',
    'The request changed after you opened it. Read it again, then decide.',
    { reviewed: 7, current: 1 },
  ],
  [
    'a review of what is approved',
    () => apply(open(), reviewBy(rosa), later(2)),
    'wrong-status',
    changedNow('active'),
    { status: 'active', needed: ['pending'] },
  ],
  [
    'a review afterwards of what was no break-glass access',
    () => apply(open(), reviewBy(rosa, 'confirm', 2), later(2)),
    'wrong-status',
    changedNow('active'),
    { status: 'active', needed: [] },
  ],
  [
    'a second review of break-glass access',
    () => apply(become(broke(), reviewBy(ravi, 'flag')), reviewBy(rosa, 'confirm', 2), later(2)),
    'already-reviewed',
    'This break-glass access has been reviewed already.',
    { reviewer: ravi.name },
  ],
  [
    'cancelling what is another’s',
    () => apply(waiting(), { kind: 'cancel', by: eve }, later(1)),
    'not-requester',
    'Only the person who made a request can cancel it. A reviewer can reject it.',
    {},
  ],
  [
    'cancelling what is approved',
    () => apply(open(), { kind: 'cancel', by: ada }, later(2)),
    'wrong-status',
    changedNow('active'),
    { status: 'active', needed: ['pending', 'invited'] },
  ],
  [
    'revoking as neither reviewer nor requester',
    () => apply(open(), { kind: 'revoke', by: eve, comment: '' }, later(2)),
    'not-reviewer',
    'Only a reviewer, or the person whose access it is, can end it.',
    {},
  ],
  [
    'revoking what is not approved',
    () => apply(waiting(), { kind: 'revoke', by: ravi, comment: '' }, later(2)),
    'wrong-status',
    changedNow('pending'),
    { status: 'pending', needed: ['scheduled', 'active'] },
  ],
  [
    'closing what goes on',
    () => apply(open(), { kind: 'close' }, later(2)),
    'wrong-status',
    changedNow('active'),
    { status: 'active', needed: ['expired', 'ended'] },
  ],
  [
    'a session of another request',
    () => apply(open(), { kind: 'intend-session', session: record({ requestId: id }) }, start),
    'not-requester',
    'A session belongs to the person and the role of its request.',
    {},
  ],
  [
    'a session noted before the approval',
    () => apply(waiting(), { kind: 'intend-session', session: record() }, later(1)),
    'wrong-status',
    changedNow('pending'),
    { status: 'pending', needed: ['active'] },
  ],
  [
    'an invitation by no reviewer',
    () => invite(askFor(), eve, personOf(ada), policy, start, id),
    'not-reviewer',
    'Only reviewers invite others. Ask one of them, or make a request of your own.',
    {},
  ],
  [
    'an invitation of oneself',
    () => invite(askFor(), ravi, personOf(ravi), policy, start, id),
    'own-invitation',
    'Nobody invites themselves. Make a request of your own.',
    {},
  ],
  [
    'an invitation of somebody else',
    () => accept(invited(), eve, policy, later(1)),
    'not-invited',
    'This invitation is for somebody else. Make a request of your own.',
    {},
  ],
  [
    'an invitation that was accepted',
    () => accept(waiting(), ada, policy, later(1)),
    'wrong-status',
    changedNow('pending'),
    { status: 'pending', needed: ['invited'] },
  ],
  [
    'anything with what comes from a backup',
    () => apply(restored(open()), reviewBy(ravi, 'approve', 2), later(2)),
    'from-backup',
    'This request comes from a backup, and what became of it afterwards is not known. Ask again.',
    { was: 'approved' },
  ],
  [
    'a session of another person',
    () => session({}, eve),
    'not-requester',
    'Only the person whose request it is can use it. Make your own.',
    {},
  ],
  [
    'a session after the end',
    () => session({}, ada, 600),
    'wrong-status',
    'The request is ended now: sessions exist only while it is active. Make a new request.',
    { status: 'ended', needed: ['active'] },
  ],
  [
    'a session of somebody without the group',
    () => session(null),
    'not-eligible',
    'You are no longer eligible for this role in this account. Ask whoever manages your groups.',
    { account: production, role: 'Admin', ruleThen: 'conventions' },
  ],
  [
    'a session beyond a limit that was lowered',
    () => session({ maxDurationMinutes: 15 }, ada, 30),
    'duration-too-long',
    'The limit for this role was lowered since, and that time is used up. Make a new request.',
    { maxDurationMinutes: 15, from: later(1) },
  ],
])('%s is refused in these words', (_what, decide, code, sentence, evidence) => {
  const outcome = decide();
  expect(outcome.ok ? 'allowed' : outcome.denial).toEqual({ code, sentence, evidence });
});
