import { Duration, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { Store } from './store.ts';

/** Where the runbook is, from the root of the repository. */
export const runbook = 'infra/operations/README.md';

export interface AlarmTopicProps {
  /** begins the names of the alarms */
  readonly name: string;
  readonly store: Store;
  /** who is told, by mail; each has to confirm */
  readonly address: readonly string[];
}

/** One thing that somebody is told of. */
export interface Watched {
  /** how the alarm is named, and the heading of the runbook that says what to do */
  readonly heading: string;
  /** of which of several */
  readonly of?: string;
  /** what is wrong, in a sentence */
  readonly means: string;
  readonly metric: IMetric;
  /** at which value it is wrong; with `below`, under which */
  readonly threshold: number;
  readonly below?: boolean;
  /** in how many of the last periods */
  readonly in: readonly [many: number, of: number];
  /** What a period without any value means. Nothing wrong, if not said. */
  readonly silenceIsWrong?: boolean;
}

/**
 * Where whoever runs Stepladder hears that something is wrong. NB. No composite alarm: each of these is answered by
 * something else, and one that stands for several would have to be taken apart first.
 */
export class AlarmTopic extends Construct {
  readonly topic: Topic;
  readonly alarms: Alarm[] = [];
  private readonly name: string;

  constructor(scope: Construct, id: string, { name, store, address }: AlarmTopicProps) {
    super(scope, id);
    this.name = name;
    this.topic = new Topic(this, 'Topic', {
      displayName: 'Stepladder alarms',
      masterKey: store.key,
      enforceSSL: true,
    });
    const principals = [new ServicePrincipal('cloudwatch.amazonaws.com')];
    const conditions = { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } };
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsOfThisAccount',
        principals,
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions,
      }),
    );
    store.key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsOfThisAccount',
        principals,
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: ['*'],
        conditions,
      }),
    );
    for (const one of address) this.topic.addSubscription(new EmailSubscription(one));
  }

  /** An alarm that tells the topic, of this part or of another one. */
  watch(scope: Construct, id: string, watched: Watched): Alarm {
    const { heading, of, means, metric, threshold, below = false, silenceIsWrong = false } = watched;
    const [datapointsToAlarm, evaluationPeriods] = watched.in;
    const alarm = new Alarm(scope, id, {
      alarmName: `${this.name}: ${heading}${of === undefined ? '' : ` (${of})`}`,
      alarmDescription: `${means} What to do: ${runbook}, "${heading}".`,
      metric,
      threshold,
      comparisonOperator: below
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      datapointsToAlarm,
      evaluationPeriods,
      treatMissingData: silenceIsWrong ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(this.topic));
    alarm.addOkAction(new SnsAction(this.topic));
    this.alarms.push(alarm);
    return alarm;
  }
}

/** Long enough that one lost call wakes nobody. */
export const period = Duration.minutes(5);
