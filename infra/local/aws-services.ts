import { randomBytes } from 'node:crypto';
import { boundaryArn, revokerArn, targetRoleArn } from '../../api/domain/boundary.ts';
import type { LambdaFunction } from '../../api/env.ts';
import type { AwsEndpoint } from './aws-endpoint.ts';
import type { Principal } from './aws-signature.ts';
import { type LocalEventBus, startEventBus } from './event-bus.ts';
import { type Iam, startIam } from './iam.ts';
import { type MailInput, startSes } from './ses.ts';
import { type Signin, startSignin } from './signin.ts';
import { type Sns, startSns } from './sns.ts';
import { type LocalSubscriptions, startSubscriptions } from './sns-subscriptions.ts';
import { type Sts, startSts } from './sts.ts';
import type { LocalRole } from './target-roles.ts';

export interface AwsServices {
  readonly region: string;
  readonly topicArn: string;
  readonly chatTopicArn: string;
  readonly alarmTopicArn: string;
  readonly bus: string;
  readonly sender: string;
  /** whose addresses are subscribed */
  readonly reviewers: string;
  readonly alarmAddresses: readonly string[];
  readonly externalId: string;
  readonly targetRolePath: string;
  readonly boundaryPolicy: string;
  readonly revokerRole: string;
  readonly sts: Sts;
  readonly iam: Iam;
  readonly sns: Sns;
  readonly subscriptions: LocalSubscriptions;
  readonly ses: AwsEndpoint<MailInput>;
  readonly eventBus: LocalEventBus;
  readonly signin: Signin;
  /** The execution role of a Lambda, as credentials: each has its own, so that a borrowed permission is refused. */
  principalOf(lambda: LambdaFunction): Principal;
  stop(): Promise<void>;
}

export interface AwsServicesOptions {
  readonly signinPort: number;
  /** epoch milliseconds */
  readonly now: () => number;
  /** the target roles that exist */
  readonly roles: readonly LocalRole[];
}

const fixed = {
  region: 'us-east-1',
  topicArn: 'arn:aws:sns:us-east-1:123456789012:stepladder-reviewers',
  chatTopicArn: 'arn:aws:sns:us-east-1:123456789012:stepladder-chat',
  alarmTopicArn: 'arn:aws:sns:us-east-1:123456789012:stepladder-alarms',
  bus: 'stepladder',
  sender: 'stepladder@example.com',
  reviewers: 'reviewers@example.com',
  alarmAddresses: ['operators@example.com', 'on-call@example.com'],
  externalId: 'stepladder-local',
  targetRolePath: '/stepladder/',
  boundaryPolicy: '/stepladder-control/StepladderBoundary',
  revokerRole: '/stepladder-control/StepladderRevoker',
} as const;
const places = {
  partition: 'aws',
  targetRoles: fixed.targetRolePath,
  boundary: fixed.boundaryPolicy,
  revoker: fixed.revokerRole,
} as const;
const confirmed = {
  topics: [fixed.topicArn, fixed.chatTopicArn, fixed.alarmTopicArn],
  subscriptions: [
    { topicArn: fixed.topicArn, protocol: 'email', endpoint: fixed.reviewers, arn: `${fixed.topicArn}:1` },
    ...fixed.alarmAddresses.map(
      (endpoint, index) =>
        ({
          topicArn: fixed.alarmTopicArn,
          protocol: 'email',
          endpoint,
          arn: `${fixed.alarmTopicArn}:${index + 1}`,
        }) as const,
    ),
    {
      topicArn: fixed.chatTopicArn,
      protocol: 'https',
      endpoint: 'https://global.sns-api.chatbot.amazonaws.com',
      arn: `${fixed.chatTopicArn}:1`,
    },
  ],
} as const;
const mailers: LambdaFunction[] = ['announce', 'sweep'];

/** STS, IAM, SNS, SES, EventBridge and the federation endpoint, which share callers and the sessions that were issued. */
export async function startAwsServices({ signinPort, now, roles }: AwsServicesOptions): Promise<AwsServices> {
  const principals = new Map<string, Principal>();
  const principalOf = (name: LambdaFunction): Principal => {
    const known = [...principals.values()].find((principal) => principal.name === name);
    const principal = known ?? newPrincipal(name);
    principals.set(principal.accessKeyId, principal);
    return principal;
  };
  const caller = {
    region: fixed.region,
    now,
    principal: (accessKeyId: string) => principals.get(accessKeyId),
  };
  const byArn = rolesByArn(roles);
  const sts = await startSts({
    ...caller,
    roles: byArn,
    revokers: new Set(roles.map(({ account }) => revokerArn({ ...places, account }))),
    externalId: fixed.externalId,
    trusted: ['sessions'],
  });
  const iam = await startIam({
    ...caller,
    places,
    roles: byArn,
    boundaryOf: (account) => boundaryArn({ ...places, account }),
    boundedIn: (account) => boundedAmong(roles, account),
    sessionOf: sts.sessionOf,
  });
  const sending = await startSending(caller);
  const signin = await startSignin({
    now,
    port: signinPort,
    sessionOf: sts.sessionOf,
    isEnded: iam.denies,
  });
  const services = { sts, iam, ...sending, signin };
  const stop = async () => {
    await Promise.all(Object.values(services).map((service) => service.stop()));
  };
  return { ...fixed, ...services, principalOf, stop };
}

interface Caller {
  readonly region: string;
  readonly now: () => number;
  readonly principal: (accessKeyId: string) => Principal | undefined;
}

/** Where messages and events go. */
async function startSending(caller: Caller) {
  const sns = await startSns({ ...caller, ...fixed, publishers: mailers });
  const eventBus = await startEventBus({ ...caller, bus: fixed.bus, publishers: mailers });
  const subscriptions = await startSubscriptions({ ...caller, ...confirmed });
  const ses = await startSes({ ...caller, sender: fixed.sender, senders: mailers });
  return { sns, subscriptions, ses, eventBus };
}

function rolesByArn(roles: readonly LocalRole[]): Map<string, LocalRole> {
  return new Map(roles.map((one) => [targetRoleArn({ ...places, account: one.account }, one.role), one]));
}

function boundedAmong(roles: readonly LocalRole[], account: string): string[] {
  return roles.filter((one) => one.account === account && one.bounded !== false).map(({ role }) => role);
}

/** Somebody with an access key of their own, until the services stop. */
export function newPrincipal(name: string): Principal {
  return {
    name,
    accessKeyId: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64'),
    sessionToken: randomBytes(120).toString('base64'),
  };
}
