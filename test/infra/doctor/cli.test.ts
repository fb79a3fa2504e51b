import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PreflightView } from '../../../api/contract.ts';
import { readAccess, writeAccess } from '../../../infra/doctor/local-access.ts';
import { startAnsweringServer } from '../../api/aws/answering-server.ts';
import { startTestStack, type TestStack } from '../../support/stack.ts';
import { doctor } from './run-doctor.ts';

/** `npm run doctor` as a person runs it, before a whole local stack, and before one that is none. */

const empty = mkdtempSync(join(tmpdir(), 'stepladder-doctor-'));
let stack: TestStack;
let aws: Awaited<ReturnType<typeof startAnsweringServer>>;

beforeAll(async () => {
  [stack, aws] = await Promise.all([startTestStack(), startAnsweringServer()]);
});
afterAll(async () => {
  rmSync(empty, { recursive: true });
  await Promise.all([stack.stop(), aws.stop()]);
});

const local = (account: string, role: string, ...more: string[]) =>
  doctor([`--account=${account}`, `--role=${role}`, `--local=${stack.directory}`, ...more]);
const acquired = '555566667777';

describe('a target role of the local stack', () => {
  test('that is set up as it should be passes', async () => {
    const { code, stdout, stderr } = await local('111122223333', 'AdministratorAccess');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('AdministratorAccess in Production (111122223333)');
    expect(stdout.match(/^ {2}ok /gm)).toHaveLength(7);
    expect(stdout.trimEnd()).toMatch(/Everything is as it should be\.$/);
    expect(stdout.split('\n').every((line) => line.length <= 100)).toBe(true);
  });

  test('whose trust policy forgot the external id fails, with what to do', async () => {
    const { code, stdout } = await local(acquired, 'LegacyAdministrator');
    expect(code).toBe(1);
    expect(stdout.replace(/\s+/g, ' ')).toMatch(
      /FAIL Anybody who can make the broker's role act for them .* -> Add the condition "StringEquals": \{ "sts:ExternalId"/,
    );
    expect(stdout).toContain('12 hours');
    expect(stdout).toMatch(/\n2 of 7 checks failed\.\n$/);
  });

  test('that may not read itself and demands neither identity nor tags says both', async () => {
    const { code, stdout } = await local(acquired, 'LegacyReadOnly', '--json');
    expect(code).toBe(1);
    const { findings, target } = JSON.parse(stdout) as PreflightView;
    expect(target.accountName).toBe('Acquired company');
    const states = Object.fromEntries(findings.map(({ check, state }) => [check, state]));
    expect(states).toEqual({
      assume: 'pass',
      'no-external-id': 'pass',
      'wrong-external-id': 'pass',
      'source-identity': 'fail',
      'session-tags': 'fail',
      'session-length': 'unknown',
      boundary: 'unknown',
    });
  });

  test('that does not exist is told of as what it could be, in the order to check', async () => {
    const { code, stdout } = await local(acquired, 'Retired');
    expect(code).toBe(1);
    expect(stdout).toMatch(/1\. Check that the role exists[\s\S]*2\. Check that its trust policy names/);
    expect(stdout).toMatch(/\n1 of 7 checks failed, 6 could not be answered\.\n$/);
  });

  test('leaves no credentials in what is printed or logged', async () => {
    const given = stack.aws.sts.calls.filter(({ refusal }) => refusal === undefined);
    expect(given.length).toBeGreaterThan(0);
    const { stdout, stderr } = await local(acquired, 'LegacyAdministrator', '--json');
    expect([stdout, stderr, ...stack.logs].join('\n')).not.toMatch(/ASIA[A-Z0-9]{16}|[A-Za-z0-9+/]{200}/);
  });
});

describe('every role that the policy file of the local stack names', () => {
  const round = (...more: string[]) =>
    doctor(['--policy=infra/local/policy.yaml', `--local=${stack.directory}`, ...more]);

  test('is asked for: those of every account, and those of one', async () => {
    const { code, stdout, stderr } = await round();
    expect(code).toBe(1);
    expect(stdout).toMatch(/\nRoles: 17 of 20 as they should be, 3 failed\.\n$/);
    expect(stdout).toMatch(
      /\nLegacyAdministrator in Acquired company \(555566667777\)\n\n {2}FAIL {2}Anybody who can make/,
    );
    expect(stdout).not.toMatch(/^ {2}ok/m);
    const told = stderr.trimEnd().split('\n');
    expect(told).toHaveLength(20);
    expect(told.at(-1)).toMatch(/^20\/20 /);
    expect(told.filter((line) => / ok {4}/.test(line))).toHaveLength(17);
    expect(stderr).toMatch(/ FAIL {2}Retired in Acquired company \(555566667777\)\n/);
    expect([stdout, stderr, ...stack.logs].join('\n')).not.toMatch(/ASIA[A-Z0-9]{16}|[A-Za-z0-9+/]{200}/);
  });

  test('that has the name and is of the account given', async () => {
    const { code, stdout } = await round('--account=111122223333', '--json');
    expect(code).toBe(0);
    const visits = JSON.parse(stdout) as PreflightView[];
    expect(visits.map(({ target }) => `${target.account} ${target.role}`)).toEqual([
      '111122223333 AdministratorAccess',
      '111122223333 DatabaseAdministrator',
      '111122223333 ReadOnlyAccess',
    ]);
    const one = await round(`--account=${acquired}`, '--role=Retired');
    expect([one.code, one.stderr]).toEqual([1, '1/1 FAIL  Retired in Acquired company (555566667777)\n']);
  });
});

describe('the way into the local stack', () => {
  test('can be read by its owner alone, and is gone when the stack stops', async () => {
    const file = join(stack.directory, 'doctor.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const access = readAccess(stack.directory);
    if (access === undefined) throw new Error('the stack left no access');
    writeFileSync(join(empty, 'doctor.json'), '{}', { mode: 0o644 });
    const remove = writeAccess(empty, access);
    expect(statSync(join(empty, 'doctor.json')).mode & 0o777).toBe(0o600);
    remove();
    expect(existsSync(join(empty, 'doctor.json'))).toBe(false);
  });

  test.each([
    ['another function', 'requests', {}, /There is no function requests/],
    ['other credentials', 'sessions', { AWS_SECRET_ACCESS_KEY: 'guessed' }, /could not be reached/],
  ])('lets nobody in with %s', async (_what, name, changed, says) => {
    const access = readAccess(stack.directory);
    const ran = await doctor([`--account=${acquired}`, '--role=Retired', `--function=${name}`], {
      AWS_ENDPOINT_URL_LAMBDA: access?.endpoint ?? '',
      AWS_REGION: access?.region ?? '',
      AWS_ACCESS_KEY_ID: access?.credentials.accessKeyId ?? '',
      AWS_SECRET_ACCESS_KEY: access?.credentials.secretAccessKey ?? '',
      AWS_SESSION_TOKEN: access?.credentials.sessionToken ?? '',
      ...changed,
    });
    expect([ran.code, ran.stdout]).toEqual([3, '']);
    expect(ran.stderr).toMatch(says);
  });
});

describe('a broker that cannot be asked', () => {
  const key = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'AKIATEST', AWS_SECRET_ACCESS_KEY: 'test' };
  const remote = (env: Record<string, string>) =>
    doctor([`--account=${acquired}`, '--role=Retired'], {
      STEPLADDER_SESSIONS_FUNCTION: 'broker-sessions',
      ...key,
      AWS_ENDPOINT_URL_LAMBDA: aws.url,
      ...env,
    });
  const refusal = (name: string, status: number) => ({
    status,
    body: '{"Message":"no"}',
    headers: { 'x-amzn-errortype': name, 'content-type': 'application/json' },
  });

  test('where none runs, says how to start one', async () => {
    const { code, stderr } = await doctor([`--account=${acquired}`, '--role=Retired', `--local=${empty}`]);
    expect(code).toBe(3);
    expect(stderr.trim()).toMatch(
      /^No Stepladder runs on this machine\. Start one with "npm start".*--function\.$/,
    );
  });

  test('where one ended without a word, says that nothing answers', async () => {
    const gone = mkdtempSync(join(tmpdir(), 'stepladder-doctor-'));
    const closed = await startAnsweringServer();
    await closed.stop();
    writeAccess(gone, {
      endpoint: closed.url,
      region: 'us-east-1',
      functionName: 'sessions',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 'c' },
    });
    const { code, stderr } = await doctor([`--account=${acquired}`, '--role=Retired', `--local=${gone}`]);
    rmSync(gone, { recursive: true });
    expect([code, stderr.trim()]).toEqual([3, 'Nothing answers at that address.']);
  });

  test.each([
    ['no such function', refusal('ResourceNotFoundException', 404), /There is no function broker-sessions/],
    ['no permission', refusal('AccessDeniedException', 403), /You need lambda:InvokeFunction/],
    ['throttling', refusal('TooManyRequestsException', 429), /too often/],
    ['a connection that breaks', 'cut' as const, /could not be reached/],
    [
      'a function that failed',
      { status: 200, body: '{}', headers: { 'x-amz-function-error': 'Unhandled' } },
      /failed\. Look into its log/,
    ],
    [
      'a function that is another',
      { status: 200, body: '{"statusCode":200}' },
      /does not answer like Stepladder/,
    ],
    ['an answer that is no JSON', { status: 200, body: '<html>' }, /does not answer like Stepladder/],
    [
      'a refusal of the broker',
      { status: 200, body: '{"problem":{"status":503,"code":"unavailable","detail":"Try again."}}' },
      /^Try again\.$/m,
    ],
  ])('%s', async (_what, answer, says) => {
    aws.state.answer = answer;
    aws.asked.length = 0;
    const { code, stdout, stderr } = await remote({});
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(says);
    expect(stderr).not.toContain('    at ');
    // Each time would be a preflight of its own.
    expect(aws.asked).toHaveLength(1);
    expect(aws.asked[0]?.body).toBe(
      JSON.stringify({ stepladderPreflight: { account: acquired, role: 'Retired' } }),
    );
  });
});

describe('arguments', () => {
  test.each([
    ['none', [], /--account: an account id is 12 digits/],
    ['an account that is none', ['--account=1', '--role=Admin'], /--account/],
    ['a role that is an ARN', [`--account=${acquired}`, '--role=arn:aws:iam::1:role/A'], /--role/],
    ['one that it does not know', ['--acount=1'], /--acount/],
  ])('%s: it says so and how it is used', async (_what, args, says) => {
    const { code, stdout, stderr } = await doctor(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(says);
    expect(stderr).toContain('Usage: npm run doctor');
  });
});
