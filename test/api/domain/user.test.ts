import { describe, expect, test } from 'vitest';
import { maybeSamePerson, type Person, personOf, userId } from '../../../api/domain/user.ts';
import { ada } from '../people.ts';

const person = (id: string, email: string): Person => ({ id, name: 'A', email });

describe('two that are, or may be, one person', () => {
  test.each([
    ['one id', person('a', 'a@example.com'), person('a', 'b@example.com'), true],
    ['one e-mail', person('a', 'a@example.com'), person('b', 'a@example.com'), true],
    ['one e-mail in other letters', person('a', 'a@example.com'), person('b', 'A@Example.COM'), true],
    [
      'one e-mail, composed and decomposed',
      person('a', 'zo\u00eb@x.example'),
      person('b', 'zoe\u0308@x.example'),
      true,
    ],
    ['one e-mail in wide letters', person('a', 'a@x.example'), person('b', ' \uff41@x.example'), true],
    [
      'e-mails that only capitals would make one',
      person('a', 'wei\u00df@x.example'),
      person('b', 'weiss@x.example'),
      false,
    ],
    ['two ids and two e-mails', person('a', 'a@example.com'), person('b', 'b@example.com'), false],
    ['no e-mail, both: they may be', person('a', ''), person('b', ''), true],
    ['no e-mail, one of them', person('a', ''), person('b', 'b@example.com'), false],
    ['ids that differ in case', person('a', 'a@example.com'), person('A', 'b@example.com'), false],
  ])('%s: %#', (_what, one, other, same) => {
    expect(maybeSamePerson(one, other)).toBe(same);
    expect(maybeSamePerson(other, one)).toBe(same);
  });
});

test('groups belong to the moment of a decision and are not kept', () => {
  expect(personOf(ada)).toEqual({ id: ada.id, name: ada.name, email: ada.email });
});

test('two providers never give one id', () => {
  expect(userId('https://a.example.com', 'x')).not.toBe(userId('https://a.example.com/x', ''));
});
