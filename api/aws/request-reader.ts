import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Chunk, ChunkQuery, Listed, Partition, RequestReader } from '../actions/ports.ts';
import type { Entry } from '../domain/audit.ts';
import type { Target } from '../domain/eligibility.ts';
import type { Instant } from '../domain/instant.ts';
import type { Person } from '../domain/user.ts';
import { generationAttribute, type IndexName, indexes, key } from '../table.ts';
import { getItem, type Table } from './dynamo-table.ts';
import { orUnavailable } from './errors.ts';
import * as items from './request-items.ts';
import { storedRequest, storedSession } from './stored-forms.ts';

/** Requests, entries and sessions of the table. Every method is one bounded call, whatever the history's size. */
export function requestReader(table: Table): RequestReader {
  return {
    readRequest: async (id) => {
      const [item, { id: generation }] = await Promise.all([
        getItem(table, items.requestKey(id)),
        table.generation(),
      ]);
      return item && storedRequest(item, generation);
    },
    listOpen: (user, target, now) => listOpen(table, user, target, now),
    listRequests: async (query) => {
      const { id: generation } = await table.generation();
      return listIndex(table, 'REQUESTS', query, (item) => storedRequest(item, generation));
    },
    listSessions: (query) => listIndex(table, 'SESSIONS', query, ({ session }) => storedSession(session)),
    listEntries: (requestId, afterVersion, limit) => listEntries(table, requestId, afterVersion, limit),
  };
}

/** NB. As the write that takes a lock has it: one whose time is over, or that comes from a backup, is free. */
async function listOpen(table: Table, user: Person, target: Target, now: Instant): Promise<string[]> {
  const command = new QueryCommand({
    TableName: table.name,
    KeyConditionExpression: '#pk = :pk',
    ExpressionAttributeNames: { '#pk': key.pk },
    ExpressionAttributeValues: { ':pk': items.lockPartition(user, target) },
    ConsistentRead: true,
    Limit: 2,
  });
  const [page, { id: generation }] = await Promise.all([
    orUnavailable('reading locks', table.client.send(command)),
    table.generation(),
  ]);
  return (page.Items ?? [])
    .filter((lock) => String(lock.until) > now && lock[generationAttribute] === generation)
    .map((lock) => String(lock.requestId));
}

async function listEntries(
  { client, name }: Table,
  requestId: string,
  afterVersion: number,
  limit: number,
): Promise<Chunk<Entry>> {
  const command = new QueryCommand({
    TableName: name,
    KeyConditionExpression: '#pk = :pk AND #sk > :after',
    ExpressionAttributeNames: { '#pk': key.pk, '#sk': key.sk },
    ExpressionAttributeValues: {
      ':pk': items.entryPartition(requestId),
      ':after': items.entrySortKey(afterVersion),
    },
    ConsistentRead: true,
    Limit: limit,
  });
  const page = await orUnavailable('reading entries', client.send(command));
  return {
    items: (page.Items ?? []).map((item) => item.entry as Entry),
    more: page.LastEvaluatedKey !== undefined,
  };
}

async function listIndex<T>(
  { client, name }: Table,
  kind: 'REQUESTS' | 'SESSIONS',
  query: ChunkQuery,
  read: (item: items.Item) => T,
): Promise<Chunk<Listed<T>>> {
  const { index, partition } = indexOf(kind, query.partition);
  const { pk, sk } = indexes[index];
  const command = new QueryCommand({
    TableName: name,
    IndexName: indexes[index].name,
    KeyConditionExpression: '#pk = :pk AND #sk BETWEEN :from AND :until',
    ExpressionAttributeNames: { '#pk': pk, '#sk': sk },
    // '~' stands behind every character of an id, so the last instant of the range is in it.
    ExpressionAttributeValues: {
      ':pk': partition,
      ':from': query.range.from,
      ':until': `${query.range.until}#~`,
    },
    ScanIndexForward: query.partition.by === 'deadline' || query.partition.by === 'unreviewed',
    Limit: query.limit,
    ...(query.after && { ExclusiveStartKey: startKey(query, { pk, sk, partition }) }),
  });
  const page = await orUnavailable('reading a list', client.send(command));
  return {
    items: (page.Items ?? []).map((item) => ({
      value: read(item),
      position: positionOf(item, sk),
    })),
    more: page.LastEvaluatedKey !== undefined,
  };
}

function indexOf(
  kind: 'REQUESTS' | 'SESSIONS',
  partition: Partition,
): { index: IndexName; partition: string } {
  switch (partition.by) {
    case 'month':
      return { index: 'byMonth', partition: `${kind}#${partition.month}` };
    case 'user':
      return { index: 'byUser', partition: `${kind}#${partition.userId}` };
    case 'email':
      return { index: 'byEmail', partition: `${kind}#${partition.email}` };
    case 'account':
      return { index: 'byAccount', partition: `${kind}#${partition.account}` };
    case 'review':
      return { index: 'byReview', partition: items.reviewQueues.reviewed };
    case 'unreviewed':
      return { index: 'byReview', partition: items.reviewQueues.unreviewed };
    case 'deadline':
      return { index: 'byDue', partition: items.queues.pending };
  }
}

// The key of an item that was listed, put together again from its position: a cursor carries no key of the table.
function startKey(
  { after }: ChunkQuery,
  { pk, sk, partition }: { pk: string; sk: string; partition: string },
) {
  if (after === null) return undefined;
  const { at, requestId, sessionId } = after;
  const itemKey = sessionId === null ? items.requestKey(requestId) : items.sessionKey(requestId, sessionId);
  const sort = items.sortKey(at, sessionId === null ? requestId : `${requestId}#${sessionId}`);
  return { ...itemKey, [pk]: partition, [sk]: sort };
}

function positionOf(item: items.Item, sk: string) {
  const [at = '', requestId = '', sessionId = null] = String(item[sk]).split('#');
  return { at: at as Instant, requestId, sessionId };
}
