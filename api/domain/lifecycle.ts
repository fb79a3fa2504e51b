import type {
  AccessRequest,
  ApprovedRequest,
  Closure,
  PendingRequest,
  RequestCore,
} from './access-request.ts';
import type { Entry, EntryKind } from './audit.ts';
import { allow, deny, type Outcome } from './denial.ts';
import { checkEligible, isReviewer, sameTarget, type Target } from './eligibility.ts';
import { type Instant, latest, plusMinutes, wholeSecond } from './instant.ts';
import { type Message, messagesFor } from './message.ts';
import { accountName, type Policy, ruleFor } from './policy-document.ts';
import type { SessionRecord } from './session.ts';
import { maybeSamePerson, type Person, personOf, type User } from './user.ts';

/** A request's status at a moment. `scheduled` and `active` are `approved` seen at that moment and are never stored. */
export type Status =
  | 'pending'
  | 'scheduled'
  | 'active'
  | 'rejected'
  | 'cancelled'
  | 'expired'
  | 'ended'
  | 'revoked';

/** What is saved in one transaction: the new request, its entry, and what people are to be told. */
export interface Change<R extends AccessRequest = AccessRequest> {
  readonly request: R;
  readonly entry: Entry;
  readonly messages: readonly Message[];
  /** The session that the change is about, to be saved with it. */
  readonly session: SessionRecord | null;
}

export interface Ask {
  readonly target: Target;
  readonly durationMinutes: number;
  readonly justification: string;
}

export type Command =
  | { kind: 'review'; by: User; decision: 'approve' | 'reject'; comment: string; version: number }
  | { kind: 'cancel'; by: User }
  | { kind: 'revoke'; by: User; comment: string }
  /** Record what time has decided: expired or ended. */
  | { kind: 'close' }
  | { kind: 'intend-session'; session: SessionRecord }
  | { kind: 'record-session'; session: SessionRecord }
  | { kind: 'fail-session'; session: SessionRecord; reason: string };

/**
 * The status at `now`. Time decides, not a job: nothing has to run for a request to be expired or ended, and there is
 * no grace (invariant 9).
 */
export function statusAt(request: AccessRequest, now: Instant): Status {
  if (request.status === 'pending') return now < request.reviewBy ? 'pending' : 'expired';
  if (request.status !== 'approved') return request.status;
  if (now >= request.window.until) return 'ended';
  return now < request.window.from ? 'scheduled' : 'active';
}

/** A new request, if the user is eligible and the policy's rule for the target allows the duration. */
export function create(
  ask: Ask,
  user: User,
  policy: Policy,
  now: Instant,
  id: string,
): Outcome<Change<PendingRequest>> {
  const eligible = checkEligible(user, ask.target);
  if (!eligible.ok) return eligible;
  const rule = ruleFor(policy, ask.target);
  if (ask.durationMinutes > rule.maxDurationMinutes) {
    return deny(
      'duration-too-long',
      `Ask for at most ${rule.maxDurationMinutes} minutes: that is the limit for this account.`,
      {
        durationMinutes: ask.durationMinutes,
        maxDurationMinutes: rule.maxDurationMinutes,
      },
    );
  }
  const core: RequestCore = {
    id,
    version: 0,
    requester: personOf(user),
    target: ask.target,
    accountName: accountName(policy, ask.target.account),
    durationMinutes: ask.durationMinutes,
    justification: ask.justification,
    createdAt: now,
    reviewBy: plusMinutes(now, rule.pendingMinutes),
    rule,
  };
  return allow(change({ ...core, status: 'pending' }, 'created', now, user, ask.justification));
}

/**
 * What the command makes of the request at `now`, or why it may not. The one table of legal transitions; who may do
 * what is decided here and nowhere else.
 */
export function apply(request: AccessRequest, command: Command, now: Instant): Outcome<Change> {
  switch (command.kind) {
    case 'review':
      return review(request, command, now);
    case 'cancel':
      return cancel(request, command.by, now);
    case 'revoke':
      return revoke(request, command.by, command.comment, now);
    case 'close':
      return close(request, now);
    default:
      return noteSession(request, command, now);
  }
}

function review(
  request: AccessRequest,
  command: Command & { kind: 'review' },
  now: Instant,
): Outcome<Change> {
  const { by, decision, comment, version } = command;
  if (!isReviewer(by)) {
    return deny('not-reviewer', 'Only reviewers may decide. Ask one of them to look at this request.');
  }
  if (maybeSamePerson(by, request.requester)) {
    return deny('own-request', 'Nobody reviews their own request. Ask another reviewer to decide.', {
      requester: request.requester.id,
      reviewer: by.id,
    });
  }
  if (request.status !== 'pending' || now >= request.reviewBy) return wrongStatus(request, now, ['pending']);
  if (version !== request.version) {
    return deny('version-changed', 'The request changed after you opened it. Read it again, then decide.', {
      reviewed: version,
      current: request.version,
    });
  }
  const made = { reviewer: personOf(by), decision, comment, version, at: now };
  if (decision === 'reject') {
    return allow(change({ ...request, status: 'rejected', review: made }, 'rejected', now, by, comment));
  }
  const approved: ApprovedRequest = {
    ...request,
    status: 'approved',
    review: made,
    window: { from: now, until: wholeSecond(plusMinutes(now, request.durationMinutes)) },
    sessions: { issued: 0, credentialsEndAt: null },
  };
  return allow(change(approved, 'approved', now, by, comment));
}

function cancel(request: AccessRequest, by: User, now: Instant): Outcome<Change> {
  if (by.id !== request.requester.id) {
    return deny(
      'not-requester',
      'Only the person who made a request can cancel it. A reviewer can reject it.',
    );
  }
  if (request.status !== 'pending' || now >= request.reviewBy) return wrongStatus(request, now, ['pending']);
  const closure = { by: personOf(by), at: now, comment: '' };
  return allow(change({ ...request, status: 'cancelled', closure }, 'cancelled', now, by, ''));
}

function revoke(request: AccessRequest, by: User, comment: string, now: Instant): Outcome<Change> {
  if (by.id !== request.requester.id && !isReviewer(by)) {
    return deny('not-reviewer', 'Only a reviewer, or the person whose access it is, can end it.');
  }
  if (request.status !== 'approved' || now >= request.window.until) {
    return wrongStatus(request, now, ['scheduled', 'active']);
  }
  const closure: Closure = { by: personOf(by), at: now, comment };
  return allow(change({ ...request, status: 'revoked', closure }, 'revoked', now, by, comment));
}

function close(request: AccessRequest, now: Instant): Outcome<Change> {
  if (request.status === 'pending' && now >= request.reviewBy) {
    return allow(change({ ...request, status: 'expired' }, 'expired', now, null, ''));
  }
  if (request.status === 'approved' && now >= request.window.until) {
    return allow(change({ ...request, status: 'ended' }, 'ended', now, null, ''));
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
  if (command.kind === 'fail-session') {
    return allow(change(request, 'session-failed', now, session.user, command.reason, session));
  }
  if (request.status !== 'approved' || statusAt(request, now) !== 'active') {
    return wrongStatus(request, now, ['active']);
  }
  if (command.kind === 'intend-session') {
    return allow(change(request, 'session-intended', now, session.user, '', session));
  }
  const { issued, credentialsEndAt } = request.sessions;
  const sessions = {
    issued: issued + 1,
    credentialsEndAt: credentialsEndAt === null ? session.endsAt : latest(credentialsEndAt, session.endsAt),
  };
  return allow(change({ ...request, sessions }, 'session-issued', now, session.user, '', session));
}

function change<R extends AccessRequest>(
  next: R,
  kind: EntryKind,
  now: Instant,
  actor: Person | null,
  text: string,
  session: SessionRecord | null = null,
): Change<R> {
  const request = { ...next, version: next.version + 1 };
  const entry: Entry = {
    requestId: request.id,
    version: request.version,
    at: now,
    kind,
    actor: actor === null ? null : { id: actor.id, name: actor.name, email: actor.email },
    text,
    session: session === null ? null : { id: session.id, kind: session.kind, endsAt: session.endsAt },
  };
  return { request, entry, messages: messagesFor(request, entry), session };
}

function wrongStatus(request: AccessRequest, now: Instant, needed: Status[]) {
  const status = statusAt(request, now);
  return deny(
    'wrong-status',
    `The request is ${status} now, so this can no longer be done. Reload it to see what happened.`,
    {
      status,
      needed,
    },
  );
}
