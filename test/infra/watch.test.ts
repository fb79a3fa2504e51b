import { readFileSync } from 'node:fs';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { BrokerRefused, TargetRefused } from '../../api/actions/aws-refusals.ts';
import { type SessionIssuer, Unavailable } from '../../api/actions/ports.ts';
import { eventSource, eventTypes } from '../../api/domain/event.ts';
import { runbook } from '../../infra/constructs/alarm-topic.ts';
import { breakGlassHeading, guardHeading } from '../../infra/constructs/guard.ts';
import { captureLog, startApi } from '../api/http/calls.ts';
import { ada, eve, stoppedWorld } from '../api/people.ts';
import { approved, openStore, type Store } from '../api/store.ts';
import { matchesEvent, matchesLine } from './filter-patterns.ts';
import { deployment, synthesize } from './synthesized.ts';

/** What is watched: that it is watched, that the log says what the filters look for, and that the runbook says what to do. */

const { template } = synthesize();
const certificate = 'arn:aws:acm:us-east-1:999988887777:certificate/00000000-0000-0000-0000-000000000000';
const domain = { name: 'stepladder.example.com', certificate };
const { template: named } = synthesize({ region: 'us-east-1', domain });

interface AlarmProperties {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly AlarmActions: unknown[];
  readonly TreatMissingData: string;
  readonly MetricName?: string;
  readonly DatapointsToAlarm: number;
  readonly EvaluationPeriods: number;
}
const ofType = (type: string, from = template) =>
  Object.values(from.Resources).filter(({ Type }) => Type === type);
const alarmsOf = (from = template) =>
  ofType('AWS::CloudWatch::Alarm', from).map(({ Properties }) => Properties as unknown as AlarmProperties);
const headings = new Set(
  readFileSync(runbook, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('### '))
    .map((line) => line.slice(4)),
);

describe('every alarm', () => {
  test.each(alarmsOf(named))('$AlarmName tells somebody, and the runbook says what to do', (alarm) => {
    const heading = /^stepladder: (.*?)(?: \(\w+\))?$/.exec(alarm.AlarmName)?.[1] ?? '';
    expect(headings).toContain(heading);
    expect(alarm.AlarmDescription.endsWith(`What to do: ${runbook}, "${heading}".`)).toBe(true);
    expect(alarm.AlarmActions).toHaveLength(1);
    expect(alarm.DatapointsToAlarm).toBeLessThanOrEqual(alarm.EvaluationPeriods);
  });

  test('is on the dashboard', () => {
    const [dashboard] = ofType('AWS::CloudWatch::Dashboard');
    const body = JSON.stringify(dashboard?.Properties.DashboardBody);
    const ids = Object.entries(template.Resources).filter(
      ([, { Type }]) => Type === 'AWS::CloudWatch::Alarm',
    );
    expect(ids.filter(([id]) => !body.includes(`"${id}"`)).map(([id]) => id)).toEqual([]);
  });

  test('goes to people who can read it: CloudWatch of this account may publish, and use the key', () => {
    const subscriptions = ofType('AWS::SNS::Subscription').map(({ Properties }) => Properties);
    expect(subscriptions).toContainEqual(
      expect.objectContaining({ Protocol: 'email', Endpoint: 'on-call@example.com' }),
    );
    const allowed = {
      Effect: 'Allow',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': deployment.account } },
    };
    const statements = (type: string, document: string) =>
      ofType(type).flatMap(({ Properties }) => (Properties[document] as { Statement: object[] }).Statement);
    expect(statements('AWS::SNS::TopicPolicy', 'PolicyDocument')).toContainEqual(
      expect.objectContaining({ ...allowed, Action: 'sns:Publish' }),
    );
    expect(statements('AWS::KMS::Key', 'KeyPolicy')).toContainEqual(
      expect.objectContaining({ ...allowed, Action: ['kms:Decrypt', 'kms:GenerateDataKey'] }),
    );
  });
});

test('silence is an alarm where something runs by a schedule, and nowhere else', () => {
  const silent = alarmsOf().filter(({ TreatMissingData }) => TreatMissingData === 'breaching');
  expect(silent.map(({ AlarmName }) => AlarmName).sort()).toEqual([
    'stepladder: A Lambda does not run (enforce)',
    'stepladder: A Lambda does not run (sweep)',
    'stepladder: A Lambda does not run (watch)',
  ]);
  expect(silent.every(({ MetricName }) => MetricName === 'Invocations')).toBe(true);
});

test('a certificate is watched where CloudWatch can see it', () => {
  const name = 'stepladder: The certificate runs out';
  expect(alarmsOf().map(({ AlarmName }) => AlarmName)).not.toContain(name);
  expect(alarmsOf(named).map(({ AlarmName }) => AlarmName)).toContain(name);
});

describe('the log', () => {
  let store: Store;
  const world = stoppedWorld();
  const patterns = new Map(
    ofType('AWS::Logs::MetricFilter').map(({ Properties }) => {
      const [{ MetricName = '' } = {}] = Properties.MetricTransformations as { MetricName?: string }[];
      return [MetricName, String(Properties.FilterPattern)];
    }),
  );
  beforeAll(async () => {
    store = await openStore();
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** Which metrics count what the sessions Lambda writes when AWS answers like this. */
  async function counted(fails: () => Error): Promise<string[]> {
    const by = { ...ada, id: `https://id.example.com#${world.newId()}` };
    const { id } = await approved(store, world, by);
    const assumeRole: SessionIssuer['assumeRole'] = async () => {
      throw fails();
    };
    const log = captureLog();
    await startApi(store, world, { assumeRole }).call(by, 'issueSession', { id, body: { kind: 'cli' } });
    const lines = log().trim().split('\n');
    vi.restoreAllMocks();
    return [...patterns]
      .filter(([, one]) => lines.some((line) => matchesLine(one, line)))
      .map(([name]) => name);
  }

  test.each<[string, () => Error, string[]]>([
    [
      'AWS refuses the role',
      () => new TargetRefused({ account: '111122223333', role: 'Admin' }, 'access-denied', {}),
      ['target-refused'],
    ],
    ['AWS refuses the broker', () => new BrokerRefused('expired'), ['broker-refused']],
    ['there is a fault', () => new TypeError('x is not a function'), ['internal']],
    ['something does not answer', () => new Unavailable('AssumeRole'), []],
  ])('says it as the filters read it: %s', async (_what, fails, expected) => {
    expect(await counted(fails)).toEqual(expected);
  });

  test('says nothing that they count when somebody is refused', async () => {
    const { id } = await approved(store, world, { ...ada, id: 'https://id.example.com#refused' });
    const log = captureLog();
    await startApi(store, world).call(eve, 'issueSession', { id, body: { kind: 'cli' } });
    const lines = log().trim().split('\n');
    expect(lines).toHaveLength(1);
    expect([...patterns.values()].filter((one) => matchesLine(one, lines[0] ?? ''))).toEqual([]);
  });
});

test('broken glass is told, and nothing else that becomes of requests', () => {
  const [rule] = ofType('AWS::Events::Rule').filter(
    ({ Properties }) => Properties.Description === `Stepladder: ${breakGlassHeading}`,
  );
  const told = (kind: string, source: string = eventSource) =>
    matchesEvent(rule?.Properties.EventPattern, {
      source,
      'detail-type': eventTypes.request,
      detail: { kind },
    });
  expect([told('break-glass'), told('created'), told('break-glass', 'other')]).toEqual([true, false, false]);
  expect(rule?.Properties.EventBusName).toBeDefined();
  expect([...headings]).toEqual(expect.arrayContaining([breakGlassHeading, guardHeading]));
});

describe('a change past a deployment', () => {
  const rules = ofType('AWS::Events::Rule').filter(
    ({ Properties }) => Properties.Description === `Stepladder: ${guardHeading}`,
  );
  const [table = ''] = idsOf('AWS::DynamoDB::Table');
  const [key = ''] = idsOf('AWS::KMS::Key');
  // As CloudFormation names it: by stack and logical id.
  const lambda = `${deployment.name}-FunctionsSessionsFunction-1A2B3C4D5E6F`;
  const { account, region } = deployment;

  function idsOf(type: string) {
    return Object.entries(template.Resources)
      .filter(([, { Type }]) => Type === type)
      .map(([id]) => id);
  }
  /** What CloudTrail would say. @param from the address or the service that called */
  const toldOf = (service: string, eventName: string, requestParameters: object, from = '198.51.100.4') =>
    rules.some(({ Properties }) =>
      matchesEvent(Properties.EventPattern, {
        source: `aws.${service}`,
        'detail-type': 'AWS API Call via CloudTrail',
        detail: { eventName, requestParameters, sourceIPAddress: from },
      }),
    );

  test.each<[string, string, string, object]>([
    ['takes the deletion protection off', 'dynamodb', 'UpdateTable', { tableName: { Ref: table } }],
    ['turns the backups off', 'dynamodb', 'UpdateContinuousBackups', { tableName: { Ref: table } }],
    ['lets history be changed', 'dynamodb', 'DeleteResourcePolicy', { resourceArn: arnOf(table) }],
    ['has the key deleted', 'kms', 'ScheduleKeyDeletion', { keyId: { Ref: key } }],
    ['changes the key’s policy', 'kms', 'PutKeyPolicy', { keyId: arnOf(key) }],
    ['puts other code into a Lambda', 'lambda', 'UpdateFunctionCode20150331v2', { functionName: lambda }],
    ['lets others invoke it', 'lambda', 'AddPermission20150331v2', { functionName: lambda }],
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
  ])('is told when somebody %s, and not when a deployment does', (_what, service, name, parameters) => {
    expect(toldOf(service, name, parameters)).toBe(true);
    expect(toldOf(service, name, parameters, 'cloudformation.amazonaws.com')).toBe(false);
  });

  test('is not told of another table, or of what is only read', () => {
    expect(toldOf('dynamodb', 'UpdateTable', { tableName: 'another' })).toBe(false);
    expect(toldOf('dynamodb', 'DescribeTable', { tableName: { Ref: table } })).toBe(false);
    expect(toldOf('lambda', 'UpdateFunctionCode20150331v2', { functionName: 'another-function' })).toBe(
      false,
    );
  });

  test('no pattern is longer than EventBridge takes, whatever the names are', () => {
    const patterns = ofType('AWS::Events::Rule').flatMap(({ Properties }) => Properties.EventPattern ?? []);
    // A reference may become as long as an ARN.
    const longest = (pattern: unknown) =>
      JSON.stringify(pattern, (_key, value) =>
        typeof value === 'object' && value !== null && ('Ref' in value || 'Fn::GetAtt' in value)
          ? 'x'.repeat(160)
          : value,
      ).length;
    expect(patterns.length).toBeGreaterThan(4);
    expect(patterns.filter((pattern) => longest(pattern) > 2_048)).toEqual([]);
  });

  function arnOf(id: string) {
    return { 'Fn::GetAtt': [id, 'Arn'] };
  }
});
