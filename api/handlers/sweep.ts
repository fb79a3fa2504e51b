import { sweep } from '../actions/sweep.ts';
import { announcer } from '../aws/announcer.ts';
import { openTable } from '../aws/dynamo-table.ts';
import { outbox } from '../aws/outbox.ts';
import { requestReader } from '../aws/request-reader.ts';
import { requestWriter } from '../aws/request-writer.ts';
import { world } from '../aws/world.ts';
import { parseEnv } from '../env.ts';
import { createLogger, logging } from '../log.ts';

const env = parseEnv('sweep', process.env);
const logger = createLogger('sweep');
const table = openTable(env.TABLE_NAME);
const channels = announcer({
  topicArn: env.TOPIC_ARN,
  sender: env.SENDER,
  chatTopicArn: env.CHAT_TOPIC_ARN,
  bus: env.EVENT_BUS,
});

/** Runs every minute: records what time has decided and sends what is overdue. */
export const handler = logging(logger, async (): Promise<void> => {
  const done = await sweep({
    store: { ...outbox(table), ...requestReader(table), ...requestWriter(table) },
    announcer: channels,
    world,
    appUrl: env.APP_URL,
  });
  logger.info('swept', done);
});
