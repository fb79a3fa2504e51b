import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AccessRequest } from '../../../api/domain/access-request.ts';
import { type Instant, instantOf, plusMinutes } from '../../../api/domain/instant.ts';
import { apply, type Change, type Command, create, statusAt } from '../../../api/domain/lifecycle.ts';
import type { Rule } from '../../../api/domain/policy-document.ts';
import { planSession, type SessionRecord } from '../../../api/domain/session.ts';
import { maybeSamePerson, type User } from '../../../api/domain/user.ts';
import { ada, allowed, askFor, eve, nemo, otto, policy, ravi, rosa, stoppedWorld } from '../people.ts';

/** Whatever people do in whatever order at whatever time, what must always hold holds. */

const { digest } = stoppedWorld();
const id = 'a'.repeat(26);
const adaAsReviewer: User = { ...ada, groups: [...ada.groups, ...ravi.groups] };
const adaWithoutGroups: User = { ...ada, groups: [] };
/** A reviewer with an account of its own and Ada's e-mail, in whatever case. */
const adaAgain = fc
  .array(fc.boolean(), { minLength: ada.email.length, maxLength: ada.email.length })
  .map((upper): User => {
    const email = [...ada.email].map((letter, at) => (upper[at] ? letter.toUpperCase() : letter)).join('');
    return { ...ravi, id: 'https://id.example.com#second', email };
  });
const anybody = fc.oneof(
  fc.constantFrom(ada, adaAsReviewer, adaWithoutGroups, eve, nemo, otto, ravi, rosa),
  adaAgain,
);
const terminal = new Set(['rejected', 'cancelled', 'expired', 'ended', 'revoked']);

const begin = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2400, 0, 1) }).map(instantOf);
/** Minutes between two commands, to the millisecond; negative ones are another Lambda's clock. */
const pause = fc.integer({ min: -180_000, max: 400 * 60_000 }).map((ms) => ms / 60_000);

const session = fc.record({
  user: fc.constantFrom(ada, eve),
  target: fc.constantFrom(askFor().target, askFor('ReadOnly').target),
  endsAt: begin,
});
const record = (some: Pick<SessionRecord, 'user' | 'target' | 'endsAt'>): SessionRecord => ({
  ...some,
  id: 'd'.repeat(26),
  requestId: id,
  kind: 'cli',
  state: 'intended',
  accountName: null,
  at: some.endsAt,
  accessKeyId: null,
  sessionName: 'name',
  sourceIdentity: 'identity',
  sourceIp: '127.0.0.1',
  userAgent: '',
});
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
  fc.record({
    kind: fc.constantFrom('intend-session' as const, 'record-session' as const, 'fail-session' as const),
    session: session.map(record),
    reason: fc.constant('Unavailable'),
  }),
);
/** Begins with an approval half of the time, so that much happens inside windows. */
const history = fc
  .tuple(fc.boolean(), fc.array(fc.tuple(command, pause), { maxLength: 12 }))
  .map(([approvedFirst, steps]): [Command, number][] => {
    const approval = { kind: 'review', by: ravi, decision: 'approve', comment: '', version: 1 } as const;
    return approvedFirst ? [[approval, 1], ...steps] : steps;
  });

interface Step {
  readonly command: Command;
  readonly before: AccessRequest;
  readonly request: AccessRequest;
  readonly at: Instant;
  /** null: refused */
  readonly change: Change | null;
}

function live(start: Instant, steps: [Command, number][]): Step[] {
  let request: AccessRequest = allowed(create(askFor(), ada, policy, start, id)).request;
  let at = start;
  return steps.map(([next, minutes]) => {
    at = plusMinutes(at, minutes);
    const before = request;
    const outcome = apply(request, next, at);
    if (outcome.ok) request = outcome.value.request;
    return { command: next, before, request, at, change: outcome.ok ? outcome.value : null };
  });
}

/** Today's rule: of the request, or a stricter one. */
const ruleOfToday = fc.record({
  maxDurationMinutes: fc.integer({ min: 15, max: 480 }),
  pendingMinutes: fc.constant(1440),
  sessionMinutes: fc.integer({ min: 15, max: 60 }),
});

/** What must hold of a session that may start: sections 6 and 13 of the design, in the words of the types. */
function checkPlan(request: AccessRequest, user: User, rule: Rule, now: Instant): void {
  const plan = planSession(request, user, rule, now, digest);
  if (!plan.ok) return;
  if (request.status !== 'approved') throw new Error('a session of a request that is not approved');
  const { window, review, target, requester } = request;
  const { denyFrom, endsAt, durationSeconds } = plan.value;
  expect(now >= window.from && now < window.until).toBe(true);
  expect(user.id).toBe(requester.id);
  expect(user.groups).toContain(`aws-temp#${target.role}#${target.account}`);
  expect(review.decision).toBe('approve');
  expect(maybeSamePerson(review.reviewer, requester)).toBe(false);
  expect(plan.value.target).toEqual(target);
  expect(denyFrom <= window.until).toBe(true);
  expect(denyFrom <= plusMinutes(window.from, rule.maxDurationMinutes)).toBe(true);
  expect(endsAt <= denyFrom).toBe(true);
  expect(durationSeconds).toBeGreaterThanOrEqual(900);
  expect(durationSeconds).toBeLessThanOrEqual(3600);
}

describe('whatever happens', () => {
  test('a session is only ever possible in an approved, unrevoked window, for the requester, by a second person', () => {
    fc.assert(
      fc.property(begin, history, anybody, ruleOfToday, pause, (start, steps, user, rule, wait) => {
        for (const { request, at } of live(start, steps)) {
          checkPlan(request, user, rule, plusMinutes(at, wait));
          checkPlan(request, ada, rule, at);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('a change is one version and one entry of that version; a refusal is nothing', () => {
    fc.assert(
      fc.property(begin, history, (start, steps) => {
        for (const { request, before, at, change } of live(start, steps)) {
          if (change === null) {
            expect(request).toBe(before);
            continue;
          }
          expect(request.version).toBe(before.version + 1);
          expect(change.entry).toMatchObject({ requestId: id, version: request.version, at });
          for (const message of change.messages) expect(message.request).toBe(request);
        }
      }),
    );
  });

  test('a terminal state never changes; a failed session is noted beside it', () => {
    fc.assert(
      fc.property(begin, history, (start, steps) => {
        for (const { command: done, request, before, change } of live(start, steps)) {
          if (!terminal.has(before.status) || change === null) continue;
          expect(done.kind).toBe('fail-session');
          expect(request).toEqual({ ...before, version: before.version + 1 });
        }
      }),
    );
  });

  test('what was asked, and once approved the review and the window, never change', () => {
    fc.assert(
      fc.property(begin, history, (start, steps) => {
        for (const { request, before } of live(start, steps)) {
          const { status, version, ...asked } = before;
          if (status === 'pending') expect(request).toMatchObject(asked);
          else if ('window' in before) {
            expect(request).toMatchObject({ review: before.review, window: before.window });
          }
        }
      }),
    );
  });

  test('nobody reviews their own, and nobody else’s session is ever noted', () => {
    fc.assert(
      fc.property(begin, history, (start, steps) => {
        for (const { command: done, change } of live(start, steps)) {
          if (change === null) continue;
          if (done.kind === 'review') expect(maybeSamePerson(done.by, ada)).toBe(false);
          if ('session' in done) {
            expect(done.session.user.id).toBe(ada.id);
            expect(done.session.target).toEqual(askFor().target);
            expect(change.session).toBe(done.session);
          }
        }
      }),
    );
  });

  test('what is stored is never a status of the moment, and time never brings access back', () => {
    fc.assert(
      fc.property(begin, history, fc.integer({ min: 0, max: 1e6 }), (start, steps, wait) => {
        for (const { request, at } of live(start, steps)) {
          expect(['scheduled', 'active']).not.toContain(request.status);
          const now = statusAt(request, at);
          if (terminal.has(now)) expect(statusAt(request, plusMinutes(at, wait))).toBe(now);
        }
      }),
    );
  });
});
