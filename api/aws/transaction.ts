import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Take } from '../domain/quota.ts';
import { key } from '../table.ts';
import type { Table } from './dynamo-table.ts';
import { type Lost, lostRace, orUnavailable } from './errors.ts';
import { type Item, quotaWrite } from './request-items.ts';

/** What is written together, or not at all. */

export type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** Nothing is ever written over. */
export function putNew(table: Table, item: Item): Write {
  return {
    Put: {
      TableName: table.name,
      Item: item,
      ConditionExpression: 'attribute_not_exists(#pk)',
      ExpressionAttributeNames: { '#pk': key.pk },
    },
  };
}

export function takeWrite(table: Table, take: Take): Write {
  return { Update: { TableName: table.name, ...quotaWrite(take) } };
}

/** The quota of which none is left, if that is why. NB. Takes are the last writes, in their order. */
export function noneLeft(race: readonly Lost[], before: number, takes: readonly Take[]): Take | undefined {
  return takes.find((_take, index) => race[before + index]?.code === 'ConditionalCheckFailed');
}

/**
 * All or nothing. @returns undefined when written, or why the race was lost
 * NB. The SDK sends one ClientRequestToken with all its retries, so a write that was committed but not answered is
 * not done twice (DynamoDB API Reference, TransactWriteItems).
 */
export async function transact({ client }: Table, writes: Write[]) {
  try {
    await client.send(new TransactWriteCommand({ TransactItems: writes }));
    return undefined;
  } catch (error) {
    return lostRace(error) ?? orUnavailable('writing the table', Promise.reject(error));
  }
}
