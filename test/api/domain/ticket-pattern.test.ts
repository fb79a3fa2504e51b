import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ticketExample, ticketPatternProblem } from '../../../api/domain/ticket-pattern.ts';

const slow = 'repetitions of repetitions or alternatives could take very long to match';
const long = 'matches nothing: a ticket has up to 64 characters';
const tenWays = Array.from({ length: 10 }, () => 'a').join('|');
const strange = (what: string) => `a ticket pattern may not use ${what}`;

test.each([
  ['[A-Z]{2,10}-[0-9]{1,6}', null],
  ['(?:JIRA|OPS)-\\d+', null],
  ['(JIRA|OPS|CHG)-\\d{1,6}', null],
  ['INC\\d{7}', null],
  ['[A-Z]+-\\d+(?:\\.\\d+)?', null],
  ['^CHG-\\d+$', null],
  ['\\p{Lu}+-\\d+', null],
  ['[\\]\\\\]+x?', null],
  ['a{2,}b??c*?', null],
  ['(ab)*', null],
  ['x{64}', null],
  ['|a', null],
  // As long as a ticket may be, to the character.
  ['^a{64}$', null],
  ['a{64}b??', null],
  ['a{63}[bcd]', null],
  ['a{63}[|(*]', null],
  ['a{63}[\\]]', null],
  ['a{63}\\p{Lu}', null],
  ['(?:a{40}|a){2}', null],
  // As slow as a pattern may be: a million ways, and a repetition ends with the ticket.
  [`(?:${tenWays}){6}`, null],
  ['(?:(?:a|b)\\d\\d-)*', null],
  // What could take longer than anybody waits.
  ['(a+)+', slow],
  ['(a*)*', slow],
  ['(?:a?)+', slow],
  ['(?:a{1,9}){1,9}', slow],
  ['(a|a)*', slow],
  ['(?:a|ab|b)+', slow],
  ['(x+x+)+y', slow],
  ['a*a*a*a*', slow],
  ['([A-Z]+-?)+', slow],
  ['((a{0,64}){0,64}){0,64}', slow],
  ['(|)*', slow],
  ['^(a+)+$', slow],
  ['(\\p{Lu}+)+', slow],
  [`(?:${tenWays}|a){6}`, slow],
  [`(?:${tenWays}){6,7}`, slow],
  // What is not looked into.
  ['(?=a)a', strange('groups that begin with (? but (?:')],
  ['(?<name>a)\\k<name>', strange('\\k')],
  ['(a)\\1', strange('\\1')],
  ['\\bA', strange('\\b')],
  ['\\u{41}', strange('\\u')],
  ['a{65}', strange('more than 64 repetitions')],
  ['a{0,65}', strange('more than 64 repetitions')],
  ['a{65,}', strange('more than 64 repetitions')],
  // What no ticket is short enough for.
  ['(a{40}){2}', long],
  ['a{64}b', long],
  ['a{64}b+', long],
  ['a{64}[bc]', long],
  // What is no pattern by itself, though it would be one between the brackets that are put around it.
  ['a)|(?:b', 'not a regular expression'],
  ['[a', 'not a regular expression'],
  ['a{2', 'not a regular expression'],
  ['\\', 'not a regular expression'],
])('%s: %s', (pattern, want) => {
  expect(ticketPatternProblem(pattern, 64)).toBe(want);
});

test.each([
  ['[A-Z]{2,10}-[0-9]{1,6}', 'ABC-123'],
  ['(?:JIRA|OPS)-\\d+', 'JIRA-123'],
  ['INC\\d{7}', 'INC1234567'],
  ['[A-Z]+-\\d+(?:\\.\\d+)?', 'ABC-123'],
  ['[A-Z][A-Z][A-Z]-\\d\\d', 'ABC-12'],
  ['^CHG-\\d+$', 'CHG-123'],
  ['\\p{Lu}{1,2}\\.\\P{Lu}', 'AB.1'],
  ['[1-9][0-9]*', '1'],
  ['[^A-Z0-9]{4}', 'abcd'],
  ['[x-z]{5}', 'xyzxy'],
  ['[A-F0-9]{8}', 'ABCDEFAB'],
  ['.\\/[._]\\D\\w\\W', 'A/_AB-'],
  ['(?:ab-){2}x?', 'ab-ab-'],
  // The first alternative that is more than nothing.
  ['|a', 'a'],
  ['(?:x?|b|c)\\d', 'b1'],
  ['a{32}', 'a'.repeat(32)],
  // Of what is too long, or of characters that people do not type, there is none.
  ['a{33}', null],
  ['a{31}[bc]+', null],
  ['(ab)*', null],
  ['\\s', null],
  ['A\\s+B', null],
  ['[äöü]+', null],
  ['a\\tb', null],
  ['A$B', null],
])('a ticket like %s is like %j', (pattern, example) => {
  expect(ticketPatternProblem(pattern, 64)).toBeNull();
  expect(ticketExample(pattern)).toBe(example);
});

test.each(['[a', 'a)|(?:b', '('])('of %s, which is no pattern, there is no example', (pattern) => {
  expect(ticketExample(pattern)).toBeNull();
});

const atom = fc.constantFrom('a', 'b', '[ab]', '\\w', '.', '(?:a|b)', '(?:ab)');
const sign = fc.constantFrom('', '', '*', '+', '?', '{1,3}', '{2,}');
const part: fc.Arbitrary<string> = fc.letrec<{ part: string }>((tie) => ({
  part: fc.oneof(
    { maxDepth: 3 },
    fc.tuple(atom, sign).map(([one, times]) => one + times),
    fc
      .tuple(fc.array(tie('part'), { minLength: 1, maxLength: 3 }), fc.constantFrom('', '|'), sign)
      .map(([parts, between, times]) => `(${parts.join(between)})${times}`),
  ),
})).part;

test('a pattern that passes is quick on the texts that are worst for it', () => {
  fc.assert(
    fc.property(part, (pattern) => {
      fc.pre(ticketPatternProblem(pattern, 64) === null);
      const regex = new RegExp(`^(?:${pattern})$`, 'u');
      const begin = performance.now();
      for (const unit of ['a', 'b', 'ab']) regex.test(`${unit.repeat(64).slice(0, 63)}!`);
      expect(performance.now() - begin).toBeLessThan(5000);
    }),
  );
});

test('a pattern that passes takes its own example', () => {
  fc.assert(
    fc.property(part, (pattern) => {
      fc.pre(ticketPatternProblem(pattern, 64) === null);
      const example = ticketExample(pattern);
      expect(example === null || new RegExp(`^(?:${pattern})$`, 'u').test(example)).toBe(true);
      expect(example).not.toBe('');
    }),
  );
});
