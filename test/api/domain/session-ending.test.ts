import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Instant, plusMinutes } from '../../../api/domain/instant.ts';
import { ending, narrowing } from '../../../api/domain/session-ending.ts';
import { later } from './one-rule.ts';

/** Which credentials are narrowed, to how long, and what the record says of their end. */

const cli = { kind: 'cli', requestId: 'one' } as const;
const denyFrom = later(10);
const plusSeconds = (at: Instant, seconds: number) => plusMinutes(at, seconds / 60);

describe('credentials are narrowed', () => {
  test('where they would outlive the window: to what is left of it', () => {
    expect(narrowing(cli, { denyFrom }, later(15), later(0))).toEqual({
      durationSeconds: 600,
      description: 'Stepladder request one',
    });
  });

  test('to a second, where that is left', () => {
    const asked = narrowing(cli, { denyFrom }, later(15), plusSeconds(denyFrom, -1));
    expect(asked?.durationSeconds).toBe(1);
  });

  test.each([
    ['that expire with the window', cli, later(10), later(0)],
    ['that expire before it ends', cli, later(5), later(0)],
    ['of the console', { ...cli, kind: 'console' } as const, later(15), later(0)],
    ['in the last second, of which none is left', cli, later(15), plusSeconds(denyFrom, -0.999)],
    ['at the end', cli, later(15), denyFrom],
    ['after the end', cli, later(15), later(11)],
  ])('but not those %s', (_which, session, expiration, now) => {
    expect(narrowing(session, { denyFrom }, expiration, now)).toBeNull();
  });

  test('never to nothing, never to more than is left, and always to whole seconds', () => {
    fc.assert(
      fc.property(fc.double({ min: -100, max: 700, noNaN: true }), (seconds) => {
        const asked = narrowing(cli, { denyFrom }, later(15), plusSeconds(later(0), seconds));
        if (asked === null) return seconds > 599;
        const { durationSeconds } = asked;
        return (
          Number.isInteger(durationSeconds) &&
          durationSeconds >= 1 &&
          durationSeconds <= 600 - seconds + 0.001
        );
      }),
    );
  });
});

describe('what ends them', () => {
  test.each([
    ['their expiry, where that comes first', later(5), false, later(5), 'expiry'],
    ['their expiry, where it is the end of the window', denyFrom, false, denyFrom, 'expiry'],
    ['the session policy, where they would outlive the window', later(15), false, denyFrom, 'session-policy'],
    ['the session policy, where nobody narrowed them', later(15), undefined, denyFrom, 'session-policy'],
    ['their expiry, where they were narrowed', denyFrom, true, denyFrom, 'expiry'],
    ['their expiry, and yet never after the window', plusSeconds(denyFrom, 1), true, denyFrom, 'expiry'],
  ] as const)('%s', (_what, expiration, narrowed, endsAt, what) => {
    expect(ending({ denyFrom }, expiration, narrowed)).toEqual({ endsAt, ending: what });
  });
});
