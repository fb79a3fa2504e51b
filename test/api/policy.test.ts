import { describe, expect, test } from 'vitest';
import { accountName, defaultRule } from '../../api/domain/policy-document.ts';
import { defaultQuotas } from '../../api/domain/quota.ts';
import { compilePolicy, InvalidPolicy } from '../../api/policy.ts';
import { fileOf, problemsOf, production, ruleOf } from './policy-documents.ts';

const durationForm = 'a duration is written 30m, 8h or 1d';
const accountForm = 'an account id is 12 digits, in quotes';
const selectorForm = 'an account is an id of 12 digits in quotes, or one of id, name, ou or tag';
const someForm = 'write one or a list of them';
const noField = 'there is no such field';
const fieldsForm = 'write a part with fields';

test('an empty document is the conventions with their defaults', () => {
  expect(compilePolicy({})).toEqual({
    accounts: new Map(),
    targets: [],
    rules: [
      {
        who: { groups: [], claims: {}, conventions: true },
        what: { accounts: null, selectors: ['*'], roles: ['*'] },
        rule: defaultRule,
      },
    ],
    stepUp: { review: null, revoke: null, issue: null },
    contact: null,
    quotas: defaultQuotas,
  });
});

describe('stepUp', () => {
  test('says for each action what the sign-in has to be like', () => {
    const stepUp = {
      review: { maxAge: '15m', acr: ['urn:example:gold', 'urn:example:silver'], amr: 'mfa' },
      issue: { amr: ['mfa', 'hwk'] },
    };
    expect(compilePolicy({ stepUp }).stepUp).toEqual({
      review: { maxAgeMinutes: 15, acr: ['urn:example:gold', 'urn:example:silver'], amr: ['mfa'] },
      revoke: null,
      issue: { maxAgeMinutes: null, acr: [], amr: ['mfa', 'hwk'] },
    });
  });

  const word = 'a word without spaces and quotes, as the provider writes it';
  test.each<[string, object, string[]]>([
    ['no action', { approve: { amr: 'mfa' } }, [`stepUp.approve: ${noField}`]],
    ['nothing of it', { review: {} }, ['stepUp.review: asks nothing: name maxAge, acr or amr']],
    ['another field', { issue: { amr: 'mfa', mfa: true } }, [`stepUp.issue.mfa: ${noField}`]],
    ['an age in seconds', { issue: { maxAge: 900 } }, [`stepUp.issue.maxAge: ${durationForm}`]],
    [
      'too young for anybody',
      { revoke: { maxAge: '4m' } },
      ['stepUp.revoke.maxAge: between 5 and 10080 minutes'],
    ],
    [
      'too old to mean anything',
      { revoke: { maxAge: '8d' } },
      ['stepUp.revoke.maxAge: between 5 and 10080 minutes'],
    ],
    ['two levels in one text', { issue: { acr: 'gold silver' } }, [`stepUp.issue.acr: ${word}`]],
    ['a level that ends the quotes', { issue: { acr: ['a"b'] } }, [`stepUp.issue.acr.0: ${word}`]],
    ['no method', { issue: { amr: [] } }, ['stepUp.issue.amr: name at least one']],
    ['an empty method', { issue: { amr: '' } }, [`stepUp.issue.amr: ${word}`]],
  ])('cannot ask %s', (_what, stepUp, problems) => {
    expect(problemsOf({ stepUp })).toEqual(problems);
  });
});

test.each([
  ['rules', { rules: [ruleOf('one')], accounts: [production] }, ['one']],
  [
    'rules and conventions',
    { rules: [ruleOf('one')], accounts: [production], conventions: true },
    ['one', 'conventions'],
  ],
  ['no rules', { accounts: [production] }, ['conventions']],
  ['no rules and no conventions', { conventions: false }, []],
  ['an empty list of rules', { rules: [] }, []],
])('a file with %s is decided by these', (_what, document, ids) => {
  expect(compilePolicy(document).rules.map(({ rule }) => rule.id)).toEqual(ids);
});

test('what a rule does not say the limits of the file say, and else the defaults', () => {
  const limits = { maxDuration: '4h', pendingFor: '2d', sessionLength: '30m', startAhead: 'none' };
  const own = { maxDuration: '90m', sessionLength: '15m', startAhead: '14d', justification: 40 };
  const document = {
    ...fileOf(ruleOf('general'), ruleOf('own', { ...own, who: { groups: 'others' } })),
    limits,
  };
  expect(compilePolicy(document).rules.map(({ rule }) => rule)).toEqual([
    {
      ...defaultRule,
      id: 'general',
      maxDurationMinutes: 240,
      pendingMinutes: 2880,
      sessionMinutes: 30,
      startAheadMinutes: 0,
    },
    {
      ...defaultRule,
      id: 'own',
      maxDurationMinutes: 90,
      pendingMinutes: 2880,
      sessionMinutes: 15,
      startAheadMinutes: 20_160,
      justificationLength: 40,
    },
  ]);
});

test('accounts have the names of the file', () => {
  const policy = compilePolicy({ accounts: [production] });
  expect([accountName(policy, production.id), accountName(policy, '444455556666')]).toEqual([
    'Production',
    null,
  ]);
});

describe('a duration', () => {
  test.each([
    ['maxDuration', '15m', []],
    ['maxDuration', '12h', []],
    ['maxDuration', '14m', ['between 15 and 720 minutes']],
    ['maxDuration', '13h', ['between 15 and 720 minutes']],
    ['maxDuration', '1d', ['between 15 and 720 minutes']],
    ['pendingFor', '7d', []],
    ['pendingFor', '8d', ['between 15 and 10080 minutes']],
    ['sessionLength', '1h', []],
    ['sessionLength', '61m', ['between 15 and 60 minutes']],
    ['startAhead', 'none', []],
    ['startAhead', '14d', []],
    ['startAhead', '15d', ['between 15 and 20160 minutes']],
    ['startAhead', 'never', [durationForm]],
    ['startAhead', 0, ['write none, or a duration like 7d']],
  ])('%s: %s', (name, written, problems) => {
    expect(problemsOf({ limits: { [name]: written } })).toEqual(
      problems.map((problem) => `limits.${name}: ${problem}`),
    );
  });
  test.each([
    ...['', '8', 'h', '0h', '08h', '1.5h', '-1h', '8 h', '8H', '1h30m', '8h\n', '١h', '999999m'],
    ...[480, null, ['8h'], true],
  ])('is not written %j', (written) => {
    expect(problemsOf({ limits: { maxDuration: written } })).toEqual([`limits.maxDuration: ${durationForm}`]);
  });
});

describe('a document that is refused', () => {
  const condition = (fields: object) => ({ approval: { automatic: [{ name: 'now', ...fields }] } });
  const hours = (fields: object) =>
    condition({ hours: { days: 'mon', from: '09:00', until: '17:00', zone: 'UTC', ...fields } });
  const hoursPath = 'rules.0.approval.automatic.0.hours';
  test.each<[string, unknown, string[]]>([
    ['nothing', null, [`the file: ${fieldsForm}`]],
    ['a text', 'limits', [`the file: ${fieldsForm}`]],
    ['a list', [], [`the file: ${fieldsForm}`]],
    ['an unknown part', { rule: [] }, [`rule: ${noField}`]],
    ['an unknown limit', { limits: { max: '8h' } }, [`limits.max: ${noField}`]],
    [
      'an account id that YAML read as a number',
      { accounts: [{ id: 111122223333, name: 'A' }] },
      [`accounts.0.id: ${accountForm}`],
    ],
    [
      'an account id that is too short',
      { accounts: [{ ...production, id: '11112222333' }] },
      [`accounts.0.id: ${accountForm}`],
    ],
    ['an account without an id', { accounts: [{ name: 'A' }] }, ['accounts.0.id: is missing']],
    [
      'an account without a name',
      { accounts: [{ id: production.id }] },
      ['accounts.0.name: 111122223333 has no name, here or in the organisation'],
    ],
    [
      'a name of spaces',
      { accounts: [{ ...production, name: '   ' }] },
      ['accounts.0.name: no spaces around it'],
    ],
    ['no name at all', { accounts: [{ ...production, name: '' }] }, ['accounts.0.name: may not be empty']],
    [
      'a name with a line break',
      { accounts: [{ ...production, name: 'a\nb' }] },
      ['accounts.0.name: no control characters'],
    ],
    [
      'a name that turns text round',
      { accounts: [{ ...production, name: 'a\u202eb' }] },
      ['accounts.0.name: no control characters'],
    ],
    [
      'a name that is too long',
      { accounts: [{ ...production, name: 'a'.repeat(101) }] },
      ['accounts.0.name: at most 100 characters'],
    ],
    [
      'a unit without its slash',
      { accounts: [{ ...production, ou: 'Workloads' }] },
      ['accounts.0.ou: the path of an organisational unit is written /Workloads/Production'],
    ],
    [
      'a unit with one slash too many',
      { accounts: [{ ...production, ou: '/Workloads/' }] },
      ['accounts.0.ou: the path of an organisational unit is written /Workloads/Production'],
    ],
    [
      'a tag that YAML read as true',
      { accounts: [{ ...production, tags: { live: true } }] },
      ['accounts.0.tags.live: write a text, in quotes'],
    ],
    [
      'an export that nobody read',
      { organization: 'organization.json' },
      ['organization: organization.json was not read'],
    ],
    [
      'an export that is no path',
      { organization: 7 },
      ['organization: write the path of an export of AWS Organizations'],
    ],
    [
      'an export without an id',
      { organization: { Accounts: [{ Name: 'A' }] } },
      ['organization.Accounts.0.Id: is missing'],
    ],
    [
      'a rule without who',
      fileOf({ id: 'a', what: { accounts: '*', roles: 'A' } }),
      ['rules.0.who: is missing'],
    ],
    [
      'a rule for anybody',
      fileOf(ruleOf('a', { who: {} })),
      ['rules.0.who: name groups, claims or conventions'],
    ],
    [
      'a rule for no claim',
      fileOf(ruleOf('a', { who: { claims: {} } })),
      ['rules.0.who: name groups, claims or conventions'],
    ],
    [
      'a rule for a pattern of groups, which are compared whole',
      fileOf(ruleOf('a', { who: { groups: 'contractor-*' } })),
      ['rules.0.who.groups: compared whole: * stands for nothing here'],
    ],
    [
      'a selector of no tag, which would mean every account',
      fileOf(ruleOf('a', { what: { accounts: { tag: {} }, roles: 'Admin' } })),
      ['rules.0.what.accounts.tag: name at least one tag'],
    ],
    [
      'a condition that asks nothing',
      fileOf(ruleOf('a', { approval: { approvals: 2, automatic: [{ name: 'on call', claims: {} }] } })),
      ['rules.0.approval.automatic.0: asks nothing: write automatic: true if that is meant'],
    ],
    [
      'reviewers beside automatic: true, who would never be asked',
      fileOf(ruleOf('a', { approval: { approvals: 2, automatic: true } })),
      [
        'rules.0.approval.automatic: true lets everything through: what reviewers are asked beside it would never count',
      ],
    ],
    [
      'a rule for no group',
      fileOf(ruleOf('a', { who: { groups: [] } })),
      ['rules.0.who.groups: name at least one'],
    ],
    [
      'groups that are a number',
      fileOf(ruleOf('a', { who: { groups: 7 } })),
      [`rules.0.who.groups: ${someForm}`],
    ],
    [
      'conventions that are off',
      fileOf(ruleOf('a', { who: { conventions: false } })),
      ['rules.0.who.conventions: write true'],
    ],
    [
      'an id with a space',
      fileOf(ruleOf('a b')),
      ['rules.0.id: an id has lower-case letters, digits and hyphens'],
    ],
    [
      'no role',
      fileOf(ruleOf('a', { what: { accounts: '*', roles: [] } })),
      ['rules.0.what.roles: name at least one'],
    ],
    ['roles left out', fileOf(ruleOf('a', { what: { accounts: '*' } })), ['rules.0.what.roles: is missing']],
    [
      'a role that no role can be',
      fileOf(ruleOf('a', { what: { accounts: '*', roles: 'a b' } })),
      ['rules.0.what.roles: a role name, where * stands for any characters'],
    ],
    [
      'an account selector of two things',
      fileOf(ruleOf('a', { what: { accounts: [{ ou: '/', name: 'A' }], roles: 'A' } })),
      [`rules.0.what.accounts.0: ${selectorForm}`],
    ],
    [
      'an account selector of nothing known',
      fileOf(ruleOf('a', { what: { accounts: { nam: 'A' }, roles: 'A' } })),
      [`rules.0.what.accounts: ${selectorForm}`],
    ],
    [
      'an account selector that is wrong inside',
      fileOf(ruleOf('a', { what: { accounts: { ou: 'A' }, roles: 'A' } })),
      ['rules.0.what.accounts.ou: the path of an organisational unit is written /Workloads/Production'],
    ],
    [
      'an unknown approval',
      fileOf(ruleOf('a', { approval: 'two' })),
      ['rules.0.approval: write automatic, one, or the fields of an approval'],
    ],
    [
      'an unknown field of the approval',
      fileOf(ruleOf('a', { approval: { reviewers: 2 } })),
      [`rules.0.approval.reviewers: ${noField}`],
    ],
    [
      'approvals as a text',
      fileOf(ruleOf('a', { approval: { approvals: '2' } })),
      ['rules.0.approval.approvals: write a number'],
    ],
    [
      'no approval',
      fileOf(ruleOf('a', { approval: { approvals: 0 } })),
      ['rules.0.approval.approvals: at least 1'],
    ],
    [
      'half an approval',
      fileOf(ruleOf('a', { approval: { approvals: 1.5 } })),
      ['rules.0.approval.approvals: write a whole number'],
    ],
    [
      'more approvals than anybody waits for',
      fileOf(ruleOf('a', { approval: { approvals: 11 } })),
      ['rules.0.approval.approvals: at most 10'],
    ],
    [
      'no condition',
      fileOf(ruleOf('a', { approval: { automatic: [] } })),
      ['rules.0.approval.automatic: name at least one'],
    ],
    [
      'a condition without a name',
      fileOf(ruleOf('a', { approval: { automatic: [{ maxDuration: '1h' }] } })),
      ['rules.0.approval.automatic.0.name: is missing'],
    ],
    [
      'a condition shorter than any request',
      fileOf(ruleOf('a', condition({ maxDuration: '14m' }))),
      ['rules.0.approval.automatic.0.maxDuration: between 15 and 720 minutes'],
    ],
    [
      'hours that are empty',
      fileOf(ruleOf('a', hours({ until: '09:00' }))),
      [`${hoursPath}: until has to be at least 15 minutes after from, or no request ever fits`],
    ],
    [
      'hours over midnight',
      fileOf(ruleOf('a', hours({ from: '22:00', until: '06:00' }))),
      [`${hoursPath}: until has to be at least 15 minutes after from, or no request ever fits`],
    ],
    [
      'hours shorter than any request',
      fileOf(ruleOf('a', hours({ until: '09:14' }))),
      [`${hoursPath}: until has to be at least 15 minutes after from, or no request ever fits`],
    ],
    [
      'a time that no clock shows',
      fileOf(ruleOf('a', hours({ from: '24:01' }))),
      [`${hoursPath}.from: a time of day is written 09:00, in quotes`],
    ],
    [
      'a time that YAML read as a number',
      fileOf(ruleOf('a', hours({ from: 9 }))),
      [`${hoursPath}.from: a time of day is written 09:00, in quotes`],
    ],
    [
      'a time zone that does not exist',
      fileOf(ruleOf('a', hours({ zone: 'Europe/Atlantis' }))),
      [`${hoursPath}.zone: there is no such time zone: one is written Europe/Berlin`],
    ],
    [
      'a day that does not exist',
      fileOf(ruleOf('a', hours({ days: 'monday' }))),
      [`${hoursPath}.days: write one or some of mon, tue, wed, thu, fri, sat, sun`],
    ],
    [
      'an unknown guardrail',
      fileOf(ruleOf('a', { guardrails: ['create-users', 'all'] })),
      [
        'rules.0.guardrails.1: write create-users or create-access-keys or create-login-profiles or change-trust-policies or assume-roles',
      ],
    ],
    [
      'a ticket that could take very long',
      fileOf(ruleOf('a', { ticket: { pattern: '(A+)+' } })),
      ['rules.0.ticket.pattern: repetitions of repetitions or alternatives could take very long to match'],
    ],
    [
      'a ticket that steps out of its brackets',
      fileOf(ruleOf('a', { ticket: { pattern: 'a)|(?:' } })),
      ['rules.0.ticket.pattern: not a regular expression'],
    ],
    [
      'break-glass for nobody',
      fileOf(ruleOf('a', { breakGlass: { maxDuration: '1h' } })),
      ['rules.0.breakGlass.groups: is missing'],
    ],
    [
      'long break-glass',
      fileOf(ruleOf('a', { breakGlass: { groups: 'g', maxDuration: '5h' } })),
      ['rules.0.breakGlass.maxDuration: between 15 and 240 minutes'],
    ],
    [
      'a claim without a name',
      fileOf(ruleOf('a', { who: { claims: { '': 'x' } } })),
      ['rules.0.who.claims.: may not be empty'],
    ],
    [
      'a claim of a number',
      fileOf(ruleOf('a', { who: { claims: { level: 3 } } })),
      [`rules.0.who.claims.level: ${someForm}`],
    ],
  ])('%s', (_what, document, problems) => {
    expect(problemsOf(document)).toEqual(problems);
  });

  // NB. zod leaves such a key out, and the claim that it asks for would be asked of nobody.
  test.each([
    [
      'a claim',
      fileOf(ruleOf('a', { who: { claims: JSON.parse('{"team":"a","__proto__":"b"}') } })),
      ['rules.0.who.claims.__proto__: no name here can be __proto__'],
    ],
    [
      'a tag',
      { accounts: [{ ...production, tags: JSON.parse('{"__proto__":"b"}') }] },
      ['accounts.0.tags.__proto__: no name here can be __proto__'],
    ],
    [
      'a part',
      JSON.parse('{"__proto__":{"conventions":true}}'),
      ['__proto__: no name here can be __proto__', `__proto__: ${noField}`],
    ],
  ])('%s that is called __proto__', (_what, document, problems) => {
    expect(problemsOf(document)).toEqual(problems);
  });
});

describe('every problem at once', () => {
  test('also what is wrong beside a part whose shape is wrong, under its own number', () => {
    const document = {
      limits: { maxDuration: '8x', max: 1 },
      accounts: [production, { id: '1', name: '' }, production],
      rules: [
        ruleOf('one'),
        { id: 'no what' },
        ruleOf('three', { approval: { approvals: 3, of: 2 } }),
        ruleOf('one', { what: { accounts: 'nobody', roles: 'Admin' } }),
        ruleOf('one'),
      ],
    };
    expect(problemsOf(document).sort()).toEqual([
      `accounts.1.id: ${accountForm}`,
      'accounts.1.name: may not be empty',
      'accounts.2.id: 111122223333 stands twice',
      `limits.max: ${noField}`,
      `limits.maxDuration: ${durationForm}`,
      'rules.1.id: an id has lower-case letters, digits and hyphens',
      'rules.1.what: is missing',
      'rules.1.who: is missing',
      'rules.2.approval.approvals: 3 approvals of 2 possible reviewers cannot be had',
      `rules.3.what.accounts: ${accountForm}`,
      'rules.4.id: one stands twice',
    ]);
  });

  test('are in the message, a line each', () => {
    const problems = [
      { path: [], message: 'first' },
      { path: ['rules', 2, 'who'], message: 'second' },
    ];
    expect(new InvalidPolicy(problems).message).toBe(
      'The policy is invalid:\n  the file: first\n  rules.2.who: second',
    );
  });
});
