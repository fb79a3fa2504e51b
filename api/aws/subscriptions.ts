import {
  paginateListSubscriptionsByTopic,
  SNSClient,
  type Subscription as SnsSubscription,
} from '@aws-sdk/client-sns';
import { Unavailable } from '../actions/ports.ts';
import type { Subscription } from '../domain/subscription.ts';
import { clientSettings } from './client-settings.ts';
import { orUnavailable } from './errors.ts';

/** SNS API Reference, ListSubscriptionsByTopic: a page has 100. */
const mostPages = 50;

/** Reads who is subscribed, page by page. */
export function subscriptionReader() {
  const client = new SNSClient(clientSettings);
  return {
    listSubscriptions: (topicArn: string) => orUnavailable('reading subscriptions', list(client, topicArn)),
  };
}

async function list(client: SNSClient, TopicArn: string): Promise<Subscription[]> {
  const found: Subscription[] = [];
  let pages = 0;
  for await (const { Subscriptions = [] } of paginateListSubscriptionsByTopic({ client }, { TopicArn })) {
    found.push(...Subscriptions.map(subscriptionOf));
    pages += 1;
    if (pages === mostPages) throw new Unavailable('there are more subscriptions than anybody could look at');
  }
  return found;
}

/** In place of an ARN, SNS says what became of it (SNS API Reference, Subscription). */
function subscriptionOf({
  Protocol = '',
  Endpoint = '',
  SubscriptionArn = '',
}: SnsSubscription): Subscription {
  const state = SubscriptionArn.startsWith('arn:')
    ? 'confirmed'
    : SubscriptionArn === 'PendingConfirmation'
      ? 'pending'
      : 'deleted';
  return { protocol: Protocol, endpoint: Endpoint, state };
}
