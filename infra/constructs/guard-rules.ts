import { type EventPattern, Match } from 'aws-cdk-lib/aws-events';

/** What the rules of the guard know the deployment by. */
export interface Guarded {
  /** of the deployment, which is that of the stack, of the bus and of the web ACL, and begins those of the alarms */
  readonly name: string;
  readonly table: { readonly ref: string; readonly attrArn: string };
  readonly key: { readonly keyId: string; readonly keyArn: string };
  /** of the REST API */
  readonly restApiId: string;
  readonly topicArns: readonly string[];
  /** undefined: the pages are in no bucket */
  readonly bucket: string | undefined;
  /** undefined: people do not come by SAML */
  readonly userPool: string | undefined;
}

type Comparison = string | { readonly prefix: string } | { readonly wildcard: string };
type Parameters = Readonly<Record<string, readonly Comparison[]>>;

const beginning = (...names: string[]): Comparison[] => names.map((prefix) => ({ prefix }));
/**
 * What CloudFormation has named, however it is referred to. NB. With a list of names and ARNs a pattern would be longer than
 * EventBridge takes (2,048).
 */
const ofStack = (name: string): Comparison[] => [{ wildcard: `*${name}-*` }];

/**
 * By their ids, the calls of AWS that change what Stepladder rests on, where CloudFormation did not make them. NB. They are
 * found by what CloudTrail calls services and parameters, which is not always what the API calls them. IAM's and CloudFront's
 * are told of in one other region, and writing a file or an item is no management event.
 */
export function byHand(guarded: Guarded): Patterns {
  return { ...ofWhatIsKept(guarded), ...ofWhatAnswers(guarded), ...ofWhatTells(guarded) };
}

type Patterns = Readonly<Record<string, EventPattern>>;

function ofWhatIsKept({ table, key, bucket }: Guarded): Patterns {
  return {
    Table: call('dynamodb', ['UpdateTable', 'DeleteTable', 'UpdateContinuousBackups', 'UpdateTimeToLive'], {
      tableName: [table.ref, table.attrArn],
    }),
    TablePolicy: call('dynamodb', ['PutResourcePolicy', 'DeleteResourcePolicy'], {
      resourceArn: [table.attrArn],
    }),
    Key: call('kms', ['ScheduleKeyDeletion', 'DisableKey', 'DisableKeyRotation', 'PutKeyPolicy'], {
      keyId: [key.keyId, key.keyArn],
    }),
    ...(bucket !== undefined && {
      Pages: call(
        's3',
        ['PutBucketPolicy', 'DeleteBucketPolicy', 'PutBucketVersioning', 'PutBucketReplication'],
        { bucketName: [bucket] },
      ),
    }),
  };
}

function ofWhatAnswers({ name, restApiId, userPool }: Guarded): Patterns {
  return {
    // CloudTrail writes the version of the API behind their names.
    Lambdas: call(
      'lambda',
      beginning(
        'UpdateFunctionCode',
        'UpdateFunctionConfiguration',
        'AddPermission',
        'DeleteFunction',
        'PutFunctionConcurrency',
      ),
      { functionName: ofStack(name) },
    ),
    Api: call('apigateway', beginning('Create', 'Delete', 'Import', 'Put', 'Update'), {
      restApiId: [restApiId],
    }),
    WebAcl: call('wafv2', ['UpdateWebACL', 'DeleteWebACL'], { name: [name, ...beginning(`${name}-`)] }),
    ...(userPool !== undefined && {
      People: call('cognito-idp', beginning('Add', 'Admin', 'Create', 'Delete', 'Set', 'Update'), {
        userPoolId: [userPool],
      }),
    }),
  };
}

function ofWhatTells({ name, topicArns }: Guarded): Patterns {
  // EventBridge hears of CloudWatch by the one name or by the other.
  const cloudWatch = ['monitoring', 'cloudwatch'];
  return {
    Rules: call('events', ['PutRule', 'DeleteRule', 'DisableRule', 'DeleteEventBus'], {
      name: [...ofStack(name), name],
    }),
    Targets: call('events', ['PutTargets', 'RemoveTargets'], { rule: ofStack(name) }),
    Alarms: call(cloudWatch, ['DeleteAlarms', 'DisableAlarmActions'], { alarmNames: beginning(`${name}: `) }),
    Alarm: call(cloudWatch, ['PutMetricAlarm'], { alarmName: beginning(`${name}: `) }),
    Topics: call('sns', ['Subscribe', 'SetTopicAttributes', 'DeleteTopic', 'AddPermission'], {
      topicArn: topicArns,
    }),
    Subscriptions: call('sns', ['Unsubscribe', 'SetSubscriptionAttributes'], {
      subscriptionArn: beginning(...topicArns),
    }),
    Logs: call('logs', ['DeleteLogGroup', 'PutRetentionPolicy', 'PutMetricFilter', 'DeleteMetricFilter'], {
      logGroupName: [...ofStack(name), `aws-waf-logs-${name}`],
    }),
    // Of whatever trail: without one, nobody hears of any of these.
    Trails: call('cloudtrail', ['StopLogging', 'DeleteTrail', 'UpdateTrail', 'PutEventSelectors']),
  };
}

/** Changes of any stack, whoever makes them: what CloudFormation does then, the other rules take for a deployment. */
export function deployed(): EventPattern {
  return {
    ...trail,
    detail: {
      eventSource: ['cloudformation.amazonaws.com'],
      eventName: [
        'CreateStack',
        'UpdateStack',
        'DeleteStack',
        'ExecuteChangeSet',
        'SetStackPolicy',
        'UpdateTerminationProtection',
      ],
    },
  };
}

const trail = { source: Match.prefix('aws.'), detailType: ['AWS API Call via CloudTrail'] };

function call(
  service: string | readonly string[],
  eventName: readonly Comparison[],
  parameters?: Parameters,
): EventPattern {
  return {
    ...trail,
    detail: {
      eventSource: [service].flat().map((one) => `${one}.amazonaws.com`),
      eventName,
      ...(parameters && { requestParameters: parameters }),
      sourceIPAddress: [{ 'anything-but': ['cloudformation.amazonaws.com'] }],
    },
  };
}
