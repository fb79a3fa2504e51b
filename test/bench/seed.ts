import { setTimeout as delay } from 'node:timers/promises';
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { tableOf } from '../../api/aws/dynamo-table.ts';
import type { Item } from '../../api/aws/request-items.ts';
import type { Instant } from '../../api/domain/instant.ts';
import { tableDefinition } from '../../infra/table-definition.ts';
import { history } from './history.ts';

export interface Seed {
  readonly endpoint: string;
  readonly tableName: string;
  readonly size: number;
  readonly issuer: string;
  readonly now: Instant;
}

/** BatchWriteItem takes 25 items (DynamoDB API Reference). */
const batchSize = 25;
const writers = 8;

/**
 * Makes the product's table with that many requests in it. NB. The stream is turned on at the end: DynamoDB Local
 * keeps its records in the same database, and every write would be two.
 * @returns ids of requests that the first engineer made and that are closed
 */
export async function seedTable({ endpoint, tableName, size, issuer, now }: Seed): Promise<string[]> {
  const dynamoDb = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'BENCHMARKSEED', secretAccessKey: 'local' },
  });
  const { StreamSpecification, ...table } = tableDefinition(tableName);
  await dynamoDb.send(new CreateTableCommand(table));
  await untilActive(dynamoDb, tableName);

  const own: string[] = [];
  const client = DynamoDBDocumentClient.from(dynamoDb);
  const { id: generation } = await tableOf(client, tableName).generation();
  const batches = inBatches(history(size, issuer, now, generation), own);
  await Promise.all(Array.from({ length: writers }, () => writeAll(client, tableName, batches)));

  await dynamoDb.send(new UpdateTableCommand({ TableName: tableName, StreamSpecification }));
  await untilActive(dynamoDb, tableName);
  dynamoDb.destroy();
  return own;
}

function* inBatches(made: ReturnType<typeof history>, own: string[]): Generator<Item[]> {
  const batch: Item[] = [];
  for (const { id, engineer, items } of made) {
    if (engineer === 0) own.push(id);
    batch.push(...items);
    while (batch.length >= batchSize) yield batch.splice(0, batchSize);
  }
  if (batch.length > 0) yield batch;
}

/** One of several writers that share the batches. */
async function writeAll(client: DynamoDBDocumentClient, tableName: string, batches: Iterator<Item[]>) {
  for (let next = batches.next(); !next.done; next = batches.next()) {
    let left: Item[] = next.value;
    while (left.length > 0) {
      const puts = left.map((Item) => ({ PutRequest: { Item } }));
      const { UnprocessedItems } = await client.send(
        new BatchWriteCommand({ RequestItems: { [tableName]: puts } }),
      );
      left = (UnprocessedItems?.[tableName] ?? []).flatMap((one) => one.PutRequest?.Item ?? []);
    }
  }
}

async function untilActive(client: DynamoDBClient, tableName: string): Promise<void> {
  for (;;) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
    if (Table?.TableStatus === 'ACTIVE') return;
    await delay(50);
  }
}
