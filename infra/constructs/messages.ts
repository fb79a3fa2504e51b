import { Stack } from 'aws-cdk-lib';
import { CfnArchive, CfnEventBus, CfnEventBusPolicy } from 'aws-cdk-lib/aws-events';
import { CfnRegistry, CfnSchema } from 'aws-cdk-lib/aws-eventschemas';
import { Effect, PolicyStatement, ServicePrincipal, StarPrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSubscription, Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { LambdaFunction } from '../../api/env.ts';
import { eventSchemaTexts } from '../events/schemas.ts';
import { Chat, type ChatChannels } from './chat.ts';
import type { Functions } from './functions.ts';
import type { LambdaRole } from './lambda-role.ts';
import type { Store } from './store.ts';

export interface Notifications {
  readonly reviewers: readonly string[];
  readonly sender?: string | undefined;
  readonly chat?: ChatChannels | undefined;
}

export interface MessagesProps {
  /** begins the names of the bus and of what is told of it */
  readonly name: string;
  readonly store: Store;
  readonly notifications: Notifications;
  /** days that the bus's archive keeps events */
  readonly archiveDays: number;
}

/** Those that send. */
const announcers = ['announce', 'sweep'] as const satisfies readonly LambdaFunction[];

/**
 * Where messages and events go: the topic of reviewers, that of the chat, the bus with its archive and schemas. In two
 * steps, as the functions need to know the places, and the places who may send there.
 */
export class Messages extends Construct {
  readonly topic: Topic;
  /** undefined: there is no chat */
  readonly chat: Chat | undefined;
  readonly bus: CfnEventBus;
  private readonly props: MessagesProps;

  constructor(scope: Construct, id: string, props: MessagesProps) {
    super(scope, id);
    this.props = props;
    const { name, store, notifications } = props;
    this.topic = new Topic(this, 'Topic', { masterKey: store.key, enforceSSL: true });
    for (const [index, endpoint] of notifications.reviewers.entries()) {
      new CfnSubscription(this, `Reviewer${index + 1}`, {
        topicArn: this.topic.topicArn,
        protocol: 'email',
        endpoint,
        // Without a sender, what requesters are told goes through the topic too, and is not for everybody.
        filterPolicy: { audience: ['reviewers'] },
      });
    }
    if (notifications.chat !== undefined) {
      this.chat = new Chat(this, 'Chat', { name, store, channels: notifications.chat });
    }
    this.bus = this.makeBus();
    registerSchemas(this, name);
  }

  get topicArns(): readonly string[] {
    return [this.topic, ...(this.chat ? [this.chat.topic] : [])].map(({ topicArn }) => topicArn);
  }

  /** Lets those that send do it, and nobody else, whatever other policies of the account say. */
  serve({ roles }: Functions): void {
    const senders = announcers.map((name) => roles[name]);
    const topics = [this.topic, ...(this.chat ? [this.chat.topic] : [])];
    for (const role of senders) this.allow(role, topics);
    const arns = senders.map(({ role }) => role.roleArn);
    const others = { StringNotEquals: { 'aws:PrincipalArn': arns } };
    for (const topic of topics) {
      topic.addToResourcePolicy(
        new PolicyStatement({
          sid: 'NobodyElsePublishes',
          effect: Effect.DENY,
          principals: [new StarPrincipal()],
          actions: ['sns:Publish'],
          resources: [topic.topicArn],
          conditions: others,
        }),
      );
    }
    new CfnEventBusPolicy(this, 'NobodyElsePuts', {
      eventBusName: this.bus.ref,
      statementId: 'NobodyElsePuts',
      statement: {
        Effect: 'Deny',
        Principal: '*',
        Action: 'events:PutEvents',
        Resource: this.busArn(),
        Condition: others,
      },
    });
  }

  private allow(role: LambdaRole, topics: readonly Topic[]): void {
    const { store, notifications } = this.props;
    const { region, account, partition, urlSuffix } = Stack.of(this);
    const arns = topics.map(({ topicArn }) => topicArn);
    role.allowCode({ sid: 'PublishMessages', actions: ['sns:Publish'], resources: arns });
    role.allowInItsName({
      sid: 'EncryptMessages',
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: [store.key.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `sns.${region}.${urlSuffix}` } },
    });
    role.allowCode({ sid: 'PutEvents', actions: ['events:PutEvents'], resources: [this.busArn()] });
    const { sender } = notifications;
    if (sender === undefined) return;
    const identity = (named: string) => `arn:${partition}:ses:${region}:${account}:identity/${named}`;
    role.allowCode({
      sid: 'SendMail',
      actions: ['ses:SendEmail'],
      // Verified is the address itself or its domain (SES Developer Guide, "Verified identities").
      resources: [identity(sender), identity(sender.slice(sender.indexOf('@') + 1))],
      conditions: { StringEquals: { 'ses:FromAddress': sender } },
    });
  }

  private busArn(): string {
    return Stack.of(this).formatArn({
      service: 'events',
      resource: 'event-bus',
      resourceName: this.props.name,
    });
  }

  private makeBus(): CfnEventBus {
    const { name, store, archiveDays } = this.props;
    const bus = new CfnEventBus(this, 'Bus', {
      name,
      description: 'Stepladder: every entry of the audit trail',
      kmsKeyIdentifier: store.key.keyArn,
    });
    const archive = new CfnArchive(this, 'Archive', {
      sourceArn: bus.attrArn,
      description: 'Stepladder: what went over the bus',
      retentionDays: archiveDays,
      kmsKeyIdentifier: store.key.keyArn,
    });
    // NB. By name: the key's policy is there before what it is for.
    for (const statement of busMayUse(this, this.busArn())) store.key.addToResourcePolicy(statement);
    bus.node.addDependency(store.key);
    archive.node.addDependency(store.key);
    return bus;
  }
}

/** EventBridge User Guide, "Encrypting EventBridge event buses with AWS KMS keys" and "Encrypting EventBridge archives". */
function busMayUse(scope: Construct, busArn: string): PolicyStatement[] {
  const { account, region, partition } = Stack.of(scope);
  const principals = [new ServicePrincipal('events.amazonaws.com')];
  const ours = { StringEquals: { 'aws:SourceAccount': account } };
  const places = [busArn, `arn:${partition}:events:${region}:${account}:archive/*`];
  return [
    new PolicyStatement({
      sid: 'EventBridgeLooksAtTheKey',
      principals,
      actions: ['kms:DescribeKey'],
      resources: ['*'],
      conditions: ours,
    }),
    new PolicyStatement({
      sid: 'EventsOfThisBus',
      principals,
      actions: ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'],
      resources: ['*'],
      conditions: { ...ours, ArnLike: { 'aws:SourceArn': places } },
    }),
  ];
}

/** For consumers, who make code of them. NB. Nothing checks events against them but our own tests. */
function registerSchemas(scope: Construct, name: string): void {
  const registry = new CfnRegistry(scope, 'Schemas', {
    registryName: name,
    description: 'Stepladder: events of the bus',
  });
  for (const [family, content] of Object.entries(eventSchemaTexts())) {
    new CfnSchema(scope, `${family.slice(0, 1).toUpperCase()}${family.slice(1)}Event`, {
      registryName: registry.attrRegistryName,
      schemaName: `${family}-event`,
      type: 'JSONSchemaDraft4',
      content,
    });
  }
}
