import { runSimulation } from '@cloud-copilot/iam-simulate';
import { describe, expect, test } from 'vitest';
import { lambdaFunctions } from '../../../infra/bundles.ts';
import { roleNameOf } from '../../../infra/constructs/lambda-role.ts';
import { controlPolicy } from '../../../infra/operations/control-policy.ts';
import { deployment, permissionsOf, synthesize } from '../synthesized.ts';

/** What no administrator of the broker's account may do alone, put before an evaluation of IAM that is not ours. */

const { account, region, name, partition } = deployment;
const policy = controlPolicy({ account, region, name, partition });
const { template } = synthesize();
/** Of whom alone the bucket takes pages. CloudFormation puts the stack before it, and something behind it. */
const pagesRole = Object.values(template.Resources)
  .filter(({ Type }) => Type === 'AWS::S3::BucketPolicy')
  .flatMap(({ Properties }) => (Properties.PolicyDocument as { Statement: Written[] }).Statement)
  .find(({ Sid }) => Sid === 'OnlyDeploymentsWrite')?.Condition?.ArnNotEquals?.['aws:PrincipalArn'][
  'Fn::GetAtt'
][0];
interface Written {
  readonly Sid?: string;
  readonly Condition?: {
    readonly ArnNotEquals?: {
      readonly 'aws:PrincipalArn': { readonly 'Fn::GetAtt': readonly [string, string] };
    };
  };
}
const bootstrap = `cdk-hnb659fds-cfn-exec-role-${account}-${region}`;
const [pipeline, responder] = [`${name}-pipeline`, `${name}-responder`];
/** NB. Names that begin or end as those that may. */
const others = [
  'Administrator',
  `${name}-pipelines`,
  `${name}-requests-too`,
  `cdk-${account}`,
  `x-${responder}`,
];
const everything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };

/** Whether somebody may who has every right in the account, but for the policy. */
async function may(role: string, action: string, resource = resourceOf(action)): Promise<boolean> {
  const answer = await runSimulation(
    {
      request: {
        action,
        principal: `arn:aws:iam::${account}:role/${role}`,
        resource: { resource, accountId: account },
        contextVariables: { 'aws:PrincipalArn': `arn:aws:iam::${account}:role/${role}` },
      },
      identityPolicies: [{ name: 'everything', policy: everything }],
      serviceControlPolicies: [
        {
          orgIdentifier: 'o-1',
          policies: [
            { name: 'FullAWSAccess', policy: everything },
            { name: 'broker', policy },
          ],
        },
      ],
      resourceControlPolicies: [],
      // A key's own policy has to let the account's roles use it.
      ...(action.startsWith('kms:') && {
        resourcePolicy: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { AWS: account }, Action: 'kms:*', Resource: '*' }],
        },
      }),
    },
    {},
  );
  if (answer.resultType === 'error') throw new Error(`${action}: ${JSON.stringify(answer.errors)}`);
  return answer.overallResult === 'Allowed';
}

/** One of the kind that the action is about. */
function resourceOf(action: string): string {
  const own: Readonly<Record<string, string>> = {
    'iam:CreateUser': `arn:aws:iam::${account}:user/any`,
    'lambda:DeleteEventSourceMapping': `arn:aws:lambda:${region}:${account}:event-source-mapping:any`,
    'events:PutEvents': `arn:aws:events:${region}:${account}:event-bus/any`,
    'logs:CreateLogStream': `arn:aws:logs:${region}:${account}:log-group:any:log-stream:any`,
    'logs:PutLogEvents': `arn:aws:logs:${region}:${account}:log-group:any:log-stream:any`,
    'cloudformation:DescribeStackSet': `arn:aws:cloudformation:${region}:${account}:stackset/any:any`,
    'iam:ListRoles': '*',
    'cloudwatch:PutMetricData': '*',
    'cloudformation:CreateResource': '*',
  };
  const [service = ''] = action.split(':');
  const ofService: Readonly<Record<string, string>> = {
    iam: `arn:aws:iam::${account}:role/stepladder-sessions`,
    lambda: `arn:aws:lambda:${region}:${account}:function:any`,
    dynamodb: `arn:aws:dynamodb:${region}:${account}:table/any`,
    kms: `arn:aws:kms:${region}:${account}:key/any`,
    cloudformation: `arn:aws:cloudformation:${region}:${account}:stack/any/any`,
    sns: `arn:aws:sns:${region}:${account}:any`,
    events: `arn:aws:events:${region}:${account}:rule/any`,
    cloudwatch: `arn:aws:cloudwatch:${region}:${account}:alarm:any`,
    logs: `arn:aws:logs:${region}:${account}:log-group:any`,
    cloudtrail: `arn:aws:cloudtrail:${region}:${account}:trail/any`,
    s3: 'arn:aws:s3:::any/index.html',
    wafv2: `arn:aws:wafv2:${region}:${account}:regional/webacl/any/any`,
    apigateway: `arn:aws:apigateway:${region}::/restapis/any`,
    cloudfront: `arn:aws:cloudfront::${account}:distribution/any`,
    elasticloadbalancing: `arn:aws:elasticloadbalancing:${region}:${account}:targetgroup/any/any`,
    ec2: `arn:aws:ec2:${region}:${account}:security-group/any`,
    'cognito-idp': `arn:aws:cognito-idp:${region}:${account}:userpool/any`,
  };
  return own[action] ?? ofService[service] ?? '*';
}

const byHand = [
  'iam:PassRole',
  'iam:PutRolePolicy',
  'iam:UpdateAssumeRolePolicy',
  'iam:CreateUser',
  'lambda:CreateFunction',
  'lambda:UpdateFunctionCode',
  'lambda:AddPermission',
  'lambda:DeleteEventSourceMapping',
  'lambda:PutFunctionConcurrency',
  'dynamodb:UpdateTable',
  'dynamodb:UpdateTimeToLive',
  'dynamodb:PutResourcePolicy',
  'dynamodb:DeleteTable',
  'kms:ScheduleKeyDeletion',
  'kms:PutKeyPolicy',
  'events:DisableRule',
  'events:EnableRule',
  'events:RemoveTargets',
  'cloudwatch:PutMetricData',
  'cloudwatch:DeleteAlarms',
  'logs:DeleteLogGroup',
  'logs:PutRetentionPolicy',
  'sns:Subscribe',
  'sns:SetTopicAttributes',
  'cloudtrail:StopLogging',
  'cloudtrail:PutEventSelectors',
  'cloudformation:UpdateStack',
  'cloudformation:SetStackPolicy',
  'cloudformation:CreateResource',
  'wafv2:AssociateWebACL',
  'apigateway:PATCH',
  'cloudfront:UpdateDistribution',
  'elasticloadbalancing:DeregisterTargets',
  'ec2:AuthorizeSecurityGroupIngress',
  'cognito-idp:AdminCreateUser',
];

describe('whoever may do everything in the account', () => {
  test.each(byHand)('may not %s, however their role is called, and the responder may', async (action) => {
    for (const role of others) expect([role, await may(role, action)]).toEqual([role, false]);
    expect(await may(responder, action)).toBe(true);
    expect(await may(bootstrap, action)).toBe(true);
  });
  test.each(['dynamodb:PutItem', 'dynamodb:DeleteItem', 'dynamodb:PartiQLUpdate'])(
    'may not %s, nor may the pipeline: that would be to approve',
    async (action) => {
      for (const role of [...others, pipeline, bootstrap, `${name}-audit`]) {
        expect([role, await may(role, action)]).toEqual([role, false]);
      }
      // A restore writes the new table. Into the one in use they may not, by its own policy: `table-access.test.ts`.
      expect(await may(responder, action)).toBe(true);
    },
  );
  test('may not write a page, which runs in the browsers of reviewers', async () => {
    for (const role of [...others, pipeline, `${name}-requests`]) {
      expect([role, await may(role, 's3:PutObject')]).toEqual([role, false]);
    }
    expect(await may(`${name}-${pagesRole}-1A2B3C4D5E6F`, 's3:PutObject')).toBe(true);
  });
  test('a stack on which a restore is tried may write its own table and pages', async () => {
    expect(await may('drill-requests', 'dynamodb:PutItem')).toBe(true);
    expect(await may(`drill-${pagesRole}-1A2B3C4D5E6F`, 's3:PutObject')).toBe(true);
    expect(await may('drill-requests', 'lambda:UpdateFunctionCode')).toBe(false);
  });
  test('may not become a role of the bootstrap, which the pipeline may', async () => {
    const become = (role: string) => may(role, 'sts:AssumeRole', `arn:aws:iam::${account}:role/${bootstrap}`);
    for (const role of others) expect([role, await become(role)]).toEqual([role, false]);
    expect([await become(pipeline), await become(responder)]).toEqual([true, true]);
    expect(await may(pipeline, 'cloudformation:ExecuteChangeSet')).toBe(true);
    expect(await may(pipeline, 'lambda:UpdateFunctionCode')).toBe(false);
  });
  test.each([
    ...['dynamodb:GetResourcePolicy', 'cloudformation:DescribeStackSet'],
    ...['iam:GetRole', 'iam:ListRoles', 'lambda:GetFunction', 'lambda:InvokeFunction', 'dynamodb:GetItem'],
    ...['dynamodb:DescribeTable', 'logs:FilterLogEvents', 'cloudwatch:SetAlarmState', 'sns:Publish'],
    ...['cloudformation:DescribeChangeSet', 'events:PutEvents', 'sts:AssumeRole'],
  ])('may still %s', async (action) => {
    const target = 'arn:aws:iam::111122223333:role/other';
    expect(await may('Administrator', action, action === 'sts:AssumeRole' ? target : undefined)).toBe(true);
  });
});

test('no Lambda is denied what its role allows it in this account', async () => {
  const denied: string[] = [];
  for (const lambda of lambdaFunctions) {
    for (const { Action, Resource } of permissionsOf(template, lambda)) {
      const [given = ''] = [Resource].flat();
      for (const action of [Action].flat().filter((one) => !one.startsWith('sts:'))) {
        const isPattern = given.startsWith('arn:aws:logs:') || given.includes('/*');
        const resource = isPattern ? undefined : given;
        if (!(await may(roleNameOf(name, lambda), action, resource))) denied.push(`${lambda} ${action}`);
      }
    }
  }
  expect(denied).toEqual([]);
});

test('it fits into what AWS Organizations takes, 5,120 characters, with the longest names', () => {
  const longest = { partition: 'aws-us-gov', account, region: 'ap-southeast-7', name: 'n'.repeat(20) };
  expect(JSON.stringify(controlPolicy(longest)).length).toBeLessThanOrEqual(5_120);
});
