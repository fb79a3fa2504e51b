import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { type IRole, ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunctionConstruct, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type PageServerVariables, packagePageServer } from '../page-server/package.ts';
import { unlike } from './rules.ts';
import type { Store } from './store.ts';

export interface PageServerProps {
  readonly store: Store;
  /** with the built app */
  readonly directory: string;
  /** of every answer */
  readonly headers: Readonly<Record<string, string>>;
  /** what `/config.json` says */
  readonly config: Readonly<Record<string, unknown>>;
  readonly logRetention: RetentionDays;
}

/** Serves the app's files to the load balancer. NB. In no VPC: it calls nobody, and only the load balancer calls it. */
export class PageServer extends Construct {
  readonly lambda: LambdaFunctionConstruct;

  constructor(scope: Construct, id: string, props: PageServerProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Log', {
      retention: props.logRetention,
      encryptionKey: props.store.key,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const role = roleOf(this, logGroup);
    const variables: PageServerVariables = {
      HEADERS: JSON.stringify(props.headers),
      CONFIG: Stack.of(this).toJsonString(props.config),
    };
    const folder = mkdtempSync(join(tmpdir(), 'stepladder-page-server-'));
    packagePageServer(props.directory, folder);
    this.lambda = new LambdaFunctionConstruct(this, 'Function', {
      description: 'Serves the pages to the load balancer',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(folder),
      handler: 'index.handler',
      memorySize: 512,
      timeout: Duration.seconds(10),
      role,
      environment: { ...variables },
      logGroup,
    });
    unlike(this.lambda, {
      'NIST.800.53.R5-LambdaConcurrency':
        'It shares what the account has; the web ACL limits who asks how often.',
      'NIST.800.53.R5-LambdaDLQ': 'The load balancer waits for its answer, so there is nothing to keep.',
      'NIST.800.53.R5-LambdaInsideVPC':
        'It calls nobody, and nobody calls it but the load balancer, by the Lambda API.',
    });
    // CDK has copied it.
    rmSync(folder, { recursive: true });
  }
}

function roleOf(scope: Construct, { logGroupArn }: LogGroup): IRole {
  const role = new Role(scope, 'Role', {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    description: 'Stepladder, the server of the pages',
  });
  const policy = new ManagedPolicy(scope, 'Policy', { roles: [role] });
  policy.addStatements(
    new PolicyStatement({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logGroupArn],
    }),
  );
  return role.withoutPolicyUpdates();
}
