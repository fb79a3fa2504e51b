import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  checkEligible,
  eligibleTargets,
  isAuditor,
  isReviewer,
  meaningOf,
} from '../../../api/domain/eligibility.ts';
import { codeOf, userOf } from '../people.ts';

const account = '111122223333';

describe('a group that means something', () => {
  test.each([
    [`aws-temp#Admin#${account}`, { kind: 'target', target: { account, role: 'Admin' } }],
    [`aws-temp#a+b=c,d.e@f_g-h#${account}`, { kind: 'target', target: { account, role: 'a+b=c,d.e@f_g-h' } }],
    [`aws-temp#Reviewer#${account}`, { kind: 'target', target: { account, role: 'Reviewer' } }],
    ['aws-temp#Reviewer', { kind: 'reviewer' }],
    ['aws-temp#Auditor', { kind: 'auditor' }],
  ])('%s', (group, meaning) => {
    expect(meaningOf(group)).toEqual(meaning);
  });
});

describe('a group that means nothing', () => {
  test.each([
    'aws-temp',
    'aws-temp#',
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
    expect(meaningOf(group)).toBeUndefined();
  });

  test('is every text that is not exactly of the form', () => {
    const form = /^aws-temp#(Reviewer|Auditor|[A-Za-z0-9_+=,.@-]{1,64}#\d{12})$/;
    const near = fc
      .tuple(fc.constantFrom('aws-temp', 'Reviewer', 'Auditor', 'Admin', account, '#', ' '), fc.string())
      .map(([known, rest]) => `aws-temp#${known}${rest}`);
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), near), (group) => {
        expect(meaningOf(group) === undefined).toBe(!form.test(group) || group.endsWith('\n'));
      }),
    );
  });
});

test('targets come once each, by account and role', () => {
  const user = userOf('u', 'U', [
    'aws-temp#B#222222222222',
    `aws-temp#B#${account}`,
    `aws-temp#A#${account}`,
    `aws-temp#A#${account}`,
    'x',
  ]);
  expect(eligibleTargets(user)).toEqual([
    { account, role: 'A' },
    { account, role: 'B' },
    { account: '222222222222', role: 'B' },
  ]);
});

test('a refusal names the group that would help', () => {
  const user = userOf('u', 'U', [`aws-temp#Admin#${account}`]);
  expect(codeOf(checkEligible(user, { account, role: 'Admin' }))).toBe('allowed');
  expect(checkEligible(user, { account, role: 'Admi' })).toMatchObject({
    ok: false,
    denial: { code: 'not-eligible', evidence: { group: `aws-temp#Admi#${account}` } },
  });
});

test('a role called Reviewer makes nobody a reviewer', () => {
  const user = userOf('u', 'U', [`aws-temp#Reviewer#${account}`, `aws-temp#Auditor#${account}`]);
  expect([isReviewer(user), isAuditor(user)]).toEqual([false, false]);
});
