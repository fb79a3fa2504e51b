import { pathToFileURL } from 'node:url';
import type { LambdaFunction } from '../../api/env.ts';
import type { HostedBundles } from '../bundles.ts';
import type { AwsServices } from './aws-services.ts';
import { brokerRole } from './cloud-trail-event.ts';
import { type HostedLambda, hostLambda } from './lambda-host.ts';
import { client } from './oidc-client.ts';

export type Lambdas = Record<LambdaFunction, HostedLambda>;

/** How tests move the time of the Lambdas and of the local AWS together. */
export interface LambdaClock {
  readonly now: () => number;
  readonly preload: { readonly module: URL; readonly data: Readonly<Record<string, unknown>> };
}

export interface LambdasOptions {
  readonly url: string;
  readonly issuer: string;
  readonly tableName: string;
  readonly policyFile: string;
  readonly dynamoDbEndpoint: string;
  readonly aws: AwsServices;
  readonly onLog: (line: string) => void;
  readonly clock?: LambdaClock;
  /** false: nothing is published to the topic of the chat */
  readonly chat?: boolean;
  /** what AWS would run, in place of the sources */
  readonly bundles?: HostedBundles;
}

/** Every Lambda with the variables that its schema in `api/env.ts` names, and an access key of its own. */
export function hostLambdas(options: LambdasOptions): Lambdas {
  const { aws, url, issuer, tableName, policyFile } = options;
  const table = { TABLE_NAME: tableName };
  const policy = { POLICY_FILE: policyFile };
  const identity = { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: client.id, OIDC_AUDIENCE: client.audience };
  const channels = {
    TOPIC_ARN: aws.topicArn,
    ...(options.chat !== false && { CHAT_TOPIC_ARN: aws.chatTopicArn }),
    EVENT_BUS: aws.bus,
    SENDER: aws.sender,
    APP_URL: url,
  };
  const target = { APP_URL: url, TARGET_ROLE_PATH: aws.targetRolePath, EXTERNAL_ID: aws.externalId };
  const host = (name: LambdaFunction, variables: Record<string, string>) =>
    hostLambda({
      name,
      module: moduleOf(name, options.bundles?.[name]),
      env: { ...variables, ...shippedPolicy(options.bundles?.[name]), ...awsVariables(name, options) },
      onLog: options.onLog,
      ...(options.clock && { preload: options.clock.preload }),
    });
  return {
    authorizer: host('authorizer', { ...identity, ...policy }),
    requests: host('requests', { ...table, ...policy, ...identity }),
    reviews: host('reviews', { ...table, ...policy, ...identity }),
    sessions: host('sessions', {
      ...table,
      ...policy,
      ...identity,
      ...target,
      AWS_ENDPOINT_URL_SIGNIN: aws.signin.url,
      BOUNDARY_POLICY: aws.boundaryPolicy,
    }),
    audit: host('audit', table),
    announce: host('announce', { ...table, ...channels }),
    sweep: host('sweep', { ...table, ...channels }),
    ...checksOf(host, aws, table),
    enforce: host('enforce', {
      ...table,
      TARGET_ROLE_PATH: aws.targetRolePath,
      EXTERNAL_ID: aws.externalId,
      REVOKER_ROLE: aws.revokerRole,
      BOUNDARY_POLICY: aws.boundaryPolicy,
    }),
  };
}

/** Those that hold things against what they should be. */
function checksOf(
  host: (name: LambdaFunction, variables: Record<string, string>) => HostedLambda,
  aws: AwsServices,
  table: { readonly TABLE_NAME: string },
): Pick<Lambdas, 'watch' | 'reconcile'> {
  return {
    watch: host('watch', {
      TOPIC_ARN: aws.topicArn,
      CHAT_TOPIC_ARN: aws.chatTopicArn,
      REVIEWERS: aws.reviewers,
      ALARM_TOPIC_ARN: aws.alarmTopicArn,
      ALARM_ADDRESSES: aws.alarmAddresses.join(','),
    }),
    reconcile: host('reconcile', {
      ...table,
      TARGET_ROLE_PATH: aws.targetRolePath,
      REVOKER_ROLE: aws.revokerRole,
      SESSIONS_ROLE: brokerRole('sessions'),
      ENFORCE_ROLE: brokerRole('enforce'),
    }),
  };
}

function moduleOf(name: LambdaFunction, bundle: HostedBundles[LambdaFunction] | undefined): URL {
  return bundle === undefined
    ? new URL(`../../api/handlers/${name}.ts`, import.meta.url)
    : pathToFileURL(bundle.module);
}

function shippedPolicy(bundle: HostedBundles[LambdaFunction] | undefined): Record<string, string> {
  return bundle === undefined || bundle.policyFile === null ? {} : { POLICY_FILE: bundle.policyFile };
}

/** What the Lambda service sets itself, and where the SDK finds the local services. */
function awsVariables(
  name: LambdaFunction,
  { aws, dynamoDbEndpoint }: LambdasOptions,
): Record<string, string> {
  const { accessKeyId, secretAccessKey, sessionToken } = aws.principalOf(name);
  return {
    AWS_REGION: aws.region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_ENDPOINT_URL_DYNAMODB: dynamoDbEndpoint,
    AWS_ENDPOINT_URL_STS: aws.sts.url,
    AWS_ENDPOINT_URL_IAM: aws.iam.url,
    // AWS has one SNS; here messages and subscriptions are served apart.
    AWS_ENDPOINT_URL_SNS: name === 'watch' ? aws.subscriptions.url : aws.sns.url,
    AWS_ENDPOINT_URL_SESV2: aws.ses.url,
    AWS_ENDPOINT_URL_EVENTBRIDGE: aws.eventBus.url,
  };
}
