import type { LambdaFunction } from '../api/env.ts';
import type { Deployment } from './broker-stack.ts';
import { policyName } from './bundles.ts';
import type { Messages } from './constructs/messages.ts';

interface Places {
  readonly tableName: string;
  readonly messages: Pick<Messages, 'topic' | 'chat' | 'bus'>;
  readonly appUrl: string;
}

/** The variables of every Lambda, as its schema in `api/env.ts` wants them. */
export function variablesOf(
  { partition, identity, targets, notifications, network }: Deployment,
  { tableName, messages, appUrl }: Places,
): Record<LambdaFunction, Record<string, string>> {
  const table = { TABLE_NAME: tableName };
  // Lambda's own folder, where the bundle is.
  const policy = { POLICY_FILE: `/var/task/${policyName}` };
  const oidc = {
    OIDC_PROFILE: identity.profile,
    OIDC_ISSUER: identity.issuer,
    OIDC_CLIENT_ID: identity.clientId,
    OIDC_AUDIENCE: identity.audience,
  };
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
    enforce: { ...table, ...target, REVOKER_ROLE: targets.revoker },
  };
}

/** Where messages and events go. */
function placesOf({ topic, chat, bus }: Places['messages'], { sender }: Deployment['notifications']) {
  return {
    TOPIC_ARN: topic.topicArn,
    EVENT_BUS: bus.ref,
    ...(chat && { CHAT_TOPIC_ARN: chat.topic.topicArn }),
    ...(sender !== undefined && { SENDER: sender }),
  };
}
