import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { apiBase, gatewayResponses, routes, tokenHeaders, viewerAddressHeader } from '../../api/routes.ts';
import { lambdaFunctions } from '../../infra/bundles.ts';
import { onePage, pass } from '../../infra/edge-functions.ts';
import { securityHeaders } from '../../infra/security-headers.ts';
import { deployment, type Resource, resolverOf, synthesize } from './synthesized.ts';

/** What the template says of everything that somebody could get in by, or read. */

const { template } = synthesize();
const resources = Object.values(template.Resources);
const resolve = resolverOf(template);
const ofType = (type: string) => resources.filter(({ Type }) => Type === type);
type Json = Record<string, unknown>;
/** What stands there, as the reader of it knows that it does. */
function at<T = string>(value: unknown, path: string): T {
  return path.split('.').reduce((of: unknown, name) => (of as Json | undefined)?.[name], value) as T;
}
const properties = (type: string) => ofType(type).map(({ Properties }) => resolve(Properties) as Json);
function only(type: string): Json {
  const [one, ...others] = properties(type);
  if (one === undefined || others.length > 0) throw new Error(`There is not one ${type}.`);
  return one;
}
const stage = only('AWS::ApiGateway::Stage');
const { DistributionConfig: distribution } = only('AWS::CloudFront::Distribution') as {
  DistributionConfig: Json;
};
const acl = only('AWS::WAFv2::WebACL');

describe('the API', () => {
  test('has the methods of the table of routes, and each of them asks the authorizer', () => {
    const paths = new Map<string, string>();
    const pathOf = (ref: string): string => {
      const { ParentId, PathPart } = (template.Resources[ref]?.Properties ?? {}) as {
        ParentId: unknown;
        PathPart: string;
      };
      const parent = String(resolve(ParentId));
      return parent.endsWith('.RootResourceId') ? `/${PathPart}` : `${pathOf(parent)}/${PathPart}`;
    };
    for (const { ResourceId, HttpMethod, AuthorizationType, AuthorizerId } of properties(
      'AWS::ApiGateway::Method',
    )) {
      expect([AuthorizationType, typeof AuthorizerId]).toEqual(['CUSTOM', 'string']);
      paths.set(`${HttpMethod} ${pathOf(String(ResourceId))}`, String(AuthorizerId));
    }
    const wanted = Object.values(routes).map(({ method, path }) => `${method} ${apiBase}${path}`);
    expect([...paths.keys()].sort()).toEqual(wanted.sort());
  });
  test('asks for both tokens, every time', () => {
    expect(properties('AWS::ApiGateway::Authorizer')).toMatchObject([
      {
        Type: 'REQUEST',
        AuthorizerResultTtlInSeconds: 0,
        IdentitySource: Object.values(tokenHeaders)
          .map((name) => `method.request.header.${name}`)
          .join(),
      },
    ]);
  });
  test('logs no request, token or answer', () => {
    for (const settings of at<Json[]>(stage, 'MethodSettings'))
      expect(settings).toMatchObject({ DataTraceEnabled: false });
    const format = JSON.parse(at(stage, 'AccessLogSetting.Format'));
    const harmless = /^\$context\.[\w.]+$/;
    expect(Object.values(format).filter((field) => !harmless.test(String(field)))).toEqual([]);
    expect(JSON.stringify(format)).not.toMatch(/header|query|\.authorizer\.(user|detail)|body/i);
    expect([at(stage, 'TracingEnabled'), at(stage, 'CacheClusterEnabled')]).toEqual([undefined, undefined]);
  });
  test('is throttled, and more so where a call makes several of STS', () => {
    const limits = new Map(
      at<Json[]>(stage, 'MethodSettings').map(({ HttpMethod, ResourcePath, ThrottlingRateLimit }) => [
        `${HttpMethod} ${ResourcePath}`,
        ThrottlingRateLimit,
      ]),
    );
    expect(Object.fromEntries(limits)).toEqual({
      '* /*': deployment.traffic.rate,
      'POST /~1api~1requests~1{id}~1sessions': 5,
      'POST /~1api~1preflights': 5,
    });
  });
  test('speaks TLS 1.2 with forward secrecy, or 1.3, and to nobody across origins', () => {
    expect(properties('AWS::ApiGateway::RestApi')).toMatchObject([
      { SecurityPolicy: 'SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09', EndpointAccessMode: 'STRICT' },
    ]);
    expect(properties('AWS::ApiGateway::Method').map(({ HttpMethod }) => HttpMethod)).not.toContain(
      'OPTIONS',
    );
  });
  test('answers by itself in problem documents that are neither cached nor rendered', () => {
    const answers = properties('AWS::ApiGateway::GatewayResponse');
    expect(answers.map(({ ResponseType }) => ResponseType).sort()).toEqual(
      Object.keys(gatewayResponses).sort(),
    );
    for (const { ResponseParameters: headers } of answers) {
      expect(headers).toMatchObject({
        'gatewayresponse.header.cache-control': "'no-store'",
        'gatewayresponse.header.content-type': "'application/problem+json'",
        'gatewayresponse.header.x-content-type-options': "'nosniff'",
        'gatewayresponse.header.content-security-policy': `'default-src 'none'; frame-ancestors 'none'; sandbox'`,
      });
    }
  });
});

describe('the web ACL', () => {
  test('and the distribution get a new secret together, with its number', () => {
    const readers = (from: typeof template) =>
      Object.values(from.Resources)
        .filter((one) => JSON.stringify(one).includes('resolve:secretsmanager'))
        .map((one) => [one.Type, JSON.stringify(one).match(/SiteOriginSecret\w+/)?.[0]]);
    const { template: next } = synthesize({ traffic: { ...deployment.traffic, secret: 2 } });
    const [before, after] = [readers(template), readers(next)];
    expect(before.map(([type]) => type).sort()).toEqual([
      'AWS::CloudFront::Distribution',
      'AWS::WAFv2::WebACL',
    ]);
    expect(new Set([...before, ...after].map(([, secret]) => secret)).size).toBe(2);
    expect(new Set(after.map(([, secret]) => secret)).size).toBe(1);
  });
  const rules = (acl.Rules ?? []) as Json[];
  test('lets nothing by that did not come through the distribution', () => {
    const [first] = rules.toSorted((one, other) => Number(one.Priority) - Number(other.Priority));
    const [{ HeaderName, HeaderValue } = { HeaderName: '', HeaderValue: '' }] = (
      distribution.Origins as Json[]
    ).flatMap(
      ({ OriginCustomHeaders = [] }) => OriginCustomHeaders as { HeaderName: string; HeaderValue: string }[],
    );
    expect(HeaderValue).toMatch(/^\{\{resolve:secretsmanager:/);
    expect(first).toMatchObject({
      Action: { Block: {} },
      Statement: {
        NotStatement: {
          Statement: {
            ByteMatchStatement: {
              FieldToMatch: { SingleHeader: { Name: HeaderName } },
              PositionalConstraint: 'EXACTLY',
              SearchString: HeaderValue,
            },
          },
        },
      },
    });
  });
  test('counts calls by the address that CloudFront saw, not by one that the caller names', () => {
    const rated = rules.find(({ Name }) => String(Name) === 'not-too-often');
    expect(rated?.Statement).toMatchObject({
      RateBasedStatement: {
        Limit: deployment.traffic.perAddress,
        AggregateKeyType: 'FORWARDED_IP',
        ForwardedIPConfig: { HeaderName: viewerAddressHeader.toLowerCase(), FallbackBehavior: 'MATCH' },
      },
    });
  });
  test('blocks nobody for what a reason says', () => {
    const groups = rules.flatMap(({ Statement }): Json[] => {
      const group = at<Json | undefined>(Statement, 'ManagedRuleGroupStatement');
      return group === undefined ? [] : [group];
    }) as Json[];
    expect(groups.length).toBe(2);
    for (const { RuleActionOverrides } of groups) {
      for (const { ActionToUse } of RuleActionOverrides as Json[]) expect(ActionToUse).toEqual({ Count: {} });
    }
    const counted = groups.flatMap(({ RuleActionOverrides }) =>
      (RuleActionOverrides as Json[]).map(({ Name }) => Name),
    );
    expect(counted).toEqual(
      expect.arrayContaining([
        'CrossSiteScripting_BODY',
        'GenericLFI_BODY',
        'SizeRestrictions_BODY',
        'Log4JRCE_BODY',
      ]),
    );
  });
  test('keeps tokens and the secret out of its log', () => {
    const logging = only('AWS::WAFv2::LoggingConfiguration');
    const names = (logging.RedactedFields as Json[]).map(
      ({ SingleHeader }) => (SingleHeader as Json | undefined)?.Name,
    );
    expect(names).toEqual(['authorization', 'x-id-token', 'x-origin-secret', undefined]);
    expect(acl).toMatchObject({ VisibilityConfig: { SampledRequestsEnabled: false } });
  });
  test('stands on the stage', () => {
    expect(properties('AWS::WAFv2::WebACLAssociation')).toMatchObject([
      { ResourceArn: expect.stringMatching(/\/restapis\/.*\/stages\/.*live/) },
    ]);
  });
});

describe('the pages', () => {
  const policies = Object.entries(template.Resources).filter(
    ([, { Type }]) => Type === 'AWS::CloudFront::ResponseHeadersPolicy',
  );
  /** The headers that a behaviour sets, by their names. */
  function headersOf(policyId: string): Record<string, string> {
    const [, { Properties } = { Properties: {} }] = policies.find(([id]) => policyId.startsWith(id)) ?? [
      '',
      undefined,
    ];
    const config = at<Json>(resolve(Properties), 'ResponseHeadersPolicyConfig');
    const own = (path: string) => at<string | undefined>(config, `SecurityHeadersConfig.${path}`);
    const seconds = own('StrictTransportSecurity.AccessControlMaxAgeSec');
    const below = own('StrictTransportSecurity.IncludeSubdomains') ? '; includeSubDomains' : '';
    const all: Record<string, string | undefined> = {
      'Content-Security-Policy': own('ContentSecurityPolicy.ContentSecurityPolicy'),
      'X-Frame-Options': own('FrameOptions.FrameOption'),
      'Referrer-Policy': own('ReferrerPolicy.ReferrerPolicy'),
      'X-Content-Type-Options': own('ContentTypeOptions') && 'nosniff',
      'Strict-Transport-Security': seconds && `max-age=${seconds}${below}`,
    };
    for (const { Header, Value } of at<Json[] | undefined>(config, 'CustomHeadersConfig.Items') ?? []) {
      all[String(Header)] = String(Value);
    }
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Record<
      string,
      string
    >;
  }
  const headers = securityHeaders(deployment.identity.origins, true);
  const behaviours = (distribution.CacheBehaviors ?? []) as Json[];
  const behaviour = (path: string) => behaviours.find(({ PathPattern }) => String(PathPattern) === path);

  test('have every header that the local ones have', () => {
    expect(headersOf(at(distribution, 'DefaultCacheBehavior.ResponseHeadersPolicyId'))).toEqual(headers);
    expect(headers['Content-Security-Policy']).toContain("connect-src 'self' https://id.example.com;");
  });
  test('are kept only where their names say what is in them', () => {
    expect(headersOf(String(behaviour('/assets/*')?.ResponseHeadersPolicyId))).toEqual({
      ...headers,
      'Cache-Control': 'public, max-age=31536000, immutable',
    });
    // Amazon CloudFront Developer Guide, "Use managed cache policies": CachingDisabled.
    const none = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
    expect([
      at(distribution, 'DefaultCacheBehavior.CachePolicyId'),
      behaviour('/api/*')?.CachePolicyId,
    ]).toEqual([none, none]);
  });
  test('go by https alone, and the API does not even redirect', () => {
    expect(distribution).toMatchObject({
      HttpVersion: 'http2and3',
      DefaultCacheBehavior: { ViewerProtocolPolicy: 'redirect-to-https' },
    });
    expect(behaviour('/api/*')).toMatchObject({
      ViewerProtocolPolicy: 'https-only',
      // "Use managed origin request policies": AllViewerExceptHostHeader.
      OriginRequestPolicyId: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
      Compress: false,
    });
  });
  test('never stand in for an answer of the API', () => {
    expect(distribution.CustomErrorResponses).toBeUndefined();
  });
  test('with a name of their own speak TLS 1.2 or later', () => {
    const domain = {
      name: 'stepladder.example.com',
      certificate: 'arn:aws:acm:us-east-1:999988887777:certificate/00000000-0000-0000-0000-000000000000',
    };
    const named = Object.values(synthesize({ domain }).template.Resources).find(
      ({ Type }) => Type === 'AWS::CloudFront::Distribution',
    );
    expect(named?.Properties.DistributionConfig).toMatchObject({
      Aliases: [domain.name],
      ViewerCertificate: { MinimumProtocolVersion: 'TLSv1.2_2025', AcmCertificateArn: domain.certificate },
    });
  });
});

describe('at the edge', () => {
  const run = (code: string, request: object) =>
    runInNewContext(`${code}; handler(event)`, { event: { request, viewer: { ip: '192.0.2.7' } } }) as Json;
  test.each([
    ['/', '/index.html'],
    ['/requests/new', '/index.html'],
    ['/requests/01abc', '/index.html'],
    ['/assets', '/index.html'],
    ['/config.json', '/config.json'],
    ['/index.html', '/index.html'],
    ['/assets/index-C9MNdILM.js', '/assets/index-C9MNdILM.js'],
    ['/assets/none', '/assets/none'],
  ])('%s is served from %s', (uri, served) => {
    expect(run(onePage, { uri })).toEqual({ uri: served });
  });
  test('the caller is whom CloudFront saw, whatever they say', () => {
    const spoofed = { 'x-viewer-address': { value: '203.0.113.9' }, accept: { value: '*/*' } };
    expect(run(pass, { headers: spoofed })).toEqual({
      headers: { 'x-viewer-address': { value: '192.0.2.7' }, accept: { value: '*/*' } },
    });
  });
});

describe('at rest', () => {
  const isKey = (value: unknown) => expect(JSON.stringify(value)).toMatch(/StoreKey/);
  const logGroups = ofType('AWS::Logs::LogGroup');
  test('the table, its backups and its stream are under our own key, and last', () => {
    const [table] = ofType('AWS::DynamoDB::Table');
    expect(table).toMatchObject({
      DeletionPolicy: 'Retain',
      Properties: {
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
        PointInTimeRecoverySpecification: {
          PointInTimeRecoveryEnabled: true,
          RecoveryPeriodInDays: deployment.retention.backups,
        },
        DeletionProtectionEnabled: true,
        TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
        BillingMode: 'PAY_PER_REQUEST',
      },
    });
    isKey(table?.Properties.SSESpecification);
    expect(ofType('AWS::KMS::Key')).toMatchObject([
      { DeletionPolicy: 'Retain', Properties: { EnableKeyRotation: true } },
    ]);
  });
  test.each(logGroups.map((group, index) => [index, group] as const))(
    'log group %i is too, and ends',
    (_i, group) => {
      isKey(group.Properties.KmsKeyId);
      expect(group.Properties.RetentionInDays).toBe(deployment.retention.logs);
    },
  );
  test('so are queues, topics, secrets and variables', () => {
    for (const { Properties } of ofType('AWS::SQS::Queue')) isKey(Properties.KmsMasterKeyId);
    for (const { Properties } of ofType('AWS::SNS::Topic')) isKey(Properties.KmsMasterKeyId);
    for (const { Properties } of ofType('AWS::SecretsManager::Secret')) isKey(Properties.KmsKeyId);
    const ours = ofType('AWS::Lambda::Function').filter(
      ({ Properties }) => Properties.Runtime === 'nodejs24.x',
    );
    expect(ours.length).toBe(lambdaFunctions.length);
    for (const { Properties } of ours) isKey(Properties.KmsKeyArn);
  });
  test('rules may encrypt what they could not deliver, and do no more with the key', () => {
    const [key] = properties('AWS::KMS::Key');
    const theirs = (at(key, 'KeyPolicy.Statement') as { Sid?: string }[]).filter(
      ({ Sid }) => Sid === 'DeadLettersOfRules',
    );
    expect(theirs).toEqual([
      {
        Sid: 'DeadLettersOfRules',
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
        Resource: '*',
      },
    ]);
  });
  test('pages are written by the role of their deployment alone', () => {
    const denied = properties('AWS::S3::BucketPolicy').flatMap(
      ({ PolicyDocument }) => at(PolicyDocument, 'Statement') as { Sid?: string }[],
    );
    expect(denied.filter(({ Sid }) => Sid === 'OnlyDeploymentsWrite')).toMatchObject([
      {
        Effect: 'Deny',
        Principal: '*',
        Action: [
          's3:PutObject',
          's3:DeleteObject',
          's3:DeleteObjectVersion',
          's3:ReplicateObject',
          's3:ReplicateDelete',
        ],
        Condition: { ArnNotEquals: { 'aws:PrincipalArn': expect.stringMatching(/role\/PagesRole/) } },
      },
    ]);
  });
  test('which is not begun before that role may', () => {
    const deployments = ofType('Custom::CDKBucketDeployment') as { DependsOn?: readonly string[] }[];
    expect(deployments).toHaveLength(2);
    for (const { DependsOn } of deployments) {
      expect(DependsOn).toContainEqual(expect.stringMatching(/^PagesPolicy/));
    }
  });
  test('and by no other function that was given that role', () => {
    const statements = properties('AWS::IAM::ManagedPolicy').flatMap(
      ({ PolicyDocument }) => at(PolicyDocument, 'Statement') as { Sid?: string; Action: unknown }[],
    );
    const writing = statements.filter(({ Action }) => [Action].flat().includes('s3:PutObject'));
    expect(writing).toMatchObject([
      {
        Sid: 'WriteFiles',
        Condition: {
          ArnEquals: {
            'lambda:SourceFunctionArn': expect.stringMatching(/:function:CustomCDKBucketDeployment/),
          },
        },
      },
    ]);
  });
  test('buckets are for nobody, and by TLS alone', () => {
    const closed = (blocked: Resource) =>
      expect(blocked.Properties).toMatchObject({
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        BucketEncryption: expect.anything(),
        VersioningConfiguration: { Status: 'Enabled' },
      });
    const buckets = ofType('AWS::S3::Bucket');
    expect(buckets.length).toBe(2);
    buckets.forEach(closed);
    for (const { PolicyDocument } of properties('AWS::S3::BucketPolicy')) {
      expect(at(PolicyDocument, 'Statement')).toEqual(
        expect.arrayContaining([
          expect.objectContaining({
            Effect: 'Deny',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        ]),
      );
    }
  });
});

describe('what nobody waits for', () => {
  test.each(properties('AWS::Lambda::EventSourceMapping').map((mapping) => [mapping]))(
    'a stream %#',
    (mapping) => {
      expect(mapping).toMatchObject({
        BisectBatchOnFunctionError: true,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        MaximumRetryAttempts: 3,
        MaximumRecordAgeInSeconds: 600,
        DestinationConfig: { OnFailure: { Destination: expect.stringMatching(/DeadLetters/) } },
        FilterCriteria: {
          Filters: [{ Pattern: expect.stringMatching(/"prefix":"(MESSAGE|ENFORCEMENT)#"/) }],
        },
      });
    },
  );
  test('runs every minute, and looks at subscriptions every hour', () => {
    const rules = properties('AWS::Events::Rule').filter(({ ScheduleExpression }) => ScheduleExpression);
    expect(rules.map(({ ScheduleExpression }) => ScheduleExpression)).toEqual([
      'rate(1 minute)',
      'rate(1 minute)',
      'rate(1 hour)',
    ]);
  });
});
