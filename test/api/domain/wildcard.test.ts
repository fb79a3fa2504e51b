import fc from 'fast-check';
import { expect, test } from 'vitest';
import { covers, exampleOf, hasWildcard, matchesPattern } from '../../../api/domain/wildcard.ts';

test.each([
  ['Admin', 'Admin', true],
  ['Admin', 'admin', false],
  ['Admin', 'Administrator', false],
  ['Admin', '', false],
  ['*', '', true],
  ['*', 'Admin', true],
  ['Admin*', 'Admin', true],
  ['Admin*', 'Administrator', true],
  ['Admin*', 'MyAdmin', false],
  ['*Admin', 'MyAdmin', true],
  ['*Admin', 'Admins', false],
  ['A*n', 'An', true],
  ['A*n', 'A', false],
  ['aba*aba', 'aba', false],
  ['aba*aba', 'abaaba', true],
  ['*ab*ba*', 'aba', false],
  ['*ab*ba*', 'abba', true],
  ['a*b*c', 'aXbYbZc', true],
  ['a*b*c', 'acb', false],
  ['a*b*b', 'ab', false],
  ['a***c', 'ac', true],
  ['a*b*c*d', 'abcd', true],
  ['a*bc*cd', 'abcd', false],
  // Everything but the star stands for itself.
  ['a.c', 'abc', false],
  ['a.*c', 'a.bc', true],
  ['a.*c', 'abc', false],
  ['[ab]*', 'a', false],
  ['(a|b)*', 'b', false],
  ['a?*', 'a', false],
  ['^a$*', 'a', false],
  ['\\*', '*', false],
  ['a*', 'a\nb', true],
  ['é*', 'école', true],
])('%j matches %j: %s', (pattern, text, want) => {
  expect(matchesPattern(pattern, text)).toBe(want);
});

test('many stars take no longer than few', () => {
  expect(matchesPattern('a*'.repeat(64), `${'a'.repeat(5000)}b`)).toBe(true);
  expect(matchesPattern(`${'a*'.repeat(64)}b`, 'a'.repeat(5000))).toBe(false);
});

test.each([
  ['*', 'A*', true],
  ['A*', 'A*', true],
  ['A*', 'Admin', true],
  ['A*', 'AB*', true],
  ['A*', '*', false],
  ['AB*', 'A*', false],
  ['A*B*', 'A*B', true],
  ['A*B', 'A*B*', false],
  ['A**', 'A*', true],
  ['*A*', 'A*', true],
  ['Admin', 'Admin', true],
  ['Admin', 'Admin*', false],
])('%j covers %j: %s', (wide, narrow, want) => {
  expect(covers(wide, narrow)).toBe(want);
});

const piece = fc.array(fc.constantFrom('a', 'b', '*'), { maxLength: 6 }).map((parts) => parts.join(''));
const word = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 8 }).map((parts) => parts.join(''));

test('a pattern matches what a plain reading of it matches', () => {
  fc.assert(
    fc.property(piece, word, (pattern, text) => {
      const regex = new RegExp(`^${pattern.replaceAll('*', '.*')}$`, 'u');
      expect(matchesPattern(pattern, text)).toBe(regex.test(text));
    }),
  );
});

test('what covers a pattern matches whatever that matches, and the example is one of them', () => {
  fc.assert(
    fc.property(piece, piece, word, (wide, narrow, text) => {
      expect(matchesPattern(narrow, exampleOf(narrow))).toBe(true);
      fc.pre(covers(wide, narrow) && matchesPattern(narrow, text));
      expect(matchesPattern(wide, text)).toBe(true);
    }),
  );
});

test.each([
  ['Admin', false],
  ['*', true],
  ['Ad*n', true],
])('%j has a wildcard: %s', (pattern, want) => {
  expect(hasWildcard(pattern)).toBe(want);
});
