import { Fn, Stack } from 'aws-cdk-lib';
import {
  CfnSecurityGroup,
  CfnSecurityGroupEgress,
  CfnSecurityGroupIngress,
  CfnVPCEndpoint,
  InterfaceVpcEndpointAwsService,
} from 'aws-cdk-lib/aws-ec2';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { LambdaFunction } from '../../api/env.ts';
import { type EndpointPolicies, endpointPolicies, type Reach } from '../endpoint-policies.ts';
import { AskEc2 } from './ask-ec2.ts';
import { nothingOut, type OwnNetwork } from './own-network.ts';
import type { Store } from './store.ts';

export interface NetworkProps {
  /** NB. Not the stack's own word for it, which says nothing until it is deployed. */
  readonly partition: string;
  readonly own: OwnNetwork;
  readonly name: string;
  readonly store: Store;
  readonly topicArns: readonly string[];
  readonly alarmTopicArn: string;
  readonly targets: Reach['targets'];
  /** whether mail is sent by SES */
  readonly sendsMail: boolean;
  readonly logRetention: RetentionDays;
}

type Service = keyof EndpointPolicies;

/**
 * Which Lambda talks to what. NB. Only what their own code calls: logs, the keys of variables, streams and schedules are
 * Lambda's own business, which does not come by here.
 */
const calls: Readonly<Record<LambdaFunction, readonly (Service | 'dynamodb' | 'provider')[]>> = {
  authorizer: ['provider'],
  requests: ['dynamodb', 'provider'],
  reviews: ['dynamodb', 'provider'],
  // The provider's range has also to hold AWS's sign-in, for the console: it has no endpoint of this kind.
  sessions: ['dynamodb', 'provider', 'sts', 'iam'],
  audit: ['dynamodb'],
  announce: ['dynamodb', 'sns', 'email', 'events'],
  sweep: ['dynamodb', 'sns', 'email', 'events'],
  watch: ['sns'],
  reconcile: ['dynamodb'],
  enforce: ['dynamodb', 'sts', 'iam'],
};

const https = { ipProtocol: 'tcp', fromPort: 443, toPort: 443 } as const;

/** IAM is one service for all regions: com.amazonaws.iam, in the region where its partition has it. */
const iamRegions: Readonly<Record<string, string>> = {
  aws: 'us-east-1',
  'aws-us-gov': 'us-gov-west-1',
  'aws-cn': 'cn-north-1',
};

/**
 * The ways of the Lambdas in a VPC of the operator's: a security group for each, and endpoints, so that each reaches what
 * its code calls and nothing else. Nothing here, and nobody, reaches a Lambda.
 */
export class Network extends Construct {
  /** of the private API: who comes by it is let in, and nobody else */
  readonly apiEndpoint: CfnVPCEndpoint;
  readonly apiGroup: CfnSecurityGroup;
  readonly groups: Readonly<Record<LambdaFunction, CfnSecurityGroup>>;
  private readonly props: NetworkProps;
  private readonly ec2: AskEc2;

  constructor(scope: Construct, id: string, props: NetworkProps) {
    super(scope, id);
    this.props = props;
    this.ec2 = new AskEc2(this, 'Ec2', props);
    const names = Object.keys(calls) as LambdaFunction[];
    this.groups = Object.fromEntries(
      names.map((name) => [name, this.group(`Of-${name}`, `Stepladder: the ${name} Lambda`)]),
    ) as Record<LambdaFunction, CfnSecurityGroup>;
    const policies = endpointPolicies({ ...this.place(), ...props, tableArn: props.store.table.attrArn });
    for (const service of Object.keys(policies) as Service[]) {
      if (service === 'email' && !props.sendsMail) continue;
      const users = names.filter((name) => calls[name].includes(service));
      this.serve(service, policies[service], users);
    }
    this.reachTable(policies, names);
    for (const name of names.filter((one) => calls[one].includes('provider'))) {
      for (const [index, cidrIp] of props.own.provider.entries()) {
        this.allow(`${name}-Provider-${index}`, this.groups[name], { cidrIp });
      }
    }
    this.apiGroup = this.group('Api', 'Stepladder: the way to the private API');
    this.apiEndpoint = this.endpoint('ApiEndpoint', this.apiGroup, {
      serviceName: nameOf('execute-api'),
      policyDocument: policies.api,
      // NB. With it, every other API of API Gateway would no longer be reached from this VPC.
      privateDnsEnabled: false,
    });
  }

  private place() {
    const { region, account } = Stack.of(this);
    return { partition: this.props.partition, region, account };
  }

  /** NB. Private subnets of the operator's: nothing is made that leads to or from the internet. */
  private group(id: string, groupDescription: string): CfnSecurityGroup {
    return new CfnSecurityGroup(this, id, {
      groupDescription,
      vpcId: this.props.own.vpc,
      securityGroupEgress: nothingOut,
    });
  }

  private allow(
    id: string,
    from: CfnSecurityGroup,
    to: { cidrIp: string } | { destinationSecurityGroupId: string } | { destinationPrefixListId: string },
  ): void {
    new CfnSecurityGroupEgress(this, `Out-${id}`, { ...https, ...to, groupId: from.attrGroupId });
  }

  /** Lets one group talk to another, and that one hear it. */
  connect(id: string, from: CfnSecurityGroup, to: CfnSecurityGroup): void {
    this.allow(id, from, { destinationSecurityGroupId: to.attrGroupId });
    new CfnSecurityGroupIngress(this, `In-${id}`, {
      ...https,
      groupId: to.attrGroupId,
      sourceSecurityGroupId: from.attrGroupId,
    });
  }

  private serve(service: Service, policyDocument: object, users: readonly LambdaFunction[]): void {
    if (service === 'api' || service === 'dynamodb') return;
    const theirs = this.props.own.endpoints[service];
    if (theirs !== undefined) {
      for (const name of users) {
        this.allow(`${name}-${service}`, this.groups[name], { destinationSecurityGroupId: theirs });
      }
      return;
    }
    const group = this.group(`Endpoint-${service}`, `Stepladder: the way to ${service}`);
    for (const name of users) this.connect(`${name}-${service}`, this.groups[name], group);
    this.endpoint(`${service}Endpoint`, group, {
      ...(service === 'iam'
        ? {
            serviceName: 'com.amazonaws.iam',
            serviceRegion: iamRegions[this.place().partition] ?? 'us-east-1',
          }
        : { serviceName: nameOf(service) }),
      policyDocument,
      privateDnsEnabled: true,
    });
  }

  private endpoint(
    id: string,
    group: CfnSecurityGroup,
    settings: {
      serviceName: string;
      serviceRegion?: string;
      policyDocument: object;
      privateDnsEnabled: boolean;
    },
  ): CfnVPCEndpoint {
    const { vpc, subnets } = this.props.own;
    return new CfnVPCEndpoint(this, id, {
      ...settings,
      vpcEndpointType: 'Interface',
      vpcId: vpc,
      subnetIds: subnets.map((subnet) => subnet.id),
      securityGroupIds: [group.attrGroupId],
    });
  }

  private reachTable({ dynamodb }: EndpointPolicies, names: readonly LambdaFunction[]): void {
    const { own } = this.props;
    const serviceName = `com.amazonaws.${this.place().region}.dynamodb`;
    if (own.routeTables !== undefined) {
      new CfnVPCEndpoint(this, 'TableEndpoint', {
        serviceName,
        vpcEndpointType: 'Gateway',
        vpcId: own.vpc,
        routeTableIds: [...own.routeTables],
        policyDocument: dynamodb,
      });
    }
    const [destinationPrefixListId = ''] = this.ec2.ask(
      'PrefixList',
      'describeManagedPrefixLists',
      { Filters: [{ Name: 'prefix-list-name', Values: [serviceName] }] },
      ['PrefixLists.0.PrefixListId'],
    );
    for (const name of names.filter((one) => calls[one].includes('dynamodb'))) {
      this.allow(`${name}-Table`, this.groups[name], { destinationPrefixListId });
    }
  }

  /** The addresses of the private API's endpoint, one in each subnet. */
  apiAddresses(): string[] {
    const { subnets } = this.props.own;
    const ids = this.apiEndpoint.attrNetworkInterfaceIds;
    return this.ec2.ask(
      'Addresses',
      'describeNetworkInterfaces',
      { NetworkInterfaceIds: subnets.map((_, index) => Fn.select(index, ids)) },
      subnets.map((_, index) => `NetworkInterfaces.${index}.PrivateIpAddress`),
    );
  }
}

/** NB. In China some begin with cn: CDK knows which. */
function nameOf(service: string): string {
  return new InterfaceVpcEndpointAwsService(service).name;
}
