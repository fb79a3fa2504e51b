import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { AwsCustomResource, AwsCustomResourcePolicy, PhysicalResourceId } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { unlike } from './rules.ts';
import type { Store } from './store.ts';

/** How CDK calls the Lambda that asks, once in a stack. */
const askingLambda = 'AWS679f53fac002430cb0da5b7982bd2287';
const duringDeployment = 'It runs while CloudFormation deploys, which waits for it and says what went wrong.';
const deploymentOnly = {
  'NIST.800.53.R5-LambdaConcurrency': duringDeployment,
  'NIST.800.53.R5-LambdaDLQ': duringDeployment,
  'NIST.800.53.R5-LambdaInsideVPC': duringDeployment,
} as const;

/** Questions to EC2 that CloudFormation has no answer to, asked while the stack is deployed. */
export class AskEc2 extends Construct {
  private readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: { store: Store; logRetention: RetentionDays }) {
    super(scope, id);
    this.logGroup = new LogGroup(this, 'Log', {
      retention: props.logRetention,
      encryptionKey: props.store.key,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  /**
   * @param paths of what is wanted of the answer. NB. Of no more, for CloudFormation takes 4 KiB from whoever answers it
   * ("Custom resource response objects").
   * @returns what is at each of them
   */
  ask(id: string, action: string, parameters: object, paths: readonly string[]): string[] {
    const physicalResourceId = PhysicalResourceId.of(id);
    const call = { service: 'EC2', action, parameters, physicalResourceId, outputPaths: [...paths] };
    const verb = action.slice(0, 1).toUpperCase() + action.slice(1);
    const asked = new AwsCustomResource(this, id, {
      onUpdate: call,
      installLatestAwsSdk: false,
      logGroup: this.logGroup,
      // Service Authorization Reference: neither action has a resource.
      policy: AwsCustomResourcePolicy.fromStatements([
        new PolicyStatement({ actions: [`ec2:${verb}`], resources: ['*'] }),
      ]),
    });
    unlike(asked, {
      'AwsSolutions-IAM5[Resource::*]': 'What describes has no resource.',
      'NIST.800.53.R5-IAMNoInlinePolicy':
        'CDK makes it so, for a Lambda that runs only while it is deployed.',
    });
    unlike(Stack.of(this).node.findChild(askingLambda), {
      'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]':
        'CDK makes it so; the policy lets it write its log.',
      ...deploymentOnly,
    });
    return paths.map((path) => asked.getResponseField(path));
  }
}
