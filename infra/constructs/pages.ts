import { CustomResource, RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  Effect,
  ManagedPolicy,
  PolicyStatement,
  Role,
  ServicePrincipal,
  StarPrincipal,
} from 'aws-cdk-lib/aws-iam';
import { Function as LambdaFunctionConstruct } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { CfnBucket, IBucket } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, type ISource, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { Construct } from 'constructs';
import { unlike } from './rules.ts';
import type { Store } from './store.ts';

export interface PagesProps {
  readonly store: Store;
  readonly bucket: IBucket;
  /** with the built app */
  readonly directory: string;
  /** what `/config.json` says: the same build serves every environment */
  readonly config: Readonly<Record<string, unknown>>;
  readonly logRetention: RetentionDays;
}

/**
 * Puts the app's files into the bucket: first those whose names carry a hash of what is in them, then the pages that
 * name them. NB. Nothing is ever taken away: whoever has a page of before open still gets the files that it names.
 */
export class Pages extends Construct {
  constructor(scope: Construct, id: string, props: PagesProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Log', {
      retention: props.logRetention,
      encryptionKey: props.store.key,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const policy = new ManagedPolicy(this, 'Policy', { roles: [role] });
    const allow = (sid: string, actions: string[], resources: string[]) =>
      policy.addStatements(new PolicyStatement({ sid, actions, resources }));
    allow('WriteOwnLog', ['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroup.logGroupArn]);
    allow('CompareFiles', ['s3:ListBucket'], [props.bucket.bucketArn]);
    onlyWrittenBy(role, props.bucket);
    const settings = {
      destinationBucket: props.bucket,
      // NB. What CDK would allow it is any of the bucket's files, and to delete them.
      role: role.withoutPolicyUpdates(),
      logGroup,
      prune: false,
      memoryLimit: 512,
    };
    const files = readBy(policy, Source.asset(props.directory));
    const named = new BucketDeployment(this, 'Assets', {
      ...settings,
      sources: [files],
      exclude: ['*'],
      include: ['assets/*'],
    });
    const pages = new BucketDeployment(this, 'Pages', {
      ...settings,
      sources: [files, readBy(policy, Source.jsonData('config.json', props.config))],
      exclude: ['assets/*'],
    });
    pages.node.addDependency(named);
    letWrite(copierOf(this), policy, props.bucket);
    for (const deployment of [named, pages]) runsAfter(deployment, policy);
  }
}

/** NB. The function is CDK's, one for the whole stack. */
function copierOf(scope: Construct): LambdaFunctionConstruct {
  const [copier] = Stack.of(scope).node.children.filter(({ node }) =>
    node.id.startsWith('Custom::CDKBucketDeployment'),
  );
  if (!(copier instanceof LambdaFunctionConstruct))
    throw new Error('CDK deploys files otherwise than it did.');
  return copier;
}

/** NB. Whoever may pass the role to a function of their own would write pages with it, were it not for that one alone. */
function letWrite(copier: LambdaFunctionConstruct, policy: ManagedPolicy, bucket: IBucket): void {
  policy.addStatements(
    new PolicyStatement({
      sid: 'WriteFiles',
      actions: ['s3:PutObject'],
      resources: [bucket.arnForObjects('*')],
      conditions: { ArnEquals: { 'lambda:SourceFunctionArn': copier.functionArn } },
    }),
  );
  unlike(policy, {
    [`AwsSolutions-IAM5[Resource::<${Stack.of(bucket).getLogicalId(bucket.node.defaultChild as CfnBucket)}.Arn>/*]`]:
      'Files whose names carry a hash have no names that are known before; nothing else is in the bucket.',
  });
  const onlyDeploys =
    'It runs while the stack is deployed, by CloudFormation alone, which waits for it and undoes what it could not do.';
  unlike(copier, {
    'AwsSolutions-L1': 'The runtime is the one that this version of CDK was tested with.',
    'NIST.800.53.R5-LambdaConcurrency': onlyDeploys,
    'NIST.800.53.R5-LambdaDLQ': onlyDeploys,
    'NIST.800.53.R5-LambdaInsideVPC': onlyDeploys,
  });
}

/** NB. Not all of the deployment: the function is made of a part of it, and the policy names the function. */
function runsAfter(deployment: BucketDeployment, policy: ManagedPolicy): void {
  const runs = deployment.node.children.filter((child) => child instanceof CustomResource);
  if (runs.length !== 1) throw new Error('CDK deploys files otherwise than it did.');
  for (const run of runs) run.node.addDependency(policy);
}

/** NB. Whoever writes a page runs in every reviewer's browser. */
function onlyWrittenBy({ roleArn }: Role, bucket: IBucket): void {
  bucket.addToResourcePolicy(
    new PolicyStatement({
      sid: 'OnlyDeploymentsWrite',
      effect: Effect.DENY,
      principals: [new StarPrincipal()],
      actions: [
        's3:PutObject',
        's3:DeleteObject',
        's3:DeleteObjectVersion',
        's3:ReplicateObject',
        's3:ReplicateDelete',
      ],
      resources: [bucket.arnForObjects('*')],
      conditions: { ArnNotEquals: { 'aws:PrincipalArn': roleArn } },
    }),
  );
}

/** Lets the policy's holder read the source, and nothing beside it. */
function readBy(policy: ManagedPolicy, source: ISource): ISource {
  return {
    bind: (scope, context) => {
      const bound = source.bind(scope, context);
      policy.addStatements(
        new PolicyStatement({
          actions: ['s3:GetObject'],
          resources: [bound.bucket.arnForObjects(bound.zipObjectKey)],
        }),
      );
      return bound;
    },
  };
}
