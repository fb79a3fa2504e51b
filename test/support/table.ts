import { randomUUID } from 'node:crypto';
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type Table, tableOf } from '../../api/aws/dynamo-table.ts';
import { createTable, tableDefinition } from '../../infra/table-definition.ts';
import { databaseEndpoint } from './database-endpoint.ts';

/** DynamoDB Local's address, and credentials that it takes from anybody. */
export function databaseSettings() {
  return {
    endpoint: databaseEndpoint(),
    region: 'us-east-1',
    credentials: { accessKeyId: 'TEST', secretAccessKey: 'test' },
  };
}

/** A table of this test's own, as the product defines it. `drop` when done: a table with a stream costs memory. */
export async function freshTable(): Promise<Table & { drop(): Promise<void> }> {
  const dynamoDb = new DynamoDBClient(databaseSettings());
  const name = `test-${randomUUID()}`;
  await createTable(dynamoDb, name);
  return {
    ...tableOf(DynamoDBDocumentClient.from(dynamoDb), name),
    drop: async () => {
      await dynamoDb.send(new DeleteTableCommand({ TableName: name }));
      dynamoDb.destroy();
    },
  };
}

/**
 * The product's table without its stream, for tests that do not read it: every write to a table with a stream costs
 * DynamoDB Local more, the more there is in it. NB. By a client that waits: the product's own, in a hurry, would try again
 * while DynamoDB Local still makes the table, and find it there.
 */
export async function createTableWithoutStream(name: string): Promise<void> {
  const dynamoDb = new DynamoDBClient(databaseSettings());
  const { StreamSpecification: _stream, ...definition } = tableDefinition(name);
  await dynamoDb.send(new CreateTableCommand(definition));
  dynamoDb.destroy();
}
