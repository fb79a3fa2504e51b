/** Who hears of what: the subscriptions of the topics, held against what the deployment wants. */

export interface Subscription {
  /** SNS API Reference, Subscribe: `email`, `sqs`, `https` ... */
  readonly protocol: string;
  readonly endpoint: string;
  readonly state: 'confirmed' | 'pending' | 'deleted';
}

export interface WantedSubscriptions {
  /** 12 digits: whose account the topics are in */
  readonly account: string;
  /** e-mail addresses of those that are told of what waits for a review */
  readonly reviewers: readonly string[];
  /** of those that are told that something is wrong with Stepladder itself */
  readonly alarms: readonly string[];
}

/**
 * unconfirmed  it was asked to confirm, and has not
 * missing      it is wanted, and not there (any more)
 * nobody       nobody at all hears of what the topic carries
 * foreign      somebody hears of it whom the deployment does not name
 */
export interface SubscriptionFinding {
  readonly topic: 'reviewers' | 'alarms' | 'chat';
  readonly kind: 'unconfirmed' | 'missing' | 'nobody' | 'foreign';
  readonly protocol: string;
  /** a wanted address. NB. '' of what is foreign: an address on the web may hold somebody's secret. */
  readonly address: string;
}

const mail = new Set(['email', 'email-json']);
/** Where Amazon Q Developer subscribes (its Administrator Guide, "Test notifications"). */
const chatHost = 'global.sns-api.chatbot.amazonaws.com';

/** What is wrong with those of a topic that people read by mail. */
export function mailFindings(
  topic: 'reviewers' | 'alarms',
  { account, ...addresses }: WantedSubscriptions,
  found: readonly Subscription[],
): SubscriptionFinding[] {
  const wanted = new Set(addresses[topic].map((address) => address.toLowerCase()));
  const ofAddress = (address: string) =>
    found.filter((one) => mail.has(one.protocol) && one.endpoint.toLowerCase() === address);
  const lost = [...wanted].flatMap((address): SubscriptionFinding[] => {
    const states = ofAddress(address).map(({ state }) => state);
    if (states.includes('confirmed')) return [];
    return [
      { topic, kind: states.includes('pending') ? 'unconfirmed' : 'missing', protocol: 'email', address },
    ];
  });
  const known = (one: Subscription) =>
    isOfAccount(one, account) || (mail.has(one.protocol) && wanted.has(one.endpoint.toLowerCase()));
  return [...lost, ...nobody(topic, found), ...foreign(topic, found, known)];
}

/** What is wrong with those of the topic of the chat, which Amazon Q Developer reads. */
export function chatFindings(account: string, found: readonly Subscription[]): SubscriptionFinding[] {
  const known = (one: Subscription) =>
    isOfAccount(one, account) || (one.protocol === 'https' && URL.parse(one.endpoint)?.hostname === chatHost);
  return [...nobody('chat', found), ...foreign('chat', found, known)];
}

function nobody(topic: SubscriptionFinding['topic'], found: readonly Subscription[]): SubscriptionFinding[] {
  if (found.some(({ state }) => state === 'confirmed')) return [];
  return [{ topic, kind: 'nobody', protocol: '', address: '' }];
}

// NB. Also what was not confirmed yet: somebody asked for it.
function foreign(
  topic: SubscriptionFinding['topic'],
  found: readonly Subscription[],
  known: (one: Subscription) => boolean,
): SubscriptionFinding[] {
  return found
    .filter((one) => one.state !== 'deleted' && !known(one))
    .map(({ protocol }) => ({ topic, kind: 'foreign', protocol, address: '' }));
}

/** A queue, a function or the like of the same account: whoever made it could read the table's backups as well. */
function isOfAccount({ endpoint }: Subscription, account: string): boolean {
  return endpoint.startsWith('arn:') && endpoint.split(':')[4] === account;
}
