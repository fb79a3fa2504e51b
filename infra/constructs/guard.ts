import { Stack } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import {
  type CfnEventBus,
  EventBus,
  EventField,
  type EventPattern,
  Rule,
  RuleTargetInput,
} from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { type IRole, ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { eventSource, eventTypes } from '../../api/domain/event.ts';
import { type AlarmTopic, runbook } from './alarm-topic.ts';
import { byHand, deployed, type Guarded } from './guard-rules.ts';
import type { Messages } from './messages.ts';
import type { Store } from './store.ts';

export interface GuardProps {
  readonly name: string;
  readonly alarms: AlarmTopic;
  readonly messages: Messages;
  readonly store: Store;
  readonly rest: RestApi;
  /** of the pages, where they are in one */
  readonly bucket: IBucket | undefined;
  /** id of the user pool, where people come by SAML */
  readonly userPool: string | undefined;
}

export const guardHeading = 'Somebody changed it past a deployment';
export const deployedHeading = 'Somebody deployed';
export const breakGlassHeading = 'Somebody broke the glass';

/**
 * Tells whoever runs Stepladder when somebody changes what it rests on by hand, and of every deployment, for a change made
 * by CloudFormation looks like one. By CloudTrail, so the account needs a trail of its management events, and it takes some
 * minutes. NB. It only tells, and whoever takes all its rules away at once is faster: what keeps people from it is in the
 * runbook.
 */
export class Guard extends Construct {
  constructor(scope: Construct, id: string, props: GuardProps) {
    super(scope, id);
    const { alarms, store, messages } = props;
    const role = publisherOf(this, alarms, store);
    const tell = (what: string, heading: string, eventPattern: EventPattern) =>
      new Rule(this, what, {
        description: `Stepladder: ${heading}`,
        eventPattern,
        targets: [new SnsTopic(alarms.topic, { message: RuleTargetInput.fromText(told(heading)), role })],
      });
    for (const [what, pattern] of Object.entries(byHand(guardedBy(props)))) {
      tell(what, guardHeading, pattern);
    }
    tell('Deployments', deployedHeading, deployed());
    tellOfBrokenGlass(this, messages.bus, alarms, role);
  }
}

/**
 * EventBridge User Guide, "Using resource-based policies": what it does as itself cannot be limited to this account, so
 * the rules publish as a role.
 */
function publisherOf(scope: Construct, { topic }: AlarmTopic, { key }: Store): IRole {
  const role = new Role(scope, 'Publisher', {
    description: 'Stepladder: tells of what was changed past a deployment',
    assumedBy: new ServicePrincipal('events.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  });
  new ManagedPolicy(scope, 'PublisherPolicy', {
    roles: [role],
    statements: [
      new PolicyStatement({ actions: ['sns:Publish'], resources: [topic.topicArn] }),
      new PolicyStatement({ actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [key.keyArn] }),
    ],
  });
  return role.withoutPolicyUpdates();
}

function tellOfBrokenGlass(scope: Construct, bus: CfnEventBus, alarms: AlarmTopic, role: IRole): void {
  new Rule(scope, 'BreakGlass', {
    description: `Stepladder: ${breakGlassHeading}`,
    eventBus: EventBus.fromEventBusArn(scope, 'Bus', bus.attrArn),
    eventPattern: {
      source: [eventSource],
      detailType: [eventTypes.request],
      detail: { kind: ['break-glass'] },
    },
    targets: [new SnsTopic(alarms.topic, { message: RuleTargetInput.fromText(broken()), role })],
  });
}

/** NB. Nothing that a person typed: a mail program makes links of addresses. */
function broken(): string {
  const [account, role, request] = ['target.account', 'target.role', 'id'].map((field) =>
    EventField.fromPath(`$.detail.request.${field}`),
  );
  return `${breakGlassHeading}: ${role} in ${account}, request ${request}. What to do: ${runbook}, "${breakGlassHeading}".`;
}

function guardedBy(props: GuardProps): Guarded {
  const { name, alarms, messages, store, rest, bucket, userPool } = props;
  return {
    name,
    table: store.table,
    key: store.key,
    restApiId: rest.restApiId,
    topicArns: [alarms.topic.topicArn, ...messages.topicArns],
    bucket: bucket?.bucketName,
    userPool,
  };
}

function told(heading: string): string {
  const by = EventField.fromPath('$.detail.userIdentity.arn');
  const what = EventField.fromPath('$.detail.eventName');
  const at = EventField.fromPath('$.detail.eventTime');
  const from = EventField.fromPath('$.detail.sourceIPAddress');
  return `${heading}: ${what}, by ${by}, from ${from}, at ${at}. What to do: ${runbook}, "${heading}".`;
}
