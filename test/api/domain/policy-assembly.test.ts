import { describe, expect, test } from 'vitest';
import { type AutomaticCondition, defaultRule } from '../../../api/domain/policy-document.ts';
import { eligibleTargets } from '../../../api/domain/rule-match.ts';
import { compilePolicy } from '../../../api/policy.ts';
import { fileOf, production, ruleOf, sandbox } from '../policy-documents.ts';

/** What the selectors and fields of a policy file mean. */

const accounts: object[] = [
  { id: '000000000001', name: 'Prod', ou: '/Prod', tags: { env: 'prod' } },
  {
    id: '000000000002',
    name: 'Production',
    ou: '/Production',
    tags: { env: 'production', constructor: 'x' },
  },
  { id: '000000000003', name: 'prod', ou: '/Prod/Payments/EU', tags: { env: 'Prod', owner: 'a' } },
  { id: '000000000004', name: 'Prod-EU', ou: '/Other/Prod', tags: { env: '', owner: 'a' } },
  { id: '000000000005', name: 'No unit' },
];

test.each<[unknown, string[]]>([
  ['*', ['1', '2', '3', '4', '5']],
  ['000000000002', ['2']],
  [{ id: '000000000002' }, ['2']],
  [{ name: 'Prod' }, ['1']],
  [{ name: 'Prod*' }, ['1', '2', '4']],
  [{ name: '*EU' }, ['4']],
  [{ name: 'P*n' }, ['2']],
  [{ ou: '/' }, ['1', '2', '3', '4', '5']],
  [{ ou: '/Prod' }, ['1', '3']],
  [{ ou: '/Prod/Payments' }, ['3']],
  [{ ou: '/Production' }, ['2']],
  [{ tag: { env: 'prod' } }, ['1']],
  [{ tag: { owner: 'a' } }, ['3', '4']],
  [{ tag: { owner: 'a', env: '' } }, ['4']],
  [{ tag: { constructor: 'x' } }, ['2']],
  [
    [{ name: 'prod' }, '000000000001', { ou: '/Other' }],
    ['1', '3', '4'],
  ],
])('the accounts %j are %j', (selector, ends) => {
  const policy = compilePolicy({
    accounts,
    rules: [ruleOf('a', { what: { accounts: selector, roles: 'Admin' } })],
  });
  const found = eligibleTargets(policy, { groups: ['engineers'], claims: {} });
  expect(found.map(({ target }) => target)).toEqual(
    ends.map((end) => ({ account: end.padStart(12, '0'), role: 'Admin' })),
  );
});

test.each<[string, string[], number]>([
  ['the group', ['payments'], 1],
  ['a group whose name begins alike', ['payments-admin'], 0],
  ['a group whose name ends alike', ['my-payments'], 0],
  ['the group in capitals', ['Payments'], 0],
  ['a pattern, which groups are not', ['*'], 0],
  ['no group', [], 0],
])('a rule for "payments" is about who is in %s: %s', (_what, groups, count) => {
  const policy = compilePolicy(
    fileOf(ruleOf('a', { who: { groups: 'payments' }, what: { accounts: production.id, roles: 'Admin' } })),
  );
  expect(eligibleTargets(policy, { groups, claims: {} })).toHaveLength(count);
});

test.each<[Record<string, string[]>, number]>([
  [{ constructor: ['red'], team: ['a'] }, 1],
  [{ constructor: ['red', 'blue'], team: ['b', 'a'] }, 1],
  [{ constructor: ['red'] }, 0],
  [{ team: ['a'] }, 0],
  [{ constructor: ['redder'], team: ['a'] }, 0],
  [{}, 0],
])('a rule for the claims team and constructor is about who has %j: %s', (claims, count) => {
  const who = { claims: { constructor: 'red', team: ['a', 'c'] } };
  const what = { accounts: production.id, roles: 'Admin' };
  const policy = compilePolicy(fileOf(ruleOf('a', { who, what })));
  expect(eligibleTargets(policy, { groups: [], claims })).toHaveLength(count);
});

test('the accounts of an export, with what the file says besides', () => {
  const policy = compilePolicy({
    roles: 'ReadOnly',
    organization: {
      Accounts: [
        {
          Id: production.id,
          Name: 'Prod',
          Status: 'ACTIVE',
          State: 'ACTIVE',
          OrganizationalUnit: '/Prod',
          Tags: [
            { Key: 'env', Value: 'prod' },
            { Key: 'owner', Value: 'a' },
          ],
        },
        { Id: sandbox.id, Name: 'Sandbox', Arn: 'ignored' },
        { Id: '999988887777', Name: 'Old', Status: 'SUSPENDED' },
        { Id: '888877776666', Name: 'Older', State: 'PENDING_CLOSURE' },
      ],
    },
    accounts: [
      { id: production.id, tags: { owner: 'b' }, roles: ['Admin'] },
      { id: sandbox.id, name: 'Playground', ou: '/Sandbox' },
      { id: '777766665555', name: 'Alone' },
    ],
  });
  const without = { contact: null, tags: {}, roles: new Set(['ReadOnly']) };
  expect([...policy.accounts.values()]).toEqual([
    {
      contact: null,
      id: production.id,
      name: 'Prod',
      ou: '/Prod',
      tags: { env: 'prod', owner: 'b' },
      roles: new Set(['ReadOnly', 'Admin']),
    },
    { id: sandbox.id, name: 'Playground', ou: '/Sandbox', ...without },
    { id: '777766665555', name: 'Alone', ou: '/', ...without },
  ]);
  expect(policy.targets).toEqual([
    { account: production.id, role: 'Admin' },
    { account: production.id, role: 'ReadOnly' },
    { account: sandbox.id, role: 'ReadOnly' },
    { account: '777766665555', role: 'ReadOnly' },
  ]);
});

test('an account of which the export says nothing more is open', () => {
  const organization = { Accounts: [{ Id: sandbox.id, Name: 'Sandbox' }] };
  expect([...compilePolicy({ organization }).accounts.keys()]).toEqual([sandbox.id]);
});

test('a role exists where a rule names it, but not where a group names it or a pattern means it', () => {
  const { targets } = compilePolicy(
    fileOf(
      ruleOf('a', { what: { accounts: sandbox.id, roles: ['Named', 'Na*'] } }),
      ruleOf('b', { who: { conventions: true }, what: { accounts: production.id, roles: 'ByGroup' } }),
    ),
  );
  expect(targets).toEqual([{ account: sandbox.id, role: 'Named' }]);
});

test('what is asked of sign-ins: only what the file says', () => {
  const asked = { review: { maxAge: '15m' }, issue: { acr: 'gold', amr: ['otp', 'mfa'] } };
  const { stepUp } = compilePolicy({ ...fileOf(), stepUp: asked });
  expect(stepUp).toEqual({
    review: { maxAgeMinutes: 15, acr: [], amr: [] },
    revoke: null,
    issue: { maxAgeMinutes: null, acr: ['gold'], amr: ['otp', 'mfa'] },
  });
});

test('what a rule is about, in words', () => {
  const selectors = [
    production.id,
    { id: sandbox.id },
    { name: 'Pro*' },
    { ou: '/Sandbox' },
    { tag: { env: 'sandbox', owner: 'a' } },
  ];
  const { rules } = compilePolicy({
    accounts: [production, { ...sandbox, tags: { env: 'sandbox', owner: 'a' } }],
    rules: [ruleOf('a', { what: { accounts: selectors, roles: 'Admin' } })],
  });
  expect(rules[0]?.what).toEqual({
    accounts: new Set([production.id, sandbox.id]),
    selectors: [production.id, sandbox.id, 'name Pro*', 'in /Sandbox', 'tagged env=sandbox, owner=a'],
    roles: ['Admin'],
  });
});

describe('the terms of a rule', () => {
  const { approval } = defaultRule;
  const always: AutomaticCondition = {
    name: 'always',
    maxDurationMinutes: null,
    hours: null,
    groups: [],
    claims: {},
  };
  test.each<[string, object, object]>([
    ['nothing said', {}, {}],
    ['one approval', { approval: 'one' }, {}],
    ['automatic', { approval: 'automatic' }, { approval: { ...approval, automatic: [always] } }],
    [
      'automatic, in full',
      { approval: { automatic: true } },
      { approval: { ...approval, automatic: [always] } },
    ],
    ['not automatic', { approval: { automatic: false } }, {}],
    [
      'conditions',
      {
        approval: {
          automatic: [
            { name: 'short', maxDuration: '1h' },
            {
              name: 'day',
              groups: 'on-call',
              claims: { team: 'a' },
              hours: { days: ['mon', 'tue'], from: '09:00', until: '24:00', zone: 'Europe/Berlin' },
            },
          ],
        },
      },
      {
        approval: {
          ...approval,
          automatic: [
            { ...always, name: 'short', maxDurationMinutes: 60 },
            {
              ...always,
              name: 'day',
              groups: ['on-call'],
              claims: { team: ['a'] },
              hours: { days: ['mon', 'tue'], from: 540, until: 1440, zone: 'Europe/Berlin' },
            },
          ],
        },
      },
    ],
    [
      'a quorum of other teams',
      {
        approval: {
          approvals: 2,
          of: 5,
          groups: ['x', 'y'],
          apartBy: { groups: 'team-*', claims: 'department' },
          invitationCounts: true,
        },
      },
      {
        approval: {
          automatic: [],
          approvals: 2,
          of: 5,
          groups: ['x', 'y'],
          apartBy: { groups: ['team-*'], claims: ['department'] },
          invitationCounts: true,
        },
      },
    ],
    [
      'apart by claims',
      { approval: { apartBy: { claims: ['a'] } } },
      { approval: { ...approval, apartBy: { groups: [], claims: ['a'] } } },
    ],
    [
      'apart by groups',
      { approval: { apartBy: { groups: ['a'] } } },
      { approval: { ...approval, apartBy: { groups: ['a'], claims: [] } } },
    ],
    ['a ticket', { ticket: { pattern: 'A' } }, { ticket: { pattern: 'A', required: true } }],
    [
      'a ticket that may be left out',
      { ticket: { pattern: 'A', required: false } },
      { ticket: { pattern: 'A', required: false } },
    ],
    [
      'guardrails',
      { guardrails: ['create-users', 'assume-roles'] },
      { guardrails: ['create-users', 'assume-roles'] },
    ],
    ['the end of live sessions', { endLiveSessions: true }, { endLiveSessions: true }],
    [
      'break-glass',
      { breakGlass: { groups: 'on-call', maxDuration: '30m' } },
      {
        breakGlass: {
          groups: ['on-call'],
          maxDurationMinutes: 30,
          justificationLength: 30,
          reviewMinutes: 240,
        },
      },
    ],
    [
      'break-glass in full',
      { breakGlass: { groups: ['a', 'b'], maxDuration: '1h', justification: 50, reviewWithin: '3d' } },
      {
        breakGlass: {
          groups: ['a', 'b'],
          maxDurationMinutes: 60,
          justificationLength: 50,
          reviewMinutes: 4320,
        },
      },
    ],
  ])('%s', (_what, fields, terms) => {
    const { rules } = compilePolicy(fileOf(ruleOf('a', fields)));
    expect(rules.map(({ rule }) => rule)).toEqual([{ ...defaultRule, id: 'a', ...terms }]);
  });
});
