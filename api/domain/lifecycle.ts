import type { AccessRequest, AfterReview, ApprovedRequest, Closure, Review } from './access-request.ts';
import { checkReviewer } from './approval.ts';
import { fromBackup, voidedNote } from './backup.ts';
import { type Change, change } from './change.ts';
import { weigh } from './creation.ts';
import { allow, deny, type Outcome } from './denial.ts';
import { sameTarget } from './eligibility.ts';
import {
  begun,
  type EnforcementResult,
  enforcementAt,
  liveSessionsInWords,
  noteEnforcement,
} from './enforcement.ts';
import { type Instant, latest } from './instant.ts';
import { accept, isInvitee } from './invitation.ts';
import type { Policy } from './policy-document.ts';
import type { SessionRecord } from './session.ts';
import { statusAt, wrongStatus } from './status.ts';
import { maybeSamePerson, personOf, type User } from './user.ts';

/** The legal transitions: who may do what with a request, when. Creation is in `creation.ts` and `invitation.ts`. */

export type ReviewDecision = Review['decision'] | AfterReview['decision'];

export type Command =
  | { kind: 'accept'; by: User; policy: Policy }
  | { kind: 'review'; by: User; decision: ReviewDecision; comment: string; version: number }
  | { kind: 'cancel'; by: User }
  | { kind: 'revoke'; by: User; comment: string }
  /** Record what time has decided, expired or ended, or that the request comes from a backup. */
  | { kind: 'close' }
  /** `endable`: today's rule ends it with a revocation, even if the request's own does not. */
  | { kind: 'intend-session'; session: SessionRecord; endable?: boolean }
  | { kind: 'record-session'; session: SessionRecord }
  | { kind: 'fail-session'; session: SessionRecord; reason: string }
  /** Record what came of ending the live sessions. */
  | { kind: 'note-enforcement'; result: EnforcementResult };

type ReviewCommand = Command & { kind: 'review' };

/** What the command makes of the request at `now`, or why it may not. */
export function apply(request: AccessRequest, command: Command, now: Instant): Outcome<Change> {
  // NB. Before everything else: nothing is done about it before it is on record that it counts no more.
  if (request.status === 'void' && request.voidedAt === null && command.kind !== 'close') {
    return fromBackup(request);
  }
  switch (command.kind) {
    case 'accept':
      return accept(request, command.by, command.policy, now);
    case 'review':
      return review(request, command, now);
    case 'cancel':
      return cancel(request, command.by, now);
    case 'revoke':
      return revoke(request, command.by, command.comment, now);
    case 'close':
      return close(request, now);
    case 'note-enforcement':
      return noteEnforcement(request, command.result, now);
    default:
      return noteSession(request, command, now);
  }
}

function review(request: AccessRequest, command: ReviewCommand, now: Instant): Outcome<Change> {
  const { by, decision, comment, version } = command;
  const reviewer = checkReviewer(request.rule.approval, request, by);
  if (!reviewer.ok) return reviewer;
  if (decision === 'confirm' || decision === 'flag') return reviewAfter(request, command, decision, now);
  if (request.status !== 'pending' || now >= request.reviewBy) return wrongStatus(request, now, ['pending']);
  // What was asked for is final from creation (by invitation: from the acceptance) on; later versions of a pending
  // request only add approvals, so two reviewers of one page both count.
  const final = request.invitation === null ? 1 : 2;
  if (version < final || version > request.version) {
    return changedSince(request, version);
  }
  const again = request.reviews.some((earlier) => maybeSamePerson(earlier.reviewer, by));
  if (decision === 'approve' && again) {
    return deny(
      'already-reviewed',
      'You have approved this already. Other reviewers have to approve it too.',
      {
        approvals: request.rule.approval.approvals,
      },
    );
  }
  const made: Review = { ...reviewer.value, decision, comment, version, at: now };
  const { next, note } = weigh({ ...request, reviews: [...request.reviews, made] }, now);
  const kind = next.status === 'pending' ? 'approved-in-part' : next.status;
  return allow(change(next, kind, now, { actor: by, text: comment, note }));
}

function changedSince(request: AccessRequest, version: number) {
  return deny('version-changed', 'The request changed after you opened it. Read it again, then decide.', {
    reviewed: version,
    current: request.version,
  });
}

/** The review that break-glass access needs afterwards. NB. It changes no status: what was used was used. */
function reviewAfter(
  request: AccessRequest,
  { by, comment, version }: ReviewCommand,
  decision: AfterReview['decision'],
  now: Instant,
): Outcome<Change> {
  if (!('approvedBy' in request) || request.approvedBy.kind !== 'break-glass') {
    return wrongStatus(request, now, []);
  }
  if (request.approvedBy.afterReview !== null) {
    return deny('already-reviewed', 'This break-glass access has been reviewed already.', {
      reviewer: request.approvedBy.afterReview.reviewer.name,
    });
  }
  // What was done with the access is part of what is reviewed: a session since then has to be seen.
  if (version !== request.version) return changedSince(request, version);
  const afterReview: AfterReview = { reviewer: personOf(by), decision, comment, at: now };
  const next = { ...request, approvedBy: { ...request.approvedBy, afterReview } };
  return allow(
    change(next, decision === 'flag' ? 'flagged' : 'confirmed', now, { actor: by, text: comment }),
  );
}

/** The requester withdraws a request, the inviter an invitation; the invited person declines it. */
function cancel(request: AccessRequest, by: User, now: Instant): Outcome<Change> {
  const invited = request.status === 'invited';
  const mine = invited
    ? isInvitee(request, by) || request.invitation.by.id === by.id
    : request.requester.id === by.id;
  if (!mine) {
    return deny(
      'not-requester',
      'Only the person who made a request can cancel it. A reviewer can reject it.',
    );
  }
  if ((request.status !== 'pending' && !invited) || now >= request.reviewBy) {
    return wrongStatus(request, now, ['pending', 'invited']);
  }
  const closure = { by: personOf(by), at: now, comment: '' };
  return allow(change({ ...request, status: 'cancelled', closure }, 'cancelled', now, { actor: by }));
}

function revoke(request: AccessRequest, by: User, comment: string, now: Instant): Outcome<Change> {
  const { groups } = request.rule.approval;
  if (by.id !== request.requester.id && !by.groups.some((group) => groups.includes(group))) {
    return deny('not-reviewer', 'Only a reviewer, or the person whose access it is, can end it.');
  }
  if (request.status !== 'approved' || now >= request.window.until) {
    return wrongStatus(request, now, ['scheduled', 'active']);
  }
  const closure: Closure = { by: personOf(by), at: now, comment };
  const enforcement = enforcementAt(request, now);
  const note = liveSessionsInWords(request, enforcement, now);
  const next = { ...request, status: 'revoked', closure, enforcement } as const;
  return allow(change(next, 'revoked', now, { actor: by, text: comment, note }));
}

function close(request: AccessRequest, now: Instant): Outcome<Change> {
  if (request.status === 'void' && request.voidedAt === null) {
    const note = voidedNote(request);
    return allow(change({ ...request, voidedAt: now }, 'voided', now, { actor: null, note }));
  }
  const status = statusAt(request, now);
  if ((request.status === 'pending' || request.status === 'invited') && status === 'expired') {
    return allow(change({ ...request, status }, 'expired', now, { actor: null }));
  }
  if (request.status === 'approved' && status === 'ended') {
    return allow(change({ ...request, status }, 'ended', now, { actor: null }));
  }
  return wrongStatus(request, now, ['expired', 'ended']);
}

/**
 * Sessions leave the status as it is. An intent and a record need an active request; a failure is noted whatever has
 * become of the request meanwhile, or the trail would end with an intent that nobody explains.
 */
function noteSession(
  request: AccessRequest,
  command: Extract<Command, { session: SessionRecord }>,
  now: Instant,
): Outcome<Change> {
  const { session } = command;
  const own = session.requestId === request.id && session.user.id === request.requester.id;
  if (!own || !sameTarget(session.target, request.target)) {
    return deny('not-requester', 'A session belongs to the person and the role of its request.');
  }
  const told = { actor: session.user, session };
  if (command.kind === 'fail-session') {
    return allow(change(request, 'session-failed', now, { ...told, text: command.reason }));
  }
  if (request.status !== 'approved' || statusAt(request, now) !== 'active') {
    return wrongStatus(request, now, ['active']);
  }
  if (command.kind === 'intend-session') {
    return allow(change(begun(request, command), 'session-intended', now, told));
  }
  return allow(change(counted(request, session), 'session-issued', now, told));
}

function counted(request: ApprovedRequest, session: SessionRecord): ApprovedRequest {
  const { issued, credentialsEndAt } = request.sessions;
  const last = credentialsEndAt === null ? session.endsAt : latest(credentialsEndAt, session.endsAt);
  return { ...request, sessions: { ...request.sessions, issued: issued + 1, credentialsEndAt: last } };
}
