import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RegoEngine, TemplateFile } from '@aws/cloudformation-validate';
import { runSimulation } from '@cloud-copilot/iam-simulate';
import { AwsSolutionsChecks, NIST80053R5Checks } from 'cdk-nag';
import { describe, expect, test } from 'vitest';
import type { LambdaFunction } from '../../api/env.ts';
import { lambdaFunctions } from '../../infra/bundles.ts';
import { runbook } from '../../infra/constructs/alarm-topic.ts';
import type { OwnNetwork } from '../../infra/constructs/own-network.ts';
import { privateNetwork } from '../../infra/operations/usage.ts';
import { securityHeaders } from '../../infra/security-headers.ts';
import { deployment, type Resource, resolverOf, type Statement, synthesize } from './synthesized.ts';

/** The stack in a VPC of the operator's: no public endpoint, and every way named. */

const own: OwnNetwork = {
  vpc: 'vpc-0123456789abcdef0',
  subnets: [
    { id: 'subnet-0123456789abcdef0', zone: 'eu-central-1a' },
    { id: 'subnet-0123456789abcdef1', zone: 'eu-central-1b' },
  ],
  routeTables: ['rtb-0123456789abcdef0'],
  people: ['10.0.0.0/8', '192.168.7.0/24'],
  provider: ['10.20.0.0/16'],
  endpoints: {},
};
const domain = {
  name: 'stepladder.example.com',
  certificate: 'arn:aws:acm:eu-central-1:999988887777:certificate/01234567-89ab-cdef-0123-456789abcdef',
};
const { template, stack } = synthesize({ domain, network: own });
const pseudo: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
};
/** A part of the template, with what it refers to by name. */
function resolve(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(resolve);
  if (typeof value !== 'object' || value === null) return value;
  const [[name, of] = ['', undefined]] = Object.entries(value) as [string, unknown][];
  // An id ends in what CDK makes of the path.
  const named = (id: unknown) => String(id).replace(/[0-9A-F]{8}$/, '');
  if (name === 'Ref') return pseudo[String(of)] ?? named(of);
  if (name === 'Fn::GetAtt') {
    const [id, attribute] = of as [string, string];
    return `${named(id)}.${attribute}`;
  }
  if (name !== 'Fn::Join')
    return Object.fromEntries(Object.entries(value).map(([field, part]) => [field, resolve(part)]));
  const [by, parts] = of as [string, unknown[]];
  return parts.map(resolve).join(by);
}
const entries = Object.entries(template.Resources);
const ofType = (type: string) => entries.filter(([, { Type }]) => Type === type);
const properties = (type: string) =>
  ofType(type).map(([, one]) => resolve(one.Properties) as Resource['Properties']);
const only = (type: string) => {
  const [one, ...others] = properties(type);
  if (one === undefined || others.length > 0) throw new Error(`${others.length + 1} of ${type}`);
  return one;
};

test('network interfaces are made by Lambda in the name of every role, and by the code of none', () => {
  const joining = properties('AWS::IAM::ManagedPolicy')
    .flatMap(({ PolicyDocument }) => (PolicyDocument as { Statement: Statement[] }).Statement)
    .filter(({ Action }) => [Action].flat().some((action) => action.startsWith('ec2:')));
  expect(joining.length).toBe(lambdaFunctions.length);
  for (const { Condition } of joining) {
    expect(Condition).toEqual({ Null: { 'lambda:SourceFunctionArn': 'true' } });
  }
});

describe('nothing is public', () => {
  const leadsOut =
    /^AWS::(CloudFront|EC2::(VPC$|Subnet|InternetGateway|NatGateway|EgressOnly|EIP|Route|VPNGateway)|Lambda::Url|ApiGateway::DomainName|ApiGatewayV2|Cognito|GlobalAccelerator)/;
  test('nothing is made that is, or leads there', () => {
    expect(entries.filter(([, { Type }]) => leadsOut.test(Type)).map(([id]) => id)).toEqual([]);
  });
  test('the load balancer is internal, and speaks TLS alone', () => {
    expect(only('AWS::ElasticLoadBalancingV2::LoadBalancer')).toMatchObject({ Scheme: 'internal' });
    expect(only('AWS::ElasticLoadBalancingV2::Listener')).toMatchObject({
      ...{ Port: 443, Protocol: 'HTTPS', SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-Res-2021-06' },
      Certificates: [{ CertificateArn: domain.certificate }],
    });
  });
  test('only the named ranges reach the load balancer, and nothing else is reached from any address', () => {
    const inline = properties('AWS::EC2::SecurityGroup').flatMap(
      (one) => (one.SecurityGroupIngress ?? []) as { CidrIp?: string; FromPort: number }[],
    );
    expect(inline.map(({ CidrIp, FromPort }) => [CidrIp, FromPort])).toEqual(
      own.people.map((range) => [range, 443]),
    );
    for (const one of properties('AWS::EC2::SecurityGroupIngress')) {
      expect(one).toMatchObject({ FromPort: 443, ToPort: 443, SourceSecurityGroupId: expect.any(String) });
      expect(one).not.toHaveProperty('CidrIp');
    }
    expect(JSON.stringify(template)).not.toMatch(/0\.0\.0\.0\/0|::\/0/);
  });
  test('the API is private, and hears from nobody who comes otherwise than by its endpoint', async () => {
    const api = only('AWS::ApiGateway::RestApi');
    expect(api.EndpointConfiguration).toMatchObject({
      Types: ['PRIVATE'],
      VpcEndpointIds: ['NetworkApiEndpoint'],
    });
    const arn = `arn:aws:execute-api:${deployment.region}:${deployment.account}:id`;
    const policy = JSON.parse(JSON.stringify(api.Policy).replaceAll('execute-api:/', `${arn}/`));
    const may = async (by: object) => {
      const answer = await runSimulation(
        {
          request: {
            action: 'execute-api:Invoke',
            principal: `arn:aws:iam::${deployment.account}:user/somebody`,
            resource: { resource: `${arn}/live/GET/api/me`, accountId: deployment.account },
            contextVariables: { ...by },
          },
          ...{ identityPolicies: [], serviceControlPolicies: [], resourceControlPolicies: [] },
          resourcePolicy: policy,
        },
        {},
      );
      if (answer.resultType === 'error') throw new Error(JSON.stringify(answer.errors));
      return answer.overallResult === 'Allowed';
    };
    expect(await may({ 'aws:SourceVpce': 'NetworkApiEndpoint' })).toBe(true);
    expect(await may({ 'aws:SourceVpce': 'vpce-0123456789abcdef9' })).toBe(false);
    expect(await may({})).toBe(false);
  });
  test('only the load balancer reaches that endpoint', () => {
    const endpoint = ofType('AWS::EC2::VPCEndpoint').find(([id]) => id.startsWith('NetworkApiEndpoint'));
    expect(endpoint?.[1].Properties.PrivateDnsEnabled).toBe(false);
    const into = properties('AWS::EC2::SecurityGroupIngress').filter(({ GroupId }) =>
      String(GroupId).startsWith('NetworkApi.'),
    );
    expect(into.map(({ SourceSecurityGroupId }) => SourceSecurityGroupId)).toEqual([
      'FrontDoorGroup.GroupId',
    ]);
  });
});

describe('every Lambda of the API goes its own ways', () => {
  const lambdas = Object.fromEntries(
    ofType('AWS::Lambda::Function').map(([id, one]) => [
      id.replace(/^Functions(\w+?)Function\w+$/, (_whole, name: string) => name.toLowerCase()),
      resolve(one.Properties) as { VpcConfig?: { SubnetIds: string[]; SecurityGroupIds: string[] } },
    ]),
  );
  const ways = (name: LambdaFunction) =>
    properties('AWS::EC2::SecurityGroupEgress')
      .filter(({ GroupId }) => GroupId === lambdas[name]?.VpcConfig?.SecurityGroupIds[0])
      .map(({ CidrIp, DestinationSecurityGroupId, DestinationPrefixListId }) =>
        String(CidrIp ?? DestinationSecurityGroupId ?? (DestinationPrefixListId && 'table')).replace(
          /^NetworkEndpoint(\w+)\.GroupId$/,
          '$1',
        ),
      )
      .sort();
  const provider = '10.20.0.0/16';
  test.each<[LambdaFunction, string[]]>([
    ['authorizer', [provider]],
    ['requests', [provider, 'table']],
    ['reviews', [provider, 'table']],
    ['sessions', [provider, 'iam', 'sts', 'table']],
    ['audit', ['table']],
    ['announce', ['email', 'events', 'sns', 'table']],
    ['sweep', ['email', 'events', 'sns', 'table']],
    ['enforce', ['iam', 'sts', 'table']],
    ['watch', ['sns']],
  ])('%s: %j', (name, expected) => {
    expect(lambdas[name]?.VpcConfig?.SubnetIds).toEqual(own.subnets.map(({ id }) => id));
    expect(ways(name)).toEqual(expected);
  });
  test('what is in no VPC calls nobody of ours: the pages, and what asks EC2 while it is deployed', () => {
    const outside = Object.entries(lambdas).filter(([, { VpcConfig }]) => VpcConfig === undefined);
    expect(outside.map(([id]) => id.replace(/[0-9A-F]{8}$/, '')).sort()).toEqual([
      expect.stringMatching(/^AWS679/),
      'PageServerFunction',
    ]);
  });
  test('says where people call from as the load balancer writes it', () => {
    expect(lambdas.sessions).toMatchObject({
      Environment: { Variables: { VIEWER_ADDRESS: 'load-balancer' } },
    });
    const { LoadBalancerAttributes } = only('AWS::ElasticLoadBalancingV2::LoadBalancer');
    expect(LoadBalancerAttributes).toContainEqual({
      Key: 'routing.http.xff_header_processing.mode',
      Value: 'append',
    });
  });
});

describe('one origin', () => {
  const { Transforms, Conditions } = only('AWS::ElasticLoadBalancingV2::ListenerRule') as {
    Transforms: Record<string, { Rewrites: { Regex: string; Replace: string }[] }>[];
    Conditions: unknown;
  };
  const rewritten = (kind: string, text: string) => {
    const [{ Regex, Replace } = { Regex: '', Replace: '' }] =
      Transforms.find((one) => kind in one)?.[kind]?.Rewrites ?? [];
    return text.replace(new RegExp(Regex), Replace);
  };
  test('what is below /api comes to the stage, with path and query as they are', () => {
    expect(Conditions).toEqual([{ Field: 'path-pattern', PathPatternConfig: { Values: ['/api/*'] } }]);
    expect(rewritten('UrlRewriteConfig', '/api/requests/1/sessions')).toBe('/live/api/requests/1/sessions');
    expect(rewritten('UrlRewriteConfig', '/api/audit/requests?a=%2Fapi%2F&b=/api/')).toBe(
      '/live/api/audit/requests?a=%2Fapi%2F&b=/api/',
    );
    expect(rewritten('HostHeaderRewriteConfig', domain.name)).toMatch(
      /^\w+-NetworkApiEndpoint\.execute-api\.eu-central-1\.amazonaws\.com$/,
    );
  });
  test('the pages have all their headers, and their own configuration', () => {
    const [server] = ofType('AWS::Lambda::Function').filter(([id]) => id.startsWith('PageServer'));
    const { HEADERS, CONFIG } = (
      resolve(server?.[1].Properties.Environment) as { Variables: Record<string, string> }
    ).Variables;
    expect(JSON.parse(HEADERS ?? '')).toEqual(securityHeaders(deployment.identity.origins, true));
    expect(JSON.parse(CONFIG ?? '')).toMatchObject({
      issuer: deployment.identity.issuer,
      title: 'Stepladder',
    });
  });
  test('a web ACL is before both, and counts callers where they are seen', () => {
    const on = properties('AWS::WAFv2::WebACLAssociation').map(({ ResourceArn }) => String(ResourceArn));
    expect(on).toHaveLength(2);
    expect(on).toContainEqual('FrontDoorLoadBalancer.LoadBalancerArn');
    const counting = properties('AWS::WAFv2::WebACL').filter((acl) =>
      JSON.stringify(acl).includes('RateBased'),
    );
    expect(counting.map(({ Name }) => Name)).toEqual(['stepladder-load-balancer']);
  });
});

describe('what comes by an endpoint', () => {
  // Whole ARNs, for the simulation.
  const deployed = resolverOf(template);
  const policyOf = (service: string) => {
    const [[, one] = ['', undefined]] = ofType('AWS::EC2::VPCEndpoint').filter(([id]) =>
      id.startsWith(`Network${service}`),
    );
    return deployed(one?.Properties.PolicyDocument);
  };
  const role = (name: string, account = deployment.account) => `arn:aws:iam::${account}:role/${name}`;
  const all = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
  const may = async (service: string, action: string, by: string, resource: string) => {
    const answer = await runSimulation(
      {
        request: {
          action,
          principal: by,
          resource: { resource, accountId: by.split(':')[4] ?? '' },
          contextVariables: {
            'aws:PrincipalArn': by,
            'aws:PrincipalAccount': by.split(':')[4] ?? '',
            'aws:ResourceAccount': resource.split(':')[4] ?? '',
          },
        },
        identityPolicies: [{ name: 'all', policy: all }],
        ...{ serviceControlPolicies: [], resourceControlPolicies: [] },
        ...(action === 'sts:AssumeRole' && {
          resourcePolicy: { ...all, Statement: [{ Effect: 'Allow', Principal: '*', Action: '*' }] },
        }),
        vpcEndpointPolicies: [{ name: service, policy: policyOf(service) }],
      },
      {},
    );
    if (answer.resultType === 'error') throw new Error(JSON.stringify(answer.errors));
    return answer.overallResult === 'Allowed';
  };
  const target = role('stepladder/Admin', '111122223333');
  const revoker = role('stepladder-control/StepladderRevoker', '111122223333');
  const topic = (of: 'Messages' | 'Alarms') => {
    const [[id] = ['']] = ofType('AWS::SNS::Topic').filter(([one]) => one.startsWith(`${of}Topic`));
    return String(deployed({ Ref: id }));
  };
  test.each<[boolean, string, string, string, string]>([
    [true, 'sts', 'sts:AssumeRole', role('stepladder-sessions'), target],
    [false, 'sts', 'sts:AssumeRole', role('stepladder-sessions'), role('Admin', '111122223333')],
    [false, 'sts', 'sts:AssumeRole', role('stepladder-sessions'), revoker],
    [false, 'sts', 'sts:AssumeRole', role('other'), target],
    [true, 'sts', 'sts:AssumeRole', role('stepladder-enforce'), revoker],
    [false, 'sts', 'sts:AssumeRole', role('stepladder-enforce'), target],
    [true, 'iam', 'iam:GetRole', target, target],
    [true, 'sns', 'sns:Publish', role('stepladder-announce'), topic('Messages')],
    [true, 'sns', 'sns:ListSubscriptionsByTopic', role('stepladder-watch'), topic('Messages')],
    [true, 'sns', 'sns:ListSubscriptionsByTopic', role('stepladder-watch'), topic('Alarms')],
    // CloudWatch does, which does not come by here.
    [false, 'sns', 'sns:Publish', role('stepladder-announce'), topic('Alarms')],
    [false, 'sns', 'sns:Subscribe', role('stepladder-watch'), topic('Alarms')],
    [false, 'iam', 'iam:CreateUser', target, 'arn:aws:iam::111122223333:user/x'],
    [
      true,
      'iam',
      'iam:CreatePolicyVersion',
      revoker,
      'arn:aws:iam::111122223333:policy/stepladder-control/StepladderBoundary',
    ],
    [
      false,
      'iam',
      'iam:CreatePolicyVersion',
      target,
      'arn:aws:iam::111122223333:policy/stepladder-control/StepladderBoundary',
    ],
  ])('%j: %s, %s by %s on %s', async (expected, service, action, by, resource) => {
    expect(await may(service, action, by, resource)).toBe(expected);
  });
});

test.each([
  ['us-gov-west-1', 'aws-us-gov', 'com'],
  // PrivateLink Guide: in China some names begin with cn.
  ['cn-north-1', 'aws-cn', 'cn.com'],
])(
  'in %s, endpoints that are there already are used, and the others have its names',
  (region, partition, api) => {
    const there = {
      ...{ region, partition, domain, notifications: { reviewers: [] } },
      network: { ...own, routeTables: undefined, endpoints: { sts: 'sg-0123456789abcdef0' } },
    };
    const other = Object.values(synthesize(there).template.Resources);
    const made = other.filter(({ Type }) => Type === 'AWS::EC2::VPCEndpoint');
    expect(made.map(({ Properties }) => [Properties.ServiceName, Properties.ServiceRegion]).sort()).toEqual(
      [
        // One for all regions.
        ['com.amazonaws.iam', region],
        [`com.amazonaws.${region}.events`, undefined],
        [`${api}.amazonaws.${region}.execute-api`, undefined],
        [`com.amazonaws.${region}.sns`, undefined],
      ].sort(),
    );
    const outTo = other.filter(
      ({ Properties }) => Properties?.DestinationSecurityGroupId === 'sg-0123456789abcdef0',
    );
    expect(outTo).toHaveLength(2);
  },
);

test('of what EC2 is asked, no more is taken than is wanted', () => {
  const asked = properties('Custom::AWS').map(
    ({ Create }) => JSON.parse(String(Create)) as Record<string, unknown>,
  );
  expect(asked.map(({ action, outputPaths }) => [action, outputPaths])).toEqual([
    ['describeManagedPrefixLists', ['PrefixLists.0.PrefixListId']],
    [
      'describeNetworkInterfaces',
      ['NetworkInterfaces.0.PrivateIpAddress', 'NetworkInterfaces.1.PrivateIpAddress'],
    ],
  ]);
  const [lambda] = ofType('AWS::Lambda::Function').filter(([id]) => id.startsWith('AWS679'));
  expect(lambda?.[1].Properties.Runtime).toMatch(/^nodejs2[2-9]\.x$/);
});

test('what can fail here alone is watched, and the runbook says what to do', () => {
  const alarms = properties('AWS::CloudWatch::Alarm').filter(
    ({ Namespace }) => Namespace === 'AWS/ApplicationELB',
  );
  const headings = alarms.map(({ AlarmName }) => String(AlarmName).replace('stepladder: ', ''));
  expect(headings).toEqual(['The load balancer does not reach the API', 'The load balancer fails']);
  const text = readFileSync(runbook, 'utf8');
  for (const heading of headings) expect(text).toContain(`\n### ${heading}\n`);
  const dashboard = JSON.stringify(properties('AWS::CloudWatch::Dashboard'));
  for (const [id] of ofType('AWS::CloudWatch::Alarm'))
    expect(dashboard).toContain(id.replace(/[0-9A-F]{8}$/, ''));
});

test('without a domain there is no such stack', () => {
  expect(() => synthesize({ network: own })).toThrow('add it to deployment.yaml');
});

describe('independent readers find nothing', () => {
  test.each([
    ['AWS Solutions', new AwsSolutionsChecks()],
    ['NIST 800-53 revision 5', new NIST80053R5Checks()],
  ])('%s, in what only this variant has', (_name, pack) => {
    const found = pack
      .validateScope(stack)
      .violations.flatMap(({ ruleName, violatingResources }) =>
        violatingResources.map(({ constructPath }) => `${ruleName} at ${constructPath}`),
      );
    expect(found.filter((one) => /\/(Network|FrontDoor|PageServer|AWS679\w+)\//.test(one))).toEqual([]);
  });
  // NB. To load its rules takes seconds, and many of them where others have the processor.
  test('AWS’s validator', { timeout: 240_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'stepladder-template-'));
    const engine = new RegoEngine();
    try {
      const path = join(folder, 'broker.json');
      writeFileSync(path, JSON.stringify(template));
      const report = engine.validateStandard(new TemplateFile(path), {
        severityLevel: 'WARN',
        // CDK says of a role twice that it comes first.
        exclude: { ids: ['W3005'] },
      });
      expect(report.status).toBe('OK');
      expect(
        report.diagnostics.map(({ ruleId, entity, message }) => `${ruleId} ${entity?.logicalId}: ${message}`),
      ).toEqual([]);
    } finally {
      engine.free();
      rmSync(folder, { recursive: true });
    }
  });
});

test('it has no more endpoints and load balancers than its costs are computed for', () => {
  const endpoints = properties('AWS::EC2::VPCEndpoint').filter(
    ({ VpcEndpointType }) => VpcEndpointType !== 'Gateway',
  );
  expect(endpoints.length).toBeLessThanOrEqual(privateNetwork.endpoints);
  expect(own.subnets.length).toBeLessThanOrEqual(privateNetwork.zones);
  expect(ofType('AWS::ElasticLoadBalancingV2::LoadBalancer').length).toBeLessThanOrEqual(
    privateNetwork.balancers,
  );
});
