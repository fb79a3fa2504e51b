import { randomUUID } from 'node:crypto';
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { databaseEndpoint } from '../support/database-endpoint.ts';
import { databaseSettings } from '../support/table.ts';
import { type Meter, startMeter } from './meter.ts';

const TableName = `meter-${randomUUID()}`;
let meter: Meter;
beforeAll(async () => {
  meter = await startMeter(databaseEndpoint());
  await connect('MAKER').send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    }),
  );
});
afterAll(() => meter.stop());

function connect(accessKeyId: string) {
  const credentials = { accessKeyId, secretAccessKey: 'local' };
  return new DynamoDBClient({ endpoint: meter.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
}
const documents = (accessKeyId: string) => DynamoDBDocumentClient.from(connect(accessKeyId));
const put = (pk: string) => ({ TableName, Item: { pk, text: 'x'.repeat(1500) } });

/**
 * DynamoDB Developer Guide, "Read and write operations": a unit is 4 KB read consistently, or 1 KB written; a transaction
 * takes them twice.
 */
test('counts calls and units of each access key, and lets the answers through', async () => {
  const [writer, reader] = [documents('WRITER'), documents('READER')];
  await writer.send(new PutCommand(put('one')));
  const transaction = { TransactItems: [{ Put: put('two') }, { Put: put('three') }] };
  await writer.send(new TransactWriteCommand(transaction));
  const { Item } = await reader.send(new GetCommand({ TableName, Key: { pk: 'one' }, ConsistentRead: true }));
  const { Items } = await reader.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': 'two' },
    }),
  );

  expect([Item, Items]).toEqual([put('one').Item, [put('two').Item]]);
  expect(meter.costOf('WRITER')).toEqual({ calls: 2, read: 0, write: 2 + 8 });
  expect(meter.costOf('READER')).toEqual({ calls: 2, read: 1 + 0.5, write: 0 });
  expect(meter.costOf('NOBODY')).toEqual({ calls: 0, read: 0, write: 0 });

  expect(meter.heard().filter(({ accessKeyId }) => accessKeyId === 'READER')).toEqual([
    {
      accessKeyId: 'READER',
      operation: 'GetItem',
      input: expect.objectContaining({ Key: { pk: { S: 'one' } } }),
    },
    { accessKeyId: 'READER', operation: 'Query', input: expect.objectContaining({ TableName }) },
  ]);

  meter.reset();
  expect(meter.heard()).toEqual([]);
  expect(meter.costOf('WRITER')).toEqual({ calls: 0, read: 0, write: 0 });
});

test('counts a call that was refused, and hands on its error', async () => {
  const wrong = new PutCommand({ ...put('one'), ConditionExpression: 'attribute_not_exists(pk)' });
  const refuser = documents('REFUSED');
  await refuser.send(new PutCommand(put('one')));
  await expect(refuser.send(wrong)).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
  expect(meter.costOf('REFUSED')).toEqual({ calls: 2, read: 0, write: 2 });
});

test('describes a table once, however it changes', async () => {
  const describe = new DescribeTableCommand({ TableName });
  const [client, direct] = [connect('CURIOUS'), new DynamoDBClient(databaseSettings())];
  const first = (await client.send(describe)).Table;
  await documents('WRITER').send(new PutCommand(put('one more')));
  expect((await client.send(describe)).Table).toEqual(first);
  expect((await direct.send(describe)).Table?.ItemCount).toBe(1 + (first?.ItemCount ?? 0));
  expect(meter.costOf('CURIOUS')).toEqual({ calls: 0, read: 0, write: 0 });
});
