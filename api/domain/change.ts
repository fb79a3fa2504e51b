import type { AccessRequest } from './access-request.ts';
import type { Entry, EntryKind } from './audit.ts';
import { type Event, eventOf } from './event.ts';
import type { Instant } from './instant.ts';
import { type Message, messagesFor } from './message.ts';
import type { SessionRecord } from './session.ts';
import type { Person } from './user.ts';

/** What is saved in one transaction: the new request, its entry, its event, and what people are to be told. */
export interface Change<R extends AccessRequest = AccessRequest> {
  readonly request: R;
  readonly entry: Entry;
  readonly messages: readonly Message[];
  /** the entry, for the bus */
  readonly event: Event;
  /** The session that the change is about, to be saved with it. */
  readonly session: SessionRecord | null;
}

/** What the entry of a change says beside the kind. */
export interface Told {
  /** null: time decided, no person */
  readonly actor: Person | null;
  /** what the person wrote, or why a session failed; else '' */
  readonly text?: string;
  /** what Stepladder says of it: the condition that let a request through, how many approvals are missing; else '' */
  readonly note?: string;
  readonly session?: SessionRecord;
}

/** The request's next version, with the entry of that number and its messages. */
export function change<R extends AccessRequest>(
  next: R,
  kind: EntryKind,
  now: Instant,
  { actor, text = '', note = '', session }: Told,
): Change<R> {
  const request = { ...next, version: next.version + 1 };
  const entry: Entry = {
    requestId: request.id,
    version: request.version,
    at: now,
    kind,
    actor: actor === null ? null : { id: actor.id, name: actor.name, email: actor.email },
    text,
    note,
    session: session === undefined ? null : { id: session.id, kind: session.kind, endsAt: session.endsAt },
  };
  return {
    request,
    entry,
    messages: messagesFor(request, entry),
    event: eventOf(request, entry, session ?? null),
    session: session ?? null,
  };
}
