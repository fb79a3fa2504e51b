import { describe, expect, test } from 'vitest';
import { conventionGroup } from '../../../api/domain/eligibility.ts';
import type { Who } from '../../../api/domain/policy-document.ts';
import {
  askerOf,
  isOf,
  kindsApart,
  kindsOf,
  otherAccount,
  together,
  type UserKind,
  whatOf,
} from '../../../api/domain/user-kind.ts';
import { compilePolicy } from '../../../api/policy.ts';
import { fileOf, production, ruleOf, sandbox } from '../policy-documents.ts';

/** A few users that stand for all others. */

const of = (more: Partial<Who>): Who => ({ groups: [], claims: {}, conventions: false, ...more });
const kind: (more: Partial<UserKind>) => UserKind = of;
const target = { account: production.id, role: 'Admin' };

describe('the kinds of user that a rule is about', () => {
  test.each<[string, Who, UserKind[]]>([
    ['anybody', of({}), [kind({})]],
    ['one of two groups', of({ groups: ['x', 'y'] }), [kind({ groups: ['x'] }), kind({ groups: ['y'] })]],
    [
      'a value of each claim',
      of({ claims: { team: ['a', 'b'], country: ['c', 'd'] }, conventions: true }),
      ['c', 'd'].flatMap((country) =>
        ['a', 'b'].map((team) => kind({ claims: { team: [team], country: [country] }, conventions: true })),
      ),
    ],
    [
      'group and claim',
      of({ groups: ['x'], claims: { team: ['a'] } }),
      [kind({ groups: ['x'], claims: { team: ['a'] } })],
    ],
  ])('%s', (_what, who, kinds) => {
    expect([...kindsOf(who)]).toEqual(kinds);
    for (const one of kinds) expect(isOf(one, who)).toBe(true);
  });

  test.each<[string, UserKind, Who]>([
    ['another group', kind({ groups: ['y'] }), of({ groups: ['x'] })],
    ['another value', kind({ claims: { team: ['b'] } }), of({ claims: { team: ['a'] } })],
    ['another claim', kind({ claims: { country: ['a'] } }), of({ claims: { team: ['a'] } })],
    ['only the group', kind({ groups: ['x'] }), of({ groups: ['x'], claims: { team: ['a'] } })],
    ['not named', kind({ groups: ['x'] }), of({ groups: ['x'], conventions: true })],
  ])('not: %s', (_what, one, who) => {
    expect(isOf(one, who)).toBe(false);
  });
});

test('who is of two kinds has all that either has, and no more', () => {
  const one = kind({ groups: ['x'], claims: { team: ['a'], country: ['c'] } });
  const other = kind({ groups: ['y'], claims: { team: ['b'] }, conventions: true });
  const both = { groups: ['x', 'y'], claims: { team: ['a', 'b'], country: ['c'] }, conventions: true };
  expect(together(one, other)).toEqual(both);
  expect(together(one, one).conventions).toBe(false);
  expect(together(other, one).conventions).toBe(true);
});

test('a user of a kind says of every other claim that there is nothing, and is named for the target', () => {
  const policy = compilePolicy(fileOf(ruleOf('a', { who: { claims: { team: 'a', country: 'c' } } })));
  expect(askerOf(policy, kind({ groups: ['x'], claims: { team: ['a'] } }), target)).toEqual({
    groups: ['x'],
    claims: { team: ['a'], country: [] },
  });
  expect(askerOf(policy, kind({ groups: ['x'], conventions: true }), target)).toEqual({
    groups: ['x', conventionGroup(target)],
    claims: { team: [], country: [] },
  });
});

test.each([
  ['its account and role', {}, target, true],
  ['another account', {}, { ...target, account: sandbox.id }, false],
  ['another role', {}, { ...target, role: 'Admin2' }, false],
  ['an account that nobody knows', {}, { ...target, account: otherAccount }, false],
  ['what groups name', { conventions: true }, target, true],
  ['what no group can name', { conventions: true }, { ...target, account: otherAccount }, false],
])('what a rule is about, whoever asks: %s', (_what, more, about, is) => {
  const who = { groups: 'x', claims: { team: 'a' }, ...more };
  const policy = compilePolicy(
    fileOf(ruleOf('a', { who, what: { accounts: production.id, roles: 'Admin' } })),
  );
  const [rule = expect.unreachable()] = policy.rules;
  expect(whatOf(policy, rule)(about)).toBe(is);
});

describe('the kinds that rules can tell apart', () => {
  const apart = (...whos: Who[]) => kindsApart(whos, 100).kinds.map(({ stands }) => stands);

  test.each<[string, Who[], Who[]]>([
    ['none without a rule', [], []],
    [
      'groups that are always named together are one',
      [of({ groups: ['x', 'y'] }), of({ groups: ['z', 'y', 'x'] })],
      [of({ groups: ['x', 'y'] }), of({ groups: ['z'] })],
    ],
    [
      'groups that some rule names alone are two',
      [of({ groups: ['x', 'y'] }), of({ groups: ['x'] })],
      [of({ groups: ['x'] }), of({ groups: ['y'] })],
    ],
    [
      'values that are always named together are one',
      [of({ claims: { team: ['a', 'b'] } }), of({ claims: { team: ['c', 'b', 'a'] } })],
      [of({ claims: { team: ['a', 'b'] } }), of({ claims: { team: ['c'] } })],
    ],
    [
      'the same value of two claims is two',
      [of({ claims: { team: ['a'] } }), of({ claims: { country: ['a'] } })],
      [of({ claims: { team: ['a'] } }), of({ claims: { country: ['a'] } })],
    ],
    [
      'a value that is called like a group is not that group',
      [of({ groups: ['a'], claims: { team: ['a'] } }), of({ groups: ['a'] })],
      [of({ groups: ['a'], claims: { team: ['a'] } }), of({ groups: ['a'] })],
    ],
    ['the same twice is one', [of({ groups: ['x', 'x'] }), of({ groups: ['x'] })], [of({ groups: ['x'] })]],
    [
      'claims in another order are one',
      [of({ claims: { team: ['a'], country: ['c'] } }), of({ claims: { country: ['c'], team: ['a'] } })],
      [of({ claims: { country: ['c'], team: ['a'] } })],
    ],
    [
      'who is named is another',
      [of({ groups: ['x'] }), of({ groups: ['x'], conventions: true })],
      [of({ groups: ['x'] }), of({ groups: ['x'], conventions: true })],
    ],
  ])('%s', (_what, whos, stands) => {
    expect(apart(...whos)).toEqual(stands);
  });

  test('are what the rules are about, each with one group and one value', () => {
    const { kinds } = kindsApart([of({ groups: ['x', 'y'], claims: { team: ['a', 'b'] } })], 100);
    expect(kinds.map((one) => one.kind)).toEqual([kind({ groups: ['x'], claims: { team: ['a'] } })]);
  });

  test('are as many as may be, and no more', () => {
    const whos = [of({ groups: ['x'] }), of({ groups: ['y'] }), of({ groups: ['x'] })];
    const [first = expect.unreachable(), second] = kindsApart(whos, 2).kinds;
    expect(kindsApart(whos, 2)).toEqual({ kinds: [first, second], complete: true });
    expect(kindsApart(whos, 1)).toEqual({ kinds: [first], complete: false });
  });
});
