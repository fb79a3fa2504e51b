import {
  chatFindings,
  reviewersFindings,
  type Subscription,
  type SubscriptionFinding,
  type WantedSubscriptions,
} from '../domain/subscription.ts';

export interface SubscriptionReader {
  /** All of a topic. @throws Unavailable */
  listSubscriptions(topicArn: string): Promise<Subscription[]>;
}

export interface WatchedTopics {
  readonly reviewers: string;
  /** undefined: there is no chat */
  readonly chat: string | undefined;
}

/** Who should hear of messages and does not, and who does and should not. @throws Unavailable */
export async function watchSubscriptions(
  reader: SubscriptionReader,
  topics: WatchedTopics,
  wanted: WantedSubscriptions,
): Promise<SubscriptionFinding[]> {
  const reviewers = reviewersFindings(wanted, await reader.listSubscriptions(topics.reviewers));
  if (topics.chat === undefined) return reviewers;
  return [...reviewers, ...chatFindings(wanted.account, await reader.listSubscriptions(topics.chat))];
}
