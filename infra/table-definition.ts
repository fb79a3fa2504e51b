import {
  CreateTableCommand,
  type CreateTableInput,
  type DynamoDBClient,
  ResourceInUseException,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { indexes, key, ttlAttribute } from '../api/table.ts';

/**
 * CreateTable input for the one table of `api/table.ts`: on demand, every index with all attributes, the stream with
 * both images (DynamoDB API Reference, CreateTable).
 */
export function tableDefinition(tableName: string) {
  const keyOf = (pk: string, sk: string): NonNullable<CreateTableInput['KeySchema']> => [
    { AttributeName: pk, KeyType: 'HASH' },
    { AttributeName: sk, KeyType: 'RANGE' },
  ];
  const pairs = [key, ...Object.values(indexes)];
  const attributes = new Set(pairs.flatMap((pair) => [pair.pk, pair.sk]));
  return {
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [...attributes].map((name) => ({ AttributeName: name, AttributeType: 'S' })),
    KeySchema: keyOf(key.pk, key.sk),
    GlobalSecondaryIndexes: Object.values(indexes).map((index) => ({
      IndexName: index.name,
      KeySchema: keyOf(index.pk, index.sk),
      Projection: { ProjectionType: 'ALL' },
    })),
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
  } satisfies CreateTableInput;
}

/** Creates the table with its time to live, and waits until it can be used. A table that is already there is left as it is. */
export async function createTable(client: DynamoDBClient, tableName: string): Promise<void> {
  try {
    await client.send(new CreateTableCommand(tableDefinition(tableName)));
  } catch (error) {
    if (error instanceof ResourceInUseException) return;
    throw error;
  }
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1 }, { TableName: tableName });
  await client.send(
    new UpdateTimeToLiveCommand({
      TableName: tableName,
      TimeToLiveSpecification: { AttributeName: ttlAttribute, Enabled: true },
    }),
  );
}
