import type { LambdaFunction } from '../api/env.ts';
import type { Deployment } from './broker-stack.ts';
import { policyName } from './bundles.ts';
import type { Messages } from './constructs/messages.ts';

interface Places {
  readonly tableName: string;
  readonly messages: Pick<Messages, 'topic' | 'chat' | 'bus'>;
  readonly alarmTopicArn: string;
  readonly appUrl: string;
}

/** The variables of every Lambda, as its schema in `api/env.ts` wants them. */
export function variablesOf(
  deployment: Deployment,
  { tableName, messages, alarmTopicArn, appUrl }: Places,
): Record<LambdaFunction, Record<string, string>> {
  const { partition, identity, targets, notifications, network } = deployment;
  const table = { TABLE_NAME: tableName };
  // Lambda's own folder, where the bundle is.
  const policy = { POLICY_FILE: `/var/task/${policyName}` };
  const oidc = providerOf(identity);
  const target = {
    TARGET_PARTITION: partition,
    TARGET_ROLE_PATH: targets.path,
    EXTERNAL_ID: targets.externalIds[0],
    BOUNDARY_POLICY: targets.boundary,
  };
  const channels = { ...placesOf(messages, notifications), APP_URL: appUrl };
  return {
    authorizer: { ...oidc, ...policy },
    requests: { ...table, ...policy, ...oidc },
    reviews: { ...table, ...policy, ...oidc },
    sessions: {
      ...table,
      ...policy,
      ...oidc,
      ...target,
      APP_URL: appUrl,
      VIEWER_ADDRESS: network === undefined ? 'cloudfront' : 'load-balancer',
    },
    audit: table,
    announce: { ...table, ...channels },
    sweep: { ...table, ...channels },
    watch: { ...topicsOf(messages), ...readersOf(deployment), ALARM_TOPIC_ARN: alarmTopicArn },
    reconcile: { ...table, ...watchedRoles(deployment) },
    enforce: { ...table, ...target, REVOKER_ROLE: targets.revoker },
  };
}

function providerOf({ profile, issuer, clientId, audience }: Deployment['identity']) {
  return {
    OIDC_PROFILE: profile,
    OIDC_ISSUER: issuer,
    OIDC_CLIENT_ID: clientId,
    OIDC_AUDIENCE: audience,
  };
}

/** Where messages and events go. */
function placesOf({ topic, chat, bus }: Places['messages'], { sender }: Deployment['notifications']) {
  return {
    ...topicsOf({ topic, chat }),
    EVENT_BUS: bus.ref,
    ...(sender !== undefined && { SENDER: sender }),
  };
}

function topicsOf({ topic, chat }: Pick<Places['messages'], 'topic' | 'chat'>) {
  return { TOPIC_ARN: topic.topicArn, ...(chat && { CHAT_TOPIC_ARN: chat.topic.topicArn }) };
}

/** NB. By name: their ARNs are those of roles that are made after this. */
function watchedRoles({ name, account, partition, targets }: Deployment) {
  const arn = (lambda: LambdaFunction) => `arn:${partition}:iam::${account}:role/${name}-${lambda}`;
  return {
    TARGET_PARTITION: partition,
    TARGET_ROLE_PATH: targets.path,
    REVOKER_ROLE: targets.revoker,
    SESSIONS_ROLE: arn('sessions'),
    ENFORCE_ROLE: arn('enforce'),
  };
}

function readersOf({ notifications: { reviewers }, alarms }: Deployment) {
  return {
    ...(reviewers.length > 0 && { REVIEWERS: reviewers.join(',') }),
    ALARM_ADDRESSES: alarms.address.join(','),
  };
}
