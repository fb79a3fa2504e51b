import { Arn, ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { type Alarm, type IMetric, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { LambdaFunction } from '../../api/env.ts';
import { lambdaFunctions } from '../bundles.ts';
import { type AlarmTopic, period } from './alarm-topic.ts';
import type { Functions } from './functions.ts';
import type { Store } from './store.ts';
import { blockedBy } from './web-acl.ts';

export interface WatchProps {
  readonly name: string;
  readonly alarms: AlarmTopic;
  readonly store: Store;
  readonly rest: RestApi;
  readonly functions: Functions;
  /** of the app's own name, where there is one */
  readonly certificate?: string | undefined;
}

/** What the API's Lambdas write into their log about a failure (`api/http/router.ts`), by its code. */
const failures = {
  'target-refused': ['sessions'],
  'broker-refused': ['sessions'],
  internal: ['requests', 'reviews', 'sessions', 'audit'],
} as const satisfies Readonly<Record<string, readonly LambdaFunction[]>>;
export type Failure = keyof typeof failures;

/** What is looked at all the time. What each alarm means and what to do is in the runbook, by the alarm's name. */
export class Watch extends Construct {
  /** by code, how often the log tells of it */
  readonly failures: Readonly<Record<Failure, IMetric>>;
  private readonly props: WatchProps;

  constructor(scope: Construct, id: string, props: WatchProps) {
    super(scope, id);
    this.props = props;
    const codes = Object.keys(failures) as Failure[];
    this.failures = Object.fromEntries(codes.map((code) => [code, this.countOf(code)])) as Record<
      Failure,
      IMetric
    >;
    this.watchSessions();
    this.watchApi();
    this.watchTraffic();
    for (const name of lambdaFunctions) this.watchFunction(name);
    this.watchSchedules();
    this.watchStream();
    this.watchTable();
    this.watchCertificate();
  }

  private countOf(code: Failure): IMetric {
    const metric = {
      metricNamespace: `Stepladder/${this.props.name}`,
      metricName: code,
    };
    for (const lambda of failures[code]) {
      new MetricFilter(this, `${code}-${lambda}`, {
        logGroup: this.props.functions.logGroups[lambda],
        ...metric,
        metricValue: '1',
        filterPattern: FilterPattern.all(
          FilterPattern.stringValue('$.message', '=', 'failed'),
          FilterPattern.stringValue('$.code', '=', code),
        ),
      });
    }
    return new Metric({ namespace: metric.metricNamespace, metricName: code, statistic: Stats.SUM, period });
  }

  private watchSessions(): void {
    this.on('TargetRefused', {
      heading: 'AWS refuses sessions',
      means:
        'AWS did not let Stepladder become a target role, so somebody with an approved request got no session.',
      metric: this.failures['target-refused'],
      threshold: 1,
      in: [1, 1],
    });
    this.on('BrokerRefused', {
      heading: 'AWS refuses Stepladder itself',
      means: 'AWS does not take the credentials of the sessions Lambda, so nobody gets a session.',
      metric: this.failures['broker-refused'],
      threshold: 1,
      in: [2, 3],
    });
  }

  private watchApi(): void {
    const { rest } = this.props;
    this.on('ServerErrors', {
      heading: 'The API fails',
      means: 'Several calls of the API were answered with 5xx.',
      metric: rest.metricServerError({ period, statistic: Stats.SUM }),
      threshold: 5,
      in: [2, 3],
    });
    this.on('Slow', {
      heading: 'The API is slow',
      means: 'One call of twenty takes five seconds or longer.',
      metric: rest.metricLatency({ period, statistic: Stats.p(95) }),
      threshold: 5000,
      in: [3, 3],
    });
    this.on('Internal', {
      heading: 'Something happened that should not',
      means: 'A Lambda of the API met an error that it does not know: a fault of Stepladder.',
      metric: this.failures.internal,
      threshold: 1,
      in: [1, 1],
    });
  }

  private watchTraffic(): void {
    this.on('Blocked', {
      heading: 'The web ACL blocks a flood',
      means: 'The web ACL has blocked thousands of requests within minutes.',
      metric: blockedBy(this.props.name, 'ALL', Stack.of(this).region),
      threshold: 5000,
      in: [2, 2],
    });
  }

  private watchFunction(name: LambdaFunction): void {
    const lambda = this.props.functions.all[name];
    this.on(`${name}-errors`, {
      heading: 'A Lambda fails',
      of: name,
      means: `The ${name} Lambda ended with an error or ran out of time, again and again.`,
      metric: lambda.metricErrors({ period, statistic: Stats.SUM }),
      threshold: 1,
      in: [2, 3],
    });
  }

  private watchSchedules(): void {
    for (const name of ['sweep', 'enforce'] as const) {
      this.on(`${name}-stopped`, {
        heading: 'A Lambda does not run',
        of: name,
        means: `The ${name} Lambda, which runs every minute, has not run for ten.`,
        metric: this.props.functions.all[name].metricInvocations({ period, statistic: Stats.SUM }),
        threshold: 1,
        below: true,
        in: [2, 2],
        silenceIsWrong: true,
      });
    }
    const all = lambdaFunctions.map((name, index) => [`m${index}`, this.props.functions.all[name]] as const);
    this.on('Throttles', {
      heading: 'Lambdas are throttled',
      means: 'AWS starts no more Lambdas at once in this account and region, so calls are refused.',
      metric: sum(all.map(([id, lambda]) => [id, lambda.metricThrottles({ period, statistic: Stats.SUM })])),
      threshold: 1,
      in: [2, 3],
    });
  }

  private watchStream(): void {
    const { deadLetters, all } = this.props.functions;
    this.on('DeadLetters', {
      heading: 'There are dead letters',
      means: 'Something that a Lambda was to do in the background failed after all tries.',
      metric: deadLetters.metricApproximateNumberOfMessagesVisible({ period, statistic: Stats.MAXIMUM }),
      threshold: 1,
      in: [1, 1],
    });
    for (const name of ['announce', 'enforce'] as const) {
      this.on(`${name}-behind`, {
        heading: 'A Lambda is behind the stream',
        of: name,
        means: `What is new in the table reaches the ${name} Lambda only after minutes.`,
        metric: all[name].metric('IteratorAge', { period, statistic: Stats.MAXIMUM }),
        threshold: 180_000,
        in: [2, 2],
      });
    }
  }

  private watchTable(): void {
    const { table } = this.props.store;
    const of = (metricName: string, more: Record<string, string> = {}) =>
      new Metric({
        namespace: 'AWS/DynamoDB',
        metricName,
        dimensionsMap: { TableName: table.ref, ...more },
        statistic: Stats.SUM,
        period,
      });
    const calls = ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'TransactWriteItems'];
    this.on('TableThrottles', {
      heading: 'The table is throttled',
      means: 'DynamoDB refuses reads or writes because there are too many.',
      metric: sum([
        ['reads', of('ReadThrottleEvents')],
        ['writes', of('WriteThrottleEvents')],
      ]),
      threshold: 1,
      in: [2, 3],
    });
    this.on('TableErrors', {
      heading: 'The table fails',
      means: 'DynamoDB answers with errors of its own.',
      metric: sum(calls.map((Operation, index) => [`m${index}`, of('SystemErrors', { Operation })])),
      threshold: 1,
      in: [2, 3],
    });
  }

  /** NB. A certificate of CloudFront is in another region, and an alarm looks at its own only: the runbook says what then. */
  private watchCertificate(): void {
    const { certificate } = this.props;
    if (certificate === undefined || regionOf(certificate) !== Stack.of(this).region) return;
    this.on('Certificate', {
      heading: 'The certificate runs out',
      means: 'The certificate of the app ends in less than 30 days and was not renewed.',
      metric: new Metric({
        namespace: 'AWS/CertificateManager',
        metricName: 'DaysToExpiry',
        dimensionsMap: { CertificateArn: certificate },
        statistic: Stats.MINIMUM,
        // ACM tells it twice a day. NB. In a shorter period the alarm would be over as soon as it is told.
        period: Duration.days(1),
      }),
      threshold: 30,
      below: true,
      in: [1, 1],
    });
  }

  private on(id: string, watched: Parameters<AlarmTopic['watch']>[2]): Alarm {
    return this.props.alarms.watch(this, id, watched);
  }
}

/** NB. Without FILL there would be no sum where one of them is silent. */
function sum(metrics: readonly (readonly [id: string, metric: IMetric])[]): MathExpression {
  return new MathExpression({
    expression: metrics.map(([id]) => `FILL(${id}, 0)`).join(' + '),
    usingMetrics: Object.fromEntries(metrics),
    period,
  });
}

function regionOf(arn: string): string | undefined {
  return Arn.split(arn, ArnFormat.SLASH_RESOURCE_NAME).region;
}
