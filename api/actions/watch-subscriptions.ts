import {
  chatFindings,
  mailFindings,
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
  readonly alarms: string;
  /** undefined: there is no chat */
  readonly chat: string | undefined;
}

/** Who should hear of messages or alarms and does not, and who does and should not. @throws Unavailable */
export async function watchSubscriptions(
  reader: SubscriptionReader,
  topics: WatchedTopics,
  wanted: WantedSubscriptions,
): Promise<SubscriptionFinding[]> {
  const { reviewers, alarms, chat } = topics;
  const findings = [
    ...mailFindings('reviewers', wanted, await reader.listSubscriptions(reviewers)),
    ...mailFindings('alarms', wanted, await reader.listSubscriptions(alarms)),
  ];
  if (chat === undefined) return findings;
  return [...findings, ...chatFindings(wanted.account, await reader.listSubscriptions(chat))];
}
