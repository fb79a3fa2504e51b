import { expect } from 'vitest';
import { type Item, openUntil } from '../../api/aws/request-items.ts';
import type { AccessRequest } from '../../api/domain/access-request.ts';
import type { Entry } from '../../api/domain/audit.ts';
import type { Event } from '../../api/domain/event.ts';
import type { Instant } from '../../api/domain/instant.ts';
import type { Message } from '../../api/domain/message.ts';
import type { SessionRecord } from '../../api/domain/session.ts';
import { indexes, key } from '../../api/table.ts';

/** What has to hold of a table, whatever failed while it was written. */

/** How a request ends up, by the last of the entries that say so; sessions say nothing of it. */
const statusAfter: Partial<Record<Entry['kind'], AccessRequest['status']>> = {
  created: 'pending',
  invited: 'invited',
  accepted: 'pending',
  'break-glass': 'approved',
  approved: 'approved',
  cancelled: 'cancelled',
  revoked: 'revoked',
  expired: 'expired',
  ended: 'ended',
};

interface Lock {
  readonly requestId: string;
  readonly until: string;
}

export interface Delivery {
  readonly message: Message;
  readonly delivered: boolean;
}

export interface Recorded {
  readonly event: Event;
  readonly delivered: boolean;
}

function isDelivered(item: Item): boolean {
  return item.deliveredAt !== undefined && !(indexes.byDue.pk in item);
}

/** The items of a table by their kinds. */
export function recordOf(items: readonly Item[]) {
  const of = (prefix: string) => items.filter((item) => String(item[key.pk]).startsWith(prefix));
  return {
    requests: of('REQUEST#').map((item) => item.request as AccessRequest),
    entries: of('ENTRIES#').map((item) => item.entry as Entry),
    sessions: of('SESSIONS#').map((item) => item.session as SessionRecord),
    locks: of('LOCK#') as unknown as Lock[],
    keys: of('IDEMPOTENCY#').map((item) => item.requestIds as string[]),
    events: of('MESSAGE#')
      .filter((item) => item.event !== undefined)
      .map((item): Recorded => ({ event: item.event as Event, delivered: isDelivered(item) })),
    messages: of('MESSAGE#')
      .filter((item) => item.event === undefined)
      .map(
        (item): Delivery => ({
          message: item.message as Message,
          delivered: isDelivered(item),
        }),
      ),
  };
}
export type TableRecord = ReturnType<typeof recordOf>;

/** No change without its entry, no entry without its change, and nothing that stands in somebody's way for nothing. */
export function expectWhole(record: TableRecord, now: Instant): void {
  const { requests, entries, events, sessions, locks, keys, messages } = record;
  const ids = new Set(requests.map(({ id }) => id));
  for (const request of requests) {
    const own = entries.filter(({ requestId }) => requestId === request.id);
    const versions = own.map(({ version }) => version).sort((one, other) => one - other);
    expect(versions, 'the trail has one entry a version, without a gap').toEqual(
      Array.from({ length: request.version }, (_none, index) => index + 1),
    );
    const told = own.sort((one, other) => one.version - other.version).map(({ kind }) => statusAfter[kind]);
    expect(request.status, 'the status is what the trail says').toBe(told.findLast((one) => one));
    expectSessions(
      sessions.filter(({ requestId }) => requestId === request.id),
      own,
    );
    const until = openUntil(request);
    const held = locks.filter((lock) => lock.requestId === request.id && lock.until > now);
    expect(
      held.map((lock) => lock.until),
      'a request holds its lock as long as it is open',
    ).toEqual(until > now ? [until] : []);
  }
  for (const { requestId } of [...entries, ...sessions]) expect(ids).toContain(requestId);
  for (const { requestId } of locks) expect(ids, 'no lock is left behind').toContain(requestId);
  for (const id of keys.flat()) expect(ids, 'no key stands for what is not there').toContain(id);
  expect(
    events.map(({ event }) => event.id).sort(),
    'an entry has its event, and an event its entry',
  ).toEqual(entries.map(({ requestId, version }) => `${requestId}-${version}`).sort());
  for (const { message } of messages) {
    const causes = entries.map(({ requestId, version }) => `${requestId}-${version}-`);
    expect(
      causes.some((cause) => message.id.startsWith(cause)),
      'a message has its entry',
    ).toBe(true);
  }
}

/** The state of a session is the last that the trail says of it. */
function expectSessions(sessions: readonly SessionRecord[], trail: readonly Entry[]): void {
  for (const { id, state } of sessions) {
    const last = trail.findLast(({ session }) => session?.id === id);
    expect(`session-${state}`).toBe(last?.kind);
  }
  const known = new Set(sessions.map(({ id }) => id));
  for (const { session } of trail) if (session !== null) expect(known).toContain(session.id);
}

/** What is there, without names and times: two runs that did the same thing are alike. */
export function outlineOf({ requests, entries, locks, keys, messages }: TableRecord, now: Instant): string[] {
  return [
    ...requests.map(({ status, version }) => `request ${status} ${version}`),
    ...entries.map(({ kind, version }) => `entry ${version} ${kind}`),
    ...messages.map(({ message }) => `message ${message.kind} ${message.audience}`),
    ...locks.map(({ until }) => `lock ${until > now ? 'held' : 'free'}`),
    ...keys.map((of) => `key of ${of.length}`),
  ].sort();
}
