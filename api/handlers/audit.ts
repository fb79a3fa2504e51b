import { openTable } from '../aws/dynamo-table.ts';
import { requestReader } from '../aws/request-reader.ts';
import { world } from '../aws/world.ts';
import { parseEnv } from '../env.ts';
import { auditEndpoints } from '../http/audit-endpoints.ts';
import { createHandler } from '../http/router.ts';
import { createLogger } from '../log.ts';

const env = parseEnv('audit', process.env);

/** What an auditor does: read everything, change nothing. */
export const handler = createHandler(
  'audit',
  createLogger('audit'),
  auditEndpoints({ store: requestReader(openTable(env.TABLE_NAME)), world }),
  { identify: null },
);
