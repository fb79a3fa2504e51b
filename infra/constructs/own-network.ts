import type { CfnSecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { CfnFunction, Function as LambdaFunctionConstruct } from 'aws-cdk-lib/aws-lambda';
import type { LambdaFunction } from '../../api/env.ts';
import type { LambdaRole } from './lambda-role.ts';
import { unlike } from './rules.ts';

/** What the operator brings: `network` of deployment.yaml. */
export interface OwnNetwork {
  readonly vpc: string;
  readonly subnets: readonly { readonly id: string; readonly zone: string }[];
  /** route tables of these subnets, where the way to DynamoDB is entered; none: there is one already */
  readonly routeTables?: readonly string[] | undefined;
  /** address ranges that people come from */
  readonly people: readonly string[];
  /** where the OpenID provider is, and whatever else of the internet is needed */
  readonly provider: readonly string[];
  /** endpoints that the VPC has already: the security group of each, by service */
  readonly endpoints: Readonly<
    Partial<Record<'sts' | 'iam' | 'sns' | 'email' | 'events', string | undefined>>
  >;
}

/** NB. Without any rule, EC2 allows everything out of a security group: this one allows a kind of packet to nobody. */
export const nothingOut = [{ ipProtocol: 'icmp', fromPort: 252, toPort: 86, cidrIp: '255.255.255.255/32' }];

/** Where the Lambdas are in it. */
export interface LambdaNetwork {
  readonly subnetIds: readonly string[];
  readonly groups: Readonly<Record<LambdaFunction, CfnSecurityGroup>>;
}

/**
 * Lambda Developer Guide, "Giving Lambda functions access to resources in an Amazon VPC". NB. Lambda makes the network
 * interfaces in the role's name; what the function's own code asks for has its ARN with it, and is not allowed.
 */
export function joinNetwork(
  lambda: LambdaFunctionConstruct,
  role: LambdaRole,
  name: LambdaFunction,
  { subnetIds, groups }: LambdaNetwork,
): void {
  role.allowInItsName({
    sid: 'JoinTheNetwork',
    actions: [
      'ec2:AssignPrivateIpAddresses',
      'ec2:CreateNetworkInterface',
      'ec2:DeleteNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:UnassignPrivateIpAddresses',
    ],
    resources: ['*'],
    conditions: { Null: { 'lambda:SourceFunctionArn': 'true' } },
  });
  unlike(role, {
    'AwsSolutions-IAM5[Resource::*]':
      'Network interfaces have no names before Lambda makes them, and reading subnets has no resource. The condition keeps it to Lambda itself: what the function calls is refused.',
  });
  const own = lambda.node.defaultChild as CfnFunction;
  own.vpcConfig = { subnetIds: [...subnetIds], securityGroupIds: [groups[name].attrGroupId] };
  // Lambda looks whether the role may, before there is a function.
  lambda.node.addDependency(role);
}
