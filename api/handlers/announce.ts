import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { announce } from '../actions/announce.ts';
import { announcer } from '../aws/announcer.ts';
import { openTable } from '../aws/dynamo-table.ts';
import { outbox } from '../aws/outbox.ts';
import { requestReader } from '../aws/request-reader.ts';
import { world } from '../aws/world.ts';
import { parseEnv } from '../env.ts';
import { createLogger, logging } from '../log.ts';
import { key, streamed } from '../table.ts';

const env = parseEnv('announce', process.env);
const logger = createLogger('announce');
const table = openTable(env.TABLE_NAME);
const messages = { ...outbox(table), ...requestReader(table) };
const channels = announcer({
  topicArn: env.TOPIC_ARN,
  sender: env.SENDER,
  chatTopicArn: env.CHAT_TOPIC_ARN,
  bus: env.EVENT_BUS,
});
const processor = new BatchProcessor(EventType.DynamoDBStreams, { logger });

/** NB. The batch processor keeps to itself what a record threw; so it is logged here. */
const tell = logging(logger, async (record: DynamoDBRecord): Promise<void> => {
  const id = record.dynamodb?.Keys?.[key.pk]?.S;
  if (record.eventName !== 'INSERT' || !id?.startsWith(streamed.message)) return;
  await announce(messages, channels, world, id.slice(streamed.message.length), env.APP_URL);
});

/** Sends what the table's stream says is new, record by record; what fails is reported, and the sweep sends it later. */
export const handler = (event: DynamoDBStreamEvent, context: Context): Promise<DynamoDBBatchResponse> =>
  processPartialResponse(event, tell, processor, {
    context,
    // One after the other: a channel that throttles is not helped by all of them at once.
    processInParallel: false,
    throwOnFullBatchFailure: false,
  });
