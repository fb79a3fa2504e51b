import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { targetRoleTemplate } from '../../../infra/target-roles/template.ts';
import { account } from './in-account.ts';

/** `npm run target-roles` as a person runs it. */

const folder = mkdtempSync(join(tmpdir(), 'stepladder-target-roles-'));
afterAll(() => rmSync(folder, { recursive: true }));

const deployment = (targets: string) => `account: '999988887777'
region: eu-central-1
identity:
  profile: generic
  issuer: https://id.example.com
  clientId: stepladder
  audience: stepladder-api
policy: policy.yaml
notifications: { reviewers: [reviewers@example.com] }
alarms: { address: operators@example.com }
targets: ${targets}
`;
const whole = '{ path: /stepladder/, externalId: the-external-id-of-the-broker, endLiveSessions: true }';
const roles = 'roles:\n  Admin: { managed: [AdministratorAccess] }\n';

function targetRoles(name: string, files: Readonly<Record<string, string>>, more: string[] = []) {
  const at = (file: string) => join(folder, `${name}-${file}`);
  writeFileSync(join(folder, 'policy.yaml'), 'rules: []\n');
  for (const [file, text] of Object.entries(files)) writeFileSync(at(file), text);
  const args = [
    `--config=${at('deployment.yaml')}`,
    `--roles=${at('roles.yaml')}`,
    `--out=${at('out')}`,
    ...more,
  ];
  return run(args);
}

function run(args: string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
  return new Promise((done) => {
    execFile(process.execPath, ['infra/target-roles/cli.ts', ...args], (error, stdout, stderr) =>
      done({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}

test('writes what the names of the deployment make of the roles', async () => {
  const files = { 'deployment.yaml': deployment(whole), 'roles.yaml': roles };
  const { code, stdout } = await targetRoles('whole', files, ['--deployer=ci/Terraform']);
  expect(code).toBe(0);
  const out = join(folder, 'whole-out');
  const text = (name: string) => readFileSync(join(out, name), 'utf8');
  expect(readdirSync(out).sort()).toEqual([
    'resource-control-policy.json',
    'service-control-policy.json',
    'stepladder.auto.tfvars.json',
    'target-roles.template.yaml',
  ]);
  const admin = { name: 'Admin', description: '', managed: ['AdministratorAccess'] };
  expect(parse(text('target-roles.template.yaml'))).toEqual(
    targetRoleTemplate(account, [{ ...admin, customerManaged: [], statements: [] }]),
  );
  expect(JSON.parse(text('stepladder.auto.tfvars.json'))).toMatchObject({
    ...{ broker_account: '999988887777', name: 'stepladder', ending: account.ending },
    external_ids: account.externalIds,
  });
  expect(text('service-control-policy.json')).toContain('arn:aws:iam::*:role/ci/Terraform');
  expect(text('resource-control-policy.json')).toContain(
    'arn:aws:iam::999988887777:role/stepladder-sessions',
  );
  expect(stdout.split('\n')).toHaveLength(5);
});

describe('says what is wrong, and writes nothing', () => {
  const long = `{ path: /stepladder/, externalId: ${'x'.repeat(1200)} }`;
  test.each([
    [
      'a deployment and roles',
      deployment('{ path: /stepladder/ }'),
      'roles: {}',
      ['externalId: ', 'roles: name at least'],
    ],
    ['the root', deployment('{ path: /, externalId: abc }'), roles, ['a path of their own']],
    ['a trust policy that is too long', deployment(long), roles, ['the external id is too long']],
  ])('%s', async (name, config, text, said) => {
    const prefix = name.replaceAll(' ', '-');
    const { code, stderr } = await targetRoles(prefix, { 'deployment.yaml': config, 'roles.yaml': text });
    expect(code).toBe(1);
    for (const one of said) expect(stderr).toContain(one);
    expect(readdirSync(folder)).not.toContain(`${prefix}-out`);
  });
  test('a roles file that is not there', async () => {
    const { code, stderr } = await targetRoles('missing', { 'deployment.yaml': deployment(whole) });
    expect(code).toBe(1);
    expect(stderr).toContain('could not be read: there is no such file');
  });
  test.each([
    [[]],
    [['--config=a']],
    [['--nonsense']],
    [['--config=a', '--roles=b', '--out=c', '--deployer=a b']],
  ])('with the arguments %j', async (args) => {
    const { code, stderr } = await run(args);
    expect(code).toBe(2);
    expect(stderr).toContain('Usage: npm run target-roles');
  });
});
