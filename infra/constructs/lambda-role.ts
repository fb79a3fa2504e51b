import { ArnFormat, Stack } from 'aws-cdk-lib';
import {
  Effect,
  type IRole,
  ManagedPolicy,
  PolicyStatement,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { LambdaFunction } from '../../api/env.ts';
import { indexes } from '../../api/table.ts';
import { type TableAccess, writesTable } from '../table-access.ts';
import type { Store } from './store.ts';

export interface LambdaRoleProps {
  /** of the role and of its function */
  readonly name: string;
  readonly description: string;
  readonly store: Store;
  readonly table: TableAccess | null;
  readonly logGroup: ILogGroup;
}

/**
 * How a Lambda and its role are called. Said here and not left to CloudFormation, because others name them before they are
 * there: the table's own policy, the trust policies of target accounts, and the role its one function.
 * @param name of the deployment
 */
export function roleNameOf(name: string, lambda: LambdaFunction): string {
  return `${name}-${lambda}`;
}

/** What a role may do. */
interface Allowed {
  readonly sid: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/**
 * The role of one Lambda, with one policy: all that it may do is added here, by us. NB. What CDK would add by itself is
 * kept away (`withoutPolicyUpdates`), for it gives what a construct might need, not what this code does. And a role does not
 * choose its function: whoever may pass it (`iam:PassRole`) can give it to one of their own, so what code asks for is
 * allowed to that of one function.
 */
export class LambdaRole extends Construct {
  readonly role: Role;
  /** for the function */
  readonly fixed: IRole;
  readonly functionName: string;
  private readonly policy: ManagedPolicy;

  constructor(scope: Construct, id: string, props: LambdaRoleProps) {
    super(scope, id);
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: props.description,
      roleName: props.name,
    });
    this.functionName = props.name;
    this.policy = new ManagedPolicy(this, 'Policy', { roles: [this.role], description: props.description });
    this.fixed = this.role.withoutPolicyUpdates();
    this.allowInItsName({
      sid: 'WriteOwnLog',
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      // CloudFormation's ARN of a log group stands for the streams in it.
      resources: [props.logGroup.logGroupArn],
    });
    if (props.table !== null) allowTable(this, props.store, props.table);
    allowKey(this, props.store, props.table);
  }

  /**
   * What the function's own code asks for. Lambda says in the credentials that it gives code which function that is, without
   * a version (Lambda Developer Guide, "Using source function ARN to control function access behavior").
   */
  allowCode(statement: Allowed): void {
    const arn = Stack.of(this).formatArn({
      service: 'lambda',
      resource: 'function',
      resourceName: this.functionName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const ArnEquals = { ...statement.conditions?.ArnEquals, 'lambda:SourceFunctionArn': arn };
    this.add({ ...statement, conditions: { ...statement.conditions, ArnEquals } });
  }

  /** What Lambda, or another service, does in the role's name. NB. Most of it comes without the function that it is for. */
  allowInItsName(statement: Allowed): void {
    this.add(statement);
  }

  private add({ sid, actions, resources, conditions }: Allowed): void {
    this.policy.addStatements(
      new PolicyStatement({
        sid,
        effect: Effect.ALLOW,
        actions: [...actions],
        resources: [...resources],
        ...(conditions && { conditions }),
      }),
    );
  }
}

/** DynamoDB Developer Guide, "Using IAM policy conditions for fine-grained access control": the partition keys of a call. */
function allowTable(role: LambdaRole, { table }: Store, { actions, indexes: queried }: TableAccess): void {
  for (const [action, kinds] of Object.entries(actions)) {
    role.allowCode({
      sid: `${action}OfItsKinds`,
      actions: [`dynamodb:${action}`],
      resources: [table.attrArn],
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': kinds.map((kind) => `${kind}#*`) } },
    });
  }
  if (actions.GetItem?.includes('TABLE')) {
    role.allowCode({
      sid: 'AskWhichTableThisIs',
      actions: ['dynamodb:DescribeTable'],
      resources: [table.attrArn],
    });
  }
  if (queried.length === 0) return;
  role.allowCode({
    sid: 'QueryItsIndexes',
    actions: ['dynamodb:Query'],
    resources: queried.map((index) => `${table.attrArn}/index/${indexes[index].name}`),
  });
}

/**
 * DynamoDB Developer Guide, "Encryption at rest: how it works": DynamoDB uses the key in the name of whoever calls it.
 * Lambda decrypts a function's variables in the name of its role.
 */
function allowKey(role: LambdaRole, { key }: Store, table: TableAccess | null): void {
  const { region, urlSuffix } = Stack.of(role);
  const via = (...services: string[]) => ({
    StringEquals: { 'kms:ViaService': services.map((service) => `${service}.${region}.${urlSuffix}`) },
  });
  role.allowInItsName({
    sid: 'Decrypt',
    actions: ['kms:Decrypt', 'kms:DescribeKey'],
    resources: [key.keyArn],
    conditions: table === null ? via('lambda') : via('dynamodb', 'lambda'),
  });
  if (!writesTable(table)) return;
  role.allowInItsName({
    sid: 'Encrypt',
    actions: [
      'kms:Encrypt',
      'kms:GenerateDataKey',
      'kms:GenerateDataKeyWithoutPlaintext',
      'kms:ReEncryptFrom',
      'kms:ReEncryptTo',
    ],
    resources: [key.keyArn],
    conditions: via('dynamodb'),
  });
}
