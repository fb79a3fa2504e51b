import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnSecurityGroup } from 'aws-cdk-lib/aws-ec2';
import {
  CfnListener,
  CfnListenerRule,
  CfnLoadBalancer,
  CfnTargetGroup,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnPermission, type Function as LambdaFunctionConstruct } from 'aws-cdk-lib/aws-lambda';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { apiBase } from '../../api/routes.ts';
import { type AlarmTopic, period } from './alarm-topic.ts';
import { stageName } from './api.ts';
import type { Network } from './network.ts';
import { nothingOut, type OwnNetwork } from './own-network.ts';
import { unlike } from './rules.ts';
import { notTooOften } from './web-acl.ts';

export interface FrontDoorProps {
  readonly name: string;
  readonly own: OwnNetwork;
  readonly network: Network;
  readonly domain: { readonly name: string; readonly certificate: string };
  readonly rest: RestApi;
  readonly pageServer: LambdaFunctionConstruct;
  /** value of Strict-Transport-Security, for answers that the load balancer itself gives, too */
  readonly hsts: string;
  /** requests in five minutes */
  readonly mostOfOneAddress: number;
  /** days */
  readonly logRetention: number;
}

/** Elastic Load Balancing User Guide, "Security policies for your Application Load Balancer": TLS 1.3, or 1.2 with forward secrecy. */
const tlsPolicy = 'ELBSecurityPolicy-TLS13-1-2-Res-2021-06';

/**
 * One origin for pages and API where there is no CloudFront: an internal load balancer, with a Lambda that serves the
 * pages, and the private API below `/api` by its endpoint's addresses. NB. The API knows a call by the name in Host, and
 * has its stage in the path, so the load balancer writes both ("Transforms for listener rules"); handlers then get the
 * events that they get behind CloudFront.
 */
export class FrontDoor extends Construct {
  readonly loadBalancer: CfnLoadBalancer;
  private readonly apiTargets: CfnTargetGroup;

  constructor(scope: Construct, id: string, props: FrontDoorProps) {
    super(scope, id);
    const group = this.group(props);
    const logs = this.logBucket(props.logRetention);
    this.loadBalancer = new CfnLoadBalancer(this, 'LoadBalancer', {
      name: props.name,
      type: 'application',
      scheme: 'internal',
      subnets: props.own.subnets.map((subnet) => subnet.id),
      securityGroups: [group.attrGroupId],
      loadBalancerAttributes: attributes({
        'access_logs.s3.enabled': 'true',
        'access_logs.s3.bucket': logs.bucketName,
        'deletion_protection.enabled': 'true',
        'routing.http.desync_mitigation_mode': 'strictest',
        'routing.http.drop_invalid_header_fields.enabled': 'true',
        // Whom it heard from, at the end: `api/http/viewer-address.ts` believes nothing else.
        'routing.http.xff_header_processing.mode': 'append',
        'routing.http.xff_client_port.enabled': 'false',
      }),
    });
    this.loadBalancer.node.addDependency(logs);
    const listener = this.listen(props);
    this.apiTargets = this.route(listener, props);
    this.limit(props);
  }

  private group({ own, network }: FrontDoorProps): CfnSecurityGroup {
    const group = new CfnSecurityGroup(this, 'Group', {
      groupDescription: 'Stepladder: the load balancer',
      vpcId: own.vpc,
      securityGroupIngress: own.people.map((cidrIp) => ({
        ipProtocol: 'tcp',
        fromPort: 443,
        toPort: 443,
        cidrIp,
        description: 'People',
      })),
      securityGroupEgress: nothingOut,
    });
    network.connect('LoadBalancer-Api', group, network.apiGroup);
    return group;
  }

  /** NB. By S3's own key: the service that delivers them cannot use another. */
  private logBucket(days: number): Bucket {
    const bucket = new Bucket(this, 'Logs', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [{ expiration: Duration.days(days), noncurrentVersionExpiration: Duration.days(1) }],
    });
    unlike(bucket, {
      'AwsSolutions-S1': 'These are the logs.',
      'NIST.800.53.R5-S3BucketLoggingEnabled': 'These are the logs.',
      'NIST.800.53.R5-S3BucketReplicationEnabled':
        'What has to last is in the table; these go after a while.',
      'NIST.800.53.R5-S3DefaultEncryptionKMS':
        'The service that delivers them cannot use another key than S3’s.',
    });
    const { partition, region, account } = Stack.of(this);
    bucket.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('logdelivery.elasticloadbalancing.amazonaws.com')],
        actions: ['s3:PutObject'],
        resources: [bucket.arnForObjects(`AWSLogs/${account}/*`)],
        conditions: {
          ArnLike: {
            'aws:SourceArn': `arn:${partition}:elasticloadbalancing:${region}:${account}:loadbalancer/*`,
          },
        },
      }),
    );
    return bucket;
  }

  private listen({ domain, pageServer, hsts }: FrontDoorProps): CfnListener {
    const permission = new CfnPermission(this, 'MayAskForPages', {
      action: 'lambda:InvokeFunction',
      functionName: pageServer.functionArn,
      principal: 'elasticloadbalancing.amazonaws.com',
      sourceAccount: Stack.of(this).account,
    });
    const pages = new CfnTargetGroup(this, 'Pages', {
      targetType: 'lambda',
      targets: [{ id: pageServer.functionArn }],
    });
    pages.addResourceDependency(permission);
    return new CfnListener(this, 'Listener', {
      loadBalancerArn: this.loadBalancer.attrLoadBalancerArn,
      port: 443,
      protocol: 'HTTPS',
      sslPolicy: tlsPolicy,
      certificates: [{ certificateArn: domain.certificate }],
      defaultActions: [{ type: 'forward', targetGroupArn: pages.attrTargetGroupArn }],
      listenerAttributes: attributes({
        'routing.http.response.server.enabled': 'false',
        'routing.http.response.strict_transport_security.header_value': hsts,
      }),
    });
  }

  private route(listener: CfnListener, { own, network, rest }: FrontDoorProps): CfnTargetGroup {
    const { region, urlSuffix } = Stack.of(this);
    const api = new CfnTargetGroup(this, 'Api', {
      targetType: 'ip',
      vpcId: own.vpc,
      protocol: 'HTTPS',
      port: 443,
      targets: network.apiAddresses().map((address) => ({ id: address, port: 443 })),
      healthCheckProtocol: 'HTTPS',
      healthCheckPath: '/',
      // An endpoint that is there answers whatever it is asked, and refuses whoever names no API.
      matcher: { httpCode: '200-499' },
    });
    new CfnListenerRule(this, 'ToTheApi', {
      listenerArn: listener.attrListenerArn,
      priority: 1,
      conditions: [{ field: 'path-pattern', pathPatternConfig: { values: [`${apiBase}/*`] } }],
      actions: [{ type: 'forward', targetGroupArn: api.attrTargetGroupArn }],
      transforms: [
        {
          type: 'host-header-rewrite',
          hostHeaderRewriteConfig: {
            rewrites: [
              {
                regex: '^.*$',
                replace: `${rest.restApiId}-${network.apiEndpoint.ref}.execute-api.${region}.${urlSuffix}`,
              },
            ],
          },
        },
        {
          type: 'url-rewrite',
          urlRewriteConfig: {
            rewrites: [{ regex: `^${apiBase}/(.*)$`, replace: `/${stageName}${apiBase}/$1` }],
          },
        },
      ],
    });
    return api;
  }

  /** What is wrong here shows neither at the API nor at a Lambda. */
  watch(alarms: AlarmTopic): void {
    const of = { LoadBalancer: this.loadBalancer.attrLoadBalancerFullName };
    const metric = (metricName: string, statistic: string, dimensionsMap: Record<string, string>) =>
      new Metric({ namespace: 'AWS/ApplicationELB', metricName, statistic, dimensionsMap, period });
    alarms.watch(this, 'Unreached', {
      heading: 'The load balancer does not reach the API',
      means: 'No address of the endpoint of the private API answers.',
      metric: metric('HealthyHostCount', Stats.MINIMUM, {
        ...of,
        TargetGroup: this.apiTargets.attrTargetGroupFullName,
      }),
      threshold: 1,
      below: true,
      in: [2, 2],
      silenceIsWrong: true,
    });
    alarms.watch(this, 'Fails', {
      heading: 'The load balancer fails',
      means: 'The load balancer itself answered several times with 5xx, to whoever wanted a page or the API.',
      metric: metric('HTTPCode_ELB_5XX_Count', Stats.SUM, of),
      threshold: 5,
      in: [2, 3],
    });
  }

  /** NB. Here and not at the API, which hears from the load balancer alone. */
  private limit({ name, mostOfOneAddress }: FrontDoorProps): void {
    const acl = new CfnWebACL(this, 'Acl', {
      name: `${name}-load-balancer`,
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: {
        cloudWatchMetricsEnabled: true,
        sampledRequestsEnabled: false,
        metricName: `${name}-load-balancer`,
      },
      rules: [{ ...notTooOften(mostOfOneAddress, false), priority: 0 }],
    });
    unlike(acl, {
      'NIST.800.53.R5-WAFv2LoggingEnabled':
        'It counts and looks at nothing; who called how often is in the access log.',
    });
    new CfnWebACLAssociation(this, 'AclOfLoadBalancer', {
      resourceArn: this.loadBalancer.attrLoadBalancerArn,
      webAclArn: acl.attrArn,
    });
  }
}

function attributes(all: Readonly<Record<string, string>>): { key: string; value: string }[] {
  return Object.entries(all).map(([key, value]) => ({ key, value }));
}
