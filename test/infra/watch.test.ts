import { readFileSync } from 'node:fs';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { BrokerRefused, TargetRefused } from '../../api/actions/aws-refusals.ts';
import { type SessionIssuer, Unavailable } from '../../api/actions/ports.ts';
import { routes } from '../../api/routes.ts';
import { runbook } from '../../infra/constructs/alarm-topic.ts';
import { captureLog, startApi } from '../api/http/calls.ts';
import { ada, eve, stoppedWorld } from '../api/people.ts';
import { approved, openStore, type Store } from '../api/store.ts';
import { matchesLine } from './filter-patterns.ts';
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
  readonly Threshold: number;
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
  // ACM tells it twice a day: in a shorter period the alarm would be over as soon as it is told.
  expect(alarmsOf(named).filter(({ AlarmName }) => AlarmName === name)).toMatchObject([
    { Period: 24 * 3600 },
  ]);
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

describe('whether CloudTrail tells of sessions', () => {
  const filters = ofType('AWS::Logs::MetricFilter').map(
    ({ Properties }) =>
      Properties as unknown as {
        FilterPattern: string;
        MetricTransformations: { MetricName: string; MetricValue: string }[];
      },
  );
  /** What the metric is given for the line of a log. */
  const valuesOf = (line: string) =>
    filters.flatMap(({ FilterPattern, MetricTransformations: [metric] }) =>
      metric?.MetricName === 'heard-of-sessions' && matchesLine(FilterPattern, line)
        ? [Number(metric.MetricValue)]
        : [],
    );
  const [format = ''] = ofType('AWS::ApiGateway::Stage').map(
    ({ Properties }) => (Properties.AccessLogSetting as { Format: string }).Format,
  );
  /** As API Gateway writes it, by the format of the template. */
  const called = (method: string, route: string, status: string) =>
    format
      .replace('$context.httpMethod', method)
      .replace('$context.resourcePath', route)
      .replace('$context.status', status);
  const heard = JSON.stringify({ message: 'assume-role', verdict: 'known' });
  const issue = `/api${routes.issueSession.path}`;
  const [alarm] = alarmsOf().filter(
    ({ AlarmName }) => AlarmName === 'stepladder: CloudTrail does not tell of sessions',
  );

  test.each<[string, readonly string[], boolean]>([
    ['nothing happens', [], false],
    ['a session is given and told of', [called('POST', issue, '201'), heard], false],
    ['it is told of first', [heard, called('POST', issue, '201')], false],
    ['only a preflight is told of', [heard], false],
    ['a session is refused', [called('POST', issue, '403')], false],
    ['sessions are looked at', [called('GET', '/api/audit/sessions', '200')], false],
    ['a session is given, and nothing is told', [called('POST', issue, '201')], true],
  ])('a day on which %s', (_what, lines, isWrong) => {
    const values = lines.flatMap(valuesOf);
    // The greatest value of the day; nothing is no value.
    expect(values.length > 0 && Math.max(...values) < Number(alarm?.Threshold)).toBe(isWrong);
  });

  test('two such days of a week are an alarm, and a day without a session is none', () => {
    expect(alarm).toMatchObject({
      Statistic: 'Maximum',
      ComparisonOperator: 'LessThanThreshold',
      Period: 24 * 3600,
      DatapointsToAlarm: 2,
      EvaluationPeriods: 7,
      TreatMissingData: 'notBreaching',
    });
  });
});
