import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  conventionGroup,
  isAuditor,
  isReviewer,
  reviewerGroups,
  sameTarget,
  targetKey,
  targetNamedBy,
} from '../../../api/domain/eligibility.ts';
import { nemo, policy } from '../people.ts';
import { inGroups, policyOf, ruleWith } from './one-rule.ts';

const account = '111122223333';

describe('a group that names a target', () => {
  test.each([
    [`aws-temp#Admin#${account}`, 'Admin'],
    [`aws-temp#a+b=c,d.e@f_g-h#${account}`, 'a+b=c,d.e@f_g-h'],
    [`aws-temp#Reviewer#${account}`, 'Reviewer'],
    [`aws-temp#${'a'.repeat(64)}#${account}`, 'a'.repeat(64)],
  ])('%s', (group, role) => {
    expect(targetNamedBy(group)).toEqual({ account, role });
    expect(conventionGroup({ account, role })).toBe(group);
  });
});

describe('a group that names none', () => {
  test.each([
    'aws-temp',
    'aws-temp#',
    'aws-temp#Reviewer',
    'aws-temp#Auditor',
    'aws-temp#reviewer',
    'aws-temp#Reviewers',
    'aws-temp#Reviewer ',
    ' aws-temp#Reviewer',
    'aws-temp#Reviewer#',
    'my-aws-temp#Reviewer',
    'AWS-TEMP#Reviewer',
    'aws-temp\u0023\u200bReviewer',
    'aws-temp＃Reviewer',
    'aws-temp#Reviеwer',
    'aws-temp#Auditor\n',
    'aws-temp#Admin',
    `aws-temp#Admin#${account}#extra`,
    `aws-temp##${account}`,
    `aws-temp#Admin#${account}4`,
    'aws-temp#Admin#11112222333',
    'aws-temp#Admin#１１１１２２２２３３３３',
    `aws-temp#Admin#${account} `,
    `aws-temp#Ad min#${account}`,
    `aws-temp#${'a'.repeat(65)}#${account}`,
    `aws-temp#*#${account}`,
    'aws-temp#Admin#*',
    `aws-tempx#Admin#${account}`,
  ])('%j', (group) => {
    expect(targetNamedBy(group)).toBeUndefined();
  });

  test('is every text that is not exactly of the form', () => {
    const form = /^aws-temp#[A-Za-z0-9_+=,.@-]{1,64}#\d{12}$/;
    const near = fc
      .tuple(fc.constantFrom('aws-temp', 'Reviewer', 'Auditor', 'Admin', account, '#', ' '), fc.string())
      .map(([known, rest]) => `aws-temp#${known}${rest}`);
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), near), (group) => {
        expect(targetNamedBy(group) === undefined).toBe(!form.test(group));
      }),
    );
  });
});

describe('roles of people', () => {
  const leads = policyOf(ruleWith({ groups: ['leads', 'security'] }));
  const others = ['aws-temp#reviewer', 'aws-temp#Reviewers', ' aws-temp#Reviewer', 'aws-temp#Auditor\n'];
  test.each([
    ['a reviewer', ['aws-temp#Reviewer'], policy, true, false],
    ['an auditor', ['aws-temp#Auditor'], policy, false, true],
    ['both', ['aws-temp#Reviewer', 'aws-temp#Auditor'], policy, true, true],
    ['a reviewer, where a rule names others', ['aws-temp#Reviewer'], leads, true, false],
    ['a member of a group that a rule names', ['security'], leads, true, false],
    ['a member of that group, where no rule does', ['security'], policy, false, false],
    [
      'somebody of roles called so',
      [`aws-temp#Reviewer#${account}`, `aws-temp#Auditor#${account}`],
      leads,
      false,
      false,
    ],
    ['somebody of groups that look so', others, leads, false, false],
    ['nobody', [], leads, false, false],
  ])('%s: %#', (_name, groups, rules, reviewer, auditor) => {
    const user = inGroups(nemo, ...groups);
    expect([isReviewer(user, rules), isAuditor(user)]).toEqual([reviewer, auditor]);
  });

  test('the groups of reviewers are the conventional one and those of the rules, once each', () => {
    expect(reviewerGroups(policy)).toEqual(['aws-temp#Reviewer']);
    expect(reviewerGroups(leads)).toEqual(['aws-temp#Reviewer', 'leads', 'security']);
  });
});

test.each([
  ['itself', { account, role: 'A' }, true],
  ['another role', { account, role: 'B' }, false],
  ['the role in other letters', { account, role: 'a' }, false],
  ['another account', { account: '222222222222', role: 'A' }, false],
])('a target and %s', (_name, other, same) => {
  const target = { account, role: 'A' };
  expect(sameTarget(target, other)).toBe(same);
  expect(targetKey(target) === targetKey(other)).toBe(same);
});
