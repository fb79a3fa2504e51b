import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Created, IdempotencyKey, RequestWriter } from '../actions/ports.ts';
import type { AccessRequest, OpenRequest } from '../domain/access-request.ts';
import { barsAreLost } from '../domain/backup.ts';
import type { Change } from '../domain/change.ts';
import type { Barred } from '../domain/creation.ts';
import type { Target } from '../domain/eligibility.ts';
import { toEnforce } from '../domain/enforcement.ts';
import type { Instant } from '../domain/instant.ts';
import type { Take } from '../domain/quota.ts';
import type { Person } from '../domain/user.ts';
import { generationAttribute, key } from '../table.ts';
import { getItem, type Table } from './dynamo-table.ts';
import { orUnavailable } from './errors.ts';
import * as items from './request-items.ts';
import { noneLeft, putNew, takeWrite, transact, type Write } from './transaction.ts';

/** The only code that changes requests: every change is one transaction, and none goes without its audit entry. */
export function requestWriter(table: Table): RequestWriter {
  return {
    readIdempotency: (user, used) => readIdempotency(table, user, used),
    createRequests: (changes, idempotency, takes) => createRequests(table, changes, idempotency, takes),
    saveChange: (change, read, takes) => saveChange(table, change, read, takes),
    stopSessions: (requestId) => stopSessions(table, requestId),
    readBar: (user, target, now) => readBar(table, user, target, now),
    saveAccepted: (change, read) => saveAccepted(table, change, read),
  };
}

async function readBar(table: Table, user: Person, target: Target, now: Instant): Promise<Barred | null> {
  const [bar, { restoredAt }] = await Promise.all([
    getItem(table, items.barKey(user, target)),
    table.generation(),
  ]);
  if (bar !== undefined && String(bar.until) > now) return 'ended';
  return barsAreLost(restoredAt, now) ? 'restored' : null;
}

async function readIdempotency(table: Table, user: Person, used: string) {
  const item = await getItem(table, items.idempotencyItemKey(user, used));
  return item && { requestIds: item.requestIds as string[], fingerprint: String(item.fingerprint) };
}

async function createRequests(
  table: Table,
  changes: readonly Change<OpenRequest>[],
  idempotency: IdempotencyKey | null,
  takes: readonly Take[],
): Promise<Created> {
  const [first] = changes;
  if (first === undefined) throw new Error('there is nothing to create');
  const now = first.entry.at;
  const ids = changes.map(({ request }) => request.id);
  const { id: generation } = await table.generation();
  const writes = [
    // NB. First, because what a lost race was about is told by the position of the write.
    ...changes.flatMap(({ request }) => takeLock(table, request, now, generation)),
    ...changes.flatMap((change) => [
      putNew(table, items.requestItem(change.request, generation)),
      ...trail(table, change, generation),
    ]),
    ...(idempotency ? [putNew(table, items.idempotencyItem(idempotency, ids, now))] : []),
  ];
  return createdBy(table, writes, takes);
}

async function saveChange(
  table: Table,
  change: Change,
  read: AccessRequest,
  takes: readonly Take[] = [],
): Promise<'saved' | 'conflict' | Take> {
  const { id: generation } = await table.generation();
  const writes = [
    replaceRequest(table, change, read, generation),
    ...trail(table, change, generation),
    ...lockWrite(table, change, read, generation),
    ...barWrite(table, change),
    ...enforcementWrite(table, change),
    ...sessionWrite(table, change),
  ];
  const race = await transact(table, [...writes, ...takes.map((take) => takeWrite(table, take))]);
  return race === undefined ? 'saved' : (noneLeft(race, writes.length, takes) ?? 'conflict');
}

async function saveAccepted(table: Table, change: Change, read: AccessRequest): Promise<Created> {
  const { id: generation } = await table.generation();
  return createdBy(table, [
    ...takeLock(table, change.request, change.entry.at, generation),
    replaceRequest(table, change, read, generation),
    ...trail(table, change, generation),
  ]);
}

async function createdBy(table: Table, writes: Write[], takes: readonly Take[] = []): Promise<Created> {
  const race = await transact(table, [...writes, ...takes.map((take) => takeWrite(table, take))]);
  if (race === undefined) return { result: 'saved' };
  const full = noneLeft(race, writes.length, takes);
  if (full !== undefined) return { result: 'too-many', take: full };
  const holder = race.map((lost) => lost.item?.requestId?.S).find((id) => id !== undefined);
  return holder === undefined ? { result: 'conflict' } : { result: 'already-open', requestId: holder };
}

function replaceRequest(table: Table, change: Change, read: AccessRequest, generation: string): Write {
  return {
    Put: {
      TableName: table.name,
      Item: items.requestItem(change.request, generation),
      ConditionExpression: '#version = :version AND #status IN (:status, :was)',
      ExpressionAttributeNames: { '#version': 'version', '#status': 'status' },
      ExpressionAttributeValues: {
        ':version': read.version,
        ':status': read.status,
        // What comes from a backup is seen as void, and stands there as what it was.
        ':was': read.status === 'void' ? read.was : read.status,
      },
    },
  };
}

/**
 * The lock of a new request. One that extends nothing needs both locks of its target free, one that extends needs the
 * other still held by its forerunner: so for one target there is one open request, and one that extends it, and no third.
 * NB. What comes from a backup holds none: it counts no more, and whoever made it has to be able to ask again.
 */
function takeLock(table: Table, request: AccessRequest, now: Instant, generation: string): Write[] {
  if (request.status === 'invited') return [];
  const free = {
    TableName: table.name,
    ConditionExpression: 'attribute_not_exists(#pk) OR #until <= :now OR #generation <> :generation',
    ExpressionAttributeNames: { '#pk': key.pk, '#until': 'until', '#generation': generationAttribute },
    ExpressionAttributeValues: { ':now': now, ':generation': generation },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  } as const;
  const other = items.lockKey(request, request.slot === 0 ? 1 : 0);
  // NB. It names nobody where it fails: its forerunner was ended a moment ago, and stands in nobody's way.
  const held = {
    TableName: table.name,
    ConditionExpression: '#requestId = :forerunner AND #until > :now',
    ExpressionAttributeNames: { '#requestId': 'requestId', '#until': 'until' },
    ExpressionAttributeValues: { ':forerunner': request.extensionOf, ':now': now },
  } as const;
  return [
    { Put: { ...free, Item: items.lockItem(request, generation) } },
    { ConditionCheck: { ...(request.extensionOf === null ? free : held), Key: other } },
  ];
}

/** The audit entry, its event, and what people are told of it: no change without them. */
function trail(table: Table, { entry, event, messages }: Change, generation: string): Write[] {
  return [
    putNew(table, items.entryItem(entry)),
    putNew(table, items.eventItem(event, generation)),
    ...messages.map((message) => putNew(table, items.messageItem(message, generation))),
  ];
}

/**
 * What people decide moves the lock, where it changes how long the request is open. What time decided has freed it
 * already, and it may be another request's by now.
 */
function lockWrite(
  table: Table,
  { request, entry }: Change,
  read: AccessRequest,
  generation: string,
): Write[] {
  if (entry.actor === null || items.openUntil(request) === items.openUntil(read)) return [];
  return [
    {
      Put: {
        TableName: table.name,
        Item: items.lockItem(request, generation),
        ConditionExpression: '#requestId = :id',
        ExpressionAttributeNames: { '#requestId': 'requestId' },
        ExpressionAttributeValues: { ':id': request.id },
      },
    },
  ];
}

/** Access that somebody else than its owner ended. */
function barWrite(table: Table, { request, entry }: Change): Write[] {
  if (entry.kind !== 'revoked' || request.status !== 'revoked') return [];
  if (request.closure.by.id === request.requester.id) return [];
  return [{ Put: { TableName: table.name, Item: items.barItem(request) } }];
}

/** What a revocation has to end is queued with it: recorded first, enforced from there. */
function enforcementWrite(table: Table, { request, entry }: Change): Write[] {
  const asked = entry.kind === 'revoked' ? toEnforce(request) : null;
  if (asked === null) return [];
  const queued = { ...asked, state: 'pending', failures: 0, due: entry.at } as const;
  return [putNew(table, items.enforcementItem(queued, ''))];
}

async function stopSessions({ client, name }: Table, requestId: string): Promise<void> {
  const put = new PutCommand({ TableName: name, Item: items.stopKey(requestId) });
  await orUnavailable('stopping sessions', client.send(put));
}

function sessionWrite(table: Table, { entry, session }: Change): Write[] {
  if (session === null) return [];
  const item = items.sessionItem(session);
  if (entry.kind === 'session-intended') {
    const stop = { TableName: table.name, Key: items.stopKey(session.requestId) };
    const names = { '#pk': key.pk };
    return [
      putNew(table, item),
      {
        ConditionCheck: {
          ...stop,
          ConditionExpression: 'attribute_not_exists(#pk)',
          ExpressionAttributeNames: names,
        },
      },
    ];
  }
  return [
    {
      Put: {
        TableName: table.name,
        Item: item,
        ConditionExpression: 'attribute_exists(#pk)',
        ExpressionAttributeNames: { '#pk': key.pk },
      },
    },
  ];
}
