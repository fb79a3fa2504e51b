import { type AwsEndpoint, startAwsEndpoint } from './aws-endpoint.ts';
import { parseQuery, type QueryInput, queryAnswer, queryError } from './aws-query.ts';
import { AwsRefusal } from './aws-refusal.ts';
import type { Principal } from './aws-signature.ts';

/** SNS API Reference, Subscription; in place of an ARN stands what became of it. */
export interface LocalSubscription {
  readonly topicArn: string;
  readonly protocol: string;
  readonly endpoint: string;
  readonly arn: 'PendingConfirmation' | 'Deleted' | `arn:aws:sns:${string}`;
}

export interface ListInput {
  readonly topicArn: string;
  /** of the first that is asked for */
  readonly from: number;
}

export interface SubscriptionsOptions {
  readonly region: string;
  readonly now: () => number;
  readonly topics: readonly string[];
  /** how it is at first */
  readonly subscriptions: readonly LocalSubscription[];
  principal(accessKeyId: string): Principal | undefined;
}

export interface LocalSubscriptions extends AwsEndpoint<ListInput> {
  /** what is there; a test changes it */
  readonly list: LocalSubscription[];
}

const namespace = 'http://sns.amazonaws.com/doc/2010-03-31/';
const pageSize = 100;

/** The part of SNS that says who is subscribed: ListSubscriptionsByTopic, for the `watch` Lambda. */
export async function startSubscriptions(options: SubscriptionsOptions): Promise<LocalSubscriptions> {
  const list = [...options.subscriptions];
  const endpoint = await startAwsEndpoint<ListInput>({
    service: 'sns',
    region: options.region,
    now: options.now,
    maxBodyBytes: 64 * 1024,
    throttling: new AwsRefusal(400, 'Throttling', 'Rate exceeded'),
    principal: options.principal,
    parse: (request, body) => parseInput(parseQuery(request.headers['content-type'], body)),
    answer: ({ topicArn, from }, caller, requestId) => {
      if (caller.name !== 'watch') {
        throw new AwsRefusal(403, 'AuthorizationError', `${caller.name} may not list subscriptions`);
      }
      if (!options.topics.includes(topicArn)) throw new AwsRefusal(404, 'NotFound', 'Topic does not exist');
      const own = list.filter((one) => one.topicArn === topicArn);
      const members = own.slice(from, from + pageSize).map((one) => ({
        SubscriptionArn: one.arn,
        Owner: '123456789012',
        Protocol: one.protocol,
        Endpoint: one.endpoint,
        TopicArn: one.topicArn,
      }));
      const more = own.length > from + pageSize && { NextToken: String(from + pageSize) };
      return queryAnswer(
        namespace,
        'ListSubscriptionsByTopic',
        { Subscriptions: members, ...more },
        requestId,
      );
    },
    refuse: (refusal, requestId) => queryError(namespace, refusal, requestId),
  });
  return { ...endpoint, list };
}

function parseInput(input: QueryInput): ListInput {
  if (input.get('Action') !== 'ListSubscriptionsByTopic' || input.get('Version') !== '2010-03-31') {
    throw new AwsRefusal(400, 'InvalidAction', `Could not find operation ${input.get('Action')}`);
  }
  const from = Number(input.get('NextToken') ?? 0);
  if (!Number.isInteger(from)) throw new AwsRefusal(400, 'InvalidParameter', 'Invalid parameter: NextToken');
  return { topicArn: input.get('TopicArn') ?? '', from };
}
