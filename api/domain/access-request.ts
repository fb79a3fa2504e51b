import type { Target } from './eligibility.ts';
import type { Instant } from './instant.ts';
import type { Rule } from './policy-document.ts';
import type { Person } from './user.ts';

/** What every request has, from creation on. Only version and reviews ever change. */
export interface RequestCore {
  readonly id: string;
  /** 1 at creation; every change adds one and writes the audit entry of that number. */
  readonly version: number;
  /** NB. Of an invitation that nobody accepted yet, the id is '' and the e-mail is where it was sent. */
  readonly requester: Person;
  /** what the rule separates reviewers from: the requester's teams at creation */
  readonly teams: readonly string[];
  readonly target: Target;
  /** as the policy file named it at creation; null where it did not */
  readonly accountName: string | null;
  readonly durationMinutes: number;
  readonly justification: string;
  readonly ticket: string | null;
  /** the start that was asked for; null: at the approval */
  readonly start: Instant | null;
  readonly breakGlass: boolean;
  /** the request that this one extends */
  readonly extensionOf: string | null;
  /** Which of two locks per user and target it holds: an extension takes the one that its forerunner has not. */
  readonly slot: 0 | 1;
  /** the ids of all that were asked for in one form, with this one; empty where it was alone */
  readonly together: readonly string[];
  readonly invitation: Invitation | null;
  readonly createdAt: Instant;
  /** From this instant on, a request that was not approved (an invitation that was not accepted) is expired. */
  readonly reviewBy: Instant;
  /** The rule that applied at creation. */
  readonly rule: Rule;
  /** Why it applied, and no earlier one did: a line per rule. */
  readonly because: readonly string[];
  readonly reviews: readonly Review[];
}

export interface Review {
  readonly reviewer: Person;
  readonly decision: 'approve' | 'reject';
  readonly comment: string;
  /** the version that the reviewer saw */
  readonly version: number;
  readonly at: Instant;
  /** the reviewer groups of the rule that the reviewer was in */
  readonly groups: readonly string[];
  /** the reviewer's teams, where the rule separates by them */
  readonly teams: readonly string[];
}

export interface Invitation {
  readonly by: Person;
  readonly at: Instant;
  /** the only user who may accept; null: whoever has the e-mail */
  readonly inviteeId: string | null;
  /** The inviter's review, where the rule lets it count. It counts from the acceptance on. */
  readonly review: Review | null;
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
  /**
   * Until when credentials may work that a revocation is to end: of sessions begun under a rule that says so. null: none.
   * NB. From the intent on, so that it covers a session that AWS has not answered yet.
   */
  readonly endableUntil: Instant | null;
}

export interface Closure {
  readonly by: Person;
  readonly at: Instant;
  readonly comment: string;
}

/** What becomes of the live sessions of a revoked request. */
export interface Enforcement {
  /** `enforced`: AWS has taken the deny. `ran-out`: it never did, and meanwhile they have ended by themselves. */
  readonly state: 'pending' | 'enforced' | 'ran-out';
  /** since when; null while pending */
  readonly at: Instant | null;
  /** After this instant no credentials of the request work, with or without the deny. */
  readonly until: Instant;
}

/** What let the request through. */
export type ApprovedBy =
  | { readonly kind: 'reviewers' }
  | { readonly kind: 'automatic'; readonly condition: string }
  | { readonly kind: 'break-glass'; readonly reviewDue: Instant; readonly afterReview: AfterReview | null };

/** What a reviewer thought of break-glass access afterwards. */
export interface AfterReview {
  readonly reviewer: Person;
  readonly decision: 'confirm' | 'flag';
  readonly comment: string;
  readonly at: Instant;
}

interface Approved {
  readonly approvedAt: Instant;
  readonly approvedBy: ApprovedBy;
  readonly window: Window;
  readonly sessions: SessionTally;
}

/** As stored. A field exists only on the stages where it is true. */
export type AccessRequest = OpenRequest | ClosedRequest;
export type OpenRequest = InvitedRequest | PendingRequest | ApprovedRequest;
export type InvitedRequest = RequestCore & {
  readonly status: 'invited';
  readonly invitation: Invitation;
};
export type PendingRequest = RequestCore & { readonly status: 'pending' };
export type ApprovedRequest = RequestCore & Approved & { readonly status: 'approved' };
export type RejectedRequest = RequestCore & { readonly status: 'rejected' };
export type ClosedRequest =
  | RejectedRequest
  | (RequestCore & { readonly status: 'cancelled'; readonly closure: Closure })
  | (RequestCore & { readonly status: 'expired' })
  | (RequestCore & Approved & { readonly status: 'ended' })
  | (RequestCore &
      Approved & {
        readonly status: 'revoked';
        readonly closure: Closure;
        /** null: there was no live session to end, or the rule does not ask for it */
        readonly enforcement: Enforcement | null;
      })
  | VoidRequest;
/**
 * It was open when the backup was made that the table was restored from. What became of it since is not known, so it
 * counts no more (`backup.ts`).
 */
export type VoidRequest = RequestCore & {
  readonly status: 'void';
  /** when that was put on record; null: it is seen, and not yet written down */
  readonly voidedAt: Instant | null;
} & ({ readonly was: 'invited' | 'pending' } | (Approved & { readonly was: 'approved' }));
/** Whatever became of it later: it was approved once. */
export type OnceApproved = Extract<AccessRequest, { readonly approvedBy: ApprovedBy }>;
