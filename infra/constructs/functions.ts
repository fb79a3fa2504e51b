import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import {
  Architecture,
  Code,
  EventSourceMapping,
  FilterCriteria,
  FilterRule,
  Function as LambdaFunctionConstruct,
  Runtime,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { LambdaFunction } from '../../api/env.ts';
import { key, streamed } from '../../api/table.ts';
import { handlerName } from '../bundles.ts';
import { tableAccess } from '../table-access.ts';
import { LambdaRole, roleNameOf } from './lambda-role.ts';
import { retriesOf, shapes } from './lambda-shapes.ts';
import { joinNetwork, type LambdaNetwork } from './own-network.ts';
import { unlike } from './rules.ts';
import type { Store } from './store.ts';

export interface FunctionsProps {
  /** begins the names of the functions and of their roles */
  readonly name: string;
  readonly store: Store;
  /** by Lambda, the folder that is shipped: `infra/bundles.ts` */
  readonly bundles: Readonly<Record<LambdaFunction, string>>;
  /** by Lambda, as its schema in `api/env.ts` wants them */
  readonly variables: Readonly<Record<LambdaFunction, Readonly<Record<string, string>>>>;
  readonly targets: {
    readonly partition: string;
    /** IAM path of the target roles, with its slashes */
    readonly path: string;
    /** IAM path and name of the revoker role */
    readonly revoker: string;
  };
  readonly logRetention: RetentionDays;
  /** without it, they are in no VPC */
  readonly network?: LambdaNetwork | undefined;
}

const scheduled = ['sweep', 'enforce'] as const satisfies readonly LambdaFunction[];
const streaming = {
  announce: streamed.message,
  enforce: streamed.enforcement,
} as const satisfies Partial<Record<LambdaFunction, string>>;
/** Those that nobody waits for: what they could not do is told to the dead letters. */
const unattended: readonly LambdaFunction[] = ['announce', 'sweep', 'enforce', 'watch', 'reconcile'];

/** Every Lambda with a role of its own, and what calls those that the API does not. */
export class Functions extends Construct {
  readonly all: Readonly<Record<LambdaFunction, LambdaFunctionConstruct>>;
  readonly roles: Readonly<Record<LambdaFunction, LambdaRole>>;
  readonly logGroups: Readonly<Record<LambdaFunction, LogGroup>>;
  /** What came of no try: batches of the stream, and scheduled runs. Somebody has to look. */
  readonly deadLetters: Queue;
  readonly mappings: Readonly<Record<keyof typeof streaming, EventSourceMapping>>;

  constructor(scope: Construct, id: string, props: FunctionsProps) {
    super(scope, id);
    this.deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.KMS,
      encryptionMasterKey: props.store.key,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    const names = Object.keys(shapes) as LambdaFunction[];
    const each = <Part>(make: (name: LambdaFunction) => Part) =>
      Object.fromEntries(names.map((name) => [name, make(name)])) as Record<LambdaFunction, Part>;
    const scopes = each((name) => new Construct(this, capital(name)));
    this.logGroups = each(
      (name) =>
        new LogGroup(scopes[name], 'Log', {
          retention: props.logRetention,
          encryptionKey: props.store.key,
          removalPolicy: RemovalPolicy.RETAIN,
        }),
    );
    this.roles = each((name) => roleOf(scopes[name], name, this.logGroups[name], props));
    this.all = each((name) => this.functionOf(scopes[name], name, props));
    allowTargets(this.roles, props);
    for (const name of unattended) allowDeadLetters(this.roles[name], this.deadLetters, props.store);
    this.mappings = {
      announce: this.hear(scopes.announce, 'announce', props),
      enforce: this.hear(scopes.enforce, 'enforce', props),
    };
    for (const name of scheduled) everyMinute(scopes[name], this.all[name]);
  }

  private functionOf(scope: Construct, name: LambdaFunction, props: FunctionsProps): LambdaFunctionConstruct {
    const { does, memory, timeout } = shapes[name];
    const lambda = new LambdaFunctionConstruct(scope, 'Function', {
      functionName: this.roles[name].functionName,
      description: does,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(props.bundles[name]),
      handler: handlerName,
      memorySize: memory,
      timeout: Duration.seconds(timeout),
      role: this.roles[name].fixed,
      environment: { ...props.variables[name] },
      environmentEncryption: props.store.key,
      logGroup: this.logGroups[name],
      ...(unattended.includes(name) && {
        deadLetterQueue: this.deadLetters,
        ...retriesOf(name),
      }),
    });
    // NB. Not before its role may do what it does: Lambda looks at that when it is told to hear a stream.
    lambda.node.addDependency(this.roles[name]);
    answerRules(lambda, name, props);
    if (props.network) joinNetwork(lambda, this.roles[name], name, props.network);
    return lambda;
  }

  /** NB. The schedules do what a lost or blocked stream would not: so a batch is not tried for long. */
  private hear(
    scope: Construct,
    name: keyof typeof streaming,
    { store }: FunctionsProps,
  ): EventSourceMapping {
    const role = this.roles[name];
    role.allowInItsName({
      sid: 'HearOfWhatIsNew',
      actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
      resources: [store.streamArn],
    });
    // Service Authorization Reference, DynamoDB: ListStreams has no resource. Lambda asks for it to poll.
    role.allowInItsName({ sid: 'FindTheStream', actions: ['dynamodb:ListStreams'], resources: ['*'] });
    unlike(role, {
      'AwsSolutions-IAM5[Resource::*]':
        'ListStreams has no resource that it could be allowed on, and tells only names.',
    });
    return new EventSourceMapping(scope, 'Stream', {
      target: this.all[name],
      eventSourceArn: store.streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      retryAttempts: 3,
      maxRecordAge: Duration.minutes(10),
      onFailure: new SqsDlq(this.deadLetters),
      filters: [
        FilterCriteria.filter({
          eventName: FilterRule.isEqual('INSERT'),
          dynamodb: { Keys: { [key.pk]: { S: FilterRule.beginsWith(streaming[name]) } } },
        }),
      ],
    });
  }
}

function answerRules(
  lambda: LambdaFunctionConstruct,
  name: LambdaFunction,
  { network }: FunctionsProps,
): void {
  unlike(lambda, {
    'NIST.800.53.R5-LambdaConcurrency':
      'What is reserved for one is taken from all others of the account, and a new account has ten at once in all. How often people call is limited at the API; schedules and streams start one at a time.',
    ...(network === undefined && {
      'NIST.800.53.R5-LambdaInsideVPC':
        'Everything that it calls is an endpoint of AWS, or the OpenID provider, by TLS. It listens to nothing, and in a network it would reach nothing more.',
    }),
    ...(!unattended.includes(name) && {
      'NIST.800.53.R5-LambdaDLQ':
        'Somebody waits for the answer, and is told of a failure: nothing is left over for a queue.',
    }),
  });
}

function roleOf(
  scope: Construct,
  name: LambdaFunction,
  logGroup: LogGroup,
  props: FunctionsProps,
): LambdaRole {
  return new LambdaRole(scope, 'Execution', {
    name: roleNameOf(props.name, name),
    description: `Stepladder, ${name}: ${shapes[name].does}`,
    store: props.store,
    table: tableAccess[name],
    logGroup,
  });
}

/**
 * Which roles of other accounts the two that leave this account may become. NB. Whose account it is cannot be said
 * here: what a role's own trust policy says, and the policy file's accounts, is what names them.
 */
function allowTargets(roles: Functions['roles'], { targets }: FunctionsProps): void {
  const { partition, path, revoker } = targets;
  unlike(roles.sessions, {
    [`AwsSolutions-IAM5[Resource::arn:${partition}:iam::*:role${path}*]`]:
      'Target roles are in other accounts and are named by the policy file, which changes without this stack: they are held together by their path, and each of them trusts this one role by name.',
  });
  unlike(roles.enforce, {
    [`AwsSolutions-IAM5[Resource::arn:${partition}:iam::*:role${revoker}]`]:
      'The one role of that name in every target account, each of which trusts this one role by name.',
  });
  // CloudTrail tells of a call where it was made: of one in another region, nothing here would hear.
  const conditions = { StringEquals: { 'aws:RequestedRegion': Stack.of(roles.sessions).region } };
  roles.sessions.allowCode({
    sid: 'BecomeTargetRoles',
    actions: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
    resources: [`arn:${partition}:iam::*:role${path}*`],
    conditions,
  });
  roles.enforce.allowCode({
    sid: 'BecomeTheRevoker',
    actions: ['sts:AssumeRole'],
    resources: [`arn:${partition}:iam::*:role${revoker}`],
    conditions,
  });
}

function allowDeadLetters(role: LambdaRole, { queueArn }: Queue, { key: cmk }: Store): void {
  const { region, urlSuffix } = Stack.of(role);
  role.allowInItsName({ sid: 'TellTheDeadLetters', actions: ['sqs:SendMessage'], resources: [queueArn] });
  role.allowInItsName({
    sid: 'EncryptDeadLetters',
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    resources: [cmk.keyArn],
    conditions: { StringEquals: { 'kms:ViaService': `sqs.${region}.${urlSuffix}` } },
  });
}

function everyMinute(scope: Construct, target: LambdaFunctionConstruct): void {
  new Rule(scope, 'EveryMinute', {
    schedule: Schedule.rate(Duration.minutes(1)),
    targets: [
      new LambdaTarget(target, {
        event: RuleTargetInput.fromObject({ 'detail-type': 'Scheduled Event', source: 'aws.events' }),
        retryAttempts: 0,
        maxEventAge: Duration.minutes(1),
      }),
    ],
  });
}

const capital = (name: string): string => `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
