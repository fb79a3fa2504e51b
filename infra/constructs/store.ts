import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { ttlAttribute } from '../../api/table.ts';
import { tableDefinition } from '../table-definition.ts';
import { tablePolicy } from '../table-policy.ts';
import { unlike } from './rules.ts';

export interface StoreProps {
  /** of the deployment: begins the names of the roles */
  readonly name: string;
  /** of point-in-time recovery, 1 to 35 */
  readonly recoveryDays: number;
  /** a table that was restored from a backup, in place of the stack's own, with the label of its stream */
  readonly restored?: { readonly table: string; readonly stream: string } | undefined;
}

/** The one table, and the key that everything at rest is encrypted with. Both outlive the stack. */
export class Store extends Construct {
  readonly key: Key;
  readonly table: { readonly ref: string; readonly attrArn: string };
  readonly streamArn: string;

  constructor(scope: Construct, id: string, props: StoreProps) {
    super(scope, id);
    const { restored } = props;
    this.key = new Key(this, 'Key', {
      description: 'Stepladder: table, messages, logs and secrets',
      enableKeyRotation: true,
      rotationPeriod: Duration.days(365),
      pendingWindow: Duration.days(30),
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.key.addToResourcePolicy(logsMayUse(this));
    this.key.addToResourcePolicy(rulesMayEncrypt());
    const table = restored === undefined ? tableOf(this, this.key, props) : tableThatIs(this, restored);
    this.table = table;
    this.streamArn = table.attrStreamArn;
  }
}

/** NB. What protects it is set by hand, its policy too: CloudFormation has not made it. The runbook says how. */
function tableThatIs(
  scope: Construct,
  { table, stream }: { readonly table: string; readonly stream: string },
): { ref: string; attrArn: string; attrStreamArn: string } {
  const attrArn = Stack.of(scope).formatArn({ service: 'dynamodb', resource: 'table', resourceName: table });
  return { ref: table, attrArn, attrStreamArn: `${attrArn}/stream/${stream}` };
}

function tableOf(scope: Construct, key: Key, { name, recoveryDays }: StoreProps): CfnTable {
  const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, BillingMode, StreamSpecification } =
    tableDefinition('named by CloudFormation');
  const { partition, account } = Stack.of(scope);
  const keySchema = (schema: typeof KeySchema) =>
    schema.map(({ AttributeName: attributeName = '', KeyType: keyType = '' }) => ({
      attributeName,
      keyType,
    }));
  const table = new CfnTable(scope, 'Table', {
    billingMode: BillingMode,
    attributeDefinitions: AttributeDefinitions.map(({ AttributeName, AttributeType }) => ({
      attributeName: AttributeName,
      attributeType: AttributeType,
    })),
    keySchema: keySchema(KeySchema),
    globalSecondaryIndexes: GlobalSecondaryIndexes.map((index) => ({
      indexName: index.IndexName,
      keySchema: keySchema(index.KeySchema),
      projection: { projectionType: index.Projection.ProjectionType },
    })),
    streamSpecification: { streamViewType: StreamSpecification.StreamViewType },
    timeToLiveSpecification: { attributeName: ttlAttribute, enabled: true },
    pointInTimeRecoverySpecification: {
      pointInTimeRecoveryEnabled: true,
      recoveryPeriodInDays: recoveryDays,
    },
    sseSpecification: { sseEnabled: true, sseType: 'KMS', kmsMasterKeyId: key.keyArn },
    deletionProtectionEnabled: true,
    resourcePolicy: { policyDocument: tablePolicy({ partition, account, name }) },
  });
  table.applyRemovalPolicy(RemovalPolicy.RETAIN);
  unlike(table, {
    'NIST.800.53.R5-DynamoDBInBackupPlan':
      'Point-in-time recovery covers every second of the last days. Backup plans belong to the organisation, which selects tables by tag or account.',
  });
  return table;
}

/** CloudWatch Logs User Guide, "Encrypt log data in CloudWatch Logs using AWS KMS": for log groups of this account and region. */
function logsMayUse(scope: Construct): PolicyStatement {
  const stack = Stack.of(scope);
  const groups = stack.formatArn({
    service: 'logs',
    resource: 'log-group',
    resourceName: '*',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  return new PolicyStatement({
    sid: 'LogsOfThisRegion',
    principals: [new ServicePrincipal(`logs.${stack.region}.${stack.urlSuffix}`)],
    actions: [
      'kms:Encrypt',
      'kms:Decrypt',
      'kms:ReEncryptFrom',
      'kms:ReEncryptTo',
      'kms:GenerateDataKey',
      'kms:DescribeKey',
    ],
    resources: ['*'],
    conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': groups } },
  });
}

/**
 * EventBridge User Guide, "Using dead-letter queues to process undelivered events": a rule puts what it could not deliver
 * into an encrypted queue by itself. NB. No condition on the rule, which it does not always say; the queue knows its rules.
 */
function rulesMayEncrypt(): PolicyStatement {
  return new PolicyStatement({
    sid: 'DeadLettersOfRules',
    principals: [new ServicePrincipal('events.amazonaws.com')],
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    resources: ['*'],
  });
}
