import { describe, expect, test } from 'vitest';
import { conventionGroup, type Target } from '../../../api/domain/eligibility.ts';
import {
  checkEligible,
  eligibleTargets,
  explain,
  explanationLines,
  isEngineer,
  knownTargets,
  ruleFor,
} from '../../../api/domain/rule-match.ts';
import type { User } from '../../../api/domain/user.ts';
import { compilePolicy } from '../../../api/policy.ts';
import { nemo, userOf } from '../people.ts';
import { policyOf, ruleWith } from './one-rule.ts';

const production = '111111111111';
const data = '222222222222';
const staging = '333333333333';
const sandbox = '444444444444';
const like = '555555555555';
const unknown = '999999999999';

const policy = compilePolicy({
  conventions: true,
  roles: ['Admin', 'ReadOnly', 'ReadOnlyBilling'],
  accounts: [
    {
      id: production,
      name: 'Production',
      ou: '/Workloads/Production',
      tags: { environment: 'production', owner: 'payments' },
    },
    {
      id: data,
      name: 'Production data',
      ou: '/Workloads/Production/Data',
      tags: { environment: 'production' },
    },
    { id: staging, name: 'Staging', ou: '/Workloads/Staging', roles: ['Deploy'] },
    { id: sandbox, name: 'Sandbox 1', ou: '/Sandbox', tags: { environment: 'sandbox' } },
    { id: like, name: 'sandbox of others', ou: '/Workloads/Productionlike' },
  ],
  rules: [
    {
      id: 'data-department',
      who: { claims: { department: ['data', 'platform'] } },
      what: { accounts: { ou: '/Workloads/Production/Data' }, roles: 'Admin' },
    },
    {
      id: 'payments',
      who: { groups: 'payments' },
      what: {
        accounts: { tag: { environment: 'production', owner: 'payments' } },
        roles: ['Admin', 'ReadOnly*'],
      },
    },
    {
      id: 'read-production',
      who: { groups: ['payments', 'engineers'] },
      what: { accounts: { ou: '/Workloads/Production' }, roles: 'ReadOnly' },
    },
    {
      id: 'sandboxes',
      who: { groups: 'engineers' },
      what: { accounts: { name: 'Sandbox *' }, roles: '*' },
    },
    {
      id: 'staging-from-germany',
      who: { groups: 'engineers', claims: { country: 'de' } },
      what: { accounts: staging, roles: ['Special', 'De*'] },
    },
    {
      id: 'database-by-convention',
      who: { conventions: true, groups: 'database' },
      what: { accounts: '*', roles: 'Db*' },
    },
  ],
});

const at = (account: string, role: string): Target => ({ account, role });
const groups = (...names: string[]) => userOf('u', 'U', names);
const claims = (values: Record<string, string[]>, ...names: string[]) => userOf('u', 'U', names, values);
const named = (target: Target, ...more: string[]) => groups(conventionGroup(target), ...more);

/** Who x what: which rule, or no access. */
describe('the rule that applies', () => {
  const engineer = groups('engineers');
  const german = claims({ country: ['de'] }, 'engineers');
  test.each([
    ['a claim, the unit itself', claims({ department: ['data'] }), at(data, 'Admin'), 'data-department'],
    [
      'another of its values',
      claims({ department: ['x', 'platform'] }),
      at(data, 'Admin'),
      'data-department',
    ],
    ['another value', claims({ department: ['sales'] }), at(data, 'Admin'), null],
    ['a value in other letters', claims({ department: ['Data'] }), at(data, 'Admin'), null],
    ['a part of a value', claims({ department: ['data-2'] }), at(data, 'Admin'), null],
    ['another claim', claims({ division: ['data'] }), at(data, 'Admin'), null],
    ['the claim, the unit above', claims({ department: ['data'] }), at(production, 'Admin'), null],
    ['the claim, another role', claims({ department: ['data'] }), at(data, 'ReadOnly'), null],
    ['a group named as the value of the claim', groups('data'), at(data, 'Admin'), null],
    ['both tags', groups('payments'), at(production, 'Admin'), 'payments'],
    ['one of the two tags', groups('payments'), at(data, 'Admin'), null],
    ['no tag', groups('payments'), at(staging, 'Admin'), null],
    ['the first of two that match', groups('payments'), at(production, 'ReadOnly'), 'payments'],
    ['a pattern of roles', groups('payments'), at(production, 'ReadOnlyBilling'), 'payments'],
    ['a role that the pattern fits and nobody knows', groups('payments'), at(production, 'ReadOnlyX'), null],
    ['a role that only another account has', groups('payments'), at(production, 'Deploy'), null],
    ['the role in other letters', groups('payments'), at(production, 'admin'), null],
    ['a role that begins alike', groups('payments'), at(production, 'Admin2'), null],
    ['the group in other letters', groups('Payments'), at(production, 'Admin'), null],
    ['a group that begins alike', groups('payments-eu'), at(production, 'Admin'), null],
    ['a group with a space', groups('payments '), at(production, 'Admin'), null],
    [
      'the second where the first is about another account',
      groups('payments'),
      at(data, 'ReadOnly'),
      'read-production',
    ],
    ['another group of the same rule', engineer, at(production, 'ReadOnly'), 'read-production'],
    ['a unit below', engineer, at(data, 'ReadOnly'), 'read-production'],
    ['a unit that begins alike', engineer, at(like, 'ReadOnly'), null],
    ['a unit beside', engineer, at(staging, 'ReadOnly'), null],
    ['a pattern of names', engineer, at(sandbox, 'Admin'), 'sandboxes'],
    ['a pattern of names in other letters', engineer, at(like, 'Admin'), null],
    ['every role that is known', engineer, at(sandbox, 'ReadOnlyBilling'), 'sandboxes'],
    ['a role that is not', engineer, at(sandbox, 'Deploy'), null],
    ['group and claim', german, at(staging, 'Special'), 'staging-from-germany'],
    ['a role of this account by pattern', german, at(staging, 'Deploy'), 'staging-from-germany'],
    ['the group without the claim', engineer, at(staging, 'Special'), null],
    ['the claim without the group', claims({ country: ['de'] }), at(staging, 'Special'), null],
    ['a role that a rule names, elsewhere', german, at(sandbox, 'Special'), null],
    ['an account that nobody knows', german, at(unknown, 'Special'), null],
    ['the convention', named(at(staging, 'Admin')), at(staging, 'Admin'), 'conventions'],
    ['the convention, an unknown account', named(at(unknown, 'X')), at(unknown, 'X'), 'conventions'],
    ['the convention, another account', named(at(staging, 'Admin')), at(sandbox, 'Admin'), null],
    ['the convention, another role', named(at(staging, 'Admin')), at(staging, 'ReadOnly'), null],
    [
      'a rule before the convention',
      named(at(sandbox, 'Admin'), 'engineers'),
      at(sandbox, 'Admin'),
      'sandboxes',
    ],
    [
      'convention and group',
      named(at(unknown, 'Db1'), 'database'),
      at(unknown, 'Db1'),
      'database-by-convention',
    ],
    ['convention without the group', named(at(unknown, 'Db1')), at(unknown, 'Db1'), 'conventions'],
    ['the group without the convention', groups('database'), at(unknown, 'Db1'), null],
    ['nobody', nemo, at(production, 'ReadOnly'), null],
    ['a reviewer', groups('aws-temp#Reviewer'), at(production, 'ReadOnly'), null],
    ['an auditor', groups('aws-temp#Auditor'), at(production, 'ReadOnly'), null],
  ] as [string, User, Target, string | null][])('%s', (_name, user, target, rule) => {
    expect(ruleFor(policy, user, target)?.id ?? null).toBe(rule);
    expect(checkEligible(policy, user, target)).toMatchObject(
      rule === null ? { ok: false, denial: { code: 'not-eligible' } } : { ok: true, value: { id: rule } },
    );
  });

  test('a claim that every object has is nobody’s', () => {
    const { rules } = policyOf(ruleWith());
    const who = { groups: [], claims: { constructor: ['x'] }, conventions: false };
    const odd = { ...policy, rules: rules.map((rule) => ({ ...rule, who })) };
    expect(ruleFor(odd, nemo, at(sandbox, 'Admin'))).toBeNull();
  });

  test('without a rule nobody has anything', () => {
    const none = { ...policy, rules: [] };
    const user = named(at(staging, 'Admin'), 'payments', 'engineers');
    expect(ruleFor(none, user, at(staging, 'Admin'))).toBeNull();
    expect(eligibleTargets(none, user)).toEqual([]);
    expect(isEngineer(none, user)).toBe(false);
  });

  test('rules without conventions end them', () => {
    const { rules, ...rest } = policy;
    const without = { ...rest, rules: rules.filter(({ who }) => !who.conventions) };
    expect(ruleFor(without, named(at(staging, 'Admin')), at(staging, 'Admin'))).toBeNull();
  });
});

describe('why', () => {
  test('names each rule before the one that applies, and that one last', () => {
    const user = claims({ department: ['sales'] }, 'engineers');
    expect(explanationLines(explain(policy, user, at(data, 'ReadOnly')))).toEqual([
      '"data-department" does not apply: the role ReadOnly is not "Admin" in this account.',
      `"payments" does not apply: the account ${data} is not "tagged environment=production, owner=payments".`,
      `"read-production" applies: the user is in "engineers"; the account ${data} is "in /Workloads/Production"; the role ReadOnly is "ReadOnly".`,
    ]);
  });

  test('stops at a claim that is not known, so that nobody gets a laxer rule by leaving it out', () => {
    const silent = groups('engineers', `aws-temp#Deploy#${staging}`);
    expect(ruleFor(policy, { ...silent, claims: { country: ['fr'] } }, at(staging, 'Deploy'))?.id).toBe(
      'conventions',
    );
    expect(ruleFor(policy, silent, at(staging, 'Deploy'))).toBeNull();
    expect(explain(policy, silent, at(staging, 'Deploy')).steps.at(-1)).toEqual({
      rule: 'staging-from-germany',
      applies: false,
      reason:
        'the user\'s sign-in does not say whether the claims are country "de", so no later rule is tried',
    });
  });

  test('names every rule where none applies, in the refusal too', () => {
    const reasons = [
      `data-department: the account ${staging} is not "in /Workloads/Production/Data"`,
      `payments: the account ${staging} is not "tagged environment=production, owner=payments"`,
      `read-production: the account ${staging} is not "in /Workloads/Production"`,
      `sandboxes: the account ${staging} is not "name Sandbox *"`,
      'staging-from-germany: the user\'s claims are not country "de"',
      'database-by-convention: the role Deploy is not "Db*" in this account',
      `conventions: the user is not in "aws-temp#Deploy#${staging}"`,
    ];
    const abroad = { ...groups('engineers'), claims: { country: ['fr'] } };
    expect(checkEligible(policy, abroad, at(staging, 'Deploy'))).toMatchObject({
      ok: false,
      denial: {
        sentence: expect.stringContaining('Ask whoever manages your groups'),
        evidence: { account: staging, role: 'Deploy', rules: reasons },
      },
    });
  });

  test.each([
    ['the group that is missing', nemo, at(sandbox, 'Admin'), 'sandboxes', 'the user is not in "engineers"'],
    [
      'only the groups that the user is in',
      groups('engineers', 'x'),
      at(production, 'ReadOnly'),
      'read-production',
      `the user is in "engineers"; the account ${production} is "in /Workloads/Production"; the role ReadOnly is "ReadOnly"`,
    ],
    [
      'claims, and an account by its id',
      claims({ country: ['de'] }, 'engineers'),
      at(staging, 'Deploy'),
      'staging-from-germany',
      `the user is in "engineers"; the user's claims are country "de"; the account ${staging} is "${staging}"; the role Deploy is "Special" or "De*"`,
    ],
    [
      'the group of the convention',
      named(at(unknown, 'X')),
      at(unknown, 'X'),
      'conventions',
      `the user is in "aws-temp#X#${unknown}"; the account ${unknown} is any; the role X is "*"`,
    ],
  ] as const)('says %s', (_name, user, target, rule, reason) => {
    const { steps } = explain(policy, user, target);
    expect(steps.find((step) => step.rule === rule)?.reason).toBe(reason);
  });

  test.each([
    ['of five by name', ['a', 'b', 'c', 'd', 'e'], '"a" or "b" or "c" or "d" or "e"'],
    [
      'of hundreds in five and a number',
      ['a', 'b', 'c', 'd', 'e', 'f', 'g'],
      '"a" or "b" or "c" or "d" or "e" or one of 2 more',
    ],
  ])('tells %s', (_name, many, words) => {
    const rules = policyOf(ruleWith()).rules.map((one) => ({ ...one, who: { ...one.who, groups: many } }));
    expect(explain({ ...policy, rules }, nemo, at(sandbox, 'Admin')).steps).toEqual([
      { rule: 'conventions', applies: false, reason: `the user is not in ${words}` },
    ]);
  });

  test.each([
    [19, 20, '"rule-0" does not apply: no.'],
    [20, 21, '1 earlier rule does not apply.'],
    [30, 21, '11 earlier rules do not apply.'],
  ])('after %i rules the lines are %i and begin with: %s', (before, count, begin) => {
    const steps = Array.from({ length: before }, (_, index) => ({
      rule: `rule-${index}`,
      applies: false,
      reason: 'no',
    }));
    const last = { rule: 'last', applies: true, reason: 'yes' };
    const lines = explanationLines({ steps: [...steps, last], rule: ruleWith() });
    expect([lines.length, lines[0], lines.at(-1)]).toEqual([count, begin, '"last" applies: yes.']);
  });
});

test.each([
  ['', policy.targets.length],
  ['BILLING', 5],
  ['sandbox of', 3],
  ['Special', 1],
  ['nowhere', 0],
])('of what the file knows, whoever may ask for it, %j finds %i', (search, count) => {
  const found = knownTargets(policy, search);
  expect(found).toHaveLength(count);
  expect(policy.targets).toEqual(expect.arrayContaining(found));
});

describe('what a user may ask for', () => {
  const listed = (user: User, search?: string) =>
    eligibleTargets(policy, user, search).map(({ target, rule }) => [target.account, target.role, rule.id]);
  const user = claims({ department: ['data'] }, 'payments', 'engineers', `aws-temp#Admin#${staging}`);

  test('comes by account and role, each once, with its rule', () => {
    expect(listed(user)).toEqual([
      [production, 'Admin', 'payments'],
      [production, 'ReadOnly', 'payments'],
      [production, 'ReadOnlyBilling', 'payments'],
      [data, 'Admin', 'data-department'],
      [data, 'ReadOnly', 'read-production'],
      [staging, 'Admin', 'conventions'],
      [sandbox, 'Admin', 'sandboxes'],
      [sandbox, 'ReadOnly', 'sandboxes'],
      [sandbox, 'ReadOnlyBilling', 'sandboxes'],
    ]);
  });

  test.each([
    [
      'data',
      [
        [data, 'Admin', 'data-department'],
        [data, 'ReadOnly', 'read-production'],
      ],
    ],
    [
      'PRODUCTION DATA',
      [
        [data, 'Admin', 'data-department'],
        [data, 'ReadOnly', 'read-production'],
      ],
    ],
    [staging, [[staging, 'Admin', 'conventions']]],
    [
      'billing',
      [
        [production, 'ReadOnlyBilling', 'payments'],
        [sandbox, 'ReadOnlyBilling', 'sandboxes'],
      ],
    ],
    ['nowhere', []],
  ])('is found by %j', (search, want) => {
    expect(listed(user, search)).toEqual(want);
  });

  test('an account without a name is found by its id', () => {
    expect(listed(named(at(unknown, 'X')), '99999')).toEqual([[unknown, 'X', 'conventions']]);
  });

  test.each([
    ['somebody of a rule', groups('engineers'), true],
    ['somebody of a convention', named(at(unknown, 'X')), true],
    ['somebody whose group fits no rule', groups('database'), false],
    ['a reviewer', groups('aws-temp#Reviewer'), false],
    ['nobody', nemo, false],
  ])('there is something for %s: %#', (_name, who, anything) => {
    expect(isEngineer(policy, who)).toBe(anything);
  });

  test('5,000 targets under 50 rules: each under the first rule that means it', () => {
    const id = (index: number) => String(100_000_000_000 + index);
    const roles = Array.from({ length: 10 }, (_, index) => `Role${index}`);
    const large = compilePolicy({
      roles,
      accounts: Array.from({ length: 500 }, (_, index) => ({
        id: id(index),
        name: `Account ${index}`,
        ou: `/U${index % 50}`,
      })),
      rules: Array.from({ length: 50 }, (_, index) => ({
        id: `rule-${index}`,
        who: { groups: `group-${index % 2}` },
        what: { accounts: { ou: `/U${index}` }, roles: ['Role0', 'Role*'] },
      })),
    });
    const found = eligibleTargets(large, groups('group-0', 'group-1'));
    expect(found.length).toBe(5000);
    expect(new Set(found.map(({ target, rule }) => `${rule.id} ${Number(target.account) % 50}`)).size).toBe(
      50,
    );
    expect(found.every(({ target, rule }) => rule.id === `rule-${Number(target.account) % 50}`)).toBe(true);
    expect(eligibleTargets(large, groups('group-0')).length).toBe(2500);
    expect(eligibleTargets(large, nemo)).toEqual([]);
  });
});
