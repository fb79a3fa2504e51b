import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AccessRequest } from '../../../api/domain/access-request.ts';
import { create } from '../../../api/domain/creation.ts';
import { plusMinutes } from '../../../api/domain/instant.ts';
import type { Command } from '../../../api/domain/lifecycle.ts';
import type { SteppedUpAction, StepUp } from '../../../api/domain/policy-document.ts';
import { checkCommandStepUp, checkStepUp, stepUpInWords } from '../../../api/domain/step-up.ts';
import { diffStepUp } from '../../../api/domain/step-up-diff.ts';
import type { Authentication, User } from '../../../api/domain/user.ts';
import { ada, allowed, alone, askFor, codeOf, ravi, stoppedWorld, unknownSignIn } from '../people.ts';
import { noStepUp, policyOf, ruleWith } from './one-rule.ts';

const now = stoppedWorld().now();
const nothing: StepUp = { maxAgeMinutes: null, acr: [], amr: [] };
const strong: Authentication = { at: plusMinutes(now, -10), acr: 'gold', amr: ['pwd', 'otp', 'mfa'] };
const asking = (stepUp: Partial<StepUp>, action: SteppedUpAction = 'issue') => ({
  stepUp: { ...noStepUp, [action]: { ...nothing, ...stepUp } },
});
const missingIn = (stepUp: Partial<StepUp>, signIn: Partial<Authentication>) => {
  const checked = checkStepUp(asking(stepUp), 'issue', { ...strong, ...signIn }, now);
  return checked.ok ? [] : checked.denial.evidence.missing;
};
const secondsAgo = (seconds: number) => plusMinutes(now, -seconds / 60);

describe('a sign-in is enough', () => {
  test.each<[string, Partial<StepUp>, Partial<Authentication>]>([
    ['where nothing is asked', {}, unknownSignIn],
    ['that is young enough', { maxAgeMinutes: 15 }, {}],
    ['in the last second', { maxAgeMinutes: 15 }, { at: secondsAgo(900) }],
    ['of this moment', { maxAgeMinutes: 15 }, { at: now }],
    ['of a provider whose clock is ahead', { maxAgeMinutes: 15 }, { at: secondsAgo(-60) }],
    ['at the level', { acr: ['gold'] }, { at: null, amr: [] }],
    ['at one of the levels', { acr: ['platinum', 'gold'] }, {}],
    ['by the method', { amr: ['mfa'] }, { at: null, acr: null }],
    ['by all of the methods', { amr: ['otp', 'mfa'] }, {}],
    ['in every way', { maxAgeMinutes: 15, acr: ['gold'], amr: ['mfa'] }, {}],
  ])('%s', (_what, stepUp, signIn) => {
    expect(missingIn(stepUp, signIn)).toEqual([]);
  });
});

describe('a sign-in is not enough', () => {
  test.each<[string, Partial<StepUp>, Partial<Authentication>, string[]]>([
    ['a second later', { maxAgeMinutes: 15 }, { at: secondsAgo(901) }, ['maxAge']],
    ['at a time that is not known', { maxAgeMinutes: 15 }, { at: null }, ['maxAge']],
    ['at another level', { acr: ['gold'] }, { acr: 'silver' }, ['acr']],
    ['at a level that is not known', { acr: ['gold'] }, { acr: null }, ['acr']],
    ['at a level with a longer name', { acr: ['gold'] }, { acr: 'gold-ish' }, ['acr']],
    ['at a level with a shorter name', { acr: ['gold'] }, { acr: 'gol' }, ['acr']],
    ['at the level in other letters', { acr: ['gold'] }, { acr: 'Gold' }, ['acr']],
    ['by no method', { amr: ['mfa'] }, { amr: [] }, ['amr']],
    ['by one of two methods', { amr: ['mfa', 'hwk'] }, { amr: ['mfa'] }, ['amr']],
    ['by a method with a longer name', { amr: ['mfa'] }, { amr: ['mfa-later'] }, ['amr']],
    ['that is strong, but old', { maxAgeMinutes: 15, amr: ['mfa'] }, { at: secondsAgo(3600) }, ['maxAge']],
    [
      'in no way',
      { maxAgeMinutes: 15, acr: ['gold'], amr: ['mfa'] },
      unknownSignIn,
      ['maxAge', 'acr', 'amr'],
    ],
  ])('%s', (_what, stepUp, signIn, missing) => {
    expect(missingIn(stepUp, signIn)).toEqual(missing);
  });
});

test('the denial says what to do, and what it was based on', () => {
  const stepUp = { maxAgeMinutes: 15, acr: ['gold', 'platinum'], amr: ['mfa', 'hwk'] };
  expect(checkStepUp(asking(stepUp, 'review'), 'review', { ...strong, at: secondsAgo(3600) }, now)).toEqual({
    ok: false,
    denial: {
      code: 'insufficient-user-authentication',
      sentence:
        'Reviewing needs a new sign-in: of the last 15 min, with a second factor and a hardware key, at the level "gold" or "platinum".',
      evidence: {
        action: 'review',
        maxAgeSeconds: 900,
        authenticatedAt: secondsAgo(3600),
        acr: ['gold', 'platinum'],
        amr: ['mfa', 'hwk'],
        missing: ['maxAge', 'amr'],
      },
    },
  });
  const checked = checkStepUp(asking({ amr: ['mfa'] }), 'issue', unknownSignIn, now);
  expect(checked).toMatchObject({
    denial: {
      sentence: 'Starting a session needs a new sign-in: with a second factor.',
      evidence: { maxAgeSeconds: null, authenticatedAt: null },
    },
  });
});

test.each<[SteppedUpAction, string]>([
  ['review', 'Reviewing'],
  ['revoke', "Revoking another person's access"],
  ['issue', 'Starting a session'],
])('what %s asks, the others do not', (action, doing) => {
  const policy = asking({ amr: ['mfa'] }, action);
  const sentence = `${doing} needs a new sign-in: with a second factor.`;
  expect(checkStepUp(policy, action, unknownSignIn, now)).toMatchObject({ denial: { sentence } });
  const refused = (['review', 'revoke', 'issue'] as const).filter(
    (one) => !checkStepUp(policy, one, unknownSignIn, now).ok,
  );
  expect(refused).toEqual([action]);
});

test.each<[Partial<StepUp>, string]>([
  [{ maxAgeMinutes: 8 * 60 }, 'of the last 8 h'],
  [{ maxAgeMinutes: 10_080, amr: ['sms'] }, 'of the last 7 d, with a code by text message'],
  // What RFC 8176 does not name, and what every object has.
  [{ amr: ['retina', 'constructor'] }, 'with the method "retina" and the method "constructor"'],
  [{ acr: ['urn:gold'] }, 'at the level "urn:gold"'],
])('%j is asked for in words', (stepUp, words) => {
  expect(stepUpInWords({ ...nothing, ...stepUp })).toBe(words);
});

describe('of the commands', () => {
  const request: AccessRequest = allowed(
    create(askFor(), ada, policyOf(ruleWith()), now, alone('1'.repeat(26))),
  ).request;
  const everything = { maxAgeMinutes: 5, acr: ['gold'], amr: ['mfa'] };
  const all = { stepUp: { review: everything, revoke: everything, issue: everything } };
  const review = { kind: 'review', comment: '', version: 1 } as const;
  const refused = 'insufficient-user-authentication';
  test.each<[string, User, (by: User) => Command, string]>([
    ['approving', ravi, (by) => ({ ...review, by, decision: 'approve' }), refused],
    ['rejecting', ravi, (by) => ({ ...review, by, decision: 'reject' }), refused],
    ['confirming afterwards', ravi, (by) => ({ ...review, by, decision: 'confirm' }), refused],
    ['flagging afterwards', ravi, (by) => ({ ...review, by, decision: 'flag' }), refused],
    ["revoking another person's access", ravi, (by) => ({ kind: 'revoke', by, comment: '' }), refused],
    ['ending one’s own access', ada, (by) => ({ kind: 'revoke', by, comment: '' }), 'allowed'],
    ['cancelling', ada, (by) => ({ kind: 'cancel', by }), 'allowed'],
    ['withdrawing an invitation', ravi, (by) => ({ kind: 'cancel', by }), 'allowed'],
    ['closing what time has ended', ravi, () => ({ kind: 'close' }), 'allowed'],
  ])('%s', (_what, user, command, code) => {
    const by = (authentication: Authentication) => command({ ...user, authentication });
    expect(codeOf(checkCommandStepUp(all, request, by(unknownSignIn), now))).toBe(code);
    expect(codeOf(checkCommandStepUp(all, request, by({ ...strong, at: now }), now))).toBe('allowed');
  });
});

const words = (...all: string[]) => fc.subarray(all);
const stepUps: fc.Arbitrary<StepUp | null> = fc.option(
  fc.record({
    maxAgeMinutes: fc.option(fc.constantFrom(5, 15, 60)),
    acr: words('gold', 'silver', 'bronze'),
    amr: words('mfa', 'hwk'),
  }),
);
const signIns: fc.Arbitrary<Authentication> = fc.record({
  at: fc.option(fc.integer({ min: -60, max: 7200 }).map(secondsAgo)),
  acr: fc.option(fc.constantFrom('gold', 'silver', 'bronze', 'tin')),
  amr: words('pwd', 'mfa', 'hwk'),
});
const passes = (issue: StepUp | null, signIn: Authentication) =>
  checkStepUp({ stepUp: { ...noStepUp, issue } }, 'issue', signIn, now).ok;

test('a stronger and younger sign-in is enough wherever a weaker one is', () => {
  fc.assert(
    fc.property(stepUps, signIns, words('mfa', 'hwk'), (stepUp, signIn, more) => {
      const better = { ...signIn, at: signIn.at && now, amr: [...signIn.amr, ...more] };
      return !passes(stepUp, signIn) || passes(stepUp, better);
    }),
  );
});

describe('a difference', () => {
  const withIssue = (issue: StepUp | null) => ({
    ...policyOf(ruleWith()),
    stepUp: { ...noStepUp, issue },
  });
  const changeOf = (before: StepUp | null, after: StepUp | null) =>
    diffStepUp(withIssue(before), withIssue(after))[0]?.change ?? 'none';

  test('is stricter, laxer or neither, exactly as the sign-ins that are enough are', () => {
    fc.assert(
      fc.property(stepUps, stepUps, signIns, (before, after, signIn) => {
        const [then, now] = [passes(before, signIn), passes(after, signIn)];
        const change = changeOf(before, after);
        if (change === 'none') return then === now;
        if (change === 'stricter') return then || !now;
        return change === 'different' || now || !then;
      }),
      { numRuns: 2000 },
    );
  });

  test.each<[string, Partial<StepUp> | null, Partial<StepUp> | null, string]>([
    ['the same', { amr: ['mfa'] }, { amr: ['mfa'] }, 'none'],
    ['the same in another order', { acr: ['gold', 'tin'] }, { acr: ['tin', 'gold'] }, 'none'],
    ['asked for the first time', null, { amr: ['mfa'] }, 'stricter'],
    ['no longer asked', { maxAgeMinutes: 15 }, null, 'laxer'],
    ['a shorter age', { maxAgeMinutes: 15 }, { maxAgeMinutes: 5 }, 'stricter'],
    ['no age any more, but a method', { maxAgeMinutes: 15 }, { amr: ['mfa'] }, 'different'],
    ['a level fewer', { acr: ['gold', 'tin'] }, { acr: ['gold'] }, 'stricter'],
    ['no level any more', { acr: ['gold'], amr: ['mfa'] }, { amr: ['mfa'] }, 'laxer'],
    ['another level', { acr: ['gold'] }, { acr: ['tin'] }, 'different'],
    ['a method fewer', { amr: ['mfa', 'hwk'] }, { amr: ['mfa'] }, 'laxer'],
  ])('%s', (_what, before, after, change) => {
    const whole = (stepUp: Partial<StepUp> | null) => stepUp && { ...nothing, ...stepUp };
    expect(changeOf(whole(before), whole(after))).toBe(change);
  });

  test('is told in words', () => {
    expect(diffStepUp(withIssue(null), withIssue({ ...nothing, maxAgeMinutes: 15 }))).toEqual([
      { action: 'issue', change: 'stricter', before: null, after: 'A sign-in of the last 15 min.' },
    ]);
  });
});
