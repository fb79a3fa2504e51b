import { type BoundaryPlace, revokerArn, targetRoleArn } from './boundary.ts';
import { epochMs, type Instant } from './instant.ts';
import type { Preflight } from './preflight.ts';
import type { SessionRecord } from './session.ts';

/**
 * Whether Stepladder is on record for an AssumeRole that CloudTrail tells of. Whoever got hold of the credentials of one
 * of its roles can become target roles past it; here that is seen, because no session is on record, or another one.
 */

/** An AssumeRole as CloudTrail has it. null: CloudTrail does not say. */
export interface AssumeRoleSeen {
  readonly eventId: string;
  readonly at: Instant;
  /** ARN of the role that called */
  readonly caller: string;
  /** of a call that AWS refused */
  readonly errorCode: string | null;
  readonly roleArn: string | null;
  readonly sessionName: string | null;
  readonly sourceIdentity: string | null;
  /** of the credentials that AWS gave */
  readonly accessKeyId: string | null;
}

/** Where the broker's own roles are, and those that it may become. */
export interface ReconcilePlaces extends Pick<BoundaryPlace, 'partition' | 'targetRoles' | 'revoker'> {
  readonly sessionsRole: string;
  readonly enforceRole: string;
}

/** What the call says that it is for. */
export type Claim =
  | { readonly kind: 'session'; readonly requestId: string }
  | { readonly kind: 'preflight'; readonly id: string }
  | { readonly kind: 'revoker' }
  | { readonly kind: 'nothing'; readonly reason: Mismatch };

export type Mismatch =
  | 'caller'
  | 'session-name'
  | 'no-record'
  | 'role'
  | 'source-identity'
  | 'time'
  | 'access-key';

/**
 * known      a record stands for it
 * denied     AWS refused it, so there are no credentials
 * too-early  the record is being written: ask again
 * unmatched  somebody had credentials that no record stands for
 */
export type Verdict =
  | { readonly kind: 'known' | 'denied' | 'too-early' }
  | { readonly kind: 'unmatched'; readonly reason: Mismatch };

/** What `boundary-keeper.ts` calls its session. */
export const revokerSession = 'stepladder-enforce';

/** Seconds between a record's instant and AWS's answer: before, by how far clocks differ; after, as long as a Lambda runs. */
const around = { before: 5, after: 60 } as const;
/** Seconds after which nothing more is written about a session that was begun. */
const settled = 120;
const id = '[0-9a-z]{26}';
const sessionNames = new RegExp(`^.+\\.(${id})$`);
const preflightNames = new RegExp(`^preflight\\.(${id})$`);

export function claimOf(seen: AssumeRoleSeen, places: ReconcilePlaces): Claim {
  const name = seen.sessionName ?? '';
  if (seen.caller === places.enforceRole) {
    return name === revokerSession ? { kind: 'revoker' } : { kind: 'nothing', reason: 'session-name' };
  }
  if (seen.caller !== places.sessionsRole) return { kind: 'nothing', reason: 'caller' };
  // NB. First: no person's name is `preflight`, for each ends in a digest.
  const [, preflight] = preflightNames.exec(name) ?? [];
  if (preflight !== undefined) return { kind: 'preflight', id: preflight };
  const [, requestId] = sessionNames.exec(name) ?? [];
  return requestId === undefined
    ? { kind: 'nothing', reason: 'session-name' }
    : { kind: 'session', requestId };
}

/** @param sessions of the request that the name of the session names */
export function judgeSession(
  seen: AssumeRoleSeen,
  sessions: readonly SessionRecord[],
  { partition, targetRoles }: ReconcilePlaces,
  now: Instant,
): Verdict {
  const arnOf = ({ target }: SessionRecord) =>
    targetRoleArn({ partition, account: target.account, targetRoles }, target.role);
  const steps: readonly [Mismatch, (session: SessionRecord) => boolean][] = [
    ['session-name', ({ sessionName }) => sessionName === seen.sessionName],
    ['role', (session) => arnOf(session) === seen.roleArn],
    ['source-identity', ({ sourceIdentity }) => sourceIdentity === seen.sourceIdentity],
    ['time', ({ at }) => isAround(at, seen.at)],
  ];
  let fitting = sessions;
  if (fitting.length === 0) return { kind: 'unmatched', reason: 'no-record' };
  for (const [reason, fits] of steps) {
    fitting = fitting.filter(fits);
    if (fitting.length === 0) return { kind: 'unmatched', reason };
  }
  // NB. What was handed out may have been narrowed from what AssumeRole gave.
  const keyOf = ({ narrowedFrom, accessKeyId }: SessionRecord) => narrowedFrom ?? accessKeyId;
  if (fitting.some((session) => seen.accessKeyId !== null && keyOf(session) === seen.accessKeyId)) {
    return { kind: 'known' };
  }
  const without = fitting.filter((session) => keyOf(session) === null);
  if (without.length === 0) return { kind: 'unmatched', reason: 'access-key' };
  const pending = without.some(
    ({ at, state }) => state === 'intended' && epochMs(now) < epochMs(at) + settled * 1000,
  );
  // It was begun, and AWS's answer never came, or not its record: the trail says so, and nobody had the credentials.
  return { kind: pending ? 'too-early' : 'known' };
}

export function judgePreflight(
  seen: AssumeRoleSeen,
  preflight: Preflight | undefined,
  { partition, targetRoles }: ReconcilePlaces,
): Verdict {
  if (preflight === undefined) return { kind: 'unmatched', reason: 'no-record' };
  const { target, at } = preflight;
  const arn = targetRoleArn({ partition, account: target.account, targetRoles }, target.role);
  if (arn !== seen.roleArn) return { kind: 'unmatched', reason: 'role' };
  return isAround(at, seen.at) ? { kind: 'known' } : { kind: 'unmatched', reason: 'time' };
}

/** NB. By the role alone: what is queued to be enforced is deleted when it is done, before CloudTrail tells of it. */
export function judgeRevoker({ roleArn }: AssumeRoleSeen, { partition, revoker }: ReconcilePlaces): Verdict {
  const account = roleArn?.split(':')[4] ?? '';
  const known = /^\d{12}$/.test(account) && roleArn === revokerArn({ partition, account, revoker });
  return known ? { kind: 'known' } : { kind: 'unmatched', reason: 'role' };
}

function isAround(recorded: Instant, at: Instant): boolean {
  const seconds = (epochMs(at) - epochMs(recorded)) / 1000;
  return seconds >= -around.before && seconds <= around.after;
}
