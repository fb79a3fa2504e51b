import { openTable } from '../aws/dynamo-table.ts';
import { readPolicy } from '../aws/policy-file.ts';
import { requestReader } from '../aws/request-reader.ts';
import { requestWriter } from '../aws/request-writer.ts';
import { world } from '../aws/world.ts';
import { isReviewer } from '../domain/eligibility.ts';
import { parseEnv } from '../env.ts';
import { reviewEndpoints } from '../http/review-endpoints.ts';
import { createHandler } from '../http/router.ts';
import { createLogger } from '../log.ts';

const env = parseEnv('reviews', process.env);
const table = openTable(env.TABLE_NAME);
const policy = readPolicy(env.POLICY_FILE);

/** What a reviewer does: see what waits, decide, invite. */
export const handler = createHandler(
  'reviews',
  createLogger('reviews'),
  reviewEndpoints({
    store: { ...requestReader(table), ...requestWriter(table) },
    world,
    policy,
  }),
  (user) => isReviewer(user, policy),
);
