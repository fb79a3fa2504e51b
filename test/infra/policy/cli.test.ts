import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';

/** The real command, as a process of its own. */

const script = fileURLToPath(new URL('../../../infra/policy/cli.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'stepladder-policy-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Ran {
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs it where the files of this test are. */
function policy(...args: string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], { cwd: folder }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}

function write(name: string, ...lines: string[]): string {
  writeFileSync(join(folder, name), `${lines.join('\n')}\n`);
  return name;
}

const accounts = [
  'accounts:',
  '  - { id: "111122223333", name: Production, ou: /Prod }',
  '  - { id: "444455556666", name: Sandbox, ou: /Sandbox }',
];
const good = write(
  'good.yaml',
  ...accounts,
  'rules:',
  '  - id: payments',
  '    who: { groups: payments, claims: { department: [payments, billing] } }',
  '    what: { accounts: { ou: /Prod }, roles: Admin }',
  '    approval:',
  '      automatic:',
  '        - name: nights on call',
  '          maxDuration: 1h',
  '          groups: on-call',
  '          hours: { days: [tue], from: "00:00", until: "06:00", zone: Europe/Berlin }',
  '      groups: [leads, "CN=Leads,OU=Groups"]',
  '    maxDuration: 2h',
  '    breakGlass: { groups: on-call, maxDuration: 30m }',
  '  - id: everybody',
  '    who: { groups: [payments, "CN=Engineers,OU=Groups"] }',
  '    what: { accounts: "*", roles: Admin }',
);
const bad = write(
  'bad.yaml',
  ...accounts,
  'rules:',
  '  - { id: a, who: { groups: x }, what: { accounts: "*", roles: Admin } }',
  '  - { id: a, who: { groups: y }, what: { accounts: "999988887777", roles: Admin } }',
);
const badLines = [
  'bad.yaml:6:7: rules.1.id: a stands twice',
  'bad.yaml:6:42: rules.1.what.accounts.0: the account 999988887777 is unknown: name it under accounts',
  '',
].join('\n');

describe('lint', () => {
  test('a policy that is right', async () => {
    expect(await policy('lint', good)).toEqual({
      code: 0,
      stdout: 'good.yaml: 2 rules, 2 accounts, 2 targets; no problems\n',
      stderr: '',
    });
  });
  test('every problem of every file', async () => {
    const { code, stdout, stderr } = await policy('lint', bad, good, 'none.yaml');
    expect(stdout).toBe(
      `${badLines}good.yaml: 2 rules, 2 accounts, 2 targets; no problems\nnone.yaml:1:1: the file: could not be read: there is no such file\n`,
    );
    expect([code, stderr]).toEqual([1, '']);
  });
  test('the policy of the local stack, if no other is named', async () => {
    const { code, stderr } = await policy('lint');
    expect([code, stderr]).toEqual([0, '']);
  });
});

describe('explain', () => {
  const inProduction = ['--account=111122223333', '--role=Admin', `--policy=${good}`];
  const terms = [
    'The terms of "payments" for the role "Admin" in the account 111122223333:',
    '  Approved automatically (nights on call): at most 1 h; tue 00:00 to 06:00 Europe/Berlin; for members of "on-call".',
    '  Otherwise: One approval, by members of "leads" or "CN=Leads,OU=Groups".',
    '  At most 2 h; each session at most 1 h.',
    '  A request waits at most 1 d for its approval.',
    '  A start may be chosen up to 7 d ahead.',
    '  A justification of at least 10 characters.',
    '  Break-glass access of at most 30 min for members of "on-call", with a justification of at least 30 characters, to be reviewed within 4 h.',
  ];
  const applies =
    '"payments" applies: the user is in "payments"; the user\'s claims are department "payments" or "billing"; the account 111122223333 is "in /Prod"; the role Admin is "Admin".';
  const payments = '--claim=department=payments';
  const waits = (at: string) =>
    `A request for 60 minutes at ${at}.000Z waits for reviewers: members of "leads" or "CN=Leads,OU=Groups".`;
  const may = (not = '') => `This user may${not} break the glass here.`;

  test.each<[string, string[], string[]]>([
    [
      'on call and at night',
      ['--user-groups=payments,on-call', payments, '--at=2026-11-24T03:00:00Z'],
      [
        applies,
        '',
        ...terms,
        '',
        'A request for 60 minutes at 2026-11-24T03:00:00.000Z is approved automatically: nights on call.',
        may(),
      ],
    ],
    [
      'on call, at night by UTC but not by the clocks of the rule',
      ['--user-groups=payments', '--user-groups=on-call', payments, '--at=2026-11-24T05:00Z'],
      [applies, '', ...terms, '', waits('2026-11-24T05:00:00'), may()],
    ],
    [
      'at night, but not on call',
      ['--user-groups=payments', '--claim=department=other', payments, '--at=2026-11-24T03:00:00Z'],
      [applies, '', ...terms, '', waits('2026-11-24T03:00:00'), may(' not')],
    ],
    [
      'for too long',
      ['--group=payments', payments, '--at=2026-11-24T03:00:00Z', '--duration=3h'],
      [
        applies,
        '',
        ...terms,
        '',
        'A request for 180 minutes at 2026-11-24T03:00:00.000Z is refused. Ask for at most 120 minutes: that is the limit here.',
        may(' not'),
      ],
    ],
    [
      'by a later rule',
      ['--group=CN=Engineers,OU=Groups', '--at=2026-11-24T03:00:00Z'],
      [
        '"payments" does not apply: the user is not in "payments".',
        '"everybody" applies: the user is in "CN=Engineers,OU=Groups"; the account 111122223333 is "*"; the role Admin is "Admin".',
        '',
        'The terms of "everybody" for the role "Admin" in the account 111122223333:',
        '  One approval, by members of "aws-temp#Reviewer".',
        '  At most 8 h; each session at most 1 h.',
        ...terms.slice(4, 7),
        '',
        'A request for 60 minutes at 2026-11-24T03:00:00.000Z waits for reviewers: members of "aws-temp#Reviewer".',
        may(' not'),
      ],
    ],
    [
      'by no rule',
      ['--user-groups=payments-admin', payments],
      [
        '"payments" does not apply: the user is not in "payments".',
        '"everybody" does not apply: the user is not in "payments" or "CN=Engineers,OU=Groups".',
        '',
        'No rule applies: no access to the role "Admin" in the account 111122223333.',
      ],
    ],
  ])('%s', async (_what, args, lines) => {
    const { code, stdout, stderr } = await policy('explain', ...inProduction, ...args);
    expect(stdout.split('\n')).toEqual([...lines, '']);
    expect([code, stderr]).toEqual([0, '']);
  });

  test('for machines', async () => {
    const args = ['--user-groups=payments,on-call', payments, '--at=2026-11-24T03:00:00Z', '--json'];
    const { code, stdout } = await policy('explain', ...inProduction, ...args);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      user: { groups: ['payments', 'on-call'], claims: { department: ['payments'] } },
      target: { account: '111122223333', role: 'Admin' },
      eligible: true,
      rule: 'payments',
      because: [applies],
      terms: terms.slice(1).map((line) => line.trim()),
      request: {
        at: '2026-11-24T03:00:00.000Z',
        durationMinutes: 60,
        refused: null,
        automatic: 'nights on call',
        reviewers: ['leads', 'CN=Leads,OU=Groups'],
        breakGlass: true,
      },
    });
  });

  test('not by a policy that is invalid', async () => {
    const { code, stdout, stderr } = await policy('explain', ...inProduction.slice(0, 2), `--policy=${bad}`);
    expect([code, stdout, stderr]).toEqual([2, '', badLines]);
  });
});

describe('diff', () => {
  const narrower = write(
    'narrower.yaml',
    ...accounts,
    'rules:',
    '  - id: everybody',
    '    who: { groups: [payments, "CN=Engineers,OU=Groups"] }',
    '    what: { accounts: [{ name: Production }], roles: Admin }',
    '    maxDuration: 4h',
    '  - { id: on-call, who: { groups: on-call }, what: { accounts: "*", roles: [A, B, C] } }',
  );
  const others = 'A request waits at most 1 d for its approval.';
  const gained = [
    'One approval, by members of "aws-temp#Reviewer".',
    'At most 8 h; each session at most 1 h.',
    others,
    'A start may be chosen up to 7 d ahead.',
    'A justification of at least 10 characters.',
  ];

  test('of a policy and itself', async () => {
    expect(await policy('diff', good, good)).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test('who loses, who gains, and whose terms change', async () => {
    const { code, stdout, stderr } = await policy('diff', good, narrower);
    const lines = (...all: string[]) => all.join('\n');
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout).toBe(
      `${lines(
        'Users in "payments" and with department "payments" or "billing"',
        '  get other terms for Admin in Production (111122223333)',
        '    - Approved automatically (nights on call): at most 1 h; tue 00:00 to 06:00 Europe/Berlin; for members of "on-call".',
        '    - Otherwise: One approval, by members of "leads" or "CN=Leads,OU=Groups".',
        '    - At most 2 h; each session at most 1 h.',
        '    - Break-glass access of at most 30 min for members of "on-call", with a justification of at least 30 characters, to be reviewed within 4 h.',
        '    + No automatic approval.',
        '    + One approval, by members of "aws-temp#Reviewer".',
        '    + At most 4 h; each session at most 1 h.',
        '    + No break-glass.',
        '  lose Admin in Sandbox (444455556666)',
        ...gained.map((line) => `    - ${line}`),
        'Users in "payments"',
        '  get other terms for Admin in Production (111122223333)',
        '    - At most 8 h; each session at most 1 h.',
        '    + At most 4 h; each session at most 1 h.',
        '  lose Admin in Sandbox (444455556666)',
        ...gained.map((line) => `    - ${line}`),
        'Users in "CN=Engineers,OU=Groups"',
        '  get other terms for Admin in Production (111122223333)',
        '    - At most 8 h; each session at most 1 h.',
        '    + At most 4 h; each session at most 1 h.',
        '  lose Admin in Sandbox (444455556666)',
        ...gained.map((line) => `    - ${line}`),
        'Users in "on-call"',
        '  gain 6 targets: A, B, C in Production (111122223333), Sandbox (444455556666)',
        ...gained.map((line) => `    + ${line}`),
      )}\n`,
    );
  });

  test('what is asked of sign-ins, of everybody', async () => {
    const asking = (name: string, ...actions: string[]) =>
      write(name, 'stepUp:', ...actions.map((action) => `  ${action}`));
    const before = asking(
      'before.yaml',
      'review: { maxAge: 1h }',
      'issue: { acr: gold }',
      'revoke: { amr: mfa }',
    );
    const after = asking('after.yaml', 'review: { maxAge: 15m, amr: mfa }', 'issue: { acr: silver }');
    const { code, stdout } = await policy('diff', before, after);
    expect([code, stdout.split('\n')]).toEqual([
      1,
      [
        'Everybody, to review: what is asked of the sign-in becomes stricter',
        '  - A sign-in of the last 1 h.',
        '  + A sign-in of the last 15 min, with a second factor.',
        'Everybody, to revoke: what is asked of the sign-in becomes laxer',
        '  - A sign-in with a second factor.',
        '  + Nothing.',
        'Everybody, to issue: what is asked of the sign-in becomes different',
        '  - A sign-in at the level "gold".',
        '  + A sign-in at the level "silver".',
        '',
      ],
    ]);
    const { stepUp } = JSON.parse((await policy('diff', before, after, '--json')).stdout);
    expect(stepUp.map(({ change }: { change: string }) => change)).toEqual([
      'stricter',
      'laxer',
      'different',
    ]);
  });

  test('the most that one person may have, of everybody', async () => {
    const before = write('before.yaml', 'quotas: { sessionsPerHour: 10, requestsPerDay: 20 }');
    const after = write(
      'after.yaml',
      'quotas: { sessionsPerHour: 5, requestsPerDay: 20, requestsPerHour: 41 }',
    );
    const { code, stdout } = await policy('diff', before, after);
    expect([code, stdout.split('\n')]).toEqual([
      1,
      [
        'Everybody gets fewer sessionsPerHour',
        '  - At most 10.',
        '  + At most 5.',
        'Everybody gets more requestsPerHour',
        '  - At most 40.',
        '  + At most 41.',
        '',
      ],
    ]);
    const { quotas } = JSON.parse((await policy('diff', before, after, '--json')).stdout);
    expect(quotas).toEqual([
      { quota: 'sessionsPerHour', before: 10, after: 5 },
      { quota: 'requestsPerHour', before: 40, after: 41 },
    ]);
  });

  test('for machines', async () => {
    const { code, stdout } = await policy('diff', good, narrower, '--json');
    expect(code).toBe(1);
    const { differences, complete } = JSON.parse(stdout);
    expect(complete).toBe(true);
    expect(differences.at(-1)).toEqual({
      users: [{ groups: ['on-call'], claims: {}, conventions: false }],
      change: 'gained',
      before: null,
      after: gained,
      targets: ['111122223333', '444455556666'].flatMap((account) =>
        ['A', 'B', 'C'].map((role) => ({ account, role })),
      ),
    });
  });

  test('what groups may name, and who is of two kinds', async () => {
    const conventions = write('conventions.yaml', 'conventions: true');
    const none = write('none-at-all.yaml', 'conventions: false');
    expect((await policy('diff', none, conventions)).stdout).toBe(
      `Users in the group that names the target\n  gain * in any other account\n${gained.map((line) => `    + ${line}\n`).join('')}`,
    );
    const rules = [
      '  - { id: a, who: { groups: a }, what: { accounts: "*", roles: Admin } }',
      '  - { id: b, who: { claims: { team: b } }, what: { accounts: "*", roles: Admin }, maxDuration: 4h }',
    ];
    const first = write('first.yaml', ...accounts, 'rules:', ...rules);
    const second = write('second.yaml', ...accounts, 'rules:', ...rules.toReversed());
    expect((await policy('diff', first, second)).stdout).toBe(
      [
        'Users in "a", also with team "b"',
        '  get other terms for Admin in Production (111122223333); Admin in Sandbox (444455556666)',
        '    - At most 8 h; each session at most 1 h.',
        '    + At most 4 h; each session at most 1 h.',
        '',
      ].join('\n'),
    );
  });

  test('of more targets than are named', async () => {
    const many = Array.from({ length: 7 }, (_, at) => `  - { id: "11112222333${at}", name: N${at} }`);
    const rule = '  - { id: a, who: { groups: a }, what: { accounts: "*", roles: Admin } }';
    const before = write('many-before.yaml', 'accounts:', ...many, 'rules: []');
    const after = write('many-after.yaml', 'accounts:', ...many, 'rules:', rule);
    const { stdout } = await policy('diff', before, after);
    const named = [0, 1, 2, 3, 4].map((at) => `N${at} (11112222333${at})`).join(', ');
    expect(stdout.split('\n')[1]).toBe(`  gain 7 targets: Admin in ${named} and 2 more accounts`);
  });

  test('of a policy that is invalid: trouble, and the problems of both', async () => {
    const { code, stdout, stderr } = await policy('diff', bad, bad);
    expect([code, stdout, stderr]).toEqual([2, '', badLines + badLines]);
  });

  test('of too many kinds of user: trouble', async () => {
    const rules = Array.from(
      { length: 401 },
      (_, at) => `  - { id: r${at}, who: { groups: g${at} }, what: { accounts: "*", roles: Admin } }`,
    );
    const { code, stderr } = await policy('diff', good, write('crowd.yaml', ...accounts, 'rules:', ...rules));
    expect([code, stderr]).toEqual([
      2,
      'The policies name more than 400 kinds of user: the others were not compared.\n',
    ]);
  });
});

describe('arguments that are wrong', () => {
  const target = ['--account=111122223333', '--role=Admin'];
  test.each<[string[], string]>([
    [[], 'Name a command.'],
    [['check'], 'There is no command "check".'],
    [
      ['lint', '--fix'],
      "Unknown option '--fix'. To specify a positional argument starting with a '-', place it at the end of the command after '--', as in '-- \"--fix\"",
    ],
    [['explain'], '--account is 12 digits.'],
    [['explain', '--account=11112222333', '--role=Admin'], '--account is 12 digits.'],
    [['explain', '--account=111122223333'], '--role is the name of an IAM role.'],
    [['explain', ...target, '--claim=department'], '--claim is written --claim=department=payments.'],
    [['explain', ...target, '--claim==payments'], '--claim is written --claim=department=payments.'],
    [['explain', ...target, '--at=tonight'], '--at is written 2026-11-24T03:00:00Z.'],
    [['explain', ...target, '--at=2026-02-30T03:00:00Z'], '--at is written 2026-11-24T03:00:00Z.'],
    [['explain', ...target, '--at=2026-11-24T03:00:00+01:00'], '--at is written 2026-11-24T03:00:00Z.'],
    [['explain', ...target, '--duration=60'], '--duration is written 60m, from 15m to 12h.'],
    [['explain', ...target, '--duration=13h'], '--duration is written 60m, from 15m to 12h.'],
    [['diff', 'one.yaml'], 'Name two files.'],
    [['diff', 'one.yaml', 'two.yaml', 'three.yaml'], 'Name two files.'],
  ])('%j', async (args, sentence) => {
    const { code, stdout, stderr } = await policy(...args);
    expect([code, stdout]).toEqual([2, '']);
    const [first, empty, usage] = stderr.split('\n');
    expect([first, empty, usage]).toEqual([sentence, '', 'Usage: npm run policy -- <command>']);
  });
});

test('every command is in the usage, and the script of package.json is this one', async () => {
  const { stderr } = await policy();
  const named = [...stderr.matchAll(/^ {2}([a-z]+)/gm)].map(([, command]) => command);
  expect(named).toEqual(['lint', 'explain', 'diff', 'schema']);
  const scripts = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')).scripts;
  expect(scripts.policy).toBe('node infra/policy/cli.ts');
});
