import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { eventSource, eventTypes } from '../../api/domain/event.ts';
import { runbook } from '../../infra/constructs/alarm-topic.ts';
import { breakGlassHeading, deployedHeading, guardHeading } from '../../infra/constructs/guard.ts';
import { exampleOf } from './deployment-text.ts';
import { matchesEvent } from './filter-patterns.ts';
import { deployment, resolverOf, synthesize } from './synthesized.ts';

/** What is told at once, by the rules of EventBridge: what people do past a deployment, and with the glass. */

const { account, region } = deployment;
// With people of a SAML provider there is most that could be changed.
const { template } = synthesize({ identity: exampleOf('saml').identity });
const resolve = resolverOf(template);
const entries = Object.entries(template.Resources);
const rulesOf = (heading: string) =>
  entries
    .filter(([, { Properties }]) => Properties.Description === `Stepladder: ${heading}`)
    .map(([, { Properties }]) => resolve(Properties) as { EventPattern: object; EventBusName?: string });
const idOf = (type: string, begins = '') =>
  entries.find(([id, { Type }]) => Type === type && id.startsWith(begins))?.[0] ?? '';
const refOf = (type: string, begins = '') => String(resolve({ Ref: idOf(type, begins) }));
const arnOf = (type: string) => String(resolve({ 'Fn::GetAtt': [idOf(type), 'Arn'] }));

/** What CloudTrail would say. @param from the address or the service that called */
interface Told {
  readonly service: string;
  readonly eventName: string;
  readonly requestParameters: object | null;
  readonly from?: string;
}
const isTold = (heading: string, { service, from = '198.51.100.4', ...rest }: Told) =>
  rulesOf(heading).some(({ EventPattern }) =>
    matchesEvent(EventPattern, {
      source: `aws.${service}`,
      'detail-type': 'AWS API Call via CloudTrail',
      detail: { eventSource: `${service}.amazonaws.com`, ...rest, sourceIPAddress: from },
    }),
  );

test.each([guardHeading, deployedHeading, breakGlassHeading])(
  'the runbook says what to do: %s',
  (heading) => {
    expect(readFileSync(runbook, 'utf8')).toContain(`\n### ${heading}\n`);
    expect(rulesOf(heading).length).toBeGreaterThan(0);
  },
);

describe('a change past a deployment', () => {
  const table = refOf('AWS::DynamoDB::Table');
  const key = refOf('AWS::KMS::Key');
  // As CloudFormation names it: by stack and logical id.
  const lambda = `${deployment.name}-sessions`;
  const rule = `${deployment.name}-GuardTable0A1B2C3D-1A2B3C4D5E6F`;
  const log = `${deployment.name}-FunctionsSessionsLog0A1B2C3D-1A2B3C4D5E6F`;
  const topic = refOf('AWS::SNS::Topic', 'Messages');
  const alarmTopic = refOf('AWS::SNS::Topic', 'Alarms');
  const restApiId = refOf('AWS::ApiGateway::RestApi');
  const bucketName = refOf('AWS::S3::Bucket', 'SitePages');
  const userPoolId = refOf('AWS::Cognito::UserPool');
  const alarm = `${deployment.name}: AWS refuses sessions`;

  test.each<[string, string, string, object | null]>([
    ['takes the deletion protection off', 'dynamodb', 'UpdateTable', { tableName: table }],
    ['names the table by its ARN', 'dynamodb', 'UpdateTable', { tableName: arnOf('AWS::DynamoDB::Table') }],
    ['turns the backups off', 'dynamodb', 'UpdateContinuousBackups', { tableName: table }],
    [
      'lets history be changed',
      'dynamodb',
      'DeleteResourcePolicy',
      { resourceArn: arnOf('AWS::DynamoDB::Table') },
    ],
    ['has the key deleted', 'kms', 'ScheduleKeyDeletion', { keyId: key }],
    ['changes the key’s policy', 'kms', 'PutKeyPolicy', { keyId: arnOf('AWS::KMS::Key') }],
    ['puts other code into a Lambda', 'lambda', 'UpdateFunctionCode20150331v2', { functionName: lambda }],
    ['lets others invoke it', 'lambda', 'AddPermission20150331v2', { functionName: lambda }],
    ['stops it', 'lambda', 'PutFunctionConcurrency20171031', { functionName: lambda }],
    [
      'names it by account',
      'lambda',
      'UpdateFunctionCode20150331v2',
      { functionName: `${account}:function:${lambda}` },
    ],
    [
      'names it by its whole ARN',
      'lambda',
      'DeleteFunction20150331',
      { functionName: `arn:aws:lambda:${region}:${account}:function:${lambda}` },
    ],
    ['has a route need no tokens', 'apigateway', 'UpdateMethod', { restApiId, httpMethod: 'POST' }],
    ['deploys another API', 'apigateway', 'CreateDeployment', { restApiId }],
    [
      'lets everybody past the web ACL',
      'wafv2',
      'UpdateWebACL',
      { name: deployment.name, scope: 'REGIONAL' },
    ],
    ['stops a rule', 'events', 'DisableRule', { name: rule }],
    ['takes the bus away', 'events', 'DeleteEventBus', { name: deployment.name }],
    ['sends what it tells elsewhere', 'events', 'RemoveTargets', { rule, ids: ['Target0'] }],
    ['deletes an alarm among others', 'monitoring', 'DeleteAlarms', { alarmNames: ['other', alarm] }],
    ['silences an alarm', 'cloudwatch', 'DisableAlarmActions', { alarmNames: [alarm] }],
    ['makes an alarm deaf', 'monitoring', 'PutMetricAlarm', { alarmName: alarm }],
    ['listens to what is told', 'sns', 'Subscribe', { topicArn: topic, protocol: 'sqs' }],
    ['opens the topic of alarms', 'sns', 'SetTopicAttributes', { topicArn: alarmTopic }],
    ['stops the mail', 'sns', 'Unsubscribe', { subscriptionArn: `${alarmTopic}:0a1b2c3d` }],
    ['deletes a log', 'logs', 'DeleteLogGroup', { logGroupName: log }],
    ['has a log forget', 'logs', 'PutRetentionPolicy', { logGroupName: `aws-waf-logs-${deployment.name}` }],
    ['stops the trail', 'cloudtrail', 'StopLogging', { name: 'organization' }],
    ['has it leave reading out', 'cloudtrail', 'PutEventSelectors', null],
    ['opens the bucket of the pages', 's3', 'DeleteBucketPolicy', { bucketName }],
    ['makes somebody', 'cognito-idp', 'AdminCreateUser', { userPoolId }],
    ['changes what a client may', 'cognito-idp', 'UpdateUserPoolClient', { userPoolId }],
  ])('is told when somebody %s, and not when a deployment does', (_what, service, eventName, parameters) => {
    const told = { service, eventName, requestParameters: parameters };
    expect(isTold(guardHeading, told)).toBe(true);
    expect(isTold(guardHeading, { ...told, from: 'cloudformation.amazonaws.com' })).toBe(false);
  });

  test.each<[string, string, string, object]>([
    ['another table', 'dynamodb', 'UpdateTable', { tableName: 'another' }],
    ['the table, which is only read', 'dynamodb', 'DescribeTable', { tableName: table }],
    ['another function', 'lambda', 'UpdateFunctionCode20150331v2', { functionName: 'another-function' }],
    ['another API', 'apigateway', 'UpdateMethod', { restApiId: 'another' }],
    ['another alarm', 'monitoring', 'DeleteAlarms', { alarmNames: ['other', `not ${alarm}`] }],
    ['another topic', 'sns', 'Subscribe', { topicArn: `${topic}-other` }],
    ['a sign-in', 'cognito-idp', 'Token_POST', { userPoolId }],
  ])('is not told of %s', (_what, service, eventName, requestParameters) => {
    expect(isTold(guardHeading, { service, eventName, requestParameters })).toBe(false);
  });

  test.each([
    ['cloudformation', 'CreateStack'],
    ['cloudformation', 'ExecuteChangeSet'],
    ['cloudformation', 'RollbackStack'],
    ['cloudformation', 'DeleteStack'],
    ['cloudformation', 'SetStackPolicy'],
    ['cloudcontrolapi', 'UpdateResource'],
  ])('by CloudFormation looks like a deployment, and %s %s is told whosever it is', (service, eventName) => {
    const told = { service, eventName, requestParameters: { stackName: 'any' } };
    expect(isTold(deployedHeading, told)).toBe(true);
    expect(isTold(deployedHeading, { ...told, from: 'cloudformation.amazonaws.com' })).toBe(true);
    expect(isTold(guardHeading, told)).toBe(false);
  });

  test('no pattern is longer than EventBridge takes, whatever the names are', () => {
    // With the longest name that deployment.yaml takes, in the region and partition of the longest names.
    const longName = 'n'.repeat(20);
    const { template: longest } = synthesize({ name: longName, region: 'ap-southeast-7' });
    const patterns = Object.values(longest.Resources)
      .filter(({ Type }) => Type === 'AWS::Events::Rule')
      .flatMap(({ Properties }) => Properties.EventPattern ?? []);
    // A reference may become as long as an ARN: of a topic, whose name has the stack's and its own.
    const length = (pattern: unknown) =>
      JSON.stringify(pattern, (_key, value) =>
        typeof value === 'object' && value !== null && ('Ref' in value || 'Fn::GetAtt' in value)
          ? 'x'.repeat(200)
          : value,
      ).length;
    expect(patterns.length).toBeGreaterThan(15);
    expect(patterns.filter((pattern) => length(pattern) > 2_048)).toEqual([]);
  });
});

test('broken glass is told, and nothing else that becomes of requests', () => {
  const [rule] = rulesOf(breakGlassHeading);
  const told = (kind: string, source: string = eventSource) =>
    matchesEvent(rule?.EventPattern, { source, 'detail-type': eventTypes.request, detail: { kind } });
  expect([told('break-glass'), told('created'), told('break-glass', 'other')]).toEqual([true, false, false]);
  expect(rule?.EventBusName).toBeDefined();
});
