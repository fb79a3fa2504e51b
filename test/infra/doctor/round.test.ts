import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FindingView, PreflightBody, PreflightView } from '../../../api/contract.ts';
import { brokerBehind, CouldNotAsk } from '../../../infra/doctor/ask.ts';
import { goRound, healthOf, type Only, rolesOf } from '../../../infra/doctor/round.ts';
import { readPolicy } from '../../../infra/policy/read-policy.ts';
import { type Answering, type Asked, startAnsweringServer } from '../../api/aws/answering-server.ts';
import { doctor } from './run-doctor.ts';

/** `npm run doctor -- --policy`, before brokers that answer well and badly. */

const folder = mkdtempSync(join(tmpdir(), 'stepladder-round-'));
const file = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const rules = 'rules: [{ id: a, who: { groups: g }, what: { accounts: "*", roles: "*" } }]\n';
const policy = file('policy.yaml', `organization: organization.json\nroles: [Admin, Reader]\n${rules}`);
const none = file('none.yaml', 'accounts: [{ id: "111122223333", name: A }]\nconventions: true\n');
const account = (Id: string, Name: string) => ({ Id, Name, Ou: '/', Tags: [], Status: 'ACTIVE' });
file(
  'organization.json',
  JSON.stringify({ Accounts: [account('111122223333', 'Production'), account('444455556666', 'Sandbox')] }),
);

let aws: Awaited<ReturnType<typeof startAnsweringServer>>;
beforeAll(async () => {
  aws = await startAnsweringServer();
});
beforeEach(() => {
  aws.asked.length = 0;
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await aws.stop();
});

const env = () => ({
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'AKIATEST',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_ENDPOINT_URL_LAMBDA: aws.url,
});
const round = (...more: string[]) => doctor([`--policy=${policy}`, '--function=broker', ...more], env());

const targetOf = ({ body }: Asked) =>
  (JSON.parse(body) as { stepladderPreflight: PreflightBody }).stepladderPreflight;
const passed: FindingView = { check: 'assume', state: 'pass', sentence: 'It does.', fix: [] };
const preflightOf = (
  { account, role }: PreflightBody,
  findings: FindingView[] = [passed],
): PreflightView => ({
  id: 'p',
  at: '2026-01-01T00:00:00.000Z',
  target: { account, accountName: null, role },
  findings,
});
const well = (asked: Asked) => ({
  status: 200,
  body: JSON.stringify({ preflight: preflightOf(targetOf(asked)) }),
});
const refusal = (name: string, status: number) => ({
  status,
  body: '{"Message":"no"}',
  headers: { 'x-amzn-errortype': name, 'content-type': 'application/json' },
});

describe('the roles', () => {
  test('are those of the policy file with the export that it names, each asked of once', async () => {
    aws.state.answer = well;
    const { code, stdout, stderr } = await round();
    expect([code, stdout]).toEqual([0, '\nRoles: 4 of 4 as they should be.\n']);
    expect(
      aws.asked
        .map(targetOf)
        .map(({ account, role }) => `${account} ${role}`)
        .sort(),
    ).toEqual(['111122223333 Admin', '111122223333 Reader', '444455556666 Admin', '444455556666 Reader']);
    expect(stderr.match(/^\d\/4 ok {4}/gm)).toEqual(['1/4 ok    ', '2/4 ok    ', '3/4 ok    ', '4/4 ok    ']);
  });

  test('can be those of an account, those of a name, or one', () => {
    const reading = readPolicy(policy);
    if (!reading.ok) throw new Error('the policy has problems');
    const asked = (only: Only) =>
      rolesOf(reading.policy, only).map(({ account, role }) => `${account} ${role}`);
    expect(asked({ role: 'Reader' })).toEqual(['111122223333 Reader', '444455556666 Reader']);
    expect(asked({ account: '444455556666' })).toEqual(['444455556666 Admin', '444455556666 Reader']);
    expect(asked({ account: '444455556666', role: 'Admin' })).toEqual(['444455556666 Admin']);
    // Neither is looked for in a part of it.
    expect(asked({ account: '444455556666', role: 'Read' })).toEqual([]);
    expect(asked({ account: '4444', role: 'Admin' })).toEqual([]);
  });

  test.each([
    ['a role that it does not name', ['--role=Read'], /names no such role\.\n\nUsage/],
    [
      'an account and a role that are none',
      ['--account=4444', '--role=*'],
      /--account: an account id is 12 digits\.\n--role/,
    ],
    ['a policy file without a role', [`--policy=${none}`], /names no role of any account\.\n\nUsage/],
    [
      'a policy file with a problem',
      [`--policy=${file('wrong.yaml', `rulez: 1\n${rules}`)}`],
      /wrong\.yaml:1:1: .*rulez/,
    ],
  ])('%s: asks of none', async (_what, more, says) => {
    const { code, stdout, stderr } = await round(...more);
    expect([code, stdout, aws.asked]).toEqual([2, '', []]);
    expect(stderr).toMatch(says);
  });
});

describe('a role that could not be asked', () => {
  const faults: Readonly<Record<string, Answering>> = {
    Broken: 'cut',
    Faulty: refusal('ServiceException', 500),
    Refused: { status: 200, body: '{"problem":{"code":"account-unknown","detail":"Not named."}}' },
    Throttled: refusal('TooManyRequestsException', 429),
    TimedOut: { status: 200, body: '{}', headers: { 'x-amz-function-error': 'Unhandled' } },
  };

  test('does not keep the doctor from the others', async () => {
    const roles = [...Object.keys(faults), 'Well'];
    const all = file(
      'faults.yaml',
      `accounts: [{ id: "111122223333", name: Production, roles: [${roles}] }]\nconventions: true\n`,
    );
    aws.state.answer = (asked) => faults[targetOf(asked).role] ?? well(asked);
    const { code, stdout, stderr } = await round(`--policy=${all}`);
    expect(code).toBe(1);
    for (const [role, says] of [
      ['Broken', /could not be reached/],
      ['Faulty', /could not be reached \(ServiceException\)/],
      ['Refused', /Not named\./],
      ['Throttled', /asked too often/],
      ['TimedOut', /failed\. Look into its log/],
    ] as const) {
      expect(stderr).toMatch(new RegExp(`^\\d/6 \\? {5}${role} in Production`, 'm'));
      const [, problem = ''] = stdout.split(`${role} in Production (111122223333)\n\n  ?     `);
      expect(problem.split('\n\n')[0]?.replace(/\s+/g, ' ')).toMatch(says);
    }
    expect(stdout).toMatch(/\nRoles: 1 of 6 as they should be, 5 could not be answered\.\n$/);
    // Each time would be a preflight of its own.
    expect(aws.asked).toHaveLength(6);
  });

  test('is told to programs, too', async () => {
    aws.state.answer = (asked) => (targetOf(asked).role === 'Admin' && faults.Throttled) || well(asked);
    const { stdout } = await round('--account=111122223333', '--json');
    const target = { account: '111122223333', accountName: 'Production', role: 'Admin' };
    expect(JSON.parse(stdout)).toEqual([
      { target, problem: expect.stringContaining('too often') },
      preflightOf({ account: '111122223333', role: 'Reader' }),
    ]);
  });
});

describe('a broker that could not be asked of any', () => {
  const config = () => ({
    region: 'us-east-1',
    endpoint: aws.url,
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'test' },
  });
  const roles = Array.from({ length: 20 }, (_, index) => ({
    account: '111122223333',
    accountName: null,
    role: `Role${index}`,
  }));
  const noSignIn = Object.assign(new Error('none'), { name: 'CredentialsProviderError' });

  test.each([
    ['no such function', refusal('ResourceNotFoundException', 404), {}, /There is no function broker/],
    ['no permission', refusal('AccessDeniedException', 403), {}, /You need lambda:InvokeFunction/],
    ['another function', { status: 200, body: '{}' }, {}, /does not answer like Stepladder/],
    ['nobody who listens', 'hang', { endpoint: 'http://127.0.0.1:1' }, /Nothing answers/],
    ['no sign-in', 'hang', { credentials: () => Promise.reject(noSignIn) }, /No AWS credentials/],
    ['no region', 'hang', { region: () => Promise.reject(new Error('Region is missing')) }, /Set AWS_REGION/],
  ] as const)('%s: is not asked again and again', async (_what, answer, changed, says) => {
    aws.state.answer = answer;
    const broker = brokerBehind('broker', { ...config(), ...changed });
    const { visits, stoppedBy } = await goRound(broker, roles, {
      told: () => {},
      signal: new AbortController().signal,
    });
    broker.close();
    expect(visits).toEqual([]);
    expect(stoppedBy?.message).toMatch(says);
    expect(aws.asked.length).toBeLessThanOrEqual(3);
  });

  test('says so once, and nothing else', async () => {
    aws.state.answer = refusal('AccessDeniedException', 403);
    const { code, stdout, stderr } = await round();
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(/^AWS does not let you invoke broker\. .*\n$/);
  });

  test('in the middle of it, leaves what was found until then', async () => {
    aws.state.answer = (asked) =>
      targetOf(asked).account === '111122223333' ? well(asked) : refusal('ExpiredTokenException', 403);
    const { code, stdout, stderr } = await round();
    expect(code).toBe(3);
    expect(stdout).toBe('\nRoles: 2 of 4 as they should be, 2 not asked.\n');
    expect(stderr).toMatch(/ExpiredTokenException/);
  });
});

test('Ctrl-C ends the round at once, with what was found', async () => {
  aws.state.answer = (asked) => (targetOf(asked).role === 'Reader' ? well(asked) : 'hang');
  const { code, stdout, stderr } = await doctor(
    [`--policy=${policy}`, '--function=broker'],
    env(),
    (running) => {
      let told = '';
      running.stderr?.on('data', (text: string) => {
        told += text;
        // Twice, as from the terminal and by npm.
        if (told.includes('2/4')) for (const _ of [1, 2]) running.kill('SIGINT');
      });
    },
  );
  expect(code).toBe(130);
  expect(stdout).toBe('\nRoles: 2 of 4 as they should be, 2 not asked.\n');
  expect(stderr.trimEnd().split('\n')).toHaveLength(2);
});

test('few are asked at once, each once, and the visits are in the order of the roles', async () => {
  const roles = Array.from({ length: 40 }, (_, index) => ({
    account: '111122223333',
    accountName: null,
    role: `Role${index}`,
  }));
  let [open, most] = [0, 0];
  const asked: string[] = [];
  const ask = async (target: PreflightBody) => {
    asked.push(target.role);
    most = Math.max(most, ++open);
    // Some take longer than those that were begun later.
    const turns = asked.length % 3 === 0 ? 50 : 0;
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
    open -= 1;
    if (target.role === 'Role7') throw new CouldNotAsk('no', { ofAll: false });
    return preflightOf(target, [{ ...passed, state: target.role === 'Role8' ? 'unknown' : 'pass' }]);
  };
  const told: string[] = [];
  const { visits, stoppedBy } = await goRound({ ask }, roles, {
    told: ({ target }) => told.push(target.role),
    signal: new AbortController().signal,
  });
  expect(most).toBe(3);
  expect(asked).toEqual(roles.map(({ role }) => role));
  expect(visits.map(({ target }) => target.role)).toEqual(asked);
  expect(told).not.toEqual(asked);
  expect([...told].sort()).toEqual([...asked].sort());
  expect(visits.filter((visit) => healthOf(visit) !== 'pass').map(({ target }) => target.role)).toEqual([
    'Role7',
    'Role8',
  ]);
  expect(stoppedBy).toBeNull();
});
