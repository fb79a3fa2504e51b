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
  'invited',
  'pending',
  'scheduled',
  'active',
  'rejected',
  'cancelled',
  'expired',
  'ended',
  'revoked',
  'void',
]);
export type RequestStatus = z.infer<typeof requestStatus>;

// --- bodies -------------------------------------------------------------------------------------------------

const target = { account: accountId, role: roleName };
const ask = {
  durationMinutes: z.int().min(limits.duration.min).max(limits.duration.max),
  justification: text(limits.justification.min, limits.justification.max),
  ticket: text(1, limits.ticket.max)
    .refine(
      (value) => value === value.trim() && !/[\n\t]/.test(value),
      'one word or line, without spaces around it',
    )
    .optional(),
  /** not before; without it, at the approval */
  start: instant.optional(),
};
const differ = (targets: readonly { account: string; role: string }[]) =>
  new Set(targets.map(({ account, role }) => `${account}#${role}`)).size === targets.length;

/** One justification for every target: each becomes a request of its own, all or none of them. */
export const createRequestBody = z
  .strictObject({
    targets: z
      .array(z.strictObject(target))
      .min(1)
      .max(limits.targets.max)
      .refine(differ, 'each role in each account once'),
    ...ask,
    /** at once, without an approval; reviewed afterwards */
    breakGlass: z.boolean().optional(),
    /** the request that this one is to extend; it starts when that one ends */
    extensionOf: requestId.optional(),
  })
  .refine((body) => body.targets.length === 1 || (!body.breakGlass && body.extensionOf === undefined), {
    path: ['targets'],
    message: 'break-glass access and extensions are for one role at a time',
  })
  .refine((body) => !body.breakGlass || (body.extensionOf === undefined && body.start === undefined), {
    path: ['breakGlass'],
    message: 'break-glass access starts at once and extends nothing',
  })
  .refine((body) => body.extensionOf === undefined || body.start === undefined, {
    path: ['start'],
    message: 'an extension starts when the access that it extends ends',
  });
export type CreateRequestBody = z.infer<typeof createRequestBody>;

/** A reviewer asks on behalf of somebody, who has to accept. */
export const inviteBody = z.strictObject({
  /** where the invitation is sent */
  email: z
    .string()
    .max(254)
    .regex(/^[^\s@<>()[\]\\,;:"/?#&%]+@[^\s@<>()[\]\\,;:"/?#&%]+$/, 'an e-mail address')
    .refine(printable, 'no control characters'),
  ...target,
  ...ask,
});
export type InviteBody = z.infer<typeof inviteBody>;

export const acceptBody = z.strictObject({});
export type AcceptBody = z.infer<typeof acceptBody>;

export const cancelBody = z.strictObject({});
export type CancelBody = z.infer<typeof cancelBody>;

export const revokeBody = z.strictObject({ comment: text(0, limits.comment.max) });
export type RevokeBody = z.infer<typeof revokeBody>;

export const reviewBody = z
  .strictObject({
    /** confirm and flag are for break-glass access, afterwards */
    decision: z.enum(['approve', 'reject', 'confirm', 'flag']),
    comment: text(0, limits.comment.max),
    version: z.int().min(1),
  })
  .refine(
    ({ decision, comment }) => decision === 'approve' || decision === 'confirm' || visible(comment) !== '',
    { path: ['comment'], message: 'say why it is rejected or flagged' },
  );
export type ReviewBody = z.infer<typeof reviewBody>;

export const sessionKind = z.enum(['console', 'cli']);
export type SessionKind = z.infer<typeof sessionKind>;
export const issueSessionBody = z.strictObject({ kind: sessionKind });
export type IssueSessionBody = z.infer<typeof issueSessionBody>;

export const preflightBody = z.strictObject(target);
export type PreflightBody = z.infer<typeof preflightBody>;

/** Idempotency-Key header of POST /requests and POST /invitations: one key per filled-in form. */
export const idempotencyKey = z.string().regex(/^[A-Za-z0-9_-]{8,64}$/, '8 to 64 letters, digits, _ or -');

// --- queries ------------------------------------------------------------------------------------------------

export const noQuery = z.strictObject({});
export const targetsQuery = z.strictObject({ search: search.optional(), cursor: cursor.optional() });
export type TargetsQuery = z.infer<typeof targetsQuery>;

export const explainQuery = z.strictObject({
  ...target,
  /** the request that is to be extended, and that is not in its own extension's way */
  extensionOf: requestId.optional(),
});
export type ExplainQuery = z.infer<typeof explainQuery>;

export const requestsQuery = z.strictObject({
  status: requestStatus.optional(),
  search: search.optional(),
  cursor: cursor.optional(),
});
export type RequestsQuery = z.infer<typeof requestsQuery>;

export const reviewsQuery = z.strictObject({
  /** unreviewed: break-glass access that nobody has looked at yet */
  state: z.enum(['pending', 'decided', 'unreviewed']),
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
const requestFilter = { status: requestStatus.optional(), breakGlass: z.enum(['yes', 'no']).optional() };
export const auditRequestsQuery = z.strictObject({ ...auditFilter, ...requestFilter });
export type AuditRequestsQuery = z.infer<typeof auditRequestsQuery>;
export const auditSessionsQuery = z.strictObject({ ...auditFilter, kind: sessionKind.optional() });
export type AuditSessionsQuery = z.infer<typeof auditSessionsQuery>;
export const auditExportQuery = z.strictObject({
  ...auditFilter,
  ...requestFilter,
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
  roles: { engineer: boolean; reviewer: boolean; auditor: boolean; operator: boolean };
  /** What is active for the caller now: the banner on every page. */
  active: RequestView[];
  /** What others have asked for on the caller's behalf, and that waits for the caller. */
  invitations: RequestView[];
  serverTime: string;
}

export interface TargetView {
  account: string;
  /** null where the policy file does not name the account */
  accountName: string | null;
  role: string;
}

/** What of a rule a person who asks has to know. */
export interface RuleView {
  id: string;
  maxDurationMinutes: number;
  justificationLength: number;
  /** 0: a start cannot be chosen */
  startAheadMinutes: number;
  /** `pattern` is a regular expression that the whole ticket has to match, as `example` does where one is known */
  ticket: { pattern: string; example: string | null; required: boolean } | null;
  /** null where the caller may not break the glass */
  breakGlass: { maxDurationMinutes: number; justificationLength: number; reviewMinutes: number } | null;
  /** the rule in words, a line each */
  terms: string[];
}

export interface EligibleTargetView extends TargetView {
  rule: RuleView;
}

/** Why the caller may ask for a target, or why not. */
export interface ExplanationView {
  target: TargetView;
  /** in the order of the rules; the last one applies, where `rule` is not null */
  because: string[];
  rule: RuleView | null;
  /** The caller's open request for which another one would be refused now, and that refusal in words; null: none. */
  open: { request: string; sentence: string } | null;
}

export type AllowedAction = 'accept' | 'cancel' | 'review' | 'review-after' | 'revoke' | 'issue' | 'extend';

export interface ReviewView {
  reviewer: PersonView;
  decision: 'approve' | 'reject';
  comment: string;
  at: string;
}

/** What let a request through. */
export interface ApprovalView {
  kind: 'reviewers' | 'automatic' | 'break-glass';
  at: string;
  /** the name of the condition, for `automatic` */
  condition: string | null;
  /** for `break-glass`: by when it has to be reviewed, and what came of it */
  reviewDue: string | null;
  afterReview: { reviewer: PersonView; decision: 'confirm' | 'flag'; comment: string; at: string } | null;
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
  ticket: string | null;
  durationMinutes: number;
  /** the start that was asked for; null: at the approval */
  start: string | null;
  breakGlass: boolean;
  /** id of the request that this one extends */
  extensionOf: string | null;
  /** ids of all that were asked for in one form, with this one; empty where it was alone */
  together: string[];
  /** The requester is who was invited. */
  invitation: { by: PersonView; at: string } | null;
  createdAt: string;
  /** A pending request, or an invitation, expires at this instant. */
  reviewBy: string;
  /** once approved; null before, and for what was never approved */
  window: { from: string; until: string } | null;
  /** once approved; null before, and for what was never approved */
  approval: ApprovalView | null;
  reviews: ReviewView[];
  /** how many distinct reviewers have to approve, and whose members they are */
  approvalsNeeded: number;
  reviewerGroups: string[];
  /** the rule that applied when it was made: its id, its terms in words, and why it was this one */
  rule: { id: string; terms: string[]; because: string[] };
  /** How it ended by a person's act: cancelled or revoked (also "ended early" by the requester). */
  closure: { by: PersonView; at: string; comment: string } | null;
  /**
   * What becomes of the sessions that were alive at the revocation; null where it was not revoked, where its rule does
   * not end live sessions, and where there were none. `pending`: AWS has not taken the deny yet, they may still work;
   * `enforced`: it has, at `at`, and they stop within seconds; `ran-out`: it never did before they ended by themselves.
   */
  enforcement: { state: 'pending' | 'enforced' | 'ran-out'; at: string | null } | null;
  sessions: {
    issued: number;
    /** The latest instant at which credentials already issued stop working; null if none was issued. */
    credentialsEndAt: string | null;
    /** Whether revoking the request now would also end sessions that are alive. */
    endable: boolean;
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
    | 'invited'
    | 'accepted'
    | 'approved-automatically'
    | 'break-glass'
    | 'approved-in-part'
    | 'approved'
    | 'confirmed'
    | 'flagged'
    | 'rejected'
    | 'cancelled'
    | 'revoked'
    | 'expired'
    | 'ended'
    | 'voided'
    | 'session-intended'
    | 'session-issued'
    | 'session-failed'
    | 'sessions-ended'
    | 'sessions-ran-out';
  /** null: time, not a person */
  actor: PersonView | null;
  /** what a person wrote (justification, comment), or why a session failed; else '' */
  text: string;
  /** what Stepladder says of it: which condition let it through, how many approvals it has; else '' */
  note: string;
  /** for session entries */
  session: { id: string; kind: SessionKind; endsAt: string | null } | null;
}

export interface CreatedView {
  /** one for each target, in their order */
  requests: RequestView[];
}

export interface RequestDetailView {
  request: RequestView;
  /** the others that were asked for in the same form, as far as the caller may see them */
  together: RequestView[];
  /** the latest 100, oldest first; all of them by GET /audit/requests/{id}/entries */
  entries: EntryView[];
  /** For a reviewer: what this person asked for before, newest first, at most 5; else empty. */
  earlier: RequestView[];
  /** whom to ask about the account when AWS refuses; null: the policy names nobody */
  contact: string | null;
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
  /** AssumeRole's access key id, where the credentials that were handed out were narrowed from those; else null */
  narrowedFrom: string | null;
  /** what ends them at `endsAt`: their own expiry, or the session policy alone; null where AWS gave none */
  ending: 'expiry' | 'session-policy' | null;
  /** why AWS did not narrow them, as it named it; null where it did, or was not asked */
  notNarrowed: string | null;
  /** how IAM knows the session (`aws:userid`) */
  assumedRoleId: string | null;
  sessionName: string;
  sourceIdentity: string;
  /** where whoever asked for it called from; '' where that is not known */
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

/** Target roles that the policy file names, whoever may ask for them. */
export interface RolePageView {
  items: TargetView[];
  cursor: string | null;
}

/** One thing that was looked at; `fix` says what to do, in the order in which to do it. */
export interface FindingView {
  check:
    | 'assume'
    | 'no-external-id'
    | 'wrong-external-id'
    | 'source-identity'
    | 'session-tags'
    | 'session-length'
    | 'boundary';
  state: 'pass' | 'fail' | 'unknown';
  sentence: string;
  fix: string[];
}

/** How a target role is set up. NB. Findings and nothing else. */
export interface PreflightView {
  id: string;
  at: string;
  target: TargetView;
  findings: FindingView[];
}

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
