import { earliest, type Instant, secondsBetween } from './instant.ts';
import type { SessionPlan, SessionRecord } from './session.ts';

/** What ends credentials, and how AWS is asked to make their expiry the moment at which they stop working. */

/** What GetScopedCredentials is asked for. */
export interface Narrowing {
  /** DurationSeconds, at least 1 */
  readonly durationSeconds: number;
  /** ScopedSessionDescription: stands in CloudTrail beside the call */
  readonly description: string;
}

/**
 * How credentials that expire at `expiration` are narrowed, so that they expire when they stop working; null where they
 * do so already, or where there is not a whole second left. NB. Console sessions are not: they do not show an expiry.
 */
export function narrowing(
  session: Pick<SessionRecord, 'kind' | 'requestId'>,
  { denyFrom }: Pick<SessionPlan, 'denyFrom'>,
  expiration: Instant,
  now: Instant,
): Narrowing | null {
  const durationSeconds = secondsBetween(now, denyFrom);
  if (session.kind !== 'cli' || expiration <= denyFrom || durationSeconds < 1) return null;
  return { durationSeconds, description: `Stepladder request ${session.requestId}` };
}

/**
 * When credentials that expire at `expiration` stop working, and what stops them. NB. AWS counts a duration from its own
 * answer, so the expiry of narrowed ones may lie behind the window's end by the moment that the answer took: it is
 * their expiry nevertheless that ends them for whoever reads the record, and the policy for those moments.
 */
export function ending(
  { denyFrom }: Pick<SessionPlan, 'denyFrom'>,
  expiration: Instant,
  narrowed = false,
): Pick<SessionRecord, 'endsAt' | 'ending'> {
  const byExpiry = narrowed || expiration <= denyFrom;
  return { endsAt: earliest(denyFrom, expiration), ending: byExpiry ? 'expiry' : 'session-policy' };
}
