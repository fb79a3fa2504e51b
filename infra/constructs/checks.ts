import { Duration, Stack } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { type CfnRule, Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { FilterPattern, type LogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { LambdaFunction } from '../../api/env.ts';
import { apiBase, routes } from '../../api/routes.ts';
import { type AlarmTopic, period } from './alarm-topic.ts';
import type { Functions } from './functions.ts';
import type { Messages } from './messages.ts';

export interface ChecksProps {
  readonly name: string;
  readonly alarms: AlarmTopic;
  readonly functions: Functions;
  readonly messages: Messages;
  /** of the API */
  readonly accessLog: LogGroup;
}

/** Twice as long as until the next run, so that the alarm does not come and go with each. */
const betweenRuns = Duration.hours(2);

/**
 * What is held against what it should be: who is subscribed to messages and alarms, every hour, and every AssumeRole that
 * CloudTrail tells of. NB. The account needs a trail that records reading, too, or nobody hears of AssumeRole.
 */
export class Checks extends Construct {
  private readonly props: ChecksProps;

  constructor(scope: Construct, id: string, props: ChecksProps) {
    super(scope, id);
    this.props = props;
    this.watchSubscriptions();
    this.reconcileSessions();
    this.watchVerdicts();
    this.watchTrail();
  }

  private watchSubscriptions(): void {
    const { functions, messages, alarms } = this.props;
    functions.roles.watch.allowCode({
      sid: 'ListSubscriptions',
      actions: ['sns:ListSubscriptionsByTopic'],
      resources: [...messages.topicArns, alarms.topic.topicArn],
    });
    new Rule(this, 'EveryHour', {
      schedule: Schedule.rate(Duration.hours(1)),
      targets: [
        new LambdaTarget(functions.all.watch, {
          event: RuleTargetInput.fromObject({ 'detail-type': 'Scheduled Event', source: 'aws.events' }),
          retryAttempts: 0,
          maxEventAge: Duration.minutes(1),
        }),
      ],
    });
    alarms.watch(this, 'Subscriptions', {
      heading: 'Somebody does not get messages, or gets what is not theirs',
      means:
        'A subscription of the topics is missing or not confirmed, or is one that deployment.yaml does not name.',
      metric: this.countOf('watch', 'subscription-wrong').with({ period: betweenRuns }),
      threshold: 1,
      in: [1, 1],
    });
    alarms.watch(this, 'WatchStopped', {
      heading: 'A Lambda does not run',
      of: 'watch',
      means: 'The watch Lambda, which runs every hour, has not run for two.',
      metric: functions.all.watch.metricInvocations({ period: betweenRuns, statistic: Stats.SUM }),
      threshold: 1,
      below: true,
      in: [1, 1],
      silenceIsWrong: true,
    });
  }

  private reconcileSessions(): void {
    const { functions } = this.props;
    const { all, roles } = functions;
    const rule = new Rule(this, 'AssumeRole', {
      description: 'Stepladder: AssumeRole of the roles that become those of other accounts',
      eventPattern: {
        source: ['aws.sts'],
        detailType: ['AWS API Call via CloudTrail'],
        detail: {
          eventName: ['AssumeRole'],
          userIdentity: {
            sessionContext: {
              sessionIssuer: { arn: [roles.sessions.role.roleArn, roles.enforce.role.roleArn] },
            },
          },
        },
      },
      targets: [
        new LambdaTarget(all.reconcile, {
          deadLetterQueue: functions.deadLetters,
          retryAttempts: 24,
          maxEventAge: Duration.hours(24),
        }),
      ],
    });
    // NB. AssumeRole only reads, as CloudTrail sees it; a rule that is just enabled does not hear of it (EventBridge User
    // Guide, "Receiving read-only management events from AWS services").
    (rule.node.defaultChild as CfnRule).state = 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';
  }

  private watchVerdicts(): void {
    const { alarms } = this.props;
    alarms.watch(this, 'Unmatched', {
      heading: 'Somebody became a target role past Stepladder',
      means:
        'CloudTrail tells of an AssumeRole by a role of Stepladder that no session on record stands for.',
      metric: this.countOf('reconcile', 'assume-role', 'unmatched'),
      threshold: 1,
      in: [1, 1],
    });
    alarms.watch(this, 'Unreadable', {
      heading: 'CloudTrail cannot be read',
      means:
        'An event of CloudTrail about AssumeRole is not as AWS documents it, so nobody knows what it was.',
      metric: this.countOf('reconcile', 'assume-role', 'unreadable'),
      threshold: 1,
      in: [1, 1],
    });
    alarms.watch(this, 'Denied', {
      heading: 'AWS denies AssumeRole again and again',
      means:
        'AWS has refused AssumeRole to the roles of Stepladder many times: more than preflights would explain.',
      metric: this.countOf('reconcile', 'assume-role', 'denied'),
      threshold: 50,
      in: [1, 1],
    });
  }

  /**
   * What nobody hears of cannot be unmatched. NB. One metric, 1 for a session that was given and 2 for an AssumeRole that
   * was heard of, of which the greatest counts: so it does not matter which comes first, and a day without either says
   * nothing. Of two days of a week, because CloudTrail may tell of a session after midnight, and sessions may be rare.
   */
  private watchTrail(): void {
    const { alarms, functions, accessLog, name } = this.props;
    const metric = { metricNamespace: `Stepladder/${name}`, metricName: 'heard-of-sessions' };
    const { method, path } = routes.issueSession;
    const counted: readonly [string, LogGroup, value: string, Readonly<Record<string, string>>][] = [
      ['Given', accessLog, '1', { method, route: `${apiBase}${path}`, status: '201' }],
      ['Heard', functions.logGroups.reconcile, '2', { message: 'assume-role' }],
    ];
    for (const [id, logGroup, metricValue, fields] of counted) {
      const filterPattern = FilterPattern.all(
        ...Object.entries(fields).map(([field, value]) =>
          FilterPattern.stringValue(`$.${field}`, '=', value),
        ),
      );
      new MetricFilter(this, id, { logGroup, ...metric, metricValue, filterPattern });
    }
    alarms.watch(this, 'TrailIsSilent', {
      heading: 'CloudTrail does not tell of sessions',
      means: 'On two days of the last seven sessions were given, and no AssumeRole was heard of.',
      metric: new Metric({
        namespace: metric.metricNamespace,
        metricName: metric.metricName,
        statistic: Stats.MAXIMUM,
        period: Duration.days(1),
      }),
      threshold: 2,
      below: true,
      in: [2, 7],
    });
  }

  /** How often that Lambda's log has such a line. */
  private countOf(lambda: LambdaFunction, message: string, verdict?: string): Metric {
    const metric = { metricNamespace: `Stepladder/${this.props.name}`, metricName: verdict ?? message };
    const told = FilterPattern.stringValue('$.message', '=', message);
    new MetricFilter(this, `Count-${metric.metricName}`, {
      logGroup: this.props.functions.logGroups[lambda],
      ...metric,
      metricValue: '1',
      filterPattern:
        verdict === undefined
          ? told
          : FilterPattern.all(told, FilterPattern.stringValue('$.verdict', '=', verdict)),
    });
    return new Metric({
      namespace: metric.metricNamespace,
      metricName: metric.metricName,
      statistic: Stats.SUM,
      period,
      region: Stack.of(this).region,
    });
  }
}
