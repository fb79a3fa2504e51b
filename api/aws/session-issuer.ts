import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import { type Assumed, type Credentials, type SessionIssuer, Unavailable } from '../actions/ports.ts';
import { targetRoleArn } from '../domain/boundary.ts';
import type { SessionPlan } from '../domain/session.ts';
import { narrow } from './scoped-credentials.ts';
import { credentialsIn, stsClient } from './sts-client.ts';
import { assumeRoleError } from './sts-errors.ts';

type Partition = 'aws' | 'aws-us-gov' | 'aws-cn';

export interface SessionIssuerOptions {
  readonly partition: Partition;
  /** IAM path of the target roles, with its slashes */
  readonly targetRolePath: string;
  readonly externalId: string;
  /** the app's address: where an expired console session sends the person back to */
  readonly appUrl: string;
  /** origin of another federation endpoint than the partition's own */
  readonly signinEndpoint: string | undefined;
}

/**
 * IAM User Guide, "Enabling custom identity broker access to the AWS console"; for the other partitions AWS GovCloud (US)
 * User Guide and the AWS China guides, "Endpoints". The console's start page is the only destination there is.
 */
const consoles: Record<Partition, { signin: string; destination: string }> = {
  aws: { signin: 'https://signin.aws.amazon.com', destination: 'https://console.aws.amazon.com/' },
  'aws-us-gov': {
    signin: 'https://signin.amazonaws-us-gov.com',
    destination: 'https://console.amazonaws-us-gov.com/',
  },
  'aws-cn': { signin: 'https://signin.amazonaws.cn', destination: 'https://console.amazonaws.cn/' },
};
const signinTimeoutMs = 5_000;

/** AWS STS and the federation endpoint. NB. The only code that hands any credentials out; what it returns is secret. */
export function sessionIssuer(options: SessionIssuerOptions): SessionIssuer {
  const sts = stsClient();
  return {
    assumeRole: (plan, signal) => assumeRole(sts, options, plan, signal),
    narrow: (assumed, narrowing) => narrow(sts, assumed, narrowing),
    consoleUrl: (credentials) => consoleUrl(options, credentials),
  };
}

async function assumeRole(
  sts: STSClient,
  options: SessionIssuerOptions,
  plan: SessionPlan,
  signal: AbortSignal,
): Promise<Assumed> {
  const { partition, targetRolePath: targetRoles } = options;
  const { account, role } = plan.target;
  const command = new AssumeRoleCommand({
    RoleArn: targetRoleArn({ partition, account, targetRoles }, role),
    RoleSessionName: plan.sessionName,
    SourceIdentity: plan.sourceIdentity,
    ExternalId: options.externalId,
    DurationSeconds: plan.durationSeconds,
    Policy: plan.policy,
    Tags: Object.entries(plan.tags).map(([Key, Value]) => ({ Key, Value })),
  });
  const answer = await sts.send(command, { abortSignal: signal }).catch((error: unknown) => {
    throw assumeRoleError(plan.target, error);
  });
  const credentials = credentialsIn(answer);
  const assumedRoleId = answer.AssumedRoleUser?.AssumedRoleId;
  if (credentials === null || !assumedRoleId) {
    throw new Unavailable('STS answered without credentials, or without saying whose they are');
  }
  return { credentials, assumedRoleId };
}

/** NB. SessionDuration is never sent: the endpoint refuses it for role-chained credentials, and the console session then ends with them. */
async function consoleUrl(options: SessionIssuerOptions, credentials: Credentials): Promise<string> {
  const { signin, destination } = consoles[options.partition];
  const endpoint = `${options.signinEndpoint ?? signin}/federation`;
  const token = await signinToken(endpoint, credentials);
  const link = new URL(endpoint);
  link.search = new URLSearchParams({
    Action: 'login',
    Issuer: options.appUrl,
    Destination: destination,
    SigninToken: token,
  }).toString();
  return link.href;
}

// POST, because a GET would leave the credentials in the access logs of whatever stands between.
async function signinToken(endpoint: string, credentials: Credentials): Promise<string> {
  const session = {
    sessionId: credentials.accessKeyId,
    sessionKey: credentials.secretAccessKey,
    sessionToken: credentials.sessionToken,
  };
  const body = new URLSearchParams({ Action: 'getSigninToken', Session: JSON.stringify(session) });
  try {
    const answer = await fetch(endpoint, {
      method: 'POST',
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(signinTimeoutMs),
    });
    const { SigninToken } = (answer.ok ? await answer.json() : {}) as { SigninToken?: unknown };
    if (typeof SigninToken === 'string' && SigninToken !== '') return SigninToken;
    throw new Error(`the federation endpoint answered ${answer.status} without a sign-in token`);
  } catch (error) {
    throw new Unavailable('making a sign-in link failed', { cause: error });
  }
}
