import { type EventPattern, Match } from 'aws-cdk-lib/aws-events';
import { webAclLogName } from './web-acl.ts';

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
 * EventBridge takes (2,048). It keeps the whole of the stack's name because that has at most 20 characters.
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
    Table: call(
      'dynamodb',
      [
        'UpdateTable',
        'DeleteTable',
        'UpdateContinuousBackups',
        'UpdateTimeToLive',
        'EnableKinesisStreamingDestination',
      ],
      { tableName: [table.ref, table.attrArn] },
    ),
    TablePolicy: call('dynamodb', ['PutResourcePolicy', 'DeleteResourcePolicy'], {
      resourceArn: [table.attrArn],
    }),
    Key: call(
      'kms',
      ['ScheduleKeyDeletion', 'DisableKey', 'DisableKeyRotation', 'PutKeyPolicy', 'RevokeGrant'],
      { keyId: [key.keyId, key.keyArn] },
    ),
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
        'RemovePermission',
        'DeleteFunction',
        'PutFunctionConcurrency',
        'CreateFunctionUrlConfig',
      ),
      { functionName: ofStack(name) },
    ),
    // Whoever has a function of their own take one of the roles hears the stream, and writes into its log.
    Roles: call('lambda', beginning('CreateFunction', 'UpdateFunctionConfiguration'), {
      role: [{ wildcard: `*:role/${name}-*` }],
    }),
    Streams: call('lambda', beginning('UpdateEventSourceMapping', 'DeleteEventSourceMapping')),
    Api: call('apigateway', beginning('Create', 'Delete', 'Import', 'Put', 'Update'), {
      restApiId: [restApiId],
    }),
    // Of whatever web ACL: what it is taken off, or replaced on, is said in as many ways as there are resources.
    WebAcl: call('wafv2', [
      'UpdateWebACL',
      'DeleteWebACL',
      'AssociateWebACL',
      'DisassociateWebACL',
      'DeleteLoggingConfiguration',
    ]),
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
    Rules: call('events', ['PutRule', 'DeleteRule', 'DisableRule', 'EnableRule', 'DeleteEventBus'], {
      name: [...ofStack(name), name],
    }),
    Targets: call('events', ['PutTargets', 'RemoveTargets'], { rule: ofStack(name) }),
    Alarms: call(cloudWatch, ['DeleteAlarms', 'DisableAlarmActions'], { alarmNames: beginning(`${name}: `) }),
    // Of whatever alarms, by whatever name CloudTrail gives to what it is told.
    Mute: call(cloudWatch, ['PutAlarmMuteRule']),
    BusPolicy: call('events', ['PutPermission', 'RemovePermission']),
    Alarm: call(cloudWatch, ['PutMetricAlarm'], { alarmName: beginning(`${name}: `) }),
    Topics: call('sns', ['Subscribe', 'SetTopicAttributes', 'DeleteTopic', 'AddPermission'], {
      topicArn: topicArns,
    }),
    Subscriptions: call('sns', ['Unsubscribe', 'SetSubscriptionAttributes'], {
      subscriptionArn: beginning(...topicArns),
    }),
    Logs: call(
      'logs',
      ['DeleteLogGroup', 'DeleteLogStream', 'PutRetentionPolicy', 'PutMetricFilter', 'DeleteMetricFilter'],
      { logGroupName: [...ofStack(name), webAclLogName(name)] },
    ),
    // Of whatever trail: without one, nobody hears of any of these.
    Trails: call('cloudtrail', ['StopLogging', 'DeleteTrail', 'UpdateTrail', 'PutEventSelectors']),
  };
}

/**
 * Changes of any stack, whoever makes them, or of a resource by Cloud Control: what CloudFormation does then, the other
 * rules take for a deployment.
 */
export function deployed(): EventPattern {
  return {
    ...trail,
    detail: {
      eventSource: ['cloudformation.amazonaws.com', 'cloudcontrolapi.amazonaws.com'],
      eventName: [
        ...['CreateStack', 'UpdateStack', 'DeleteStack', 'ExecuteChangeSet', 'ExecuteStackRefactor'],
        ...['RollbackStack', 'ContinueUpdateRollback', 'SetStackPolicy', 'UpdateTerminationProtection'],
        ...['CreateStackInstances', 'UpdateStackInstances', 'UpdateStackSet'],
        ...['CreateResource', 'UpdateResource', 'DeleteResource'],
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
