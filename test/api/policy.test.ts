import { describe, expect, test } from 'vitest';
import { accountName, defaultLimits, ruleFor } from '../../api/domain/policy-document.ts';
import { compilePolicy, InvalidPolicy } from '../../api/policy.ts';

const production = { id: '111122223333', name: 'Production' };

/** The problems of a document that the test needs to be refused. */
function problemsOf(document: unknown): readonly string[] {
  try {
    compilePolicy(document);
  } catch (error) {
    if (error instanceof InvalidPolicy) return error.problems;
    throw error;
  }
  return [];
}

test('an empty document is the defaults: eight hours, a day to be reviewed, sessions of an hour', () => {
  expect(compilePolicy({})).toEqual({ accounts: [], limits: defaultLimits });
  expect(defaultLimits).toEqual({ maxDurationMinutes: 480, pendingMinutes: 1440, sessionMinutes: 60 });
});

test('durations become minutes, and an account’s own limits come before the general ones', () => {
  const policy = compilePolicy({
    limits: { maxDuration: '4h', pendingFor: '2d' },
    accounts: [{ ...production, maxDuration: '90m', sessionLength: '15m' }],
  });
  const target = (account: string) => ({ account, role: 'Admin' });
  expect(ruleFor(policy, target(production.id))).toEqual({
    maxDurationMinutes: 90,
    pendingMinutes: 2880,
    sessionMinutes: 15,
  });
  expect(ruleFor(policy, target('444455556666'))).toEqual({
    maxDurationMinutes: 240,
    pendingMinutes: 2880,
    sessionMinutes: 60,
  });
  expect(accountName(policy, production.id)).toBe('Production');
  expect(accountName(policy, '444455556666')).toBeNull();
});

describe('a duration', () => {
  test.each([
    ['maxDuration', '15m', 15],
    ['maxDuration', '12h', 720],
    ['maxDuration', '14m', undefined],
    ['maxDuration', '13h', undefined],
    ['maxDuration', '1d', undefined],
    ['pendingFor', '7d', 10_080],
    ['pendingFor', '8d', undefined],
    ['pendingFor', '14m', undefined],
    ['sessionLength', '1h', 60],
    ['sessionLength', '61m', undefined],
    ['sessionLength', '14m', undefined],
  ] as const)('%s: %s is %s minutes', (name, text, minutes) => {
    const document = { limits: { [name]: text } };
    if (minutes === undefined) {
      expect(problemsOf(document)).toEqual([expect.stringMatching(`^limits\\.${name}: between`)]);
    } else expect(Object.values(compilePolicy(document).limits)).toContain(minutes);
  });
  test.each([
    '',
    '8',
    'h',
    '0h',
    '08h',
    '1.5h',
    '-1h',
    '8 h',
    '8H',
    '1h30m',
    '8h\n',
    '١h',
    '999999m',
    480,
    null,
    ['8h'],
  ])('is not written %j', (written) => {
    expect(problemsOf({ limits: { maxDuration: written } })).toEqual([
      expect.stringContaining('limits.maxDuration: '),
    ]);
  });
});

describe('a document that is refused', () => {
  test.each([
    ['nothing', null, 'the file: '],
    ['a text', 'limits', 'the file: '],
    ['a list', [], 'the file: '],
    ['an unknown part', { rules: [] }, 'the file: Unrecognized key: "rules"'],
    ['an unknown limit', { limits: { max: '8h' } }, 'limits: Unrecognized key: "max"'],
    [
      'an account id that YAML read as a number',
      { accounts: [{ ...production, id: 111122223333 }] },
      'accounts.0.id: ',
    ],
    [
      'an account id that is too short',
      { accounts: [{ ...production, id: '11112222333' }] },
      'accounts.0.id: ',
    ],
    ['an account without a name', { accounts: [{ id: production.id }] }, 'accounts.0.name: '],
    ['a name of spaces', { accounts: [{ ...production, name: '   ' }] }, 'accounts.0.name: '],
    ['a name with a line break', { accounts: [{ ...production, name: 'a\nb' }] }, 'accounts.0.name: '],
    [
      'a name that turns text round',
      { accounts: [{ ...production, name: 'a\u202eb' }] },
      'accounts.0.name: ',
    ],
    [
      'a name that is too long',
      { accounts: [{ ...production, name: 'a'.repeat(101) }] },
      'accounts.0.name: ',
    ],
    [
      'an unknown field',
      { accounts: [{ ...production, owner: 'me' }] },
      'accounts.0: Unrecognized key: "owner"',
    ],
    ['one account twice', { accounts: [production, production] }, 'accounts.1.id: 111122223333 stands twice'],
  ])('%s', (_what, document, problem) => {
    expect(problemsOf(document)[0]).toContain(problem);
  });

  test('names every problem at once', () => {
    const problems = problemsOf({
      limits: { maxDuration: '8x', max: 1 },
      accounts: [production, { id: '1', name: '' }, production],
      rules: [],
    });
    for (const place of [
      'limits.maxDuration',
      'limits',
      'accounts.1.id',
      'accounts.1.name',
      'accounts.2.id',
      'the file',
    ]) {
      expect(problems).toContainEqual(expect.stringContaining(`${place}: `));
    }
    expect(new InvalidPolicy(problems).message).toContain(problems.join('\n  '));
  });
});
