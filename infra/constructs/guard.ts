import { Stack } from 'aws-cdk-lib';
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
import { Construct } from 'constructs';
import { eventSource, eventTypes } from '../../api/domain/event.ts';
import { type AlarmTopic, runbook } from './alarm-topic.ts';
import type { Store } from './store.ts';

export interface GuardProps {
  readonly alarms: AlarmTopic;
  /** that every entry goes to */
  readonly bus: CfnEventBus;
  readonly store: Store;
}

export const guardHeading = 'Somebody changed it past a deployment';
export const breakGlassHeading = 'Somebody broke the glass';

/**
 * Tells whoever runs Stepladder when somebody changes what it rests on by hand: the table's protections, its key, or a
 * Lambda. By CloudTrail, so the account needs a trail of its management events, and it takes some minutes. NB. It only
 * tells: what keeps people from it is in the runbook.
 */
export class Guard extends Construct {
  constructor(scope: Construct, id: string, { alarms, bus, store }: GuardProps) {
    super(scope, id);
    const { table, key } = store;
    const rules = {
      Table: byHand(
        'dynamodb',
        ['UpdateTable', 'DeleteTable', 'UpdateContinuousBackups', 'UpdateTimeToLive'],
        { tableName: [table.ref, table.attrArn] },
      ),
      TablePolicy: byHand('dynamodb', ['PutResourcePolicy', 'DeleteResourcePolicy'], {
        resourceArn: [table.attrArn],
      }),
      Key: byHand('kms', ['ScheduleKeyDeletion', 'DisableKey', 'DisableKeyRotation', 'PutKeyPolicy'], {
        keyId: [key.keyId, key.keyArn],
      }),
      // CloudTrail writes the version of the API behind their names. NB. Every function of the stack, by the beginning of its
      // name, however it is named: with a list of names and ARNs a pattern is longer than EventBridge takes (2,048).
      Lambdas: byHand(
        'lambda',
        ['UpdateFunctionCode', 'UpdateFunctionConfiguration', 'AddPermission', 'DeleteFunction'].map(
          (prefix) => ({ prefix }),
        ),
        { functionName: [{ wildcard: `*${Stack.of(this).stackName}-*` }] },
      ),
    };
    const role = publisherOf(this, alarms, store);
    for (const [what, eventPattern] of Object.entries(rules)) {
      new Rule(this, what, {
        description: `Stepladder: ${guardHeading}`,
        eventPattern,
        targets: [new SnsTopic(alarms.topic, { message: RuleTargetInput.fromText(told()), role })],
      });
    }
    tellOfBrokenGlass(this, bus, alarms, role);
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

/** A call of AWS that CloudFormation did not make. */
function byHand(
  service: string,
  eventName: readonly (string | { prefix: string })[],
  requestParameters: Readonly<Record<string, readonly (string | { wildcard: string })[]>>,
): EventPattern {
  return {
    source: [`aws.${service}`],
    detailType: ['AWS API Call via CloudTrail'],
    detail: {
      eventName,
      requestParameters,
      sourceIPAddress: [{ 'anything-but': ['cloudformation.amazonaws.com'] }],
    },
  };
}

function told(): string {
  const by = EventField.fromPath('$.detail.userIdentity.arn');
  const what = EventField.fromPath('$.detail.eventName');
  const at = EventField.fromPath('$.detail.eventTime');
  const from = EventField.fromPath('$.detail.sourceIPAddress');
  return `${guardHeading}: ${what}, by ${by}, from ${from}, at ${at}. What to do: ${runbook}, "${guardHeading}".`;
}
