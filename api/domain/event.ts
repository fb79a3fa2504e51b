import type { AccessRequest, Window } from './access-request.ts';
import type { Entry, EntryKind } from './audit.ts';
import type { Target } from './eligibility.ts';
import type { Instant } from './instant.ts';
import type { SessionKind, SessionRecord } from './session.ts';
import type { Person } from './user.ts';

/**
 * An entry as the event bus carries it, for whoever keeps tickets or looks for attacks. Every entry is one event. It says
 * what the audit trail says and no more: nothing that is secret is in any field of a request, an entry or a session.
 */
export interface Event {
  /** `<request id>-<version>`: one per entry, so a repeated delivery can be recognised. */
  readonly id: string;
  readonly at: Instant;
  readonly type: EventType;
  readonly detail: EventDetail;
}

/** EventBridge's `source` and `detail-type`. NB. Rules of others name them, so they never change. */
export const eventSource = 'stepladder';
export const eventTypes = {
  request: 'Stepladder Request Event',
  session: 'Stepladder Session Event',
} as const;
export type EventType = (typeof eventTypes)[keyof typeof eventTypes];

/** What becomes another number when a field goes away or means something else; a new field is no reason. */
export const schemaVersion = 1;

/** EventBridge's `detail`. What it looks like to others is in `api/event-schemas.ts`. */
export interface EventDetail {
  readonly schemaVersion: typeof schemaVersion;
  readonly id: string;
  readonly kind: EntryKind;
  readonly at: Instant;
  /** null: time decided, no person */
  readonly actor: Person | null;
  /** what the person wrote, or why a session failed; else '' */
  readonly text: string;
  /** what Stepladder says of it; else '' */
  readonly note: string;
  readonly request: EventRequest;
  readonly session: EventSession | null;
}

export interface EventRequest {
  readonly id: string;
  readonly version: number;
  readonly status: AccessRequest['status'];
  readonly requester: Person;
  readonly target: Target;
  readonly accountName: string | null;
  readonly durationMinutes: number;
  readonly justification: string;
  readonly ticket: string | null;
  readonly breakGlass: boolean;
  readonly rule: string;
  readonly extensionOf: string | null;
  readonly createdAt: Instant;
  readonly reviewBy: Instant;
  readonly window: Window | null;
}

/** By these CloudTrail is searched for what a session did. */
export interface EventSession {
  readonly id: string;
  readonly kind: SessionKind;
  readonly state: SessionRecord['state'];
  readonly endsAt: Instant;
  readonly sessionName: string;
  readonly sourceIdentity: string;
  readonly accessKeyId: string | null;
  readonly narrowedFrom: string | null;
  readonly sourceIp: string;
  readonly userAgent: string;
}

/** Which kinds are whose: of a session are those that name one. */
export const kindsOf: Readonly<Record<keyof typeof eventTypes, readonly EntryKind[]>> = (() => {
  const families: Readonly<Record<EntryKind, keyof typeof eventTypes>> = {
    created: 'request',
    invited: 'request',
    accepted: 'request',
    'approved-automatically': 'request',
    'break-glass': 'request',
    'approved-in-part': 'request',
    approved: 'request',
    confirmed: 'request',
    flagged: 'request',
    rejected: 'request',
    cancelled: 'request',
    revoked: 'request',
    expired: 'request',
    ended: 'request',
    voided: 'request',
    'session-intended': 'session',
    'session-issued': 'session',
    'session-failed': 'session',
    'sessions-ended': 'request',
    'sessions-ran-out': 'request',
  };
  const kinds = Object.keys(families) as EntryKind[];
  return {
    request: kinds.filter((kind) => families[kind] === 'request'),
    session: kinds.filter((kind) => families[kind] === 'session'),
  };
})();

/** The event of an entry. @param request as the entry's change left it @param session the one that it is about, or null */
export function eventOf(request: AccessRequest, entry: Entry, session: SessionRecord | null): Event {
  const id = `${entry.requestId}-${entry.version}`;
  const { at, kind, actor, text, note } = entry;
  return {
    id,
    at,
    type: session === null ? eventTypes.request : eventTypes.session,
    detail: {
      schemaVersion,
      id,
      kind,
      at,
      actor,
      text,
      note,
      request: requestOf(request),
      session: session && sessionOf(session),
    },
  };
}

// NB. Field by field: what a request or a session gets later is not told to everybody by itself.
function requestOf(request: AccessRequest): EventRequest {
  const { id, version, status, requester, target, accountName, durationMinutes, justification } = request;
  const { ticket, breakGlass, rule, extensionOf, createdAt, reviewBy } = request;
  return {
    id,
    version,
    status,
    requester: { id: requester.id, name: requester.name, email: requester.email },
    target: { account: target.account, role: target.role },
    accountName,
    durationMinutes,
    justification,
    ticket,
    breakGlass,
    rule: rule.id,
    extensionOf,
    createdAt,
    reviewBy,
    window: 'window' in request ? { from: request.window.from, until: request.window.until } : null,
  };
}

function sessionOf(session: SessionRecord): EventSession {
  const { id, kind, state, endsAt, sessionName, sourceIdentity, accessKeyId, narrowedFrom } = session;
  const { sourceIp, userAgent } = session;
  return {
    id,
    kind,
    state,
    endsAt,
    sessionName,
    sourceIdentity,
    accessKeyId,
    narrowedFrom,
    sourceIp,
    userAgent,
  };
}
