import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { QueryCommand, UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import type { ClaimedMessage, DueReader, Outbox, Way } from '../actions/message-ports.ts';
import type { Event } from '../domain/event.ts';
import type { Message } from '../domain/message.ts';
import { generationAttribute, indexes, key } from '../table.ts';
import { behind, queryDue } from './due-queue.ts';
import type { Table } from './dynamo-table.ts';
import { orUnavailable } from './errors.ts';
import { noteGeneration } from './generation.ts';
import { type Item, messageKey, queues, sortKey } from './request-items.ts';
import { isFromBackup, storedMessage, storedRequest } from './stored-forms.ts';

const { pk: queue, sk: due, name: byDue } = indexes.byDue;
/** How much of a queue is looked through for what comes from a backup; the next run begins with what is left. */
const pageSize = 200;
const mostPages = 20;

/** Messages that wait to be sent, and whatever else waits for its moment. */
export function outbox(table: Table): Outbox & DueReader {
  return {
    listDueRequests: async (now, limit) => {
      const [pending, approved, { id: generation }] = await Promise.all([
        queryDue(table, queues.pending, now, { limit }),
        queryDue(table, queues.approved, now, { limit }),
        table.generation(),
      ]);
      return [...pending.items, ...approved.items].map((item) => storedRequest(item, generation));
    },
    noteTable: () => noteGeneration(table.client, table.name),
    listFromBackup: async (limit) => {
      const { id: generation } = await table.generation();
      const found: Item[] = [];
      for (const queue of [queues.pending, queues.approved]) {
        found.push(...(await listOfOthers(table, queue, generation, limit - found.length)));
      }
      return found.map((item) => storedRequest(item, generation));
    },
    listDueMessages: async (now, limit) => {
      const { items } = await queryDue(table, queues.message, now, { limit });
      return items.map((item) => ((item.message ?? item.event) as Message | Event).id);
    },
    claimMessage: async (id, now, claimedUntil) => {
      const item = await updateIf(table, id, {
        UpdateExpression: 'SET #due = :claimed ADD attempts :one',
        ConditionExpression: '#queue = :queue AND #due < :past',
        ExpressionAttributeNames: { '#queue': queue, '#due': due },
        ExpressionAttributeValues: {
          ':claimed': sortKey(claimedUntil, id),
          ':queue': queues.message,
          ':past': behind(now),
          ':one': 1,
        },
        ReturnValues: 'ALL_NEW',
      });
      const { id: generation } = await table.generation();
      return item && claimedOf(item, { id, claimedUntil, fromBackup: isFromBackup(item, generation) });
    },
    releaseMessage: async ({ id, claimedUntil }, dueAt, sentBy) => {
      await updateIf(table, id, {
        UpdateExpression: 'SET #due = :due, sentBy = :sentBy',
        ConditionExpression: '#due = :claimed',
        ExpressionAttributeNames: { '#due': due },
        ExpressionAttributeValues: {
          ':due': sortKey(dueAt, id),
          ':claimed': sortKey(claimedUntil, id),
          ':sentBy': sentBy,
        },
      });
    },
    markDelivered: async ({ id }, now) => {
      await updateIf(table, id, {
        UpdateExpression: 'SET deliveredAt = :now REMOVE #queue, #due',
        ConditionExpression: 'attribute_exists(#pk)',
        ExpressionAttributeNames: { '#queue': queue, '#due': due, '#pk': key.pk },
        ExpressionAttributeValues: { ':now': now },
      });
    },
  };
}

function claimedOf(
  item: Item,
  claim: Pick<ClaimedMessage, 'id' | 'claimedUntil' | 'fromBackup'>,
): ClaimedMessage {
  const claimed = { ...claim, attempt: Number(item.attempts), sentBy: (item.sentBy ?? []) as Way[] };
  return item.event === undefined
    ? { ...claimed, message: storedMessage(item.message), event: null }
    : { ...claimed, message: null, event: item.event as Event };
}

/** What of the queue another table wrote, whenever it is due. */
async function listOfOthers(
  { client, name }: Table,
  waiting: string,
  generation: string,
  limit: number,
): Promise<Item[]> {
  const found: Item[] = [];
  let from: Record<string, unknown> | undefined;
  for (let page = 0; page < mostPages && found.length < limit; page += 1) {
    const command = new QueryCommand({
      TableName: name,
      IndexName: byDue,
      KeyConditionExpression: '#queue = :queue',
      FilterExpression: '#generation <> :generation',
      ExpressionAttributeNames: { '#queue': queue, '#generation': generationAttribute },
      ExpressionAttributeValues: { ':queue': waiting, ':generation': generation },
      Limit: pageSize,
      ...(from && { ExclusiveStartKey: from }),
    });
    const read = await orUnavailable('reading what comes from a backup', client.send(command));
    found.push(...(read.Items ?? []));
    from = read.LastEvaluatedKey;
    if (from === undefined) break;
  }
  return found.slice(0, limit);
}

/** @returns the item (where the update asks for it), or undefined if the condition did not hold */
async function updateIf(
  { client, name }: Table,
  id: string,
  update: Omit<UpdateCommandInput, 'TableName' | 'Key'>,
): Promise<Item | undefined> {
  const command = new UpdateCommand({ TableName: name, Key: messageKey(id), ...update });
  const sent = client.send(command).catch((error: unknown) => {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  });
  return (await orUnavailable('updating the outbox', sent))?.Attributes;
}
