import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AccessRequest } from '../../../api/domain/access-request.ts';
import { type Ask, checkTicket } from '../../../api/domain/ask.ts';
import { create } from '../../../api/domain/creation.ts';
import { plusMinutes, wholeSecond } from '../../../api/domain/instant.ts';
import { apply } from '../../../api/domain/lifecycle.ts';
import {
  type AutomaticCondition,
  guardrails,
  type Policy,
  type Rule,
  type Teams,
  type What,
  type Who,
} from '../../../api/domain/policy-document.ts';
import { ruleFor } from '../../../api/domain/rule-match.ts';
import { planSession } from '../../../api/domain/session.ts';
import type { User } from '../../../api/domain/user.ts';
import { ada, allowed, alone, askFor, production, ravi, rosa, staging, stoppedWorld } from '../people.ts';
import { always, byTeam, inGroups, later, policyOf, reviewBy, ruleWith, start } from './one-rule.ts';

/** A session is issued under the stricter of the rule that was copied into the request and the rule of today. */

const { digest } = stoppedWorld();

/** What the reviewers of it make of Ada's request under that rule, at once. */
function letThrough(rule: Rule, by: User, ask: Ask, reviewers: readonly User[]): AccessRequest {
  const made = allowed(create(ask, by, policyOf(rule), start, alone('a'.repeat(26)))).request;
  return reviewers.reduce(
    (so, reviewer) => allowed(apply(so, reviewBy(reviewer), start)).request,
    made as AccessRequest,
  );
}
/** Today's policy: the same but for its rule, who, or what. */
function today(rule: Rule, who: Partial<Who> = {}, what: Partial<What> = {}): Policy {
  const same = policyOf(rule);
  return {
    ...same,
    rules: same.rules.map((one) => ({ rule, who: { ...one.who, ...who }, what: { ...one.what, ...what } })),
  };
}
const said = (request: AccessRequest, user: User, policy: Policy, minutes = 1) => {
  const plan = planSession(request, user, ruleFor(policy, user, request.target), later(minutes), digest);
  if (plan.ok) return 'allowed';
  const { code, evidence } = plan.denial;
  return code === 'rule-changed' ? `${code}: ${evidence.what}` : code;
};

describe('approved by a reviewer', () => {
  const then = ruleWith();
  const request = letThrough(then, ada, askFor(), [ravi]);
  const ticket = { pattern: 'OPS-[0-9]+', required: true };
  const soon = { ...always, maxDurationMinutes: 30 };
  test.each([
    ['nothing changed', today(then), ada, 'allowed'],
    ['no rule is left', { ...policyOf(then), rules: [] }, ada, 'not-eligible'],
    ['the rule has another role now', today(then, {}, { roles: ['ReadOnly'] }), ada, 'not-eligible'],
    [
      'the rule has another account now',
      today(then, {}, { accounts: new Set([staging]) }),
      ada,
      'not-eligible',
    ],
    ['the rule wants a group more now', today(then, { groups: ['payments'] }), ada, 'not-eligible'],
    ['the rule wants a claim now', today(then, { claims: { country: ['de'] } }), ada, 'not-eligible'],
    ['the user is in no group now', today(then), { ...ada, groups: [] }, 'not-eligible'],
    [
      'the user has the group in other letters now',
      today(then),
      { ...ada, groups: ['aws-temp#admin#111122223333'] },
      'not-eligible',
    ],
    ['two have to approve now', today(ruleWith({ approvals: 2 })), ada, 'rule-changed: approval'],
    ['others review now', today(ruleWith({ groups: ['leads'] })), ada, 'rule-changed: approval'],
    ['nobody can review now', today(ruleWith({ groups: [] })), ada, 'rule-changed: approval'],
    [
      'others review too now',
      today(ruleWith({ groups: ['leads', ...then.approval.groups] })),
      ada,
      'allowed',
    ],
    ['teams are kept apart now', today(ruleWith({ apartBy: byTeam })), ada, 'rule-changed: approval'],
    ['a ticket is needed now', today(ruleWith({}, { ticket })), ada, 'rule-changed: ticket'],
    [
      'a ticket may be named now',
      today(ruleWith({}, { ticket: { ...ticket, required: false } })),
      ada,
      'allowed',
    ],
    [
      'it is let through automatically now',
      today(ruleWith({ approvals: 2, automatic: [always] })),
      ada,
      'allowed',
    ],
    [
      'shorter ones are let through automatically now',
      today(ruleWith({ approvals: 2, automatic: [soon] })),
      ada,
      'rule-changed: approval',
    ],
    ['another rule says the same now', today(ruleWith({}, { id: 'other' })), ada, 'allowed'],
    [
      'a longer justification is wanted now',
      today(ruleWith({}, { justificationLength: 500 })),
      ada,
      'allowed',
    ],
  ] as [string, Policy, User, string][])('%s: %#', (_name, policy, user, want) => {
    expect(said(request, user, policy)).toBe(want);
  });

  test.each([
    ['nothing changed', {}, 60, 60],
    ['the longest is shorter now', { maxDurationMinutes: 20 }, 20, 20],
    ['the longest is longer now', { maxDurationMinutes: 600 }, 60, 60],
    ['sessions are shorter now', { sessionMinutes: 15 }, 60, 15],
  ] as const)('%s: the end', (_name, more, denyFrom, endsAt) => {
    expect(planSession(request, ada, { ...then, ...more }, start, digest)).toMatchObject({
      value: { denyFrom: later(denyFrom), endsAt: later(endsAt) },
    });
  });

  test('the longest is shorter now, and that time is used up', () => {
    const short = today(ruleWith({}, { maxDurationMinutes: 20 }));
    expect(said(request, ada, short, 20 - 1 / 60_000)).toBe('allowed');
    expect(said(request, ada, short, 20)).toBe('duration-too-long');
  });

  test('one rule of then and another now are both named in the refusal', () => {
    const plan = planSession(request, ada, ruleWith({ approvals: 2 }, { id: 'stricter' }), start, digest);
    expect(plan).toMatchObject({
      denial: {
        sentence: expect.stringContaining('Make a new request under the new rule'),
        evidence: { ruleThen: 'conventions', ruleNow: 'stricter', what: 'approval' },
      },
    });
  });
});

describe('approved under a rule with a ticket, teams or two reviewers', () => {
  const ticketed = (pattern: string) => ruleWith({}, { ticket: { pattern, required: true } });
  const withTicket = letThrough(
    ticketed('OPS-[0-9]+'),
    ada,
    askFor('Admin', production, { ticket: 'OPS-1' }),
    [ravi],
  );
  const a = inGroups(ada, 'team-a');
  const apart = letThrough(ruleWith({ apartBy: byTeam }), a, askFor(), [inGroups(ravi, 'team-b')]);
  const otherwise = { groups: [], claims: ['department'] };
  const found = (more: Partial<Teams>) => ruleWith({ apartBy: { ...byTeam, ...more } });
  const manyTeams = { groups: ['team-*', 'squad-*'], claims: ['department', 'country'] };
  const turned = { groups: ['squad-*', 'team-*'], claims: ['country', 'department'] };
  const of = (user: User, team: string): User => ({
    ...inGroups(user, `team-${team}`, `squad-${team}`),
    claims: { department: [team], country: [team] },
  });
  const wide = letThrough(found(manyTeams), of(ada, 'a'), askFor(), [of(ravi, 'b')]);
  const two = letThrough(ruleWith({ approvals: 2 }), ada, askFor(), [ravi, rosa]);
  test.each([
    ['the ticket still fits', withTicket, ada, ticketed('[A-Z]+-[0-9]+'), 'allowed'],
    ['tickets look otherwise now', withTicket, ada, ticketed('INC[0-9]+'), 'rule-changed: ticket'],
    ['no ticket is asked for now', withTicket, ada, ruleWith(), 'allowed'],
    ['teams are still kept apart', apart, a, ruleWith({ apartBy: byTeam }), 'allowed'],
    ['teams are no more kept apart', apart, a, ruleWith(), 'allowed'],
    ['teams are found otherwise now', apart, a, ruleWith({ apartBy: otherwise }), 'rule-changed: approval'],
    ['teams have another name now', apart, a, found({ groups: ['squad-*'] }), 'rule-changed: approval'],
    ['teams are found by a claim too', apart, a, found({ claims: ['country'] }), 'rule-changed: approval'],
    ['teams are found alike, in another order', wide, a, found(turned), 'allowed'],
    ['one is enough now', two, ada, ruleWith(), 'allowed'],
    ['three are needed now', two, ada, ruleWith({ approvals: 3 }), 'rule-changed: approval'],
    [
      'one of the two reviews no more',
      two,
      ada,
      ruleWith({ approvals: 2, groups: ['x'] }),
      'rule-changed: approval',
    ],
  ] as [string, AccessRequest, User, Rule, string][])('%s', (_name, request, user, rule, want) => {
    expect(said(request, user, today(rule))).toBe(want);
  });
});

describe('approved automatically', () => {
  const onCall = inGroups(ada, 'on-call');
  const conditions = (...automatic: Partial<AutomaticCondition>[]) =>
    ruleWith({ automatic: automatic.map((one) => ({ ...always, ...one })) });
  const hour = conditions({ maxDurationMinutes: 60 });
  const called = conditions({ groups: ['on-call'] });
  const short = letThrough(hour, ada, askFor(), []);
  const duty = letThrough(called, onCall, askFor(), []);
  const open = (from: number, until: number) =>
    conditions({ hours: { days: ['mon'], from: from * 60, until: until * 60, zone: 'UTC' } });
  test.each([
    ['nothing changed', short, ada, hour, 'allowed'],
    [
      'only shorter ones are now',
      short,
      ada,
      conditions({ maxDurationMinutes: 59 }),
      'rule-changed: approval',
    ],
    ['nothing is now', short, ada, ruleWith(), 'rule-changed: approval'],
    ['another condition holds now', short, ada, conditions({ maxDurationMinutes: 30 }, {}), 'allowed'],
    ['its hours are open', short, ada, open(9, 11), 'allowed'],
    ['its hours end before it', short, ada, open(9, 10), 'rule-changed: approval'],
    ['still on call', duty, onCall, called, 'allowed'],
    ['off call now', duty, ada, called, 'rule-changed: approval'],
  ] as [string, AccessRequest, User, Rule, string][])('%s', (_name, request, user, rule, want) => {
    expect(said(request, user, today(rule))).toBe(want);
  });

  test('an extension is not let through by a condition of the length that came later', () => {
    const extending = letThrough(ruleWith(), ada, askFor(), [ravi]);
    const policy = policyOf(conditions({ groups: [] }));
    const circumstances = alone('b'.repeat(26), { extending });
    const { request } = allowed(create(askFor(), ada, policy, start, circumstances));
    expect(said(request, ada, policy, 61)).toBe('allowed');
    expect(said(request, ada, today(hour), 61)).toBe('rule-changed: approval');
  });
});

describe('break-glass access', () => {
  const glass = { groups: ['on-call'], maxDurationMinutes: 60, justificationLength: 10, reviewMinutes: 60 };
  const onCall = inGroups(ada, 'on-call');
  const then = ruleWith({}, { breakGlass: glass });
  const request = letThrough(then, onCall, { ...askFor(), breakGlass: true }, []);
  const now = (more: Partial<typeof glass>, rest: Partial<Rule> = {}) =>
    today(ruleWith({}, { ...rest, breakGlass: { ...glass, ...more } }));
  const ticket = { pattern: 'OPS-1', required: true };
  test.each([
    ['nothing changed', today(then), onCall, 1, 'allowed'],
    ['there is none now', today(ruleWith()), onCall, 1, 'rule-changed: break-glass'],
    [
      'none, but it would be let through',
      today(ruleWith({ automatic: [always] })),
      onCall,
      1,
      'rule-changed: break-glass',
    ],
    ['others may now', now({ groups: ['leads'] }), onCall, 1, 'rule-changed: break-glass'],
    ['nobody may now', now({ groups: [] }), onCall, 1, 'rule-changed: break-glass'],
    ['off call now', today(then), ada, 1, 'rule-changed: break-glass'],
    ['not eligible now', { ...today(then), rules: [] }, onCall, 1, 'not-eligible'],
    ['shorter now', now({ maxDurationMinutes: 20 }), onCall, 19, 'allowed'],
    ['shorter now, and used up', now({ maxDurationMinutes: 20 }), onCall, 20, 'duration-too-long'],
    ['a ticket is needed now, but not for this', now({}, { ticket }), onCall, 1, 'allowed'],
    ['all else is shorter now', now({}, { maxDurationMinutes: 15 }), onCall, 59, 'allowed'],
  ] as [string, Policy, User, number, string][])('%s', (_name, policy, user, minutes, want) => {
    expect(said(request, user, policy, minutes)).toBe(want);
  });
});

describe('whatever was and is', () => {
  const glass = fc.record({
    groups: fc.subarray(['on-call', 'leads']),
    maxDurationMinutes: fc.integer({ min: 30, max: 90 }),
    justificationLength: fc.constant(10),
    reviewMinutes: fc.constant(60),
  });
  const condition = fc.record({
    name: fc.constant('some'),
    maxDurationMinutes: fc.option(fc.integer({ min: 15, max: 90 })),
    hours: fc.constant(null),
    groups: fc.subarray(['on-call', 'leads']),
    claims: fc.constant({}),
  });
  const approval = fc.record({
    approvals: fc.integer({ min: 1, max: 2 }),
    groups: fc.subarray(['aws-temp#Reviewer', 'leads'], { minLength: 1 }),
    automatic: fc.array(condition, { maxLength: 2 }),
    apartBy: fc.constantFrom(null, byTeam),
  });
  const rule = fc
    .tuple(
      approval,
      fc.record({
        maxDurationMinutes: fc.integer({ min: 30, max: 90 }),
        sessionMinutes: fc.integer({ min: 15, max: 60 }),
        guardrails: fc.subarray([...guardrails]),
        breakGlass: fc.option(glass),
        ticket: fc.option(fc.constant({ pattern: 'OPS-[0-9]', required: false })),
      }),
    )
    .map(([some, more]) => ruleWith(some, more));
  /** As often as not what is asked for can be had, so that there is something to be stricter about. */
  const ask = fc
    .record({
      durationMinutes: fc.integer({ min: 15, max: 45 }),
      ticket: fc.constantFrom(null, 'OPS-1', 'INC-1'),
      breakGlass: fc.boolean(),
    })
    .map((more) => ({ ...askFor(), ...more }));
  const requester = inGroups(ada, 'on-call', 'team-a');
  const reviewers = [
    inGroups(ravi, 'team-b'),
    inGroups(rosa, 'team-a'),
    { ...rosa, id: 'l', email: 'l@example.com', groups: ['leads', 'team-c'] },
  ];
  const made = fc.tuple(rule, ask, fc.subarray(reviewers)).map(([then, asked, by]) => {
    const created = create(asked, requester, policyOf(then), start, alone('a'.repeat(26)));
    if (!created.ok) return null;
    return by.reduce((so: AccessRequest, reviewer) => {
      const reviewed = apply(so, reviewBy(reviewer), start);
      return reviewed.ok ? reviewed.value.request : so;
    }, created.value.request);
  });

  function forbiddenBy(policy: string): string[] {
    const { Statement } = JSON.parse(policy) as { Statement: { Sid?: string; Action: string[] }[] };
    return Statement.flatMap(({ Sid, Action }) => (Sid === 'Guardrails' ? Action : []));
  }

  test('a session is never wider than the one rule allows, nor than the other', () => {
    let planned = 0;
    fc.assert(
      fc.property(made, rule, fc.integer({ min: 0, max: 30 }), (request, now, minutes) => {
        if (request === null) return;
        const plan = planSession(request, requester, now, later(minutes), digest);
        if (!plan.ok) return;
        planned += 1;
        const { denyFrom, durationSeconds, policy } = plan.value;
        for (const one of [request.rule, now]) {
          const byItself = planSession({ ...request, rule: one }, requester, one, later(minutes), digest);
          expect(byItself.ok).toBe(true);
          const longest = request.breakGlass ? one.breakGlass?.maxDurationMinutes : one.maxDurationMinutes;
          expect(denyFrom <= wholeSecond(plusMinutes(start, longest ?? 0))).toBe(true);
          expect(durationSeconds).toBeLessThanOrEqual(Math.max(900, one.sessionMinutes * 60));
          expect(checkTicket(one, request).ok).toBe(true);
          const wanted = byItself.ok ? forbiddenBy(byItself.value.policy) : ['a plan'];
          expect(forbiddenBy(policy)).toEqual(expect.arrayContaining(wanted));
        }
      }),
      { numRuns: 2000 },
    );
    // So that the test cannot pass by never planning one.
    expect(planned).toBeGreaterThan(50);
  });
});
