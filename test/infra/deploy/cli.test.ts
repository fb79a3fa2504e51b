import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lambdaFunctions } from '../../../infra/bundles.ts';
import { cdkIn, command } from '../../../infra/deploy/cdk.ts';
import { controlPolicy } from '../../../infra/operations/control-policy.ts';
import { startAnsweringServer } from '../../api/aws/answering-server.ts';
import { exampleOf } from '../deployment-text.ts';
import { resolverOf, type Template } from '../synthesized.ts';

/** The real command, as a process of its own, without AWS and without a network. */

const script = fileURLToPath(new URL('../../../infra/deploy/cli.ts', import.meta.url));
const example = fileURLToPath(new URL('../../../infra/examples/deployment.keycloak.yaml', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'stepladder-deploy-'));
const sts = await startAnsweringServer();
afterAll(async () => {
  await sts.stop();
  rmSync(folder, { recursive: true });
});

interface Ran {
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

/** Nothing of this machine's own account: whatever it asks AWS, it asks the test. */
const environment = {
  PATH: process.env.PATH,
  HOME: folder,
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'example',
  AWS_ENDPOINT_URL: sts.url,
  AWS_EC2_METADATA_DISABLED: 'true',
};

const deploy = (...args: string[]) => run(folder, script, ...args);

function run(cwd: string, ...args: string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd, env: environment }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}

function callerOf(account: string): void {
  const body = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::${account}:user/x</Arn><UserId>U</UserId><Account>${account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;
  sts.state.answer = { status: 200, body, headers: { 'Content-Type': 'text/xml' } };
}

describe('arguments', () => {
  test.each([
    [[], 'Name the deployment file: --config=deployment.yaml'],
    [['destroy', '--config=a.yaml'], 'There is no command "destroy".'],
    [['synth', 'deploy', '--config=a.yaml'], 'One command at a time.'],
    [['synth', '--config=a.yaml'], 'Name a folder: --out=folder'],
    [['--config=a.yaml', '--force'], "Unknown option '--force'"],
  ])('%j', async (args, message) => {
    const ran = await deploy(...args);
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toContain(message);
    expect(ran.stderr).toContain('Usage: npm run deploy');
  });
});

test('a file with problems: all of them, where they are, and nobody is asked', async () => {
  writeFileSync(join(folder, 'bad.yaml'), 'account: 1\nregion: here\npolicy: nothing.yaml\n');
  const ran = await deploy('--config=bad.yaml');
  expect(ran).toMatchObject({ code: 2, stdout: '' });
  const lines = ran.stderr.trimEnd().split('\n');
  expect(lines).toHaveLength(7);
  expect(lines).toContain('bad.yaml:1:1: account: an account id is 12 digits, in quotes');
  expect(lines).toContain('nothing.yaml:1:1: the file: could not be read: there is no such file');
  expect(sts.asked).toEqual([]);
});

describe('credentials', () => {
  test('of another account change nothing', async () => {
    callerOf('111122223333');
    const ran = await deploy(`--config=${example}`, '--offline');
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('These credentials are of account 111122223333');
    expect(ran.stderr).toContain('the file is for 999988887777');
    expect(ran.stderr).toContain('Nothing was changed.');
    expect(ran.stdout).not.toContain('bundling');
  });
  test('that AWS refuses change nothing', async () => {
    sts.state.answer = {
      status: 403,
      body: '<ErrorResponse><Error><Code>InvalidClientTokenId</Code><Message>no</Message></Error></ErrorResponse>',
    };
    const ran = await deploy(`--config=${example}`, '--offline');
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('AWS does not say whose credentials these are');
  });
});

describe('synth', () => {
  const out = join(folder, 'out');
  let ran: Ran;
  beforeAll(async () => {
    sts.asked.length = 0;
    ran = await deploy('synth', `--config=${example}`, `--out=${out}`);
  }, 120_000);

  test('works without a network and without credentials', () => {
    expect(ran.code, ran.stderr).toBe(0);
    expect(sts.asked).toEqual([]);
  });
  test('writes the template of the one stack, says where, and what it ships', () => {
    const written = [...ran.stdout.matchAll(/wrote (.*)$/gm)].map(([, file = '']) => file);
    expect(written.map((file) => relative(out, file))).toEqual([
      'assembly/Broker.template.json',
      'table-policy.json',
      'control-policy.json',
    ]);
    const manifest = JSON.parse(readFileSync(join(out, 'assembly/manifest.json'), 'utf8'));
    expect(manifest.artifacts.Broker).toMatchObject({
      type: 'aws:cloudformation:stack',
      environment: 'aws://999988887777/eu-central-1',
    });
    expect(written.filter((file) => !existsSync(file))).toEqual([]);
    for (const name of lambdaFunctions)
      expect(existsSync(join(out, 'bundles', name, 'index.mjs'))).toBe(true);
  });
  test('writes the policies that people set: of a restored table, and of the account', () => {
    const read = (name: string) => JSON.parse(readFileSync(join(out, `${name}.json`), 'utf8'));
    const template = JSON.parse(readFileSync(join(out, 'assembly/Broker.template.json'), 'utf8')) as Template;
    const [table] = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::DynamoDB::Table');
    const { PolicyDocument } = resolverOf(template)(table?.Properties.ResourcePolicy) as {
      PolicyDocument: object;
    };
    expect(PolicyDocument).toEqual(read('table-policy'));
    const { account, region, name, partition } = exampleOf('keycloak');
    expect(read('control-policy')).toEqual(controlPolicy({ account, region, name, partition }));
  });
  test("the CDK's own command reads it, and asks AWS about the stack", async () => {
    sts.state.answer = {
      status: 403,
      body: '<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>',
    };
    cdkIn(out, { account: '999988887777', region: 'eu-central-1' });
    const compared = await run(out, command, 'diff');
    expect(compared.code).toBe(1);
    expect(compared.stderr).not.toMatch(/No stacks match|--app is required/);
    expect(sts.asked.length).toBeGreaterThan(0);
  }, 60_000);
});
