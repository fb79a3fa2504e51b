import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { accountName } from '../../../api/domain/policy-document.ts';
import { readLocalPolicy } from '../../../infra/local/local-policy.ts';
import { readPolicy, readPolicyText } from '../../../infra/policy/read-policy.ts';
import { problemLine } from '../../../infra/policy/source-text.ts';

const folder = mkdtempSync(join(tmpdir(), 'stepladder-policy-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Lines as `12:5: where: what`, without the name of the file that all of them are about. */
function problemsIn(text: string): string[] {
  const reading = readPolicyText(text, 'policy.yaml');
  return reading.ok ? [] : reading.problems.map((one) => problemLine(one).replace(/^policy\.yaml:/, ''));
}

const noField = 'there is no such field';

describe('problems are where they are in the file', () => {
  test.each<[string, string, string[]]>([
    ['none', 'limits: { maxDuration: 8h }\n', []],
    ['a file without a word', '', ['1:1: the file: write a part with fields']],
    ['a comment alone', '# nothing\n', ['1:1: the file: write a part with fields']],
    [
      'a value',
      'limits:\n  maxDuration: 8x\n',
      ['2:3: limits.maxDuration: a duration is written 30m, 8h or 1d'],
    ],
    ['an unknown field', 'limits:\n  max:\n    - 1\n', [`2:3: limits.max: ${noField}`]],
    [
      'an item',
      'roles:\n  - Admin\n  - a b\n',
      ['3:5: roles.1: a role name has 1 to 64 of A-Z a-z 0-9 _+=,.@-'],
    ],
    [
      'a scalar in the place of a list',
      'roles: a b\n',
      ['1:1: roles: a role name has 1 to 64 of A-Z a-z 0-9 _+=,.@-'],
    ],
    [
      'what is missing: at what lacks it',
      'rules:\n  - id: a\n    who: { groups: g }\n',
      ['2:5: rules.0.what: is missing'],
    ],
    [
      'in flow style',
      'accounts: [{ id: "1", name: A }]\n',
      ['1:14: accounts.0.id: an account id is 12 digits, in quotes'],
    ],
    ['with Windows line ends', 'limits:\r\n  max: 1\r\n', [`2:3: limits.max: ${noField}`]],
    ['behind an anchor', 'limits: &limits\n  max: 1\nrules: []\n', [`2:3: limits.max: ${noField}`]],
    [
      'behind an alias: where it is meant',
      'rules:\n  - { id: a, who: &who { groups: g, groupz: g }, what: { accounts: "*", roles: A } }\n  - { id: b, who: *who, what: { accounts: "*", roles: A } }\n',
      [`2:37: rules.0.who.groupz: ${noField}`, `2:37: rules.1.who.groupz: ${noField}`],
    ],
    [
      'of lint',
      'accounts:\n  - { id: "111122223333", name: A }\nrules:\n  - id: a\n    who: { groups: g }\n    what:\n      accounts: "*"\n      roles: Admin\n    approval:\n      approvals: 3\n      of: 2\n',
      ['10:7: rules.0.approval.approvals: 3 approvals of 2 possible reviewers cannot be had'],
    ],
    [
      'of lint, where one stands for a list',
      'rules:\n  - id: a\n    who: { groups: g }\n    what:\n      accounts: "111122223333"\n      roles: Admin\n',
      ['5:7: rules.0.what.accounts.0: the account 111122223333 is unknown: name it under accounts'],
    ],
    [
      'all at once, in the order of the file',
      'rules:\n  - { id: A, who: {}, what: {} }\n  - { id: b, who: { groups: g }, what: { accounts: "*", roles: A }, approval: { groups: [] } }\nlimits: { max: 1 }\n',
      [
        '2:7: rules.0.id: an id has lower-case letters, digits and hyphens',
        '2:14: rules.0.who: name groups, claims or conventions',
        '2:23: rules.0.what.accounts: is missing',
        '2:23: rules.0.what.roles: is missing',
        '3:81: rules.1.approval.groups: nobody could approve: name groups of reviewers',
        `4:11: limits.max: ${noField}`,
      ],
    ],
  ])('%s', (_what, text, problems) => {
    expect(problemsIn(text)).toEqual(problems);
  });
});

describe('YAML that is refused', () => {
  const lists = Array.from(
    { length: 9 },
    (_, at) => `l${at + 1}: &l${at + 1} [${`*l${at}, `.repeat(9)}]\n`,
  ).join('');
  test.each<[string, string, string[]]>([
    [
      'a list without an end',
      'roles: [a',
      ['1:10: the file: Flow sequence in block collection must be sufficiently indented and end with a ]'],
    ],
    [
      'a tab as indentation',
      'limits:\n\tmaxDuration: 8h\n',
      ['2:1: the file: Tabs are not allowed as indentation'],
    ],
    ['a key twice', 'limits: {}\nlimits: {}\n', ['2:1: the file: Map keys must be unique']],
    [
      'a key twice, and what else is wrong',
      'limits: {}\nlimits: {}\nfoo: 1\n',
      ['2:1: the file: Map keys must be unique', `3:1: foo: ${noField}`],
    ],
    [
      'a key twice inside',
      'limits: { maxDuration: 1h, "maxDuration": 2h }\n',
      ['1:28: the file: Map keys must be unique'],
    ],
    [
      'two documents',
      'limits: {}\n---\nlimits: {}\n',
      ['2:1: the file: Source contains multiple documents; please use YAML.parseAllDocuments()'],
    ],
    ['a key that is a list', '? [a]\n: b\n', ['1:3: the file: With stringKeys, all keys must be strings']],
    ['a tag that nobody knows', 'limits: !secret {}\n', ['1:9: the file: Unresolved tag: !secret']],
    ['a merge key, which YAML 1.2 does not have', 'limits: &l {}\n<<: *l\n', [`2:1: <<: ${noField}`]],
    [
      'an alias of nothing',
      'limits: *nothing\n',
      ['1:1: the file: Unresolved alias (the anchor must be set before the alias): nothing'],
    ],
    [
      'lists of lists of lists',
      `l0: &l0 [a]\n${lists}`,
      ['1:1: the file: Excessive alias count indicates a resource exhaustion attack'],
    ],
    ['a list that holds itself', 'roles: &r [*r]\n', ['1:12: roles.0: write a text, in quotes']],
  ])('%s', (_what, text, problems) => {
    expect(problemsIn(text)).toEqual(problems);
  });
});

describe('the export of AWS Organizations', () => {
  const account = { Id: '111122223333', Name: 'Production', OrganizationalUnit: '/Prod', Tags: [] };
  const write = (name: string, content: string) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };

  test('takes the place of its path, seen from the policy file', () => {
    mkdirSync(join(folder, 'aws'));
    write('aws/good.json', JSON.stringify({ Accounts: [account], Other: 1 }));
    mkdirSync(join(folder, 'policies'));
    const reading = readPolicy(write('policies/good.yaml', 'organization: ../aws/good.json\n'));
    expect(reading).toMatchObject({ ok: true, document: { organization: { Accounts: [account] } } });
    expect(reading.ok && accountName(reading.policy, account.Id)).toBe('Production');
  });

  const broken = JSON.stringify({ Accounts: [account, { ...account, Id: 7 }] }, null, 2);
  test.each<[string, string | null, (file: string) => string]>([
    ['is not there', null, (file) => `1:1: organization: ${file} could not be read: there is no such file`],
    [
      'is no JSON',
      '{',
      (file) =>
        `1:1: organization: ${file} is not JSON: Expected property name or '}' in JSON at position 1 (line 1 column 2)`,
    ],
    ['is a text', '"organization.json"', (file) => `1:1: organization: ${file} holds no export`],
    ['is a list', '[]', (file) => `1:1: organization: ${file} holds no export`],
  ])('that %s', (what, content, line) => {
    const name = `${what.replaceAll(' ', '-')}.json`;
    if (content !== null) write(name, content);
    const file = write(`${name}.yaml`, `organization: ${name}\n`);
    const reading = readPolicy(file);
    expect(reading.ok ? [] : reading.problems.map(problemLine)).toEqual([
      `${file}:${line(join(folder, name))}`,
    ]);
  });

  test('has its problems on its own lines, beside those of the policy', () => {
    const organization = write('broken.json', broken);
    const file = write('broken.yaml', 'organization: broken.json\nfoo: 1\n');
    const reading = readPolicy(file);
    expect(reading.ok ? [] : reading.problems.map(problemLine)).toEqual([
      `${organization}:10:7: Accounts.1.Id: an account id is 12 digits, in quotes`,
      `${file}:2:1: foo: ${noField}`,
    ]);
  });

  test('without accounts', () => {
    write('none.json', '{}');
    const file = write('none.yaml', 'organization: none.json\n');
    const reading = readPolicy(file);
    expect(reading.ok ? [] : reading.problems.map(problemLine)).toEqual([
      `${join(folder, 'none.json')}:1:1: Accounts: is missing`,
    ]);
  });
});

test.each([
  ['nowhere.yaml', 'there is no such file'],
  ['.', 'it is a folder'],
])('a policy that cannot be read: %s', (name, reason) => {
  const file = join(folder, name);
  const reading = readPolicy(file);
  expect(reading.ok ? [] : reading.problems.map(problemLine)).toEqual([
    `${file}:1:1: the file: could not be read: ${reason}`,
  ]);
});

describe('the local stack', () => {
  test('has a policy that is right', () => {
    expect(readLocalPolicy().document).toMatchObject({ conventions: true });
  });
  test('does not start with a wrong one, and names every problem', () => {
    const file = join(folder, 'wrong.yaml');
    writeFileSync(file, 'limits: { max: 1 }\nrule: []\n');
    expect(() => readLocalPolicy(file)).toThrow(
      new Error(
        `The policy is invalid.\n${file}:1:11: limits.max: ${noField}\n${file}:2:1: rule: ${noField}`,
      ),
    );
  });
});
