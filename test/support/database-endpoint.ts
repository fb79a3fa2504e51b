import { inject } from 'vitest';

/** The DynamoDB Local of the worker that runs this test (Vitest's guide, "Test environment variables", VITEST_POOL_ID). */
export function databaseEndpoint(): string {
  const endpoint = inject('dynamoDbEndpoints')[Number(process.env.VITEST_POOL_ID) - 1];
  if (endpoint === undefined) throw new Error('this worker has no database');
  return endpoint;
}
