import { describe, expect, test } from 'vitest';
import type { ReviewView } from '../../../../api/contract.ts';
import { limits } from '../../../../api/limits.ts';
import { type Decision, effectOf, missingIn } from '../../../../web/features/reviews/review-words.ts';

const now = Date.parse('2026-11-24T09:00:00.000Z');
const later = '2026-11-24T12:00:00.000Z';
const earlier = '2026-11-24T08:00:00.000Z';

function reviewsOf(...decisions: ReviewView['decision'][]): ReviewView[] {
  return decisions.map((decision, index) => ({
    reviewer: { id: `reviewer-${index}`, name: '', email: '' },
    decision,
    comment: '',
    at: earlier,
  }));
}

describe('what the next approval does', () => {
  test.each([
    ['the only one', reviewsOf(), 1, null, { kind: 'starts-now' }],
    ['the first of two', reviewsOf(), 2, null, { kind: 'one-of-several', nth: 1, of: 2 }],
    ['the first of two, for later', reviewsOf(), 2, later, { kind: 'one-of-several', nth: 1, of: 2 }],
    ['the second of two', reviewsOf('approve'), 2, null, { kind: 'starts-now' }],
    ['the second of three', reviewsOf('approve'), 3, null, { kind: 'one-of-several', nth: 2, of: 3 }],
    ['the last, for later', reviewsOf('approve'), 2, later, { kind: 'starts-later', start: later }],
    ['the only one, for a time that has passed', reviewsOf(), 1, earlier, { kind: 'starts-now' }],
  ])('%s', (_name, reviews, approvalsNeeded, start, effect) => {
    expect(effectOf({ reviews, approvalsNeeded, start }, now)).toEqual(effect);
  });
});

describe('what is missing in the form', () => {
  const long = 'x'.repeat(limits.comment.max + 1);
  const tooLong = { comment: `Shorten the comment to ${limits.comment.max} characters.` };
  test.each<[Decision | null, string, boolean, object]>([
    [null, '', false, { decision: 'Choose whether to approve or to reject.' }],
    [null, '', true, { decision: 'Choose whether to confirm or to flag it.' }],
    ['approve', '', false, {}],
    ['confirm', '', true, {}],
    [
      'reject',
      ' \n',
      false,
      { comment: 'Say why it is rejected, so that the requester knows what to change.' },
    ],
    ['flag', ' ', true, { comment: 'Say what was wrong with it, so that it can be put right.' }],
    ['reject', 'Why now?', false, {}],
    ['flag', 'You could have called.', true, {}],
    ['approve', long, false, tooLong],
    ['flag', long, true, tooLong],
  ])('%s, commented %j', (decision, comment, afterwards, missing) => {
    expect(missingIn(decision, comment, afterwards)).toEqual(missing);
  });
});
