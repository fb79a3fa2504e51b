import { QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Instant } from '../domain/instant.ts';
import { indexes } from '../table.ts';
import type { Table } from './dynamo-table.ts';
import { orUnavailable } from './errors.ts';
import type { Item } from './request-items.ts';

const { pk: queue, sk: due, name: byDue } = indexes.byDue;

/** What of a queue is due at `now`, what has waited longest first: one bounded Query. @param from where the last ended */
export async function queryDue(
  { client, name }: Pick<Table, 'client' | 'name'>,
  waiting: string,
  now: Instant,
  page: { readonly limit: number; readonly from?: QueryCommandInput['ExclusiveStartKey'] },
) {
  const command = new QueryCommand({
    TableName: name,
    IndexName: byDue,
    KeyConditionExpression: '#queue = :queue AND #due < :past',
    ExpressionAttributeNames: { '#queue': queue, '#due': due },
    ExpressionAttributeValues: { ':queue': waiting, ':past': behind(now) },
    Limit: page.limit,
    ExclusiveStartKey: page.from,
  });
  const { Items = [], LastEvaluatedKey } = await orUnavailable('reading what is due', client.send(command));
  return { items: Items as Item[], next: LastEvaluatedKey };
}

/** Behind every key of that instant: '~' stands behind every character of an id. */
export function behind(now: Instant): string {
  return `${now}#~`;
}
