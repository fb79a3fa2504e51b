import { Logger } from '@aws-lambda-powertools/logger';
import { openTable } from '../aws/dynamo-table.ts';
import { readPolicy } from '../aws/policy-file.ts';
import { requestReader } from '../aws/request-reader.ts';
import { requestWriter } from '../aws/request-writer.ts';
import { world } from '../aws/world.ts';
import { parseEnv } from '../env.ts';
import { reviewEndpoints } from '../http/review-endpoints.ts';
import { createHandler } from '../http/router.ts';

const env = parseEnv('reviews', process.env);
const table = openTable(env.TABLE_NAME);

/** What a reviewer does: see what waits, decide. */
export const handler = createHandler(
  'reviews',
  new Logger({ serviceName: 'reviews' }),
  reviewEndpoints({
    store: { ...requestReader(table), ...requestWriter(table) },
    world,
    policy: readPolicy(env.POLICY_FILE),
  }),
);
