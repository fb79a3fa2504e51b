import type { TestProject } from 'vitest/node';
import { startDynamoDb } from '../../infra/local/dynamo-db.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    dynamoDbEndpoints: string[];
  }
}

/**
 * One DynamoDB Local in memory for each worker. NB. Not one for all: its streams are read one after the other, so that
 * a worker that writes much would hold up the messages of another one's stories.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const workers = Array.from({ length: project.config.maxWorkers });
  const databases = await Promise.all(workers.map(() => startDynamoDb()));
  project.provide(
    'dynamoDbEndpoints',
    databases.map(({ endpoint }) => endpoint),
  );
  return async () => {
    await Promise.all(databases.map(({ stop }) => stop()));
  };
}
