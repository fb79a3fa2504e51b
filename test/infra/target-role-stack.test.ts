import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RegoEngine, TemplateFile } from '@aws/cloudformation-validate';
import { App } from 'aws-cdk-lib';
import { AwsSolutionsChecks, NIST80053R5Checks } from 'cdk-nag';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { boundaryLength } from '../../api/domain/boundary.ts';
import { TargetRoleStack } from '../../infra/target-role-stack.ts';
import { readRoles } from '../../infra/target-roles/roles-file.ts';
import { targetRoleTemplate, templateBytes, templateText } from '../../infra/target-roles/template.ts';
import { account, inAccount, member } from './target-roles/in-account.ts';

const file = 'infra/target-roles/target-roles.yaml';
const reading = readRoles(readFileSync(file, 'utf8'), file);
if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
const { roles } = reading;
const template = targetRoleTemplate(account, roles);
const text = templateText(template);
const { Resources } = inAccount(template, { partition: 'aws', account: member });
const made = Object.values(Resources);
const targets = made.filter(({ Properties }) => Properties.Path === account.path);

test('every role of the file is made, and nothing but these, the boundary and the revoker', () => {
  expect(targets.map(({ Properties }) => Properties.RoleName)).toEqual(roles.map(({ name }) => name));
  expect(made.length - targets.length).toBe(2);
  const managed = targets.map(({ Properties }) => Properties.ManagedPolicyArns);
  expect(managed).toContainEqual(['arn:aws:iam::aws:policy/job-function/ViewOnlyAccess']);
  expect(new Set(targets.map(({ Properties }) => Properties.MaxSessionDuration))).toEqual(new Set([3600]));
  const boundary = `arn:aws:iam::${member}:policy/stepladder-control/StepladderBoundary`;
  expect(new Set(targets.map(({ Properties }) => Properties.PermissionsBoundary))).toEqual(
    new Set([boundary]),
  );
});

test('StackSets take it: no macro, no parameter, no asset, no bootstrap, no S3', () => {
  expect(Object.keys(template).sort()).toEqual(['Description', 'Resources']);
  expect(Buffer.byteLength(text)).toBeLessThan(templateBytes);
  expect(text).not.toContain('Metadata');
});

test('what is written is read as the same, by the rules of YAML 1.1 too', () => {
  const odd = { ...account, externalIds: ['12:34:56', '0123', 'yes', '1e3', '2026-11-23'] };
  const tricky = targetRoleTemplate(odd, roles);
  for (const version of ['1.1', '1.2'] as const) {
    expect(parse(templateText(tricky), { version })).toEqual(tricky);
  }
});

test('without ending live sessions there is no boundary and no revoker', () => {
  const { Resources: few } = inAccount(targetRoleTemplate({ ...account, ending: null }, roles), {
    partition: 'aws',
    account: member,
  });
  expect(Object.values(few)).toHaveLength(roles.length);
  expect(JSON.stringify(few)).not.toContain('Boundary');
});

test('what it says fits the quotas of IAM', () => {
  const long = { ...account, externalIds: ['e'.repeat(128), 'f'.repeat(128)], name: 'n'.repeat(40) };
  const wide = inAccount(targetRoleTemplate(long, roles), { partition: 'aws-us-gov', account: member });
  const [role] = Object.values(wide.Resources).filter(({ Properties }) => Properties.Path === account.path);
  expect(JSON.stringify(role?.Properties.AssumeRolePolicyDocument).length).toBeLessThan(2048);
  const { PolicyDocument } = Resources.Boundary?.Properties ?? {};
  expect(JSON.stringify(PolicyDocument).length).toBeLessThan(boundaryLength / 4);
});

test('IAM’s own variables stay IAM’s', () => {
  const own = {
    ...{ name: 'a.b-c', description: '', managed: [], customerManaged: [] },
    statements: [
      {
        Effect: 'Allow',
        Action: 's3:GetObject',
        Resource: [
          `arn:$${'{AWS::Partition}'}:s3:::home/$${'{aws:username}'}`,
          `arn:aws:s3:::x/$${'{aws:userid}'}`,
        ],
      },
    ],
  };
  const deployed = inAccount(targetRoleTemplate(account, [own]), { partition: 'aws-cn', account: member });
  expect(JSON.stringify(deployed.Resources.Roleax2ebx2dc)).toContain(
    JSON.stringify([`arn:aws-cn:s3:::home/$${'{aws:username}'}`, `arn:aws:s3:::x/$${'{aws:userid}'}`]),
  );
});

describe('independent readers find nothing', () => {
  // NB. To load its rules takes seconds, and many of them where others have the processor.
  test('AWS’s validator', { timeout: 240_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'stepladder-template-'));
    const engine = new RegoEngine();
    try {
      const path = join(folder, 'target-roles.yaml');
      writeFileSync(path, text);
      const read = () => engine.validateStandard(new TemplateFile(path), { severityLevel: 'WARN' });
      const report = read();
      expect(report.status).toBe('OK');
      expect(report.diagnostics.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([]);
      writeFileSync(path, text.replaceAll('RoleName:', 'NameOfRole:'));
      expect(read().diagnostics).not.toEqual([]);
    } finally {
      engine.free();
      rmSync(folder, { recursive: true });
    }
  });

  /** Acknowledged, each with its reason. */
  const reasons: readonly [RegExp, string][] = [
    [/^AwsSolutions-IAM4\[/, 'what a target role may do is for the operator to choose, AWS’s policies too'],
    [
      /^AwsSolutions-IAM5\[Action::\*\]/,
      'the boundary allows what each role allows; it gives nobody anything',
    ],
    [
      /^AwsSolutions-IAM5\[Resource::/,
      'narrowing credentials has no resource; a target role is for an account',
    ],
    [/^NIST.800.53.R5-IAMNoInlinePolicy$/, 'a policy that belongs to one role goes and comes with it'],
  ];
  test('cdk-nag, beside what a target role is for', () => {
    const outdir = mkdtempSync(join(tmpdir(), 'stepladder-nag-'));
    const findings: string[] = [];
    try {
      const app = new App({ outdir, analyticsReporting: false });
      const stack = new TargetRoleStack(app, 'TargetRoles', account, roles);
      for (const pack of [new AwsSolutionsChecks(), new NIST80053R5Checks()]) {
        findings.push(...pack.validateScope(stack).violations.map(({ ruleName }) => ruleName));
      }
    } finally {
      rmSync(outdir, { recursive: true });
    }
    const open = findings.filter((id) => !reasons.some(([pattern]) => pattern.test(id)));
    expect(open).toEqual([]);
    const idle = reasons.filter(([pattern]) => !findings.some((id) => pattern.test(id)));
    expect(idle).toEqual([]);
  });
});
