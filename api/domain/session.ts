import type { AccessRequest, ApprovedRequest } from './access-request.ts';
import { automaticCondition, decide } from './approval.ts';
import { checkTicket, mayBreakGlass } from './ask.ts';
import { fromBackup } from './backup.ts';
import { allow, deny, type Outcome } from './denial.ts';
import type { Target } from './eligibility.ts';
import { guardrailStatement } from './guardrail.ts';
import { identityName } from './identity-name.ts';
import {
  earliest,
  epochMs,
  type Instant,
  iamTime,
  instantOf,
  plusMinutes,
  secondsBetween,
  wholeSecond,
} from './instant.ts';
import { type Approval, type Guardrail, type Rule, stricter, type Teams } from './policy-document.ts';
import type { Asker } from './rule-match.ts';
import { statusAt } from './status.ts';
import type { Person, User } from './user.ts';

export type SessionKind = 'console' | 'cli';

/** One set of temporary credentials, as remembered. NB. The credentials themselves are in no field and no store. */
export interface SessionRecord {
  readonly id: string;
  readonly requestId: string;
  readonly kind: SessionKind;
  readonly state: 'intended' | 'issued' | 'failed';
  readonly user: Person;
  readonly target: Target;
  readonly accountName: string | null;
  readonly at: Instant;
  /** when its credentials stop working, at the latest */
  readonly endsAt: Instant;
  readonly accessKeyId: string | null;
  /** how IAM knows the session, as `aws:userid` has it: `AROA...:<session name>`; null until AWS has answered */
  readonly assumedRoleId: string | null;
  /**
   * What ends the credentials at `endsAt`: their own expiry, or the session policy while they look as if they went on;
   * null until AWS has answered.
   */
  readonly ending: 'expiry' | 'session-policy' | null;
  /** AssumeRole's access key id, where the credentials that were handed out were narrowed from those; else null */
  readonly narrowedFrom: string | null;
  /** why AWS did not narrow them, as it named it; null where it did, or was not asked */
  readonly notNarrowed: string | null;
  readonly sessionName: string;
  readonly sourceIdentity: string;
  /** where whoever asked for it called from; '' where that is not known */
  readonly sourceIp: string;
  readonly userAgent: string;
}

/** What AssumeRole is asked for. */
export interface SessionPlan {
  readonly target: Target;
  /** DurationSeconds */
  readonly durationSeconds: number;
  /** Nothing works at or after this instant: a whole second. */
  readonly denyFrom: Instant;
  /** When the credentials stop working, at the latest: the window's end or their own expiry. */
  readonly endsAt: Instant;
  readonly sourceIdentity: string;
  /** RoleSessionName */
  readonly sessionName: string;
  readonly tags: Readonly<Record<string, string>>;
  /** The inline session policy, JSON. */
  readonly policy: string;
  /** whether a revocation ends it */
  readonly endable: boolean;
}

/** SHA-256 of a text in lower-case hexadecimal. Passed in, because this room imports nothing. */
export type Digest = (text: string) => string;

/** Role chaining: at most one hour (IAM User Guide, "Roles terms and concepts"); AssumeRole: at least 900 s. */
const chaining = { minSeconds: 900, maxSeconds: 3600 } as const;
/** STS API Reference, AssumeRole: RoleSessionName and SourceIdentity have 2 to 64 of [\w+=,.@-]. */
const nameLength = 64;

/** The names of a session's tags: trust policies demand them by name, so they never change. */
export const sessionTags = {
  request: 'StepladderRequest',
  reviewer: 'StepladderReviewer',
  until: 'StepladderUntil',
} as const;

/**
 * Whether this user may have a session of this request at `now`, and which: still the requester, still eligible,
 * elevated at this instant. `ruleNow` is today's rule for this user and target, null where none applies any more: the
 * session is issued only if it and the rule of the request both allow it, and under the stricter of the two.
 */
export function planSession(
  request: AccessRequest,
  user: User,
  ruleNow: Rule | null,
  now: Instant,
  digest: Digest,
): Outcome<SessionPlan> {
  if (user.id !== request.requester.id) {
    return deny('not-requester', 'Only the person whose request it is can use it. Make your own.');
  }
  if (request.status === 'void') return fromBackup(request);
  const status = statusAt(request, now);
  if (request.status !== 'approved' || status !== 'active') {
    return deny(
      'wrong-status',
      `The request is ${status} now: sessions exist only while it is active. Make a new request.`,
      { status, needed: ['active'] },
    );
  }
  const still = checkRuleNow(request, user, ruleNow);
  if (!still.ok) return still;
  const { maxDurationMinutes, sessionMinutes, guardrails, endLiveSessions } = stricter(
    request.rule,
    still.value,
    request.breakGlass,
  );
  // Whole before it is compared: IAM takes no fractions, and in the last one the policy would deny already.
  const narrowed = plusMinutes(request.window.from, maxDurationMinutes);
  const denyFrom = wholeSecond(earliest(request.window.until, narrowed));
  if (now >= denyFrom) {
    return deny(
      'duration-too-long',
      'The limit for this role was lowered since, and that time is used up. Make a new request.',
      { maxDurationMinutes, from: request.window.from },
    );
  }
  return allow(
    planWithin(request, user, { sessionMinutes, guardrails, endLiveSessions, denyFrom, now, digest }),
  );
}

/** Whether today's rule would still let this request through, with the reviews that it has. */
function checkRuleNow(request: ApprovedRequest, user: Asker, ruleNow: Rule | null): Outcome<Rule> {
  if (ruleNow === null) {
    return deny(
      'not-eligible',
      'You are no longer eligible for this role in this account. Ask whoever manages your groups.',
      { account: request.target.account, role: request.target.role, ruleThen: request.rule.id },
    );
  }
  const changed = (what: string) =>
    deny(
      'rule-changed',
      'The policy has changed since this was approved. Make a new request under the new rule.',
      {
        ruleThen: request.rule.id,
        ruleNow: ruleNow.id,
        what,
      },
    );
  if (!checkTicket(ruleNow, request).ok) return changed('ticket');
  if (request.breakGlass) {
    const { breakGlass } = ruleNow;
    return breakGlass !== null && mayBreakGlass(breakGlass, user) ? allow(ruleNow) : changed('break-glass');
  }
  const { approval } = ruleNow;
  const letThrough =
    (comparable(approval, request.rule.approval) &&
      decide(approval, request, request.reviews).state === 'approved') ||
    automaticCondition(approval, user, request.window, request.extensionOf !== null) !== undefined;
  return letThrough ? allow(ruleNow) : changed('approval');
}

// NB. Teams were written down as the rule of then told them apart; they say nothing to a rule that does it otherwise.
// Field by field, because a rule that comes out of the table has its fields in another order.
function comparable({ apartBy: now }: Approval, { apartBy: then }: Approval): boolean {
  const told = ({ groups, claims }: Teams) => JSON.stringify([[...groups].sort(), [...claims].sort()]);
  return now === null || (then !== null && told(now) === told(then));
}

interface Bounds {
  sessionMinutes: number;
  guardrails: readonly Guardrail[];
  endLiveSessions: boolean;
  denyFrom: Instant;
  now: Instant;
  digest: Digest;
}

function planWithin(
  request: ApprovedRequest,
  user: User,
  { sessionMinutes, guardrails, endLiveSessions, denyFrom, now, digest }: Bounds,
): SessionPlan {
  const longest = Math.min(sessionMinutes * 60, chaining.maxSeconds);
  const durationSeconds = Math.max(chaining.minSeconds, Math.min(secondsBetween(now, denyFrom), longest));
  const sourceIdentity = identityName(user, nameLength, digest);
  return {
    target: request.target,
    durationSeconds,
    denyFrom,
    endsAt: earliest(denyFrom, instantOf(epochMs(now) + durationSeconds * 1000)),
    sourceIdentity,
    sessionName: `${identityName(user, nameLength - request.id.length - 1, digest)}.${request.id}`,
    tags: {
      [sessionTags.request]: request.id,
      [sessionTags.reviewer]: approverName(request, digest),
      [sessionTags.until]: iamTime(denyFrom),
    },
    policy: sessionPolicy(denyFrom, guardrails),
    endable: endLiveSessions,
  };
}

/** Who let it through last, or what did. NB. A person's name ends in a digest, so no person is called `automatic`. */
function approverName({ approvedBy, reviews }: ApprovedRequest, digest: Digest): string {
  const last = reviews.at(-1);
  if (approvedBy.kind !== 'reviewers' || last === undefined) return approvedBy.kind;
  return identityName(last.reviewer, nameLength, digest);
}

/**
 * Allows what the role allows, denies everything from `until` on, for every service, and what the guardrails forbid.
 * IAM User Guide, "Policy evaluation logic": a session policy never adds permissions, and its explicit Deny also
 * overrides resource policies that name the session. "Global condition context keys": aws:CurrentTime.
 */
function sessionPolicy(until: Instant, guardrails: readonly Guardrail[]): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: '*', Resource: '*' },
      {
        Sid: 'EndsWithTheWindow',
        Effect: 'Deny',
        Action: '*',
        Resource: '*',
        Condition: { DateGreaterThanEquals: { 'aws:CurrentTime': iamTime(until) } },
      },
      ...guardrailStatement(guardrails),
    ],
  });
}
