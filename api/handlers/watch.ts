import { watchSubscriptions } from '../actions/watch-subscriptions.ts';
import { subscriptionReader } from '../aws/subscriptions.ts';
import { parseEnv } from '../env.ts';
import { createLogger, logging } from '../log.ts';

const env = parseEnv('watch', process.env);
const logger = createLogger('watch');
const reader = subscriptionReader();
const topics = { reviewers: env.TOPIC_ARN, alarms: env.ALARM_TOPIC_ARN, chat: env.CHAT_TOPIC_ARN };
const wanted = {
  account: env.TOPIC_ARN.split(':')[4] ?? '',
  reviewers: env.REVIEWERS?.split(',') ?? [],
  alarms: env.ALARM_ADDRESSES.split(','),
};

/** Runs every hour: a line for everything that is wrong with who is subscribed, which an alarm counts. */
export const handler = logging(logger, async (): Promise<void> => {
  const findings = await watchSubscriptions(reader, topics, wanted);
  for (const finding of findings) logger.error('subscription-wrong', { ...finding });
  logger.info('watched', { findings: findings.length });
});
