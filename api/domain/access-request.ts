import type { Target } from './eligibility.ts';
import type { Instant } from './instant.ts';
import type { Rule } from './policy-document.ts';
import type { Person } from './user.ts';

/** What every request has, from creation on; nothing of it ever changes but the version. */
export interface RequestCore {
  readonly id: string;
  /** 1 at creation; every change adds one and writes the audit entry of that number. */
  readonly version: number;
  readonly requester: Person;
  readonly target: Target;
  /** as the policy file named it at creation; null where it did not */
  readonly accountName: string | null;
  readonly durationMinutes: number;
  readonly justification: string;
  readonly createdAt: Instant;
  /** From this instant on, a request that nobody reviewed is expired. */
  readonly reviewBy: Instant;
  /** The rule that applied at creation. */
  readonly rule: Rule;
}

export interface Review {
  readonly reviewer: Person;
  readonly decision: 'approve' | 'reject';
  readonly comment: string;
  /** the version that the reviewer saw */
  readonly version: number;
  readonly at: Instant;
}

/** Sessions may be issued from `from` (included) to `until` (not included, a whole second). */
export interface Window {
  readonly from: Instant;
  readonly until: Instant;
}

/** What the request remembers of its sessions; the sessions themselves are items of their own. */
export interface SessionTally {
  readonly issued: number;
  /** The latest instant at which any credentials issued so far stop working; null if none were. */
  readonly credentialsEndAt: Instant | null;
}

export interface Closure {
  readonly by: Person;
  readonly at: Instant;
  readonly comment: string;
}

interface Approval {
  readonly review: Review;
  readonly window: Window;
  readonly sessions: SessionTally;
}

/** As stored. A field exists only on the stages where it is true. */
export type AccessRequest = PendingRequest | ApprovedRequest | ClosedRequest;
export type PendingRequest = RequestCore & { readonly status: 'pending' };
export type ApprovedRequest = RequestCore & Approval & { readonly status: 'approved' };
export type ClosedRequest =
  | (RequestCore & { readonly status: 'rejected'; readonly review: Review })
  | (RequestCore & { readonly status: 'cancelled'; readonly closure: Closure })
  | (RequestCore & { readonly status: 'expired' })
  | (RequestCore & Approval & { readonly status: 'ended' })
  | (RequestCore & Approval & { readonly status: 'revoked'; readonly closure: Closure });
