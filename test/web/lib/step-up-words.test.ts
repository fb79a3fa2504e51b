import { describe, expect, test } from 'vitest';
import { Problem } from '../../../web/lib/problem.ts';
import { type Evidence, needInWords, notConfirmed, notEnough } from '../../../web/lib/step-up-words.ts';

const refusal = (evidence: Evidence) =>
  new Problem({
    status: 401,
    code: 'insufficient-user-authentication',
    title: 'Sign in needed',
    detail: 'Sign in again.',
    evidence,
    correlationId: 'c-1',
  });
const strict = {
  action: 'issue',
  maxAgeSeconds: 900,
  acr: ['urn:gold', 'urn:platinum'],
  amr: ['mfa', 'constructor'],
};

test.each<[Evidence, string]>([
  [
    { action: 'review', maxAgeSeconds: 28_800, acr: [], amr: [] },
    'Reviewing needs a sign-in of the last 8 h.',
  ],
  [
    { action: 'revoke', maxAgeSeconds: null, acr: [], amr: ['mfa'] },
    "Revoking somebody else's access needs a sign-in with a second factor.",
  ],
  [
    strict,
    'Starting a session needs a sign-in of the last 15 min with a second factor and the method "constructor" at the level "urn:gold" or "urn:platinum".',
  ],
  [{ action: 'new', maxAgeSeconds: 300 }, 'This needs a sign-in of the last 5 min.'],
])('%j', (evidence, words) => {
  expect(needInWords(evidence)).toBe(words);
});

describe('what is said where it is not done', () => {
  test('for now: that everything is still there', () => {
    const problem = notConfirmed(refusal(strict));
    expect(problem).toMatchObject({
      code: 'insufficient-user-authentication',
      correlationId: 'c-1',
      evidence: {},
    });
    expect(problem.detail).toContain('Nothing was sent, and what you typed is still here');
  });

  test.each([
    [['maxAge'], 'that you signed in just now.'],
    [['acr'], 'a sign-in at the level urn:gold or urn:platinum.'],
    [
      ['maxAge', 'amr'],
      'that you signed in just now, a sign-in with a second factor and the method "constructor".',
    ],
  ])('after a new sign-in that lacks %j', (missing, words) => {
    const { detail, code } = notEnough(refusal({ ...strict, missing }));
    expect(code).toBe('sign-in-not-enough');
    expect(detail).toContain(`your sign-in provider did not confirm ${words}`);
    expect(detail).toContain('Ask whoever manages sign-in');
  });
});
