import { runSimulation } from '@cloud-copilot/iam-simulate';
import { describe, expect, test } from 'vitest';
import type { LambdaFunction } from '../../api/env.ts';
import { lambdaFunctions } from '../../infra/bundles.ts';
import { deployment, permissionsOf, synthesize } from '../infra/synthesized.ts';

/**
 * Somebody in the broker's account who may make functions and pass roles to them (`lambda:CreateFunction`, `iam:PassRole`)
 * makes one with the role of one of ours, and asks for what ours asks for.
 */

const { template } = synthesize();
const { account, region, name } = deployment;
const member = '111122223333';
const functionArn = (called: string, where = region) =>
  `arn:aws:lambda:${where}:${account}:function:${called}`;

interface Call {
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string | string[]>>;
}

/** @param from ARN of the function whose code asks; null: no function's code does */
async function isAllowed(by: LambdaFunction, { action, resource, context }: Call, from: string | null) {
  const role = `arn:aws:iam::${account}:role/${name}-${by}`;
  const elsewhere = action.startsWith('sts:');
  const answer = await runSimulation(
    {
      request: {
        action,
        principal: `arn:aws:sts::${account}:assumed-role/${name}-${by}/session`,
        resource: { resource, accountId: elsewhere ? member : account },
        contextVariables: {
          'aws:PrincipalArn': role,
          ...context,
          ...(from !== null && { 'lambda:SourceFunctionArn': from }),
        },
      },
      identityPolicies: [
        { name: 'role', policy: { Version: '2012-10-17', Statement: permissionsOf(template, by) } },
      ],
      ...{ serviceControlPolicies: [], resourceControlPolicies: [] },
      // A target role trusts the role, and cannot ask more: this key is none of a resource's policy.
      ...(elsewhere && {
        resourcePolicy: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { AWS: role }, Action: action }],
        },
      }),
    },
    {},
  );
  if (answer.resultType === 'error') throw new Error(JSON.stringify(answer.errors));
  return answer.overallResult === 'Allowed';
}

/** The first resource that this role has for that action. */
function resourceFor(by: LambdaFunction, action: string): string {
  const found = permissionsOf(template, by).find(({ Action }) => [Action].flat().includes(action));
  const [resource = ''] = [found?.Resource ?? ''].flat();
  return resource.replace('::*:', `::${member}:`).replace('role/stepladder/*', 'role/stepladder/Admin');
}

const item = (kind: string) => ({ 'dynamodb:LeadingKeys': [`${kind}#one`] });
const inRegion = { 'aws:RequestedRegion': region };

describe.each<[string, LambdaFunction, string, Call['context']]>([
  ['writes an approved request', 'requests', 'dynamodb:PutItem', item('REQUEST')],
  ['approves a request', 'reviews', 'dynamodb:PutItem', item('REQUEST')],
  ['reads what was decided', 'audit', 'dynamodb:Query', item('ENTRIES')],
  ['reads which sessions there are', 'reconcile', 'dynamodb:Query', item('SESSIONS')],
  ['takes out what is to be ended', 'enforce', 'dynamodb:DeleteItem', item('ENFORCEMENT')],
  ['becomes a target role', 'sessions', 'sts:AssumeRole', inRegion],
  ['says who becomes it', 'sessions', 'sts:SetSourceIdentity', inRegion],
  ['says by which request', 'sessions', 'sts:TagSession', inRegion],
  ['becomes the revoker', 'enforce', 'sts:AssumeRole', inRegion],
  ['tells reviewers of a request', 'announce', 'sns:Publish', {}],
  ['makes up an event', 'sweep', 'events:PutEvents', {}],
  ['writes as Stepladder', 'announce', 'ses:SendEmail', { 'ses:FromAddress': 'stepladder@example.com' }],
  ['reads who gets messages', 'watch', 'sns:ListSubscriptionsByTopic', {}],
])('a function of theirs that %s', (_what, by, action, context) => {
  const call = { action, resource: resourceFor(by, action), ...(context && { context }) };
  const own = `${name}-${by}`;
  const others = lambdaFunctions.filter((one) => one !== by).map((one) => functionArn(`${name}-${one}`));

  test('is refused, however it is called, and ours is not', async () => {
    const theirs = ['of-a-developer', `${own}-too`, own.slice(0, -1), '*', own.toUpperCase()];
    const froms = [
      ...theirs.map((called) => functionArn(called)),
      ...others,
      functionArn(own, 'us-east-1'),
      functionArn(own).replace(account, member),
    ];
    const allowed: string[] = [];
    for (const from of froms) if (await isAllowed(by, call, from)) allowed.push(from);
    expect(allowed).toEqual([]);
    expect(await isAllowed(by, call, functionArn(own))).toBe(true);
  });
  test('is refused where nothing says which function it is', async () => {
    expect(await isAllowed(by, call, null)).toBe(false);
  });
});

test.each<[LambdaFunction, string]>([
  ['requests', 'logs:PutLogEvents'],
  ['announce', 'dynamodb:GetRecords'],
  ['enforce', 'dynamodb:ListStreams'],
  ['sweep', 'sqs:SendMessage'],
])('Lambda itself, in the name of %s, is not stopped by it: %s', async (by, action) => {
  expect(await isAllowed(by, { action, resource: resourceFor(by, action) }, null)).toBe(true);
});
