import { randomUUID } from 'node:crypto';
import type { AssumeRoleInput } from './assume-role-input.ts';
import type { AwsRefusal } from './aws-refusal.ts';

/** Where the broker is, locally. */
const broker = '999988887777';

export function brokerRole(lambda: string): string {
  return `arn:aws:iam::${broker}:role/stepladder-${lambda}`;
}

export interface SeenCall {
  readonly caller: { readonly name: string; readonly accessKeyId: string };
  readonly region: string;
  /** epoch milliseconds */
  readonly at: number;
  readonly requestId: string;
  readonly asked: AssumeRoleInput;
  readonly came:
    | {
        readonly accessKeyId: string;
        readonly sessionToken: string;
        readonly name: string;
        readonly userId: string;
        readonly expiresAt: number;
      }
    | AwsRefusal;
}

/**
 * AssumeRole as EventBridge would hand it on from the broker account's CloudTrail (IAM User Guide, "Logging IAM and AWS
 * STS API calls with AWS CloudTrail"). NB. With the session token in the answer, as CloudTrail has it.
 */
export function cloudTrailEvent({ caller, region, at, requestId, asked, came }: SeenCall): object {
  const time = `${new Date(at).toISOString().slice(0, 19)}Z`;
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'AWS API Call via CloudTrail',
    source: 'aws.sts',
    account: broker,
    time,
    region,
    resources: [],
    detail: {
      eventVersion: '1.11',
      userIdentity: identityOf(caller, time),
      eventTime: time,
      eventSource: 'sts.amazonaws.com',
      eventName: 'AssumeRole',
      awsRegion: region,
      sourceIPAddress: '127.0.0.1',
      userAgent: 'aws-sdk-js/3',
      ...('code' in came ? refused(came) : answered(asked, came)),
      requestID: requestId,
      eventID: randomUUID(),
      readOnly: true,
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: broker,
      eventCategory: 'Management',
    },
  };
}

function identityOf({ name, accessKeyId }: SeenCall['caller'], creationDate: string) {
  const role = `stepladder-${name}`;
  const principalId = `AROAEXAMPLE${name.toUpperCase()}`;
  return {
    type: 'AssumedRole',
    principalId: `${principalId}:${role}`,
    arn: `arn:aws:sts::${broker}:assumed-role/${role}/${role}`,
    accountId: broker,
    accessKeyId,
    sessionContext: {
      sessionIssuer: { type: 'Role', principalId, arn: brokerRole(name), accountId: broker, userName: role },
      attributes: { creationDate, mfaAuthenticated: 'false' },
    },
  };
}

function refused({ code, message }: AwsRefusal) {
  return { errorCode: code, errorMessage: message, requestParameters: null, responseElements: null };
}

function answered(asked: AssumeRoleInput, came: Exclude<SeenCall['came'], AwsRefusal>) {
  const { roleArn, roleSessionName, externalId, durationSeconds, sourceIdentity, policy, tags } = asked;
  return {
    requestParameters: {
      roleArn,
      roleSessionName,
      externalId,
      durationSeconds,
      sourceIdentity,
      policy,
      tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
    },
    responseElements: {
      credentials: {
        accessKeyId: came.accessKeyId,
        sessionToken: came.sessionToken,
        expiration: new Date(came.expiresAt).toUTCString(),
      },
      assumedRoleUser: { assumedRoleId: came.userId, arn: came.name },
      sourceIdentity,
    },
  };
}
