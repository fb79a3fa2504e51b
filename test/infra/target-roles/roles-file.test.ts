import { describe, expect, test } from 'vitest';
import { readRoles } from '../../../infra/target-roles/roles-file.ts';

const read = (text: string) => readRoles(text, 'target-roles.yaml');
const problems = (text: string) => {
  const reading = read(text);
  return reading.ok
    ? []
    : reading.problems.map(({ line, path, message }) => `${line} ${path.join('.')}: ${message}`);
};
/** A file with one role that has these lines. */
const role = (...lines: string[]) => ['roles:', '  Admin:', ...lines.map((line) => `    ${line}`)].join('\n');

test('a role is what the file says, and nothing by default', () => {
  expect(read(role('managed: [AdministratorAccess]'))).toEqual({
    ok: true,
    roles: [
      {
        ...{ name: 'Admin', description: '', managed: ['AdministratorAccess'] },
        ...{ customerManaged: [], statements: [] },
      },
    ],
  });
});

test('statements are as IAM has them', () => {
  const reading = read(
    role(
      'statements:',
      '  - { Effect: Allow, Action: "s3:GetObject", Resource: "*" }',
      '  - { Effect: Deny, NotAction: ["s3:*"], NotResource: ["arn:aws:s3:::a"], Condition: { Bool: { "aws:SecureTransport": "false" } } }',
    ),
  );
  expect(reading).toMatchObject({
    ok: true,
    roles: [{ statements: [{ Effect: 'Allow' }, { Effect: 'Deny' }] }],
  });
});

describe('what is wrong is said with its line', () => {
  const statement = (inside: string) => role('statements:', `  - { ${inside} }`);
  const long = `"${'x'.repeat(10_000)}"`;
  test.each([
    ['roles: {}', '1 roles: name at least one'],
    ['roles: [Admin]', '1 roles: write a part with fields'],
    [role('{}'), '2 roles.Admin: it can do nothing: name managed policies, or statements'],
    [role('managed: [arn:aws:iam::aws:policy/ReadOnlyAccess]'), "AWS's policies"],
    [role('managed: [/ReadOnlyAccess]'), "AWS's policies"],
    [role('customerManaged: [team]'), '3 roles.Admin.customerManaged.0: write path and name'],
    [role('customerManaged: [/team//a]'), '3 roles.Admin.customerManaged.0: write path and name'],
    [role(`managed: [${'a,'.repeat(11)}]`), 'at most 10 managed policies'],
    [role('managed: [a]', 'trust: "*"'), '4 roles.Admin.trust: there is no such field'],
    [role('managed: [a]', 'description: "höher"'), '4 roles.Admin.description: ASCII only'],
    [
      statement('Effect: Permit, Action: a, Resource: b'),
      '4 roles.Admin.statements.0.Effect: write Allow or Deny',
    ],
    [statement('Effect: Allow, Resource: b'), 'name Action or NotAction, and Resource or NotResource'],
    [statement('Effect: Allow, Action: a, NotAction: b, Resource: b'), 'name Action or NotAction'],
    [statement('Effect: Allow, Action: a'), 'name Action or NotAction, and Resource or NotResource'],
    [statement('Effect: Allow, Action: a, Resource: b, Principal: "*"'), 'Principal: there is no such field'],
    [statement(`Effect: Allow, Action: a, Resource: ${long}`), 'too long for an inline policy'],
    ['roles:\n  Ad min:\n    managed: [a]', '2 roles.Ad min: an IAM role has no such name'],
    ['roles:\n  A: { managed: [a] }\n  a: { managed: [a] }', '1 roles: two names are alike but for'],
    ['roles:\n  A: { managed: [a] }\n  A: { managed: [b] }', '3 : Map keys must be unique'],
    ['roles:\n  - [', ': '],
  ])('%s', (text, problem) => {
    expect(problems(text).join('\n')).toContain(problem);
  });
});
