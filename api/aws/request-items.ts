import type { IdempotencyKey, QueuedEnforcement } from '../actions/ports.ts';
import type { AccessRequest, OnceApproved } from '../domain/access-request.ts';
import type { Entry } from '../domain/audit.ts';
import { type Target, targetKey } from '../domain/eligibility.ts';
import type { ToEnforce } from '../domain/enforcement.ts';
import type { Event } from '../domain/event.ts';
import { epochMs, type Instant, monthOf } from '../domain/instant.ts';
import type { Message } from '../domain/message.ts';
import type { Take } from '../domain/quota.ts';
import type { SessionRecord } from '../domain/session.ts';
import type { Person } from '../domain/user.ts';
import {
  generationAttribute,
  history,
  type IndexName,
  indexes,
  key,
  streamed,
  ttlAttribute,
} from '../table.ts';

/** What stands where in the table: every key value is composed here. `table.ts` lists the kinds. */

export type Item = Record<string, unknown>;

const idempotencyKeptSeconds = 24 * 3600;
const quotaKeptSeconds = 24 * 3600;

export const queues = {
  pending: 'PENDING',
  approved: 'APPROVED',
  message: 'MESSAGE',
  enforcement: 'ENFORCEMENT',
} as const;
export const reviewQueues = { reviewed: 'REVIEWED', unreviewed: 'UNREVIEWED' } as const;

export function requestKey(id: string) {
  return { [key.pk]: `REQUEST#${id}`, [key.sk]: 'REQUEST' };
}

/** @param generation of the table that it is written into, of this and all that has one */
export function requestItem(request: AccessRequest, generation: string): Item {
  return {
    ...requestKey(request.id),
    [generationAttribute]: generation,
    ...attributes(
      'byMonth',
      `REQUESTS#${monthOf(request.createdAt)}`,
      sortKey(request.createdAt, request.id),
    ),
    ...attributes('byUser', `REQUESTS#${request.requester.id}`, sortKey(request.createdAt, request.id)),
    ...emailAttributes('REQUESTS', request.requester),
    ...attributes('byAccount', `REQUESTS#${request.target.account}`, sortKey(request.createdAt, request.id)),
    ...dueAttributes(request),
    ...reviewAttributes(request),
    version: request.version,
    status: request.status,
    request,
  };
}

// Sparse: a request waits for its deadline, then for its window's end, then for nothing.
function dueAttributes(request: AccessRequest): Item {
  if (request.status === 'pending' || request.status === 'invited')
    return attributes('byDue', queues.pending, sortKey(request.reviewBy, request.id));
  if (request.status === 'approved')
    return attributes('byDue', queues.approved, sortKey(request.window.until, request.id));
  return {};
}

// Break-glass access waits for its review, whatever has become of the access; everything else was decided at the end.
function reviewAttributes(request: AccessRequest): Item {
  if ('approvedBy' in request) {
    const { approvedBy, approvedAt, id } = request;
    if (approvedBy.kind !== 'break-glass') {
      return attributes('byReview', reviewQueues.reviewed, sortKey(approvedAt, id));
    }
    const { afterReview, reviewDue } = approvedBy;
    return afterReview === null
      ? attributes('byReview', reviewQueues.unreviewed, sortKey(reviewDue, id))
      : attributes('byReview', reviewQueues.reviewed, sortKey(afterReview.at, id));
  }
  const last = request.reviews.at(-1);
  return request.status === 'rejected' && last !== undefined
    ? attributes('byReview', reviewQueues.reviewed, sortKey(last.at, request.id))
    : {};
}

export const entryPartition = (requestId: string): string => `${history}${requestId}`;
export const entrySortKey = (version: number): string => String(version).padStart(6, '0');

export function entryItem(entry: Entry): Item {
  return { [key.pk]: entryPartition(entry.requestId), [key.sk]: entrySortKey(entry.version), entry };
}

export const sessionPartition = (requestId: string): string => `SESSIONS#${requestId}`;
export const sessionKey = (requestId: string, id: string) => ({
  [key.pk]: sessionPartition(requestId),
  [key.sk]: id,
});

export function sessionItem(session: SessionRecord): Item {
  const at = sortKey(session.at, `${session.requestId}#${session.id}`);
  return {
    ...sessionKey(session.requestId, session.id),
    ...attributes('byMonth', `SESSIONS#${monthOf(session.at)}`, at),
    ...attributes('byUser', `SESSIONS#${session.user.id}`, at),
    ...emailAttributes('SESSIONS', session.user),
    ...attributes('byAccount', `SESSIONS#${session.target.account}`, at),
    session,
  };
}

/** Taken until the request's deadline or window end; a request that a person closed frees it at once. */
export function lockItem(request: AccessRequest, generation: string): Item {
  const lock = { requestId: request.id, until: openUntil(request), [generationAttribute]: generation };
  return { ...lockKey(request, request.slot), ...lock };
}

export const lockPartition = (user: Person, target: Target): string => `LOCK#${user.id}#${targetKey(target)}`;

/** Two locks per user and target: an open request, and one that extends it. */
export function lockKey({ requester, target }: AccessRequest, slot: 0 | 1) {
  return { [key.pk]: lockPartition(requester, target), [key.sk]: slot === 0 ? 'LOCK' : 'EXTENSION' };
}

/** Until when the request stands in the way of another one for the same target; '' if it does not. */
export function openUntil(request: AccessRequest): Instant | '' {
  if (request.status === 'pending') return request.reviewBy;
  return request.status === 'approved' ? request.window.until : '';
}

/** Written when a revocation has begun; it stays, as the revocation does. */
export const stopKey = (requestId: string) => ({ [key.pk]: `STOP#${requestId}`, [key.sk]: 'STOP' });

export function barKey(user: Person, target: Target) {
  return { [key.pk]: `BAR#${user.id}#${targetKey(target)}`, [key.sk]: 'BAR' };
}

/** A reviewer ended the access: until its window would have ended, no rule gives it again by itself. */
export function barItem({ requester, target, window }: OnceApproved): Item {
  return { ...barKey(requester, target), until: window.until };
}

export function idempotencyItemKey(user: Person, used: string) {
  return { [key.pk]: `IDEMPOTENCY#${user.id}#${used}`, [key.sk]: 'IDEMPOTENCY' };
}

export function idempotencyItem(
  idempotency: IdempotencyKey,
  requestIds: readonly string[],
  now: Instant,
): Item {
  return {
    ...idempotencyItemKey(idempotency.user, idempotency.key),
    requestIds,
    fingerprint: idempotency.fingerprint,
    [ttlAttribute]: Math.floor(epochMs(now) / 1000) + idempotencyKeptSeconds,
  };
}

/** Kept for a day after it has begun anew, for clocks that are late. */
export function quotaWrite({ counter, count, most, until }: Take) {
  return {
    Key: { [key.pk]: `QUOTA#${counter}`, [key.sk]: 'QUOTA' },
    UpdateExpression: 'ADD #count :count SET #ttl = :ttl',
    // NB. A counter that is not there yet fails no comparison by itself, so the first write is compared here.
    ConditionExpression:
      count <= most ? 'attribute_not_exists(#count) OR #count <= :room' : '#count < :room AND #count > :room',
    ExpressionAttributeNames: { '#count': 'count', '#ttl': ttlAttribute },
    ExpressionAttributeValues: {
      ':count': count,
      ':room': most - count,
      ':ttl': Math.floor(epochMs(until) / 1000) + quotaKeptSeconds,
    },
  };
}

export function messageKey(id: string) {
  return { [key.pk]: `${streamed.message}${id}`, [key.sk]: 'MESSAGE' };
}

export const messageItem = (message: Message, generation: string): Item => ({
  ...outgoing(message, generation),
  message,
});
export const eventItem = (event: Event, generation: string): Item => ({
  ...outgoing(event, generation),
  event,
});

/** Events wait and are sent as messages are. NB. Their ids never meet: an event's has two parts, a message's four. */
function outgoing({ id, at }: Message | Event, generation: string): Item {
  return {
    ...messageKey(id),
    [generationAttribute]: generation,
    ...attributes('byDue', queues.message, sortKey(at, id)),
    attempts: 0,
  };
}

export const enforcementPartition = (account: string): string => `${streamed.enforcement}${account}`;

export function enforcementKey({ account, revokedAt, requestId }: ToEnforce) {
  return { [key.pk]: enforcementPartition(account), [key.sk]: sortKey(revokedAt, requestId) };
}

export function enforcementItem(enforcement: QueuedEnforcement, reason: string): Item {
  const { account, requestId, due } = enforcement;
  return {
    ...enforcementKey(enforcement),
    ...attributes('byDue', queues.enforcement, sortKey(due, `${account}#${requestId}`)),
    enforcement,
    reason,
  };
}

export function enforcingKey(account: string) {
  return { [key.pk]: `ENFORCING#${account}`, [key.sk]: 'ENFORCING' };
}

/** The one item about the table itself. */
export function tableKey() {
  return { [key.pk]: 'TABLE#GENERATION', [key.sk]: 'GENERATION' };
}

/** Two items for each preflight: what was asked, and what was found. */
export const preflightKey = (id: string, kind: 'ASKED' | 'FINDINGS') => ({
  [key.pk]: `PREFLIGHT#${id}`,
  [key.sk]: kind,
});
export function preflightItem(id: string, kind: 'ASKED' | 'FINDINGS', facts: object): Item {
  return { ...preflightKey(id, kind), ...facts };
}

/** `2026-11-23T09:30:00.000Z#<id>`: time first, and never twice the same. */
export function sortKey(at: Instant, id: string): string {
  return `${at}#${id}`;
}

function attributes(index: IndexName, partition: string, sort: string): Item {
  return { [indexes[index].pk]: partition, [indexes[index].sk]: sort };
}

// NB. An index key may not be an empty string: without an e-mail the item is just not in that index.
function emailAttributes(kind: 'REQUESTS' | 'SESSIONS', person: Person): Item {
  return person.email === '' ? {} : { [indexes.byEmail.pk]: `${kind}#${person.email.toLowerCase()}` };
}
