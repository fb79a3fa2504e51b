import type { AccessRequest, ApprovedRequest, Enforcement } from './access-request.ts';
import { type Change, change } from './change.ts';
import { allow, type Outcome } from './denial.ts';
import { type Instant, latest, plusMinutes } from './instant.ts';
import { wrongStatus } from './status.ts';

/**
 * Ending the live sessions of a revoked request. The revocation is recorded first, with what is to be enforced; AWS is
 * told afterwards and as often as it takes, and what came of it is recorded again. `ended-sessions.ts` says in which words.
 */

/**
 * What is to be enforced for a request, with the instant of its revocation. NB. It names nobody: `ended-sessions.ts`
 * knows every session of a request by the request's id.
 */
export interface ToEnforce {
  readonly requestId: string;
  /** 12 digits */
  readonly account: string;
  readonly revokedAt: Instant;
  /** from then on there is nothing left to deny */
  readonly until: Instant;
}

/** What came of it. Where there were too many to be named, others that were issued until some instant ended with them. */
export type EnforcementResult =
  | { readonly kind: 'enforced' | 'ran-out' }
  | { readonly kind: 'enforced-for-person' | 'enforced-widely'; readonly issuedUntil: string };

/**
 * Minutes that a deny outlives the last credentials, as far as they are known: AWS counts their seconds from its own
 * answer, by its own clock.
 */
const margin = 5;

/** What revoking the request at `now` has to enforce; null where its rules do not ask for it or nothing can be alive. */
export function enforcementAt(request: AccessRequest, now: Instant): Enforcement | null {
  if (request.status !== 'approved' || request.sessions.endableUntil === null) return null;
  const { endableUntil, credentialsEndAt } = request.sessions;
  // NB. The deny is of all sessions of the request: one from before the rule said so may outlive those from after.
  const until = plusMinutes(latest(endableUntil, credentialsEndAt ?? endableUntil), margin);
  return now < until ? { state: 'pending', at: null, until } : null;
}

/** A session has begun: if it may have to be ended, that is remembered before AWS is asked for it. */
export function begun(
  request: ApprovedRequest,
  { session, endable = false }: { session: { readonly endsAt: Instant }; endable?: boolean },
): ApprovedRequest {
  if (!endable && !request.rule.endLiveSessions) return request;
  const { endableUntil } = request.sessions;
  const until = endableUntil === null ? session.endsAt : latest(endableUntil, session.endsAt);
  return { ...request, sessions: { ...request.sessions, endableUntil: until } };
}

/** What the revocation at `now` means for the sessions that are alive; '' where none is. */
export function liveSessionsInWords(
  { sessions: { credentialsEndAt } }: ApprovedRequest,
  enforcement: Enforcement | null,
  now: Instant,
): string {
  if (enforcement !== null) return 'Its live sessions are being ended.';
  if (credentialsEndAt === null || credentialsEndAt <= now) return '';
  return `Credentials that were issued before work until ${credentialsEndAt} at the latest.`;
}

/** What a revoked request still asks of AWS; null where it asks nothing (any more). */
export function toEnforce(request: AccessRequest): ToEnforce | null {
  if (request.status !== 'revoked' || request.enforcement === null) return null;
  const { id, target, closure, enforcement } = request;
  return { requestId: id, account: target.account, revokedAt: closure.at, until: enforcement.until };
}

/** Records what came of it, once: the status stays, for it was decided by the revocation. */
export function noteEnforcement(
  request: AccessRequest,
  result: EnforcementResult,
  now: Instant,
): Outcome<Change> {
  if (request.status !== 'revoked' || request.enforcement?.state !== 'pending') {
    return wrongStatus(request, now, ['revoked']);
  }
  const ranOut = result.kind === 'ran-out';
  const state = ranOut ? 'ran-out' : 'enforced';
  const next = { ...request, enforcement: { ...request.enforcement, state, at: now } } as const;
  const kind = ranOut ? 'sessions-ran-out' : 'sessions-ended';
  return allow(change(next, kind, now, { actor: null, note: inWords(result) }));
}

function inWords(result: EnforcementResult): string {
  switch (result.kind) {
    case 'enforced':
      return 'AWS denies them everything, within seconds.';
    case 'ran-out':
      return 'AWS did not take the deny in time. They worked until they ended by themselves.';
    case 'enforced-for-person':
      return `Too many were to be ended at once to name each: AWS denies everything to all sessions of this person in this account that were issued until ${result.issuedUntil}, also those of their other requests. Those that are issued later work.`;
    case 'enforced-widely':
      return `Too many were to be ended at once to name each: AWS denies everything to all sessions of this account that were issued until ${result.issuedUntil}, also those of other requests and people. Those that are issued later work.`;
  }
}
