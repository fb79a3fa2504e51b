import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AccessRequest } from '../../../api/domain/access-request.ts';
import { type Instant, instantOf, plusMinutes } from '../../../api/domain/instant.ts';
import { apply, type Command, create, statusAt } from '../../../api/domain/lifecycle.ts';
import { planSession } from '../../../api/domain/session.ts';
import { maybeSamePerson, type User } from '../../../api/domain/user.ts';
import { ada, allowed, askFor, eve, nemo, otto, policy, ravi, rosa, stoppedWorld } from '../people.ts';

/** Whatever people do in whatever order at whatever time, what must always hold holds. */

const { digest } = stoppedWorld();
const adaAsReviewer: User = { ...ada, groups: [...ada.groups, ...ravi.groups] };
const sameEmail: User = { ...ravi, id: 'https://id.example.com#second', email: ada.email.toUpperCase() };
const adaWithoutGroups: User = { ...ada, groups: [] };
const anybody = fc.constantFrom(ada, adaAsReviewer, adaWithoutGroups, sameEmail, eve, nemo, otto, ravi, rosa);
const terminal = new Set(['rejected', 'cancelled', 'expired', 'ended', 'revoked']);

const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({
    kind: fc.constant('review' as const),
    by: anybody,
    decision: fc.constantFrom('approve' as const, 'reject' as const),
    comment: fc.constant(''),
    version: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({ kind: fc.constant('cancel' as const), by: anybody }),
  fc.record({ kind: fc.constant('revoke' as const), by: anybody, comment: fc.constant('') }),
  fc.record({ kind: fc.constant('close' as const) }),
);
const begin = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2400, 0, 1) }).map(instantOf);
/** Minutes between two commands; negative ones are another Lambda's clock. */
const pause = fc.double({ min: -3, max: 400, noNaN: true });
const history = fc.array(fc.tuple(command, pause), { maxLength: 12 });

interface Seen {
  readonly request: AccessRequest;
  readonly at: Instant;
  readonly accepted: boolean;
  readonly before: AccessRequest;
}

function live(start: Instant, steps: [Command, number][]): Seen[] {
  let request: AccessRequest = allowed(create(askFor(), ada, policy, start, 'a'.repeat(26))).request;
  let at = start;
  return steps.map(([next, minutes]) => {
    at = plusMinutes(at, minutes);
    const before = request;
    const outcome = apply(request, next, at);
    if (outcome.ok) request = outcome.value.request;
    return { request, at, accepted: outcome.ok, before };
  });
}

describe('whatever happens', () => {
  test('a session is only ever possible in an approved, unrevoked window, for the requester, by a second person', () => {
    fc.assert(
      fc.property(begin, history, anybody, pause, (start, steps, user, wait) => {
        for (const { request, at } of live(start, steps)) {
          const now = plusMinutes(at, wait);
          const plan = planSession(request, user, request.rule, now, digest);
          if (!plan.ok) continue;
          if (request.status !== 'approved') throw new Error('a session of a request that is not approved');
          expect(now >= request.window.from && now < request.window.until).toBe(true);
          expect(user.id).toBe(request.requester.id);
          expect(user.groups).toContain('aws-temp#Admin#111122223333');
          expect(request.review.decision).toBe('approve');
          expect(maybeSamePerson(request.review.reviewer, request.requester)).toBe(false);
          expect(plan.value.target).toEqual(request.target);
          expect(plan.value.denyFrom <= request.window.until).toBe(true);
          expect(plan.value.endsAt <= plan.value.denyFrom).toBe(true);
          expect(plan.value.durationSeconds).toBeGreaterThanOrEqual(900);
          expect(plan.value.durationSeconds).toBeLessThanOrEqual(3600);
        }
      }),
    );
  });

  test('a terminal state never changes, and every accepted command adds one version', () => {
    fc.assert(
      fc.property(begin, history, (start, steps) => {
        for (const { request, before, accepted } of live(start, steps)) {
          expect(request.version).toBe(before.version + (accepted ? 1 : 0));
          if (terminal.has(before.status)) expect(request).toBe(before);
        }
      }),
    );
  });

  test('what is stored is never a status of the moment, and time never brings access back', () => {
    fc.assert(
      fc.property(begin, history, fc.double({ min: 0, max: 1e6, noNaN: true }), (start, steps, wait) => {
        for (const { request, at } of live(start, steps)) {
          expect(['scheduled', 'active']).not.toContain(request.status);
          const now = statusAt(request, at);
          if (terminal.has(now)) expect(statusAt(request, plusMinutes(at, wait))).toBe(now);
        }
      }),
    );
  });
});
