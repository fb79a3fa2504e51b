import { type TablePlace, writersOf } from '../table-policy.ts';

export interface ControlledAccount extends TablePlace {
  readonly region: string;
}

const deploying = [
  ...['CreateStack', 'UpdateStack', 'DeleteStack', 'CreateChangeSet', 'ExecuteChangeSet', 'DeleteChangeSet'],
  ...['RollbackStack', 'ContinueUpdateRollback', 'CancelUpdateStack', 'SetStackPolicy'],
  ...['UpdateTerminationProtection', 'ExecuteStackRefactor'],
  ...['CreateStackSet', 'UpdateStackSet', 'CreateStackInstances', 'UpdateStackInstances'],
  // Cloud Control's, which IAM counts to CloudFormation.
  ...['CreateResource', 'UpdateResource', 'DeleteResource'],
].map((action) => `cloudformation:${action}`);

const writingItems = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'PartiQL*'];

/**
 * By service, what changes the broker and what tells of it. NB. Neither what its Lambdas do themselves, such as PutEvents, nor
 * reading, which whoever looks into an incident has to do. Patterns are short: a policy has 5,120 characters.
 */
const byHand: Readonly<Record<string, readonly string[]>> = {
  iam: [
    ...['Add*', 'Attach*', 'Create*', 'Delete*', 'Detach*', 'PassRole', 'Put*', 'Remove*', 'Set*', 'Update*'],
  ],
  lambda: ['Create*', 'Update*', 'Delete*', 'PutFunction*', '*Permission'],
  dynamodb: [
    ...['CreateTable*', 'UpdateTable', 'UpdateTimeToLive', 'UpdateContinuousBackups', 'DeleteTable'],
    ...[
      'PutResourcePolicy',
      'DeleteResourcePolicy',
      'RestoreTable*',
      'ImportTable',
      'DeleteBackup',
      'EnableKinesis*',
      'ExportTable*',
    ],
  ],
  kms: ['ScheduleKeyDeletion', 'DisableKey*', 'PutKeyPolicy', 'RevokeGrant'],
  s3: ['PutBucket*', 'DeleteBucket*', 'Put*Configuration'],
  cloudfront: ['Create*', 'Update*', 'Delete*', 'Associate*'],
  wafv2: ['Create*', 'Update*', 'Delete*', 'Put*', '*associate*'],
  apigateway: ['PATCH', 'PUT', 'POST', 'DELETE', 'SetWebACL', 'UpdateRestApiPolicy'],
  elasticloadbalancing: ['Create*', 'Modify*', 'Delete*', 'Set*', 'Remove*', '*egister*'],
  ec2: ['ModifyVpcEndpoint*', 'DeleteVpcEndpoint*', '*SecurityGroup*gress'],
  route53: ['ChangeResourceRecordSets'],
  'cognito-idp': ['Add*', 'Admin*', 'Create*', 'Delete*', 'Set*', 'Update*'],
  events: ['PutRule', 'EnableRule', 'DisableRule', '*Targets', '*Permission', 'Update*', 'Delete*'],
  cloudwatch: ['PutMetric*', 'PutAlarmMuteRule', 'DeleteAlarms', 'DisableAlarmActions'],
  logs: ['Put*Filter', 'PutRetentionPolicy', 'Delete*', 'DisassociateKmsKey'],
  sns: ['Subscribe', 'Unsubscribe', 'Set*', 'DeleteTopic', '*Permission'],
  sqs: ['SetQueueAttributes', 'DeleteQueue', 'PurgeQueue'],
  cloudtrail: ['StopLogging', 'DeleteTrail', 'UpdateTrail', 'PutEventSelectors'],
};

/**
 * Service control policy of the broker's account: nobody but the pipeline deploys, nobody but the Lambdas that do writes
 * the table, and nobody changes anything by hand but the responder, a role that two people have to open. It gives nobody
 * anything. NB. To restore a table is to write it, so the responder is let past that, too: into the table in use it still
 * cannot write, whose own policy (`table-policy.ts`) names nobody but the Lambdas. And it does not hold the management
 * account, nor AWS's services in their own name, nor service-linked roles.
 */
export function controlPolicy(place: ControlledAccount) {
  const { partition, account, region, name } = place;
  const role = (named: string) => `arn:${partition}:iam::${account}:role/${named}`;
  // AWS CDK Developer Guide, "Bootstrapping": the roles of its default qualifier.
  const bootstrap = role(`cdk-hnb659fds-*-${account}-${region}`);
  const pipeline = role(`${name}-pipeline`);
  const responder = role(`${name}-responder`);
  // Of a stack on which a restore is tried: its own table lets it write, and the real one's policy does not.
  const drill = role('drill-*');
  const deny = (
    Sid: string,
    Action: readonly string[],
    but: readonly string[],
    Resource: string | readonly string[] = '*',
  ) => ({ Sid, Effect: 'Deny', Action, Resource, Condition: { ArnNotLike: { 'aws:PrincipalArn': but } } });
  return {
    Version: '2012-10-17',
    Statement: [
      deny('OnlyThePipelineDeploys', deploying, [pipeline, responder, bootstrap]),
      deny('OnlyThePipelineBecomesTheBootstrap', ['sts:AssumeRole'], [pipeline, responder], bootstrap),
      deny(
        'OnlyLambdasWriteTheTable',
        writingItems.map((action) => `dynamodb:${action}`),
        [...writersOf(place), drill, responder],
      ),
      deny(
        'OnlyDeploymentsWritePages',
        ['s3:PutObject', 's3:DeleteObject*', 's3:Replicate*'],
        // CloudFormation has named it.
        [bootstrap, role(`${name}-PagesRole*`), drill, responder],
      ),
      deny(
        'NobodyChangesItByHand',
        Object.entries(byHand).flatMap(([service, actions]) => actions.map((one) => `${service}:${one}`)),
        [bootstrap, responder],
      ),
    ],
  };
}
