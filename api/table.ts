/**
 * The one table: key names, index names and attribute names. Values are composed in `api/aws`.
 *
 *   item         pk                              sk
 *   request      REQUEST#<request id>            REQUEST
 *   entry        ENTRIES#<request id>            <version, 6 digits>
 *   session      SESSIONS#<request id>           <session id>
 *   message      MESSAGE#<message id>            MESSAGE
 *   event        MESSAGE#<request id>-<version>  MESSAGE       an entry for the bus: sent as messages are
 *   lock         LOCK#<user id>#<account>#<role> LOCK, or EXTENSION for the second of the two
 *   stop         STOP#<request id>               STOP          a revocation has begun: no session may start
 *   bar          BAR#<user id>#<account>#<role>  BAR           access ended by somebody else, until when
 *   preflight    PREFLIGHT#<preflight id>        ASKED, then FINDINGS: how a target role is set up, and who wanted to know
 *   enforcement  ENFORCEMENT#<account>           <revoked at>#<request id>, deleted when its sessions have run out
 *   enforcing    ENFORCING#<account>             ENFORCING     who writes the boundary of the account, until when
 *   quota        QUOTA#<whose>#<which>#<period>  QUOTA         how many there were, with a TTL
 *   table        TABLE#GENERATION                GENERATION    which table this was, and since when it is in use after a restore
 *   idempotency  IDEMPOTENCY#<user id>#<key>     IDEMPOTENCY   with a TTL (beside quotas nothing else has one: the rest is history, or is deleted when done)
 *
 * Requests, locks and messages carry the generation of the table that they were written in: see `api/aws/generation.ts`.
 *
 * Entries have partition keys of their own, so that an IAM policy can deny UpdateItem and DeleteItem on `ENTRIES#*`
 * (condition key dynamodb:LeadingKeys). NB. It cannot tell a new entry's PutItem from an overwriting one: that one is
 * stopped by the condition of every put in `api/aws`. Requests and sessions share the indexes; the kind begins the partition key.
 */
export const key = { pk: 'pk', sk: 'sk' } as const;
export const ttlAttribute = 'ttl';
export const generationAttribute = 'generation';

/** How the partition keys of the audit trail begin. */
export const history = 'ENTRIES#';

/** How the partition keys begin that a Lambda hears of by the table's stream. */
export const streamed = { message: 'MESSAGE#', enforcement: 'ENFORCEMENT#' } as const;

export const indexes = {
  /** REQUESTS#2026-11 or SESSIONS#2026-11, then at#id: everything, newest first, month by month */
  byMonth: { name: 'byMonth', pk: 'month', sk: 'at' },
  /** <kind>#<user id>, then at#id */
  byUser: { name: 'byUser', pk: 'user', sk: 'at' },
  /** <kind>#<e-mail in lower case>, then at#id: how an auditor names a person */
  byEmail: { name: 'byEmail', pk: 'email', sk: 'at' },
  /** <kind>#<account>, then at#id */
  byAccount: { name: 'byAccount', pk: 'account', sk: 'at' },
  /** sparse: what waits for a moment. PENDING, APPROVED, MESSAGE or ENFORCEMENT, then due#id */
  byDue: { name: 'byDue', pk: 'queue', sk: 'due' },
  /** sparse: REVIEWED, then the decision's instant#id; UNREVIEWED, then the instant#id by which break-glass access is to be reviewed */
  byReview: { name: 'byReview', pk: 'reviewed', sk: 'reviewedAt' },
} as const;
export type IndexName = keyof typeof indexes;
