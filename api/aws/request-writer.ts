import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import type { IdempotencyKey, RequestWriter } from '../actions/ports.ts';
import type { AccessRequest, PendingRequest } from '../domain/access-request.ts';
import type { Change } from '../domain/lifecycle.ts';
import type { Person } from '../domain/user.ts';
import { key } from '../table.ts';
import { getItem, type Table } from './dynamo-table.ts';
import { lostRace, orUnavailable } from './errors.ts';
import * as items from './request-items.ts';

type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** The only code that changes requests: every change is one transaction, and none goes without its audit entry. */
export function requestWriter(table: Table): RequestWriter {
  return {
    readIdempotency: (user, used) => readIdempotency(table, user, used),
    createRequest: (change, idempotency) => createRequest(table, change, idempotency),
    saveChange: (change, read) => saveChange(table, change, read),
  };
}

async function readIdempotency(table: Table, user: Person, used: string) {
  const item = await getItem(table, items.idempotencyItemKey(user, used));
  return item && { requestId: String(item.requestId), fingerprint: String(item.fingerprint) };
}

async function createRequest(
  table: Table,
  change: Change<PendingRequest>,
  idempotency: IdempotencyKey | null,
): ReturnType<RequestWriter['createRequest']> {
  const { request } = change;
  const now = request.createdAt;
  const lock: Write = {
    Put: {
      TableName: table.name,
      Item: items.lockItem(request),
      ConditionExpression: 'attribute_not_exists(#pk) OR #until <= :now',
      ExpressionAttributeNames: { '#pk': key.pk, '#until': 'until' },
      ExpressionAttributeValues: { ':now': now },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
  const once = idempotency ? [putNew(table, items.idempotencyItem(idempotency, request.id, now))] : [];
  const writes = [lock, putNew(table, items.requestItem(request)), ...trail(table, change), ...once];
  const race = await transact(table, writes);
  if (race === undefined) return { result: 'saved' };
  const holder = race[0]?.item?.requestId?.S;
  return holder === undefined ? { result: 'conflict' } : { result: 'already-open', requestId: holder };
}

async function saveChange(table: Table, change: Change, read: AccessRequest): Promise<'saved' | 'conflict'> {
  const request: Write = {
    Put: {
      TableName: table.name,
      Item: items.requestItem(change.request),
      ConditionExpression: '#version = :version AND #status = :status',
      ExpressionAttributeNames: { '#version': 'version', '#status': 'status' },
      ExpressionAttributeValues: { ':version': read.version, ':status': read.status },
    },
  };
  const writes = [
    request,
    ...trail(table, change),
    ...lockWrite(table, change),
    ...sessionWrite(table, change),
  ];
  return (await transact(table, writes)) === undefined ? 'saved' : 'conflict';
}

/** The audit entry and what people are told of it: no change without them. */
function trail(table: Table, { entry, messages }: Change): Write[] {
  return [
    putNew(table, items.entryItem(entry)),
    ...messages.map((message) => putNew(table, items.messageItem(message, entry.at))),
  ];
}

/** People's decisions move the lock; what time decided has freed it already, and it may be another request's by now. */
function lockWrite(table: Table, { request, entry, session }: Change): Write[] {
  if (session !== null || entry.actor === null) return [];
  return [
    {
      Put: {
        TableName: table.name,
        Item: items.lockItem(request),
        ConditionExpression: '#requestId = :id',
        ExpressionAttributeNames: { '#requestId': 'requestId' },
        ExpressionAttributeValues: { ':id': request.id },
      },
    },
  ];
}

function sessionWrite(table: Table, { entry, session }: Change): Write[] {
  if (session === null) return [];
  const item = items.sessionItem(session);
  if (entry.kind === 'session-intended') return [putNew(table, item)];
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

function putNew(table: Table, item: items.Item): Write {
  return {
    Put: {
      TableName: table.name,
      Item: item,
      ConditionExpression: 'attribute_not_exists(#pk)',
      ExpressionAttributeNames: { '#pk': key.pk },
    },
  };
}

/**
 * All or nothing. @returns undefined when written, or why the race was lost
 * NB. The SDK sends one ClientRequestToken with all its retries, so a write that was committed but not answered is
 * not done twice (DynamoDB API Reference, TransactWriteItems).
 */
async function transact({ client }: Table, writes: Write[]) {
  try {
    await client.send(new TransactWriteCommand({ TransactItems: writes }));
    return undefined;
  } catch (error) {
    return lostRace(error) ?? orUnavailable('writing the table', Promise.reject(error));
  }
}
