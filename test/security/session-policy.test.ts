import { readdirSync, readFileSync } from 'node:fs';
import { runSimulation } from '@cloud-copilot/iam-simulate';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ApprovedRequest } from '../../api/domain/access-request.ts';
import { type Guardrail, guardrails } from '../../api/domain/policy-document.ts';
import { planSession, type SessionPlan } from '../../api/domain/session.ts';
import type { User } from '../../api/domain/user.ts';
import { become, later, madeUnder, reviewBy, ruleWith, start } from '../api/domain/one-rule.ts';
import { ada, allowed, askFor, production, ravi, stoppedWorld } from '../api/people.ts';

/** What a holder of credentials may try against their session policy, by an evaluation of IAM that is not ours. */

const { digest } = stoppedWorld();

function planOf(chosen: readonly Guardrail[] = [], by: User = ada, reviewer: User = ravi): SessionPlan {
  const rule = ruleWith({}, { guardrails: chosen });
  const asked = madeUnder(rule, by, askFor('Admin', production, { durationMinutes: 60 }));
  const approved = become(asked, reviewBy(reviewer)) as ApprovedRequest;
  const request = { ...approved, window: { from: start, until: later(60) } };
  return allowed(planSession(request, by, rule, later(50), digest));
}

const bucket = 'arn:aws:s3:::ledger/page';
const iam = (what: string) => `arn:aws:iam::${production}:${what}`;

interface Asked {
  readonly plan?: SessionPlan;
  readonly at?: string;
  readonly action?: string;
  readonly resource?: string;
  readonly permissions?: object[];
  /** what the bucket's own policy says */
  readonly resourcePolicy?: object;
}

const sessionArn = ({ sessionName }: SessionPlan) =>
  `arn:aws:sts::${production}:assumed-role/Admin/${sessionName}`;

/** Whether AWS lets the session do it. */
async function may(asked: Asked): Promise<boolean> {
  const { plan = planOf(), at = later(55), action = 's3:GetObject', resource = bucket } = asked;
  const admin = [{ Effect: 'Allow', Action: '*', Resource: '*' }];
  const answer = await runSimulation(
    {
      request: {
        action,
        principal: sessionArn(plan),
        resource: { resource, accountId: production },
        contextVariables: { 'aws:CurrentTime': at },
      },
      sessionPolicy: JSON.parse(plan.policy),
      identityPolicies: [
        { name: 'role', policy: { Version: '2012-10-17', Statement: asked.permissions ?? admin } },
      ],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(asked.resourcePolicy && { resourcePolicy: asked.resourcePolicy }),
    },
    {},
  );
  if (answer.resultType === 'error') throw new Error(JSON.stringify(answer.errors));
  return answer.overallResult === 'Allowed';
}

const ordinary: readonly [string, string][] = [
  ['s3:GetObject', bucket],
  ['s3:PutObject', bucket],
  ['ec2:DescribeInstances', '*'],
  ['iam:GetRole', iam('role/other')],
  ['iam:DeleteUser', iam('user/other')],
  ['iam:DeleteAccessKey', iam('user/other')],
  ['iam:DeleteLoginProfile', iam('user/other')],
  ['iam:DeleteRole', iam('role/other')],
  ['s3:ListAllMyBuckets', '*'],
];

const guarded: readonly [Guardrail, string, string][] = [
  ['create-users', 'iam:CreateUser', iam('user/other')],
  [
    'create-users',
    'identitystore:CreateUser',
    `arn:aws:identitystore::${production}:identitystore/d-1234567890`,
  ],
  ['create-access-keys', 'iam:CreateAccessKey', iam('user/other')],
  ['create-access-keys', 'iam:UpdateAccessKey', iam('user/other')],
  ['create-access-keys', 'iam:CreateServiceSpecificCredential', iam('user/other')],
  ['create-access-keys', 'iam:ResetServiceSpecificCredential', iam('user/other')],
  ['create-access-keys', 'iam:UpdateServiceSpecificCredential', iam('user/other')],
  ['create-access-keys', 'iam:UploadSigningCertificate', iam('user/other')],
  ['create-access-keys', 'iam:UploadSSHPublicKey', iam('user/other')],
  ['create-login-profiles', 'iam:CreateLoginProfile', iam('user/other')],
  ['create-login-profiles', 'iam:UpdateLoginProfile', iam('user/other')],
  ['change-trust-policies', 'iam:CreateRole', iam('role/other')],
  ['change-trust-policies', 'iam:UpdateAssumeRolePolicy', iam('role/other')],
  ['change-trust-policies', 'iam:CreateSAMLProvider', iam('saml-provider/other')],
  ['change-trust-policies', 'iam:UpdateSAMLProvider', iam('saml-provider/other')],
  ['change-trust-policies', 'iam:CreateOpenIDConnectProvider', iam('oidc-provider/other')],
  ['change-trust-policies', 'iam:UpdateOpenIDConnectProviderThumbprint', iam('oidc-provider/other')],
  ['change-trust-policies', 'iam:AddClientIDToOpenIDConnectProvider', iam('oidc-provider/other')],
  ['change-trust-policies', 'rolesanywhere:CreateTrustAnchor', '*'],
  ['assume-roles', 'sts:AssumeRole', iam('role/other')],
  ['assume-roles', 'sts:AssumeRoot', iam('root')],
];
const everything = [...ordinary, ...guarded.map(([, ...one]): [string, string] => one)];

describe('without guardrails, nothing ends the session but the time', () => {
  test.each(everything)('%s on %s', async (action, resource) => {
    expect(await may({ action, resource, at: '2026-11-23T10:29:59Z' })).toBe(true);
    for (const at of ['2026-11-23T10:30:00Z', '2026-11-23T10:30:01Z', '2026-11-24T00:00:00Z']) {
      expect(await may({ action, resource, at })).toBe(false);
    }
  });

  test.each(ordinary)('%s is not given where the role does not have it', async (action, resource) => {
    const permissions = [{ Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: '*' }];
    expect(await may({ action, resource, permissions })).toBe(false);
  });

  test.each([
    ['the session', sessionArn(planOf())],
    ['the role', iam('role/Admin')],
    ['the account', iam('root')],
  ])('a resource policy that names %s keeps nobody in', async (_what, AWS) => {
    const grants = { Effect: 'Allow', Principal: { AWS }, Action: 's3:*', Resource: bucket };
    const resourcePolicy = { Version: '2012-10-17', Statement: [grants] };
    expect(await may({ resourcePolicy, at: '2026-11-23T10:29:59Z' })).toBe(true);
    expect(await may({ resourcePolicy, at: '2026-11-23T10:30:00Z' })).toBe(false);
    expect(await may({ resourcePolicy, at: later(600) })).toBe(false);
  });
});

describe.each(guardrails)('the guardrail %s', (guardrail) => {
  const plan = planOf([guardrail]);
  test.each(guarded)('forbids what it names and no more: %s, %s', async (of, action, resource) => {
    expect(await may({ plan, action, resource })).toBe(of !== guardrail);
  });

  test.each(ordinary)('leaves %s on %s', async (action, resource) => {
    expect(await may({ plan, action, resource })).toBe(true);
  });

  test('is covered by what is tried here', () => {
    const { Statement } = JSON.parse(plan.policy) as { Statement: { Sid?: string; Action: string[] }[] };
    const named = Statement.find(({ Sid }) => Sid === 'Guardrails')?.Action ?? [];
    const tried = guarded.filter(([of]) => of === guardrail).map(([, action]) => action);
    expect(named.filter((action) => !tried.includes(action) && action !== 'rolesanywhere:*')).toEqual([]);
  });
});

test('whatever people are called, AssumeRole takes the session', () => {
  // STS API Reference, AssumeRole, Tag and "IAM and AWS STS quotas".
  const name = /^[\w+=,.@-]{2,64}$/;
  const tag = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,256}$/u;
  const text = fc.oneof(
    fc.string({ maxLength: 320 }),
    fc.string({ unit: 'binary', maxLength: 320 }),
    fc.constant('x'.repeat(320)),
  );
  fc.assert(
    fc.property(text, text, text, text, (email, called, id, reviewerEmail) => {
      // Whoever has the requester's e-mail may not review.
      fc.pre(!/^\s*r/i.test(email));
      const by = { ...ada, id: `a-${id}`, email, name: called };
      const reviewer = { ...ravi, id: `r-${id}`, email: `r${reviewerEmail}`, name: called };
      const plan = planOf(guardrails, by, reviewer);
      expect(plan.policy.length).toBeLessThanOrEqual(2048);
      expect(plan.sessionName).toMatch(name);
      expect(plan.sourceIdentity).toMatch(name);
      expect(plan.sessionName.endsWith('.'.concat('a'.repeat(26)))).toBe(true);
      for (const [key, value] of Object.entries(plan.tags)) {
        expect(key).toMatch(/^[A-Za-z]{1,128}$/);
        expect(value).toMatch(tag);
      }
    }),
  );
});

test('no ARN of one partition is written down in what runs in all of them', () => {
  const api = new URL('../../api/', import.meta.url);
  const files = readdirSync(api, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  expect(files.length).toBeGreaterThan(50);
  const found = files.filter((name) => /\barn:aws[\w-]*:/.test(readFileSync(new URL(name, api), 'utf8')));
  expect(found).toEqual([]);
});
