import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AccessRequest } from '../../../api/domain/access-request.ts';
import { decide } from '../../../api/domain/approval.ts';
import type { Change } from '../../../api/domain/change.ts';
import { create } from '../../../api/domain/creation.ts';
import { type Instant, instantOf, plusMinutes } from '../../../api/domain/instant.ts';
import { invite } from '../../../api/domain/invitation.ts';
import { apply, type Command } from '../../../api/domain/lifecycle.ts';
import { type Rule, reviewerGroup } from '../../../api/domain/policy-document.ts';
import { planSession, type SessionRecord } from '../../../api/domain/session.ts';
import { statusAt } from '../../../api/domain/status.ts';
import { maybeSamePerson, type Person, personOf, type User } from '../../../api/domain/user.ts';
import { ada, allowed, alone, askFor, eve, nemo, otto, ravi, rosa, stoppedWorld } from '../people.ts';
import { always, byTeam, inGroups, policyOf, ruleWith } from './one-rule.ts';

/** Whatever people do in whatever order at whatever time, what must always hold holds. */

const { digest } = stoppedWorld();
const id = 'a'.repeat(26);
/** On call and of a team, so that any rule may be hers. */
const requester = inGroups(ada, 'on-call', 'team-a');
const raviOfB = inGroups(ravi, 'team-b');
/** A reviewer with an account of its own and Ada's e-mail, in whatever case. */
const adaAgain = fc
  .array(fc.boolean(), { minLength: ada.email.length, maxLength: ada.email.length })
  .map((upper): User => {
    const email = [...ada.email].map((letter, at) => (upper[at] ? letter.toUpperCase() : letter)).join('');
    return { ...raviOfB, id: 'https://id.example.com#second', email };
  });
const lead = {
  ...inGroups(nemo, 'leads', 'team-c'),
  id: 'https://id.example.com#lead',
  email: 'l@example.com',
};
const reviewer = fc.constantFrom(raviOfB, inGroups(rosa, 'team-c'), inGroups(rosa, 'team-a'), rosa, lead);
const anybody = fc.oneof(
  { weight: 3, arbitrary: reviewer },
  {
    weight: 2,
    arbitrary: fc.constantFrom(requester, inGroups(requester, reviewerGroup, 'leads'), {
      ...ada,
      groups: [],
    }),
  },
  { weight: 1, arbitrary: fc.constantFrom(eve, nemo, otto) },
  { weight: 1, arbitrary: adaAgain },
);
const terminal = new Set(['rejected', 'cancelled', 'expired', 'ended', 'revoked']);

const glass = { groups: ['on-call'], maxDurationMinutes: 60, justificationLength: 10, reviewMinutes: 60 };
const shortOnCall = { ...always, name: 'short', groups: ['on-call'], maxDurationMinutes: 30 };
const rule = fc
  .record({
    approvals: fc.integer({ min: 1, max: 3 }),
    groups: fc.constantFrom([reviewerGroup], [reviewerGroup, 'leads']),
    apartBy: fc.constantFrom(null, null, byTeam),
    automatic: fc.constantFrom([], [shortOnCall]),
    invitationCounts: fc.boolean(),
  })
  .map((approval) => ruleWith(approval, { breakGlass: glass }));
/** How it begins: asked for, taken in an emergency, or offered by a reviewer, to a user or to an e-mail. */
const beginning = fc.record({
  how: fc.constantFrom('asked', 'asked', 'taken', 'offered', 'mailed'),
  durationMinutes: fc.constantFrom(30, 60),
});
const begin = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2400, 0, 1) }).map(instantOf);
/** Minutes between two commands, to the millisecond; negative ones are another Lambda's clock. */
const pause = fc
  .oneof(fc.integer({ min: -180_000, max: 20 * 60_000 }), fc.integer({ min: 0, max: 800 * 60_000 }))
  .map((ms) => ms / 60_000);

const record = fc
  .record({
    user: fc.constantFrom(ada, ada, eve),
    target: fc.constantFrom(askFor().target, askFor().target, askFor('ReadOnly').target),
    endsAt: begin,
  })
  .map(
    (some): SessionRecord => ({
      ...some,
      id: 'd'.repeat(26),
      requestId: id,
      kind: 'cli',
      state: 'intended',
      accountName: null,
      at: some.endsAt,
      accessKeyId: null,
      assumedRoleId: null,
      ending: null,
      narrowedFrom: null,
      notNarrowed: null,
      sessionName: 'name',
      sourceIdentity: 'identity',
      sourceIp: '127.0.0.1',
      userAgent: '',
    }),
  );
type Step = (rule: Rule) => Command;
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .record({
        kind: fc.constant('review' as const),
        by: anybody,
        decision: fc.constantFrom('approve', 'approve', 'approve', 'reject', 'confirm', 'flag'),
        comment: fc.constant(''),
        version: fc.integer({ min: 0, max: 3 }),
      })
      .map((review) => () => review as Command),
  },
  fc.record({ kind: fc.constant('cancel' as const), by: anybody }).map((cancel) => () => cancel),
  fc
    .record({ kind: fc.constant('revoke' as const), by: anybody, comment: fc.constant('') })
    .map((revoke) => () => revoke),
  fc.constant(() => ({ kind: 'close' as const })),
  anybody.map((by) => (its: Rule) => ({ kind: 'accept' as const, by, policy: policyOf(its) })),
  fc
    .record({
      kind: fc.constantFrom('intend-session' as const, 'record-session' as const, 'fail-session' as const),
      session: record,
      reason: fc.constant('Unavailable'),
    })
    .map((note) => () => note),
);
const accept: Step = (its) => ({ kind: 'accept', by: requester, policy: policyOf(its) });
const approveBy =
  (by: User, version: number): Step =>
  () => ({ kind: 'review', by, decision: 'approve', comment: '', version });
/** Begins well half of the time, so that much happens inside windows. */
const steps = fc
  .tuple(fc.boolean(), fc.array(fc.tuple(step, pause), { maxLength: 12 }))
  .map(([well, rest]): [Step, number][] => {
    const good = [accept, approveBy(raviOfB, 1), approveBy(raviOfB, 2), approveBy(lead, 2)];
    return well ? [...good.map((one): [Step, number] => [one, 1]), ...rest] : rest;
  });
const history = fc.record({ start: begin, rule, beginning, steps });
type History = typeof history extends fc.Arbitrary<infer T> ? T : never;

interface Lived {
  readonly command: Command;
  readonly before: AccessRequest;
  readonly request: AccessRequest;
  readonly at: Instant;
  /** null: refused */
  readonly change: Change | null;
}

function first({ start, rule: its, beginning: { how, durationMinutes } }: History): AccessRequest {
  const ask = { ...askFor(), durationMinutes, breakGlass: how === 'taken' };
  if (how === 'asked' || how === 'taken') {
    return allowed(create(ask, requester, policyOf(its), start, alone(id))).request;
  }
  const invitee: Person = how === 'offered' ? personOf(ada) : { id: '', name: '', email: ada.email };
  return allowed(invite(ask, raviOfB, invitee, policyOf(its), start, id)).request;
}

function live(lives: History): Lived[] {
  let request = first(lives);
  let at = lives.start;
  return lives.steps.map(([next, minutes]) => {
    at = plusMinutes(at, minutes);
    const before = request;
    const command = next(lives.rule);
    const outcome = apply(request, command, at);
    if (outcome.ok) request = outcome.value.request;
    return { command, before, request, at, change: outcome.ok ? outcome.value : null };
  });
}

/** Whether that rule lets the request through, said once more in other words. */
function letsThrough({ approval, breakGlass }: Rule, request: AccessRequest, by: User): boolean {
  if (request.breakGlass) return breakGlass?.groups.some((group) => by.groups.includes(group)) === true;
  if (request.reviews.some(({ decision }) => decision === 'reject')) return false;
  const automatic = approval.automatic.some(
    ({ groups, maxDurationMinutes }) =>
      groups.every((group) => by.groups.includes(group)) &&
      request.durationMinutes <= (maxDurationMinutes ?? Number.POSITIVE_INFINITY),
  );
  const counting = request.reviews.filter(
    ({ reviewer: { email }, groups, teams }) =>
      email.toLowerCase() !== request.requester.email &&
      groups.some((group) => approval.groups.includes(group)) &&
      (approval.apartBy === null ||
        (teams.length > 0 && !teams.some((team) => request.teams.includes(team)))),
  );
  return automatic || new Set(counting.map(({ reviewer: { email } }) => email)).size >= approval.approvals;
}

/** What must hold of a session that may start: sections 6 and 13 of the design, in the words of the types. */
function checkPlan(request: AccessRequest, user: User, ruleNow: Rule | null, now: Instant): boolean {
  const plan = planSession(request, user, ruleNow, now, digest);
  if (!plan.ok) return false;
  if (request.status !== 'approved') throw new Error('a session of a request that is not approved');
  const { window } = request;
  const { denyFrom, endsAt, durationSeconds } = plan.value;
  expect(now >= window.from && now < window.until).toBe(true);
  expect(user.id).toBe(request.requester.id);
  for (const one of [request.rule, ruleNow]) {
    expect(one !== null && letsThrough(one, request, requester)).toBe(true);
    const limits = request.breakGlass ? one?.breakGlass : one;
    expect(denyFrom <= plusMinutes(window.from, limits?.maxDurationMinutes ?? 0)).toBe(true);
  }
  expect(plan.value.target).toEqual(request.target);
  expect(denyFrom <= window.until).toBe(true);
  expect(endsAt <= denyFrom).toBe(true);
  expect(durationSeconds).toBeGreaterThanOrEqual(900);
  expect(durationSeconds).toBeLessThanOrEqual(3600);
  return true;
}

describe('whatever happens', () => {
  test('a session is only ever possible in an approved, unrevoked window, for the requester, if then and now allow it', () => {
    let planned = 0;
    const today = fc.option(
      rule.chain((some) =>
        fc.integer({ min: 15, max: 480 }).map((maxDurationMinutes) => ({ ...some, maxDurationMinutes })),
      ),
    );
    fc.assert(
      fc.property(history, anybody, today, pause, (lives, user, ruleNow, wait) => {
        for (const { request, at } of live(lives)) {
          checkPlan(request, user, ruleNow, plusMinutes(at, wait));
          if (checkPlan(request, requester, ruleNow, at)) planned += 1;
        }
      }),
      { numRuns: 500 },
    );
    // So that the test cannot pass by never planning one.
    expect(planned).toBeGreaterThan(50);
  });

  test('a request is approved by its reviews, a condition or break-glass, and by nothing else', () => {
    fc.assert(
      fc.property(history, (lives) => {
        const begun = first(lives);
        for (const request of [begun, ...live(lives).map((lived) => lived.request)]) {
          if (!('approvedBy' in request)) continue;
          expect(letsThrough(request.rule, request, requester)).toBe(true);
          const decided = decide(request.rule.approval, request, request.reviews).state === 'approved';
          if (request.approvedBy.kind === 'reviewers') expect(decided).toBe(true);
          expect(request.approvedBy.kind === 'break-glass').toBe(request.breakGlass);
        }
      }),
    );
  });

  test('a change is one version and one entry of that version; a refusal is nothing', () => {
    fc.assert(
      fc.property(history, (lives) => {
        for (const { request, before, at, change } of live(lives)) {
          if (change === null) {
            expect(request).toBe(before);
            continue;
          }
          expect(request.version).toBe(before.version + 1);
          expect(change.entry).toMatchObject({ requestId: id, version: request.version, at });
          for (const message of change.messages) {
            expect(message.request).toBe(request);
            expect(message.at >= at || message.kind === 'ending-soon').toBe(true);
          }
        }
      }),
    );
  });

  test('a terminal state never changes; a failed session and a later review are noted beside it', () => {
    fc.assert(
      fc.property(history, (lives) => {
        for (const { command, request, before, change } of live(lives)) {
          if (!terminal.has(before.status) || change === null) continue;
          const version = before.version + 1;
          if (command.kind === 'fail-session') expect(request).toEqual({ ...before, version });
          else {
            expect(['confirmed', 'flagged']).toContain(change.entry.kind);
            expect({ ...request, approvedBy: null }).toEqual({ ...before, approvedBy: null, version });
          }
        }
      }),
    );
  });

  test('what was asked never changes, nor what was approved, and reviews are only added, one at a time', () => {
    fc.assert(
      fc.property(history, (lives) => {
        for (const { request, before } of live(lives)) {
          const { status, version, reviews, ...asked } = before;
          expect(request.reviews.slice(0, reviews.length)).toEqual(reviews);
          expect(request.reviews.length - reviews.length).toBeLessThanOrEqual(1);
          if (status === 'pending') expect(request).toMatchObject(asked);
          else if (status !== 'invited') expect(request.reviews).toEqual(reviews);
          if ('window' in before) {
            expect(request).toMatchObject({ window: before.window, approvedAt: before.approvedAt });
          }
        }
      }),
    );
  });

  test('nobody reviews their own, nor twice, and nobody else’s session is ever noted', () => {
    fc.assert(
      fc.property(history, (lives) => {
        for (const { command, request, before, change } of live(lives)) {
          const people = request.reviews.filter(({ decision }) => decision === 'approve');
          expect(new Set(people.map(({ reviewer: { email } }) => email)).size).toBe(people.length);
          if (change === null) continue;
          if (command.kind === 'review') {
            expect(maybeSamePerson(command.by, request.requester)).toBe(false);
            expect(command.by.groups.some((group) => request.rule.approval.groups.includes(group))).toBe(
              true,
            );
          }
          if ('session' in command) {
            expect(command.session.user.id).toBe(before.requester.id);
            expect(command.session.target).toEqual(askFor().target);
            expect(change.session).toBe(command.session);
          }
        }
      }),
    );
  });

  test('an invitation is nothing until the invited person accepts, and never the inviter', () => {
    fc.assert(
      fc.property(history, (lives) => {
        for (const { command, request, before, change } of live(lives)) {
          if (before.status !== 'invited' || change === null) continue;
          expect(['accept', 'cancel', 'close', 'fail-session']).toContain(command.kind);
          if (command.kind !== 'accept') continue;
          expect(request.requester).toEqual(personOf(command.by));
          expect(command.by.email.toLowerCase()).toBe(ada.email);
          expect(maybeSamePerson(before.invitation.by, request.requester)).toBe(false);
          const counts = lives.rule.approval.invitationCounts && lives.beginning.how === 'offered';
          expect(request.reviews.map((one) => one.reviewer.id)).toEqual(counts ? [ravi.id] : []);
        }
      }),
    );
  });

  test('what is stored is never a status of the moment, and time never brings access back', () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 0, max: 1e6 }), (lives, wait) => {
        for (const { request, at } of live(lives)) {
          expect(['scheduled', 'active']).not.toContain(request.status);
          const now = statusAt(request, at);
          if (terminal.has(now)) expect(statusAt(request, plusMinutes(at, wait))).toBe(now);
        }
      }),
    );
  });
});
