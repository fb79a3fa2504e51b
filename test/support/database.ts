import type { TestProject } from 'vitest/node';
import { startDynamoDb } from '../../infra/local/dynamo-db.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    dynamoDbEndpoint: string;
  }
}

/** One DynamoDB Local in memory for all test files. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const database = await startDynamoDb();
  project.provide('dynamoDbEndpoint', database.endpoint);
  return database.stop;
}
