import type { AccessRequest, OpenRequest } from '../domain/access-request.ts';
import type { Entry } from '../domain/audit.ts';
import type { BoundaryPlace } from '../domain/boundary.ts';
import type { Change } from '../domain/change.ts';
import type { Barred } from '../domain/creation.ts';
import type { Target } from '../domain/eligibility.ts';
import type { ToEnforce } from '../domain/enforcement.ts';
import type { Instant } from '../domain/instant.ts';
import type { Preflight, PreflightPlan, ProbeOutcomes } from '../domain/preflight.ts';
import type { Finding } from '../domain/preflight-findings.ts';
import type { Take } from '../domain/quota.ts';
import type { Digest, SessionPlan, SessionRecord } from '../domain/session.ts';
import type { Narrowing } from '../domain/session-ending.ts';
import type { Person } from '../domain/user.ts';

/** What the actions need from outside. Everything here may throw `Unavailable`; what else, it says itself. */

/** Something that Stepladder needs failed or did not answer. Nobody gets access by it, and it may be tried again. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}

/** The boundary of an account, or its queue, is not as anybody may go on from: an operator has to look at it. */
export class BoundaryRefused extends Error {
  override readonly name = 'BoundaryRefused';
}

/** The moment and chance, passed in so that decisions stay functions. */
export interface World {
  readonly now: () => Instant;
  /** 26 characters of Crockford's base 32: 130 random bits. */
  readonly newId: () => string;
  readonly digest: Digest;
}

/** Where a list was left: the sort position of the last item that was looked at. */
export interface Position {
  readonly at: Instant;
  readonly requestId: string;
  /** for lists of sessions */
  readonly sessionId: string | null;
}

/** One partition of an index; each read of it is one bounded Query. Newest first, except what has a deadline. */
export type Partition =
  | { readonly by: 'month'; readonly month: string }
  | { readonly by: 'user'; readonly userId: string }
  | { readonly by: 'email'; readonly email: string }
  | { readonly by: 'account'; readonly account: string }
  /** requests that were decided */
  | { readonly by: 'review' }
  /** break-glass access that nobody reviewed yet, the next deadline first */
  | { readonly by: 'unreviewed' }
  /** pending, next deadline first */
  | { readonly by: 'deadline' };

/** Of the instant that the partition is sorted by; both ends included. */
export interface Range {
  readonly from: Instant;
  readonly until: Instant;
}

export interface Chunk<T> {
  readonly items: readonly T[];
  /** whether there are more behind the last of them */
  readonly more: boolean;
}

export interface Listed<T> {
  readonly value: T;
  readonly position: Position;
}

export interface ChunkQuery {
  readonly partition: Partition;
  readonly range: Range;
  readonly after: Position | null;
  readonly limit: number;
}

export interface IdempotencyKey {
  readonly user: Person;
  readonly key: string;
  /** digest of what was asked, so that a key cannot be used for something else */
  readonly fingerprint: string;
}

/** NB. What was open in a backup is `void` in a table that was restored from it, whoever reads it and how. */
export interface RequestReader {
  /** Strongly consistent. */
  readRequest(id: string): Promise<AccessRequest | undefined>;
  /** Ids of this person's requests for the target that are open: one, and one that extends it. Strongly consistent. */
  listOpen(user: Person, target: Target, now: Instant): Promise<readonly string[]>;
  listRequests(query: ChunkQuery): Promise<Chunk<Listed<AccessRequest>>>;
  listSessions(query: ChunkQuery): Promise<Chunk<Listed<SessionRecord>>>;
  /** Oldest first, behind that version. Strongly consistent. */
  listEntries(requestId: string, afterVersion: number, limit: number): Promise<Chunk<Entry>>;
}

/** What came of saving something new. `conflict`: a race was lost, and nothing was written. */
export type Created =
  | { readonly result: 'saved' | 'conflict' }
  /** For the target there is an open request already: `requestId`. Nothing was written. */
  | { readonly result: 'already-open'; readonly requestId: string }
  /** There is none left of it. Nothing was written. */
  | { readonly result: 'too-many'; readonly take: Take };

export interface RequestWriter {
  /** Whether somebody else ended this person's access to the target, in a window that goes on at `now`. */
  readBar(user: Person, target: Target, now: Instant): Promise<Barred | null>;
  /** What the key was used for, if it was. */
  readIdempotency(
    user: Person,
    key: string,
  ): Promise<{ requestIds: readonly string[]; fingerprint: string } | undefined>;
  /** Requests, entries, messages, locks and key in one transaction: all of the requests or none. */
  createRequests(
    changes: readonly Change<OpenRequest>[],
    idempotency: IdempotencyKey | null,
    takes: readonly Take[],
  ): Promise<Created>;
  /**
   * Request, entry, messages, lock and session in one transaction, on condition that the request still has the
   * version and status that were read. `conflict`: somebody else was faster; a `Take`: there is none left of that. Then
   * nothing was written.
   */
  saveChange(
    change: Change,
    read: AccessRequest,
    takes?: readonly Take[],
  ): Promise<'saved' | 'conflict' | Take>;
  /**
   * From now on no intent of a session is saved for the request, whatever else goes on with it: so that a revocation
   * is not outrun by somebody who keeps starting sessions.
   */
  stopSessions(requestId: string): Promise<void>;
  /** `saveChange` for an invitation that becomes a request: it takes the lock as a new one does. */
  saveAccepted(change: Change, read: AccessRequest): Promise<Created>;
}

/** An enforcement in its queue: what is still to be done about it, or looked after until the sessions have run out. */
export interface QueuedEnforcement extends ToEnforce {
  readonly state: 'pending' | 'enforced';
  /** how often it was tried in vain */
  readonly failures: number;
  /** when somebody has to look at it next */
  readonly due: Instant;
}

export interface Enforcements {
  /** The accounts in which something is due, each once. */
  listDueAccounts(now: Instant, limit: number): Promise<string[]>;
  /** Whatever is queued for the account (after that one), the latest revocation first. Strongly consistent. */
  listEnforcements(account: string, limit: number, after?: ToEnforce): Promise<Chunk<QueuedEnforcement>>;
  /** Takes the account for one run; false if another has it. IAM has no condition on a write, so one writes at a time. */
  claimAccount(account: string, owner: string, now: Instant, until: Instant): Promise<boolean>;
  releaseAccount(account: string, owner: string): Promise<void>;
  /** NB. Nothing happens where it is not queued any more. @param reason of a failure, for operators; '' where none */
  requeue(enforcement: QueuedEnforcement, reason: string): Promise<void>;
  forgetEnforcement(enforcement: QueuedEnforcement): Promise<void>;
  /** Since when the table is in use that was restored from a backup; null: it was not restored. */
  restoredAt(): Promise<Instant | null>;
}

/** The boundary as it is in force. */
export interface StoredBoundary {
  readonly document: string;
  readonly versionId: string;
  /** when IAM took that version */
  readonly since: Instant;
  /** The version to make room by: the oldest not in force, where there are as many as IAM keeps; else null. */
  readonly spare: string | null;
  /** Whether somebody has it as permissions, too: then a version with fewer denies could give them something. */
  readonly isPermission: boolean;
  /** names of the roles that have it as their boundary */
  readonly bounds: ReadonlySet<string>;
}

/** The boundary of one account, as its revoker role may see it and put new versions in force. */
export interface BoundaryKeeper {
  readBoundary(): Promise<StoredBoundary>;
  replaceBoundary(document: string, replaced: StoredBoundary): Promise<void>;
}

export interface BoundaryKeepers {
  /** Becomes the revoker of that account for the time of the work. */
  keep<T>(place: BoundaryPlace, work: (keeper: BoundaryKeeper) => Promise<T>): Promise<T>;
}

/** Secret. In memory from STS to the response, nowhere else. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Instant;
}

/** What AssumeRole answered. */
export interface Assumed {
  readonly credentials: Credentials;
  /** `AROA...:<session name>`, no secret */
  readonly assumedRoleId: string;
}

/** What came of narrowing: credentials with their own end, or in one word why there are none. */
export type Narrowed =
  | { readonly credentials: Credentials; readonly refusal: null }
  | { readonly credentials: null; readonly refusal: string };

export interface SessionIssuer {
  /**
   * @param signal ends the asking: a call that is tried again behind everybody's back could make a session that nobody
   * is waiting for any more @throws TargetRefused, Throttled, BrokerRefused, Unavailable
   */
  assumeRole(plan: SessionPlan, signal: AbortSignal): Promise<Assumed>;
  /** The same session with an earlier end. @throws Unavailable where the answer cannot be true */
  narrow(assumed: Assumed, narrowing: Narrowing): Promise<Narrowed>;
  /** A sign-in link to the console. Secret. @throws Unavailable */
  consoleUrl(credentials: Credentials): Promise<string>;
}

export interface RoleProber {
  /** Asks AWS as a preflight does. NB. The credentials that it gets end inside; whatever fails is an outcome. */
  probe(plan: PreflightPlan): Promise<ProbeOutcomes>;
}

export interface PreflightWriter {
  /** Who is about to ask for which target. @returns the quota of which none is left: then nothing was written */
  notePreflight(preflight: Preflight, takes: readonly Take[]): Promise<Take | null>;
  noteFindings(id: string, at: Instant, findings: readonly Finding[]): Promise<void>;
}
