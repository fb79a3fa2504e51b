import { describe, expect, test } from 'vitest';
import { Problem } from '../../../web/lib/problem.ts';
import { type Evidence, notConfirmed, notEnough } from '../../../web/lib/step-up-words.ts';

const sentence = 'Starting a session needs a new sign-in: of the last 15 min, with a second factor.';
const refusal = (evidence: Evidence) =>
  new Problem({
    status: 401,
    code: 'insufficient-user-authentication',
    title: 'Sign in needed',
    detail: sentence,
    evidence,
    correlationId: 'c-1',
  });
const strict = { action: 'issue', maxAgeSeconds: 900, acr: ['urn:gold'], amr: ['mfa'] };

describe('what is said where it is not done', () => {
  test('for now: that everything is still there', () => {
    const problem = notConfirmed(refusal(strict));
    expect(problem).toMatchObject({
      code: 'insufficient-user-authentication',
      correlationId: 'c-1',
      evidence: {},
    });
    expect(problem.detail).toBe(
      `${sentence} Nothing was sent, and what you typed is still here: try again when you can sign in.`,
    );
  });

  test.each([
    [['maxAge'], 'that it was just now.'],
    [['acr'], 'at which level it was.'],
    [['maxAge', 'amr', 'constructor'], 'that it was just now, how you did it.'],
  ])('after a new sign-in that lacks %j', (missing, words) => {
    const { detail, code } = notEnough(refusal({ ...strict, missing }));
    expect(code).toBe('sign-in-not-enough');
    expect(detail.startsWith(`${sentence} You signed in again`)).toBe(true);
    expect(detail).toContain(`your sign-in provider did not confirm ${words}`);
    expect(detail).toContain('Ask whoever manages sign-in');
  });
});
