import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  AccessLogField,
  AccessLogFormat,
  type CfnRestApi,
  EndpointType,
  IdentitySource,
  LambdaIntegration,
  LogGroupLogDestination,
  MethodLoggingLevel,
  RequestAuthorizer,
  ResponseType,
  RestApi,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigateway';
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { apiBase, gatewayResponses, type Route, routes, tokenHeaders } from '../../api/routes.ts';
import { type GatewayResponse, gatewayHeaders, gatewayTemplate } from '../gateway-answers.ts';
import type { Functions } from './functions.ts';
import { unlike } from './rules.ts';
import type { Store } from './store.ts';

export interface ApiProps {
  readonly name: string;
  readonly store: Store;
  /** requests a second, and how many at once: of everybody together */
  readonly traffic: { readonly rate: number; readonly burst: number };
  readonly logRetention: RetentionDays;
  /** id of the VPC endpoint that alone leads to it; without one it has an address on the internet */
  readonly endpoint?: string | undefined;
}

/** The one stage. */
export const stageName = 'live';

/** NB. Never more of `dataTraceEnabled`: it would log whole requests, tokens and credentials. */
const seen = {
  // Those of the stage are there anyway. Of each method they are custom metrics, and cost more than all of DynamoDB.
  metricsEnabled: false,
  dataTraceEnabled: false,
  loggingLevel: MethodLoggingLevel.ERROR,
} as const;
/** What makes several calls of STS, which answers an account only so often. */
const rare = { rate: 5, burst: 10 } as const;

/**
 * The REST API, made of the table of routes. NB. In two steps: the functions need to know the app's address, which is
 * the distribution's, which needs the API's id. So `serve` comes last.
 */
export class Api extends Construct {
  readonly rest: RestApi;
  readonly accessLog: LogGroup;

  constructor(scope: Construct, id: string, { name, store, traffic, logRetention, endpoint }: ApiProps) {
    super(scope, id);
    const log = { retention: logRetention, encryptionKey: store.key, removalPolicy: RemovalPolicy.RETAIN };
    this.accessLog = new LogGroup(this, 'AccessLog', log);
    this.rest = new RestApi(this, 'Rest', {
      restApiName: name,
      description: 'Stepladder',
      endpointTypes: [EndpointType.REGIONAL],
      policy: endpoint === undefined ? anybodyMayCall() : onlyBy(endpoint),
      cloudWatchRole: true,
      deployOptions: {
        stageName,
        ...seen,
        throttlingRateLimit: traffic.rate,
        throttlingBurstLimit: traffic.burst,
        methodOptions: Object.fromEntries(
          rareRoutes().map(({ method, path }) => [
            `${apiBase}${path}/${method}`,
            { ...seen, throttlingRateLimit: rare.rate, throttlingBurstLimit: rare.burst },
          ]),
        ),
        accessLogDestination: new LogGroupLogDestination(this.accessLog),
        accessLogFormat: accessLogFormat(),
      },
    });
    answerRules(this.rest);
    const api = this.rest.node.defaultChild as CfnRestApi;
    if (endpoint === undefined) hardenTls(api);
    else makePrivate(api, endpoint);
    // API Gateway makes it by itself otherwise, unencrypted and for ever.
    const executionLog = new LogGroup(this, 'ExecutionLog', {
      ...log,
      logGroupName: `API-Gateway-Execution-Logs_${this.rest.restApiId}/${stageName}`,
    });
    this.rest.deploymentStage.node.addDependency(executionLog);
    for (const type of Object.keys(gatewayResponses) as GatewayResponse[]) this.answer(type);
  }

  /** Puts every route on the Lambda that serves it, behind the authorizer. */
  serve({ all: lambdas }: Functions): void {
    const authorizer = new RequestAuthorizer(this, 'Authorizer', {
      handler: lambdas.authorizer,
      identitySources: Object.values(tokenHeaders).map((name) => IdentitySource.header(name)),
      // What somebody may do is true for one moment.
      resultsCacheTtl: Duration.seconds(0),
    });
    for (const { method, path, lambda } of Object.values<Route>(routes)) {
      const resource = this.rest.root.resourceForPath(`${apiBase}${path}`);
      const integration = new LambdaIntegration(lambdas[lambda], { allowTestInvoke: false });
      unlike(resource.addMethod(method, integration, { authorizer }), {
        'AwsSolutions-COG4':
          'The authorizer is a Lambda that verifies both tokens of any OpenID provider, not only those of Amazon Cognito.',
      });
    }
  }

  private answer(type: GatewayResponse): void {
    const headers = Object.entries(gatewayHeaders(type));
    this.rest.addGatewayResponse(type, {
      type: ResponseType.of(type),
      statusCode: String(gatewayResponses[type].status),
      // A literal stands in single quotes. NB. Those inside of it stay as they are.
      responseHeaders: Object.fromEntries(headers.map(([name, value]) => [name, `'${value}'`])),
      templates: { 'application/json': gatewayTemplate(type) },
    });
  }
}

function answerRules(rest: RestApi): void {
  unlike(rest, {
    'AwsSolutions-APIG2':
      'The handlers check every query and body by the strict schemas of api/contract.ts, which say more than a model can.',
  });
  unlike(rest.node.findChild('CloudWatchRole'), {
    'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]':
      'The role of the whole region, by which API Gateway writes every log: this policy is what AWS asks for, and the role serves nothing else.',
  });
  unlike(rest.deploymentStage, {
    'NIST.800.53.R5-APIGWCacheEnabledAndEncrypted':
      'Nothing is cached: what somebody may see or do is true for one moment and one person.',
    'NIST.800.53.R5-APIGWSSLEnabled':
      'Behind the API are Lambdas alone, which are invoked by IAM: no backend is there that a certificate could be shown to.',
  });
}

/** API Gateway Developer Guide, "Security policies for REST APIs": TLS 1.2 with forward secrecy, or 1.3; names must match. */
function hardenTls(api: CfnRestApi): void {
  api.securityPolicy = SecurityPolicy.TLS13_1_2_PFS_PQ_2025_09;
  api.endpointAccessMode = 'STRICT';
}

/** NB. Who is calling is the authorizer's business, and whether it comes by the distribution is the web ACL's. */
function anybodyMayCall(): PolicyDocument {
  return new PolicyDocument({
    statements: [
      new PolicyStatement({
        principals: [new AnyPrincipal()],
        actions: ['execute-api:Invoke'],
        resources: [`execute-api:/${stageName}/*`],
      }),
    ],
  });
}

/** NB. Not strict about names: the load balancer does not say in its handshake which one it means. */
function makePrivate(api: CfnRestApi, endpoint: string): void {
  api.endpointConfiguration = { types: [EndpointType.PRIVATE], vpcEndpointIds: [endpoint] };
  api.securityPolicy = SecurityPolicy.TLS13_1_2_PFS_PQ_2025_09;
  api.endpointAccessMode = 'BASIC';
}

/** API Gateway Developer Guide, "Private REST APIs": who comes by another endpoint is refused, whatever else is allowed. */
function onlyBy(endpoint: string): PolicyDocument {
  const resources = [`execute-api:/${stageName}/*`];
  const invoke = { principals: [new AnyPrincipal()], actions: ['execute-api:Invoke'], resources };
  return new PolicyDocument({
    statements: [
      new PolicyStatement(invoke),
      new PolicyStatement({
        ...invoke,
        effect: Effect.DENY,
        conditions: { StringNotEquals: { 'aws:SourceVpce': endpoint } },
      }),
    ],
  });
}

function rareRoutes(): Route[] {
  return [routes.issueSession, routes.runPreflight];
}

/** NB. Neither headers, nor queries, nor anything else that the authorizer says: tokens, words of people and names are no part of it. */
function accessLogFormat(): AccessLogFormat {
  return AccessLogFormat.custom(
    JSON.stringify({
      time: AccessLogField.contextRequestTime(),
      correlationId: AccessLogField.contextRequestId(),
      from: AccessLogField.contextIdentitySourceIp(),
      user: AccessLogField.contextAuthorizerPrincipalId(),
      method: AccessLogField.contextHttpMethod(),
      path: AccessLogField.contextPath(),
      route: AccessLogField.contextResourcePath(),
      status: AccessLogField.contextStatus(),
      refusedBy: AccessLogField.contextErrorResponseType(),
      authorizerStatus: AccessLogField.contextAuthorizerIntegrationStatus(),
      authorizerMs: AccessLogField.contextAuthorizerIntegrationLatency(),
      lambdaStatus: AccessLogField.contextIntegrationStatus(),
      lambdaMs: AccessLogField.contextIntegrationLatency(),
      ms: AccessLogField.contextResponseLatency(),
      bytes: AccessLogField.contextResponseLength(),
      webAcl: AccessLogField.contextWafResponseCode(),
    }),
  );
}
