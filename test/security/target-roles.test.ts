import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { boundaryArn, isOwnBoundary } from '../../api/domain/boundary.ts';
import { type Probe, type ProbeName, type ProbeResult, probes } from '../../api/domain/preflight.ts';
import { findingsOf } from '../../api/domain/preflight-findings.ts';
import { sessionTags } from '../../api/domain/session.ts';
import { type AwsServices, startAwsServices } from '../../infra/local/aws-services.ts';
import {
  resourceControlPolicy,
  serviceControlPolicy,
} from '../../infra/target-roles/organization-policies.ts';
import { targetRoleTemplate } from '../../infra/target-roles/template.ts';
import { type Attempt, asSession, isAllowed, letIn } from '../infra/target-roles/assume.ts';
import { account, broker, externalId, inAccount, member } from '../infra/target-roles/in-account.ts';

/** What somebody may try to get into a target role, or to change one, by an evaluation of IAM that is not ours. */

const role = { name: 'Admin', description: '', managed: ['AdministratorAccess'], customerManaged: [] };
const place = { partition: 'aws', account: member };
const template = targetRoleTemplate(account, [{ ...role, statements: [] }]);
const { Resources } = inAccount(template, place);
const target = Resources.RoleAdmin?.Properties ?? {};
const revoker = Resources.Revoker?.Properties ?? {};
const roleArn = `arn:aws:iam::${member}:role/stepladder/Admin`;
const revokerArn = `arn:aws:iam::${member}:role/stepladder-control/StepladderRevoker`;
const intoTarget = { trust: target.AssumeRolePolicyDocument, roleArn };
const intoRevoker = { trust: revoker.AssumeRolePolicyDocument, roleArn: revokerArn };

const sts = (session: string) => `arn:aws:sts::${session}`;
const iam = (what: string) => `arn:aws:iam::${what}`;
const enforcement = sts(`${broker}:assumed-role/stepladder-enforce/stepladder-enforce`);
const without = (tag: string) =>
  Object.fromEntries(Object.entries(asSession.tags).filter(([key]) => key !== tag));

/** By somebody else, with everything that a session has. */
const others: readonly [string, string][] = [
  ['a role whose name begins alike', sts(`${broker}:assumed-role/stepladder-sessions-2/x`)],
  ['a role whose session is named alike', sts(`${broker}:assumed-role/other/stepladder-sessions`)],
  ['the role of that name in another account', sts('444455556666:assumed-role/stepladder-sessions/x')],
  ['the role of that name in the target account', sts(`${member}:assumed-role/stepladder-sessions/x`)],
  ['the broker’s enforcement', enforcement],
  ['the root of the broker’s account', iam(`${broker}:root`)],
  ['a user of the broker’s account', iam(`${broker}:user/stepladder-sessions`)],
  ['an administrator of the target account', sts(`${member}:assumed-role/OrganizationAccountAccessRole/x`)],
  ['another target role', sts(`${member}:assumed-role/Admin/ada@example.com-0123456789.x`)],
  ['the root of the target account', iam(`${member}:root`)],
];
/** By the broker, with something missing or wrong. The local STS is asked the same. */
const incomplete: readonly [string, Partial<Attempt>][] = [
  ['no external id', { externalId: null }],
  ['another external id', { externalId: 'somebody-elses' }],
  ['an external id that begins alike', { externalId: `${externalId}-2` }],
  ['an external id in capitals', { externalId: externalId.toUpperCase() }],
  ['an external id that is a pattern', { externalId: '*' }],
  ['no source identity', { sourceIdentity: null }],
  ['no tags', { tags: {} }],
  ...Object.values(sessionTags).map((tag): [string, Partial<Attempt>] => [
    `no ${tag}`,
    { tags: without(tag) },
  ]),
  ['an empty tag', { tags: { ...asSession.tags, [sessionTags.request]: '' } }],
  ['a tag of another’s making', { tags: { ...asSession.tags, Department: 'payments' } }],
];

describe('into a target role comes', () => {
  test('a session of the broker', async () => {
    expect(await letIn(asSession, intoTarget)).toBe(true);
  });
  test.each(others)('not %s', async (_who, principal) => {
    expect(await letIn({ ...asSession, principal }, intoTarget)).toBe(false);
  });
  test.each(incomplete)('not the broker with %s', async (_what, change) => {
    expect(await letIn({ ...asSession, ...change }, intoTarget)).toBe(false);
  });
  test.each(['sts:AssumeRoleWithSAML', 'sts:AssumeRoleWithWebIdentity'])('nobody by %s', async (action) => {
    expect(await isAllowed(action, asSession, intoTarget)).toBe(false);
  });
  test('either external id, while it is changed, and no third', async () => {
    const both = { ...account, externalIds: [externalId, 'the-next-external-id'] };
    const changing = inAccount(targetRoleTemplate(both, [{ ...role, statements: [] }]), place);
    const around = {
      ...intoTarget,
      trust: changing.Resources.RoleAdmin?.Properties.AssumeRolePolicyDocument,
    };
    for (const one of both.externalIds) {
      expect(await letIn({ ...asSession, externalId: one }, around)).toBe(true);
    }
    expect(await letIn({ ...asSession, externalId: both.externalIds.join() }, around)).toBe(false);
    expect(await letIn({ ...asSession, externalId: null }, around)).toBe(false);
  });
});

describe('into the revoker comes', () => {
  const asEnforcement = { ...asSession, principal: enforcement, sourceIdentity: null, tags: {} };
  test('the enforcement of the broker', async () => {
    expect(await letIn(asEnforcement, intoRevoker)).toBe(true);
  });
  test.each([...others.filter(([, who]) => who !== enforcement), ['its sessions', asSession.principal]])(
    'not %s',
    async (_who, principal) => {
      expect(await letIn({ ...asEnforcement, principal }, intoRevoker)).toBe(false);
    },
  );
  test.each([null, 'somebody-elses', '*'])('not with the external id %s', async (other) => {
    expect(await letIn({ ...asEnforcement, externalId: other }, intoRevoker)).toBe(false);
  });
});

describe('the local STS', () => {
  let aws: AwsServices;
  beforeAll(async () => {
    const roles = [{ account: member, role: 'Admin' }];
    aws = await startAwsServices({ signinPort: 0, now: () => Date.now(), roles });
  });
  afterAll(() => aws.stop());

  const assume = ({ externalId: sent, sourceIdentity, tags }: Attempt) => {
    const credentials = aws.principalOf('sessions');
    const client = new STSClient({
      endpoint: aws.sts.url,
      region: aws.region,
      credentials,
      maxAttempts: 1,
    });
    const input = {
      RoleArn: roleArn,
      RoleSessionName: 'ada@example.com',
      ...(sent !== null && { ExternalId: sent.replace(externalId, aws.externalId) }),
      ...(sourceIdentity !== null && { SourceIdentity: sourceIdentity }),
      ...(Object.keys(tags).length > 0 && {
        Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      }),
    };
    return client.send(new AssumeRoleCommand(input));
  };

  test('lets a session in', async () => {
    await expect(assume(asSession)).resolves.toMatchObject({ SourceIdentity: asSession.sourceIdentity });
  });
  test.each(incomplete)('refuses %s as IAM does', async (what, change) => {
    const code = what === 'an external id that is a pattern' ? 'ValidationError' : 'AccessDenied';
    await expect(assume({ ...asSession, ...change })).rejects.toMatchObject({ Code: code });
  });
});

test('a preflight finds nothing wrong with a target role', async () => {
  const externalIds = { right: externalId, wrong: 'preflight.x', none: null };
  const ask = async (probe: Probe): Promise<ProbeResult> => {
    const attempt = {
      ...asSession,
      externalId: externalIds[probe.externalId],
      sourceIdentity: probe.sourceIdentity ? asSession.sourceIdentity : null,
      tags: probe.tags ? asSession.tags : {},
    };
    const fits = probe.durationSeconds <= Number(target.MaxSessionDuration);
    return fits && (await letIn(attempt, intoTarget)) ? 'let-in' : 'refused';
  };
  const answers = await Promise.all(
    Object.entries(probes).map(async ([name, probe]) => [name, await ask(probe)] as const),
  );
  const outcomes = Object.fromEntries(answers) as Record<ProbeName, ProbeResult>;
  const ours = boundaryArn({ ...place, boundary: account.ending?.boundary ?? '' });
  const reading = {
    result: 'read',
    maxSessionSeconds: Number(target.MaxSessionDuration),
    boundary: String(target.PermissionsBoundary),
  } as const;
  const findings = findingsOf({ probes: outcomes, role: reading }, true, ours);
  expect(findings.filter(({ state }) => state !== 'pass')).toEqual([]);
  expect(findings).toHaveLength(7);
});

test('the boundary begins as one that the broker takes for its own, in every partition', () => {
  for (const partition of ['aws', 'aws-us-gov', 'aws-cn']) {
    const there = { partition, account: member };
    const document = inAccount(template, there).Resources.Boundary?.Properties.PolicyDocument;
    const { ending, path } = account;
    const whole = {
      ...there,
      targetRoles: path,
      boundary: ending?.boundary ?? '',
      revoker: ending?.revoker ?? '',
    };
    expect(isOwnBoundary(whole, JSON.stringify(document))).toBe(true);
    expect(isOwnBoundary({ ...whole, account: broker }, JSON.stringify(document))).toBe(false);
  }
});

describe('where the organization denies the rest', () => {
  const by = (principal: string) => ({
    ...asSession,
    principal,
    externalId: null,
    sourceIdentity: null,
    tags: {},
  });
  const scp = serviceControlPolicy(account, 'aws', ['ci/Terraform']);
  const rcp = resourceControlPolicy(account, 'aws');
  const change = (principal: string, action: string, resource: string) =>
    isAllowed(action, by(principal), { trust: undefined, roleArn: resource, serviceControlPolicy: scp });
  const administrator = sts(`${member}:assumed-role/Admin/ada@example.com-0123456789.x`);
  const boundary = iam(`${member}:policy/stepladder-control/StepladderBoundary`);

  test.each([
    ['iam:UpdateAssumeRolePolicy', roleArn],
    ['iam:AttachRolePolicy', roleArn],
    ['iam:PutRolePolicy', roleArn],
    ['iam:CreateRole', iam(`${member}:role/stepladder/New`)],
    ['iam:DeleteRole', roleArn],
    ['iam:DeleteRolePermissionsBoundary', roleArn],
    ['iam:TagRole', roleArn],
    ['iam:CreatePolicyVersion', boundary],
    ['iam:SetDefaultPolicyVersion', boundary],
    ['iam:UpdateAssumeRolePolicy', revokerArn],
  ])('%s is for those who deploy the roles', async (action, resource) => {
    expect(await change(administrator, action, resource)).toBe(false);
    expect(await change(sts(`${member}:assumed-role/Terraform/x`), action, resource)).toBe(false);
    for (const deployer of ['stacksets-exec-0123456789abcdef', 'AWSCloudFormationStackSetExecutionRole']) {
      expect(await change(sts(`${member}:assumed-role/${deployer}/x`), action, resource)).toBe(true);
    }
  });
  test.each([
    ['iam:CreateRole', 'stacksets-exec-made-by-hand'],
    ['iam:UpdateAssumeRolePolicy', 'stacksets-exec-0123456789abcdef'],
    ['iam:CreateRole', 'AWSCloudFormationStackSetExecutionRole'],
    ['iam:UpdateAssumeRolePolicy', 'ci/Terraform'],
  ])('%s does not make somebody else %s, who deploys the roles', async (action, name) => {
    const resource = iam(`${member}:role/${name}`);
    expect(await change(administrator, action, resource)).toBe(false);
    const alone = serviceControlPolicy(account, 'aws', []);
    const around = { trust: undefined, roleArn: resource, serviceControlPolicy: alone };
    expect(await isAllowed(action, by(administrator), around)).toBe(name === 'ci/Terraform');
  });
  test.each([
    ['iam:GetRole', roleArn],
    ['iam:CreateRole', iam(`${member}:role/service/New`)],
    ['iam:UpdateAssumeRolePolicy', iam(`${member}:role/stepladder-like/Admin`)],
  ])('%s on %s stays as it is', async (action, resource) => {
    expect(await change(administrator, action, resource)).toBe(true);
  });

  const open = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: '*',
        Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
      },
    ],
  };
  test.each(others)('a trust policy that somebody opened still keeps out %s', async (_who, principal) => {
    const around = { trust: open, roleArn };
    expect(await letIn({ ...asSession, principal }, around)).toBe(true);
    expect(await letIn({ ...asSession, principal }, { ...around, resourceControlPolicy: rcp })).toBe(false);
  });
  test('the broker comes in as before', async () => {
    const guarded = { serviceControlPolicy: scp, resourceControlPolicy: rcp };
    expect(await letIn(asSession, { ...intoTarget, ...guarded })).toBe(true);
    expect(await letIn(by(enforcement), { ...intoRevoker, ...guarded })).toBe(false);
    expect(await letIn({ ...by(enforcement), externalId }, { ...intoRevoker, ...guarded })).toBe(true);
  });
});
