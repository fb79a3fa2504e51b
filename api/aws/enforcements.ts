import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Enforcements, QueuedEnforcement } from '../actions/ports.ts';
import type { Instant } from '../domain/instant.ts';
import { key } from '../table.ts';
import { queryDue } from './due-queue.ts';
import type { Table } from './dynamo-table.ts';
import { orUnavailable } from './errors.ts';
import {
  enforcementItem,
  enforcementKey,
  enforcementPartition,
  enforcingKey,
  queues,
} from './request-items.ts';

/** How much of what is due is looked at, so that the many items of one account do not keep others from their turn. */
const dueAtOnce = 500;
const mostPages = 20;

/** What waits to be enforced, account by account. */
export function enforcements(table: Table): Enforcements {
  const { client, name } = table;
  return {
    restoredAt: async () => (await table.generation()).restoredAt,
    listDueAccounts: (now, limit) => listDueAccounts(table, now, limit),
    listEnforcements: async (account, limit, after) => {
      const command = new QueryCommand({
        TableName: name,
        KeyConditionExpression: '#pk = :pk',
        ExpressionAttributeNames: { '#pk': key.pk },
        ExpressionAttributeValues: { ':pk': enforcementPartition(account) },
        ConsistentRead: true,
        ScanIndexForward: false,
        Limit: limit,
        ...(after && { ExclusiveStartKey: enforcementKey(after) }),
      });
      const page = await orUnavailable('reading what is to be enforced', client.send(command));
      return {
        items: (page.Items ?? []).map((item) => item.enforcement as QueuedEnforcement),
        more: page.LastEvaluatedKey !== undefined,
      };
    },
    claimAccount: (account, owner, now, until) => {
      const put = new PutCommand({
        TableName: name,
        Item: { ...enforcingKey(account), owner, until },
        ConditionExpression: 'attribute_not_exists(#pk) OR #until <= :now OR #owner = :owner',
        ExpressionAttributeNames: { '#pk': key.pk, '#until': 'until', '#owner': 'owner' },
        ExpressionAttributeValues: { ':now': now, ':owner': owner },
      });
      return wasDone('claiming an account', client.send(put));
    },
    releaseAccount: async (account, owner) => {
      const command = new DeleteCommand({
        TableName: name,
        Key: enforcingKey(account),
        ConditionExpression: '#owner = :owner',
        ExpressionAttributeNames: { '#owner': 'owner' },
        ExpressionAttributeValues: { ':owner': owner },
      });
      // Somebody else's by now, because this run took too long: then there is nothing to give back.
      await wasDone('releasing an account', client.send(command));
    },
    requeue: async (enforcement, reason) => {
      const put = new PutCommand({
        TableName: name,
        Item: enforcementItem(enforcement, reason),
        ConditionExpression: 'attribute_exists(#pk)',
        ExpressionAttributeNames: { '#pk': key.pk },
      });
      await wasDone('queueing an enforcement', client.send(put));
    },
    forgetEnforcement: async (enforcement) => {
      const command = new DeleteCommand({ TableName: name, Key: enforcementKey(enforcement) });
      await orUnavailable('forgetting an enforcement', client.send(command));
    },
  };
}

async function listDueAccounts(table: Table, now: Instant, limit: number): Promise<string[]> {
  const accounts = new Set<string>();
  let from: Awaited<ReturnType<typeof queryDue>>['next'];
  for (let page = 0; page < mostPages; page += 1) {
    const read = await queryDue(table, queues.enforcement, now, { limit: dueAtOnce, from });
    for (const { enforcement } of read.items) accounts.add((enforcement as QueuedEnforcement).account);
    from = read.next;
    if (from === undefined || accounts.size >= limit) break;
  }
  return [...accounts].slice(0, limit);
}

/** Whether the condition of the write held. */
async function wasDone(what: string, write: Promise<unknown>): Promise<boolean> {
  const done = write.then(
    () => true,
    (error: unknown) => {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    },
  );
  return await orUnavailable(what, done);
}
