import type { AccessRequest } from './access-request.ts';
import type { Instant } from './instant.ts';
import type { SessionKind, SessionRecord } from './session.ts';
import { type Status, statusAt } from './status.ts';
import type { Person } from './user.ts';

/** One line of the audit trail. Written with the change it tells of, in one transaction; never updated, never deleted. */
export interface Entry {
  readonly requestId: string;
  /** the version of the request that this change made */
  readonly version: number;
  readonly at: Instant;
  readonly kind: EntryKind;
  /** null: time decided, no person */
  readonly actor: Person | null;
  /** what the person wrote, or why a session failed; else '' */
  readonly text: string;
  /** what Stepladder says of it: which condition let a request through, how many approvals it has; else '' */
  readonly note: string;
  readonly session: { readonly id: string; readonly kind: SessionKind; readonly endsAt: Instant } | null;
}

export type EntryKind =
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

/** What an auditor asks for. Absent fields do not restrict; present ones are compared whole. */
export interface RequestFilter {
  readonly email?: string | undefined;
  readonly account?: string | undefined;
  readonly role?: string | undefined;
  readonly status?: Status | undefined;
  /** only break-glass access (true), or everything else (false) */
  readonly breakGlass?: boolean | undefined;
  /** in lower case; found in account, account name, role or justification, whatever their case */
  readonly search?: string | undefined;
}

export interface SessionFilter {
  readonly email?: string | undefined;
  readonly account?: string | undefined;
  readonly role?: string | undefined;
  readonly kind?: SessionKind | undefined;
}

/** Whether the request, seen at `now`, is one that was asked for. */
export function matchesRequest(request: AccessRequest, filter: RequestFilter, now: Instant): boolean {
  return (
    matchesWho(request.requester, request.target, filter) &&
    (filter.status === undefined || statusAt(request, now) === filter.status) &&
    (filter.breakGlass === undefined || request.breakGlass === filter.breakGlass) &&
    (filter.search === undefined || searchText(request).includes(filter.search))
  );
}

export function matchesSession(session: SessionRecord, filter: SessionFilter): boolean {
  return (
    matchesWho(session.user, session.target, filter) &&
    (filter.kind === undefined || session.kind === filter.kind)
  );
}

function matchesWho(
  person: Person,
  target: { account: string; role: string },
  filter: { email?: string | undefined; account?: string | undefined; role?: string | undefined },
): boolean {
  return (
    (filter.email === undefined || person.email.toLowerCase() === filter.email.toLowerCase()) &&
    (filter.account === undefined || target.account === filter.account) &&
    (filter.role === undefined || target.role === filter.role)
  );
}

function searchText(request: AccessRequest): string {
  const { target, accountName, justification, ticket } = request;
  return [target.account, accountName ?? '', target.role, ticket ?? '', justification]
    .join('\n')
    .toLowerCase();
}
