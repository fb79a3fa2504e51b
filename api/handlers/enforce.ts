import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, DynamoDBRecord, DynamoDBStreamEvent, ScheduledEvent } from 'aws-lambda';
import { enforce, enforceDue } from '../actions/enforce.ts';
import { boundaryKeepers } from '../aws/boundary-keeper.ts';
import { openTable } from '../aws/dynamo-table.ts';
import { enforcements } from '../aws/enforcements.ts';
import { requestReader } from '../aws/request-reader.ts';
import { requestWriter } from '../aws/request-writer.ts';
import { world } from '../aws/world.ts';
import { parseEnv } from '../env.ts';
import { createLogger, Logged, logging } from '../log.ts';
import { key, streamed } from '../table.ts';

const env = parseEnv('enforce', process.env);
const logger = createLogger('enforce');
const table = openTable(env.TABLE_NAME);
const { TARGET_PARTITION: partition, TARGET_ROLE_PATH: targetRoles } = env;
const places = { partition, targetRoles, boundary: env.BOUNDARY_POLICY, revoker: env.REVOKER_ROLE };
const store = { ...enforcements(table), ...requestReader(table), ...requestWriter(table) };
const tools = { store, keepers: boundaryKeepers({ externalId: env.EXTERNAL_ID }), world, places };
const processor = new BatchProcessor(EventType.DynamoDBStreams, { logger });
const inAccount = logging(logger, (account: string) => enforce(tools, account));
const scheduled = logging(logger, async () => logger.info('enforced', { accounts: await enforceDue(tools) }));

async function begin({ eventName, dynamodb }: DynamoDBRecord): Promise<void> {
  const partitionKey = dynamodb?.Keys?.[key.pk]?.S;
  if (eventName !== 'INSERT' || !partitionKey?.startsWith(streamed.enforcement)) return;
  const came = await inAccount(partitionKey.slice(streamed.enforcement.length));
  // The run that has the account may have looked before this was there: so the stream hands it over again.
  if (came === 'busy') throw new Logged('another run has the account');
}
// In order: two of one account would only wait for each other.
const settings = { processInParallel: false, throwOnFullBatchFailure: false } as const;

/** Ends live sessions: at once what the stream says is new, every minute what is due. Only it may be the revoker. */
export const handler = (event: DynamoDBStreamEvent | ScheduledEvent, context: Context) =>
  'Records' in event
    ? processPartialResponse(event, begin, processor, { ...settings, context })
    : scheduled();
