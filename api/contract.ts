import { z } from 'zod';
import { limits } from './limits.ts';

/**
 * The shape of every request, response and query of the API. The server parses what comes in with these
 * schemas; the browser uses the types only, so zod is no part of its bundle.
 * NB. Nothing is coerced and unknown fields are refused: a typo in a security product must not be silence.
 */

// Line feed and tab are wanted in a justification, and the two joiners are part of writing some languages; every other
// control or format character, and lone surrogates, could make a reviewer read something else than was written.
const unprintable = /(?![\n\t\u200C\u200D])[\p{Cc}\p{Cf}\p{Cs}]/u;
const printable = (text: string) => !unprintable.test(text);
const visible = (text: string) => text.replace(/[\p{Default_Ignorable_Code_Point}\u2800]/gu, '').trim();
const text = (min: number, max: number) =>
  z
    .string()
    .max(max, `at most ${max} characters`)
    .refine((value) => visible(value).length >= min, `at least ${min} characters`)
    .refine(printable, 'no control characters');

/** 12 digits (AWS Account Management Reference, "AccountId"). */
export const accountId = z.string().regex(/^\d{12}$/, 'an account id is 12 digits');
/** IAM API Reference, CreateRole, RoleName. */
export const roleName = z
  .string()
  .regex(/^[A-Za-z0-9_+=,.@-]{1,64}$/, 'a role name has 1 to 64 of A-Z a-z 0-9 _+=,.@-');
/** 26 characters of Crockford's base 32, lower case. */
export const requestId = z
  .string()
  .regex(/^[0-9a-hjkmnp-tv-z]{26}$/, 'a request id is 26 letters and digits');
/** RFC 3339 in UTC with milliseconds, as Date.prototype.toISOString writes it. */
export const instant = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, 'a time is written 2026-11-23T09:30:00.000Z')
  .refine((value) => {
    const ms = Date.parse(value);
    return Number.isFinite(ms) && new Date(ms).toISOString() === value;
  }, 'no such time');
const cursor = z
  .string()
  .max(512)
  .regex(/^[A-Za-z0-9_-]+$/, 'not a cursor of this API');
const search = z.string().max(limits.search.max).refine(printable, 'no control characters');

export const requestStatus = z.enum([
  'pending',
  'scheduled',
  'active',
  'rejected',
  'cancelled',
  'expired',
  'ended',
  'revoked',
]);
export type RequestStatus = z.infer<typeof requestStatus>;

// --- bodies -------------------------------------------------------------------------------------------------

export const createRequestBody = z.strictObject({
  account: accountId,
  role: roleName,
  durationMinutes: z.int().min(limits.duration.min).max(limits.duration.max),
  justification: text(limits.justification.min, limits.justification.max),
});
export type CreateRequestBody = z.infer<typeof createRequestBody>;

export const cancelBody = z.strictObject({});
export type CancelBody = z.infer<typeof cancelBody>;

export const revokeBody = z.strictObject({ comment: text(0, limits.comment.max) });
export type RevokeBody = z.infer<typeof revokeBody>;

export const reviewBody = z
  .strictObject({
    decision: z.enum(['approve', 'reject']),
    comment: text(0, limits.comment.max),
    version: z.int().min(1),
  })
  .refine((body) => body.decision === 'approve' || visible(body.comment) !== '', {
    path: ['comment'],
    message: 'say why it is rejected',
  });
export type ReviewBody = z.infer<typeof reviewBody>;

export const sessionKind = z.enum(['console', 'cli']);
export type SessionKind = z.infer<typeof sessionKind>;
export const issueSessionBody = z.strictObject({ kind: sessionKind });
export type IssueSessionBody = z.infer<typeof issueSessionBody>;

/** Idempotency-Key header of POST /requests: one key per filled-in form. */
export const idempotencyKey = z.string().regex(/^[A-Za-z0-9_-]{8,64}$/, '8 to 64 letters, digits, _ or -');

// --- queries ------------------------------------------------------------------------------------------------

export const noQuery = z.strictObject({});
export const targetsQuery = z.strictObject({ search: search.optional(), cursor: cursor.optional() });
export type TargetsQuery = z.infer<typeof targetsQuery>;

export const requestsQuery = z.strictObject({
  status: requestStatus.optional(),
  search: search.optional(),
  cursor: cursor.optional(),
});
export type RequestsQuery = z.infer<typeof requestsQuery>;

export const reviewsQuery = z.strictObject({
  state: z.enum(['pending', 'decided']),
  cursor: cursor.optional(),
});
export type ReviewsQuery = z.infer<typeof reviewsQuery>;

const auditFilter = {
  from: instant.optional(),
  until: instant.optional(),
  /** a whole e-mail address, compared without regard to case */
  email: z.string().min(1).max(254).refine(printable, 'no control characters').optional(),
  account: accountId.optional(),
  role: roleName.optional(),
  cursor: cursor.optional(),
};
export const auditRequestsQuery = z.strictObject({ ...auditFilter, status: requestStatus.optional() });
export type AuditRequestsQuery = z.infer<typeof auditRequestsQuery>;
export const auditSessionsQuery = z.strictObject({ ...auditFilter, kind: sessionKind.optional() });
export type AuditSessionsQuery = z.infer<typeof auditSessionsQuery>;
export const auditExportQuery = z.strictObject({
  ...auditFilter,
  status: requestStatus.optional(),
  kind: sessionKind.optional(),
  of: z.enum(['requests', 'sessions']),
  format: z.enum(['csv', 'jsonl']),
});
export type AuditExportQuery = z.infer<typeof auditExportQuery>;
export const entriesQuery = z.strictObject({ cursor: cursor.optional() });
export type EntriesQuery = z.infer<typeof entriesQuery>;

// --- responses (types only; instants as RFC 3339 strings) -----------------------------------------------------

/** A person as shown. `id` is issuer + '#' + subject; name and e-mail are only for display. */
export interface PersonView {
  id: string;
  name: string;
  email: string;
}

export interface MeView {
  user: PersonView;
  roles: { engineer: boolean; reviewer: boolean; auditor: boolean };
  /** What is active for the caller now: the banner on every page. */
  active: RequestView[];
  serverTime: string;
}

export interface TargetView {
  account: string;
  /** null where the policy file does not name the account */
  accountName: string | null;
  role: string;
}

export interface EligibleTargetView extends TargetView {
  maxDurationMinutes: number;
}

export type AllowedAction = 'cancel' | 'review' | 'revoke' | 'issue';

export interface ReviewView {
  reviewer: PersonView;
  decision: 'approve' | 'reject';
  comment: string;
  at: string;
}

export interface RequestView {
  id: string;
  /** the version that a review has to name */
  version: number;
  /** status at `serverTime` of the response that carries it */
  status: RequestStatus;
  target: TargetView;
  requester: PersonView;
  justification: string;
  durationMinutes: number;
  createdAt: string;
  /** A pending request expires at this instant. */
  reviewBy: string;
  /** once approved; null before, and for what was never approved */
  window: { from: string; until: string } | null;
  review: ReviewView | null;
  /** How it ended by a person's act: cancelled or revoked (also "ended early" by the requester). */
  closure: { by: PersonView; at: string; comment: string } | null;
  sessions: {
    issued: number;
    /** The latest instant at which credentials already issued stop working; null if none was issued. */
    credentialsEndAt: string | null;
  };
  allowedActions: AllowedAction[];
}

export interface EntryView {
  requestId: string;
  /** the version of the request that this entry made: 1, 2, 3 ... without a gap */
  version: number;
  at: string;
  kind:
    | 'created'
    | 'approved'
    | 'rejected'
    | 'cancelled'
    | 'revoked'
    | 'expired'
    | 'ended'
    | 'session-intended'
    | 'session-issued'
    | 'session-failed';
  /** null: time, not a person */
  actor: PersonView | null;
  /** what a person wrote (justification, comment), or why a session failed; else '' */
  text: string;
  /** for session entries */
  session: { id: string; kind: SessionKind; endsAt: string | null } | null;
}

export interface RequestDetailView {
  request: RequestView;
  /** the latest 100, oldest first; all of them by GET /audit/requests/{id}/entries */
  entries: EntryView[];
  /** For a reviewer: what this person asked for before, newest first, at most 5; else empty. */
  earlier: RequestView[];
  serverTime: string;
}

export interface PageView<T> {
  items: T[];
  /** pass it as `cursor` for the next page; null: nothing is left */
  cursor: string | null;
  /** A page may hold fewer items than asked and still have a cursor: this is how far back was looked. */
  searchedBackTo: string | null;
  serverTime: string;
}

export interface TargetPageView {
  items: EligibleTargetView[];
  cursor: string | null;
}

export interface SessionView {
  id: string;
  requestId: string;
  kind: SessionKind;
  state: 'intended' | 'issued' | 'failed';
  user: PersonView;
  target: TargetView;
  at: string;
  /** when its credentials stop working, at the latest */
  endsAt: string;
  accessKeyId: string | null;
  sessionName: string;
  sourceIdentity: string;
  sourceIp: string;
  userAgent: string;
}

export type IssuedSessionView =
  | { kind: 'console'; session: SessionView; url: string }
  | {
      kind: 'cli';
      session: SessionView;
      credentials: {
        accessKeyId: string;
        secretAccessKey: string;
        sessionToken: string;
        /** what AWS says; `session.endsAt` may be earlier */
        expiration: string;
      };
    };

/** RFC 9457 problem document. */
export interface ProblemView {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  /** What the decision was based on, and for invalid input the fields: { 'body.justification': 'at least 10 characters' }. */
  evidence: Record<string, string | number | boolean | null | string[]>;
  correlationId: string;
}
