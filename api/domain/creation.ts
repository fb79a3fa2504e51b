import type {
  AccessRequest,
  ApprovedBy,
  ApprovedRequest,
  PendingRequest,
  RejectedRequest,
  RequestCore,
} from './access-request.ts';
import { automaticCondition, decide, teamsOf } from './approval.ts';
import { type Ask, checkAsk } from './ask.ts';
import { type Change, change, type Told } from './change.ts';
import { allow, deny, type Outcome } from './denial.ts';
import { sameTarget } from './eligibility.ts';
import { type Instant, latest, plusMinutes, wholeSecond } from './instant.ts';
import { accountName, type BreakGlass, type Policy, type Rule } from './policy-document.ts';
import { checkEligible, explain, explanationLines } from './rule-match.ts';
import { type Status, statusAt } from './status.ts';
import { personOf, type User } from './user.ts';

/** Somebody else has just ended the user's access to the target; or a restore has lost who was stopped like that. */
export type Barred = 'ended' | 'restored';

/** What a creation needs to know beside the ask. */
export interface Circumstances {
  readonly id: string;
  /** the ids of all that one form asks for; empty where it is one */
  readonly together: readonly string[];
  /** the request that this one is to extend */
  readonly extending: AccessRequest | null;
  /** the user's break-glass requests whose review is overdue */
  readonly overdue: readonly string[];
  /** Why the access is not given without a reviewer, if so. */
  readonly barred: Barred | null;
}

/**
 * A new request, if a rule makes the user eligible and takes the ask: pending, or approved at once where the rule lets
 * it through without a reviewer.
 */
export function create(
  ask: Ask,
  user: User,
  policy: Policy,
  now: Instant,
  circumstances: Circumstances,
): Outcome<Change<PendingRequest | ApprovedRequest>> {
  const { id, together, extending, overdue, barred } = circumstances;
  const eligible = checkEligible(policy, user, ask.target);
  if (!eligible.ok) return eligible;
  const rule = eligible.value;
  const taken = checkAsk(rule, ask, user, now);
  if (!taken.ok) return taken;
  if (ask.breakGlass && overdue.length > 0) return unreviewed(overdue);
  if (ask.breakGlass && barred !== null) return barredFrom(rule, barred);
  const forerunner = extending === null ? null : checkForerunner(extending, ask, user, now);
  if (forerunner?.ok === false) return forerunner;
  const core: RequestCore = {
    ...askedOf(ask),
    ...ruledBy(policy, user, ask, rule),
    id,
    version: 0,
    requester: personOf(user),
    // An extension goes on where its forerunner ends, so that two windows never give more than one role at a time.
    start: forerunner === null ? ask.start : forerunner.value.until,
    extensionOf: extending?.id ?? null,
    slot: extending?.slot === 0 ? 1 : 0,
    together,
    invitation: null,
    createdAt: now,
    reviewBy: plusMinutes(now, rule.pendingMinutes),
    reviews: [],
  };
  const told = { actor: user, text: ask.justification };
  if (taken.value !== null) return allow(brokenGlass(core, taken.value, now, told));
  const automatic = barred !== null ? undefined : letThrough(core, user, now, told);
  return allow(automatic ?? change({ ...core, status: 'pending' }, 'created', now, told));
}

/** What of the ask goes into the request as it is. */
export function askedOf({ target, durationMinutes, justification, ticket, start, breakGlass }: Ask) {
  return { target, durationMinutes, justification, ticket, start, breakGlass };
}

/** What the policy says of the ask, to be kept with the request. */
export function ruledBy(policy: Policy, user: User, { target }: Pick<Ask, 'target'>, rule: Rule) {
  const { apartBy } = rule.approval;
  return {
    rule,
    teams: apartBy === null ? [] : teamsOf(user, apartBy),
    accountName: accountName(policy, target.account),
    because: explanationLines(explain(policy, user, target)),
  };
}

function unreviewed(overdue: readonly string[]) {
  return deny(
    'break-glass-unreviewed',
    'Your last break-glass access was not reviewed in time. Ask a reviewer to review it first, or make a normal request.',
    { requests: [...overdue] },
  );
}

function barredFrom(rule: Rule, barred: Barred) {
  const why = {
    ended: 'A reviewer has just ended your access to this role.',
    restored: 'Stepladder was restored from a backup a short time ago, so every access needs a reviewer.',
  }[barred];
  return deny(
    'break-glass-not-allowed',
    `${why} Make a normal request, and call a reviewer if it is urgent.`,
    { rule: rule.id, barred },
  );
}

function checkForerunner(
  extending: AccessRequest,
  ask: Ask,
  user: User,
  now: Instant,
): Outcome<{ until: Instant }> {
  const status = statusAt(extending, now);
  const own =
    !ask.breakGlass && extending.requester.id === user.id && sameTarget(extending.target, ask.target);
  // Or a chain of them would reach further ahead than any start may be chosen.
  if (extending.extensionOf !== null && status === 'scheduled') return notExtendable(extending, status);
  if (own && extending.status === 'approved' && (status === 'active' || status === 'scheduled')) {
    return allow({ until: extending.window.until });
  }
  return notExtendable(extending, status);
}

function notExtendable(extending: AccessRequest, status: Status) {
  return deny(
    'extension-not-possible',
    'Only your own access can be extended, for the same role, before it ends, and an extension only once it has begun. Make a new request.',
    { extensionOf: extending.id, status },
  );
}

/** The request approved without a reviewer, or undefined where no condition of its rule allows that. */
export function letThrough(
  core: RequestCore,
  user: User,
  now: Instant,
  told: Told,
): Change<ApprovedRequest> | undefined {
  const { approval } = core.rule;
  const condition = automaticCondition(approval, user, windowOf(core, now), core.extensionOf !== null);
  if (condition === undefined) return undefined;
  const approved = approve(core, { kind: 'automatic', condition: condition.name }, now);
  const note = `Approved automatically by the rule "${core.rule.id}": ${condition.name}.`;
  return change(approved, 'approved-automatically', now, { ...told, note });
}

function brokenGlass(
  core: RequestCore,
  { reviewMinutes }: BreakGlass,
  now: Instant,
  told: Told,
): Change<ApprovedRequest> {
  const reviewDue = plusMinutes(now, reviewMinutes);
  const approved = approve(core, { kind: 'break-glass', reviewDue, afterReview: null }, now);
  const note = `Break-glass access by the rule "${core.rule.id}", to be reviewed before ${reviewDue}.`;
  return change(approved, 'break-glass', now, { ...told, note });
}

/** The window that an approval at `now` opens: from then, or from the start that was asked for. */
export function windowOf(
  { start, durationMinutes }: Pick<RequestCore, 'start' | 'durationMinutes'>,
  now: Instant,
) {
  const from = start === null ? now : latest(now, start);
  return { from, until: wholeSecond(plusMinutes(from, durationMinutes)) };
}

export function approve(core: RequestCore, approvedBy: ApprovedBy, now: Instant): ApprovedRequest {
  return {
    ...core,
    status: 'approved',
    approvedAt: now,
    approvedBy,
    window: windowOf(core, now),
    sessions: { issued: 0, credentialsEndAt: null, endableUntil: null },
  };
}

/** What the reviews so far make of a request: rejected, approved, or pending with what it has. */
export function weigh(
  core: RequestCore,
  now: Instant,
): { next: PendingRequest | ApprovedRequest | RejectedRequest; note: string } {
  const decision = decide(core.rule.approval, core, core.reviews);
  if (decision.state === 'rejected') return { next: { ...core, status: 'rejected' }, note: '' };
  if (decision.state === 'approved') return { next: approve(core, { kind: 'reviewers' }, now), note: '' };
  const { approvals } = core.rule.approval;
  const note = `${approvals - decision.missing} of ${approvals} approvals.`;
  return { next: { ...core, status: 'pending' }, note };
}
