import { Stack } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  Metric,
  Stats,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { lambdaFunctions } from '../bundles.ts';
import { type AlarmTopic, period, runbook } from './alarm-topic.ts';
import type { Functions } from './functions.ts';
import type { Store } from './store.ts';
import type { Failure } from './watch.ts';
import { blockedBy } from './web-acl.ts';

export interface OverviewProps {
  readonly name: string;
  readonly alarms: AlarmTopic;
  readonly store: Store;
  readonly rest: RestApi;
  readonly functions: Functions;
  readonly failures: Readonly<Record<Failure, IMetric>>;
}

/** The dashboard: first what is wrong, then what people meet, then what it runs on. */
export class Overview extends Construct {
  constructor(scope: Construct, id: string, props: OverviewProps) {
    super(scope, id);
    const dashboard = new Dashboard(this, 'Dashboard', { dashboardName: props.name });
    dashboard.addWidgets(
      new TextWidget({ width: 24, height: 1, markdown: `Each alarm’s name is a heading of ${runbook}.` }),
    );
    dashboard.addWidgets(
      new AlarmStatusWidget({ title: 'Alarms', width: 24, height: 4, alarms: props.alarms.alarms }),
    );
    dashboard.addWidgets(...people(props));
    dashboard.addWidgets(...background(props));
    dashboard.addWidgets(...ground(this, props));
  }
}

const graph = (title: string, left: IMetric[], right: IMetric[] = []) =>
  new GraphWidget({ title, width: 8, height: 6, left, right });

function people({ rest, failures, functions }: OverviewProps): GraphWidget[] {
  const sum = { period, statistic: Stats.SUM };
  return [
    graph(
      'Calls, and those answered with 4xx and 5xx',
      [rest.metricCount(sum)],
      [rest.metricClientError(sum), rest.metricServerError(sum)],
    ),
    graph('How long calls take (ms)', [
      rest.metricLatency({ period, statistic: Stats.p(50), label: 'half of them' }),
      rest.metricLatency({ period, statistic: Stats.p(95), label: 'all but one of twenty' }),
    ]),
    graph('Failures by their code, and sessions asked for', Object.values(failures), [
      functions.all.sessions.metricInvocations({ ...sum, label: 'sessions Lambda' }),
    ]),
  ];
}

function background({ functions: { all, deadLetters } }: OverviewProps): GraphWidget[] {
  const sum = { period, statistic: Stats.SUM };
  return [
    graph(
      'Errors of Lambdas',
      lambdaFunctions.map((name) => all[name].metricErrors({ ...sum, label: name })),
    ),
    graph(
      'How long Lambdas take (ms, all but one of twenty)',
      lambdaFunctions.map((name) =>
        all[name].metricDuration({ period, statistic: Stats.p(95), label: name }),
      ),
    ),
    graph(
      'Behind the stream (ms), and dead letters',
      (['announce', 'enforce'] as const).map((name) =>
        all[name].metric('IteratorAge', { period, statistic: Stats.MAXIMUM, label: name }),
      ),
      [deadLetters.metricApproximateNumberOfMessagesVisible({ period, statistic: Stats.MAXIMUM })],
    ),
  ];
}

function ground(scope: Construct, { store, name }: OverviewProps): GraphWidget[] {
  const of = (metricName: string) =>
    new Metric({
      namespace: 'AWS/DynamoDB',
      metricName,
      dimensionsMap: { TableName: store.table.ref },
      statistic: Stats.SUM,
      period,
    });
  const blocked = (rule: string) => blockedBy(name, rule, Stack.of(scope).region);
  return [
    graph('Capacity units of the table', [of('ConsumedReadCapacityUnits'), of('ConsumedWriteCapacityUnits')]),
    graph('Throttled by the table', [of('ReadThrottleEvents'), of('WriteThrottleEvents')]),
    graph('Blocked by the web ACL', ['ALL', 'only-from-the-distribution', 'not-too-often'].map(blocked)),
  ];
}
