import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ApprovedRequest } from '../../../api/domain/access-request.ts';
import { epochMs, instantOf, plusMinutes } from '../../../api/domain/instant.ts';
import { apply, create } from '../../../api/domain/lifecycle.ts';
import { type Rule, stricter } from '../../../api/domain/policy-document.ts';
import { identityName, planSession } from '../../../api/domain/session.ts';
import type { User } from '../../../api/domain/user.ts';
import { ada, allowed, askFor, codeOf, eve, policy, ravi, stoppedWorld, userOf } from '../people.ts';

const { digest } = stoppedWorld();
const start = instantOf(Date.UTC(2026, 10, 23, 9, 30));
const later = (minutes: number) => plusMinutes(start, minutes);

/** Approved at 09:30 for that long. */
function approvedFor(durationMinutes: number, by: User = ada): ApprovedRequest {
  const pending = allowed(
    create({ ...askFor(), durationMinutes }, by, policy, start, 'a'.repeat(26)),
  ).request;
  const review = { kind: 'review', by: ravi, decision: 'approve', comment: '', version: 1 } as const;
  return allowed(apply(pending, review, start)).request as ApprovedRequest;
}
const plan = (request: ApprovedRequest, minutes: number, rule: Partial<Rule> = {}, user: User = ada) =>
  planSession(request, user, { ...request.rule, ...rule }, later(minutes), digest);

describe('may it start', () => {
  const request = approvedFor(60);
  test.each([
    ['the requester in the window', ada, 0, {}, 'allowed'],
    ['the requester a second before the end', ada, 60 - 1 / 60, {}, 'allowed'],
    ['the requester at the end', ada, 60, {}, 'wrong-status'],
    ['the requester before the window', ada, -1, {}, 'wrong-status'],
    ['another eligible person', eve, 1, {}, 'not-requester'],
    ['the reviewer', ravi, 1, {}, 'not-requester'],
    ['the requester without the group', { ...ada, groups: [] }, 1, {}, 'not-eligible'],
    [
      'the requester with the group in other letters',
      { ...ada, groups: ['aws-temp#admin#111122223333'] },
      1,
      {},
      'not-eligible',
    ],
    ['within what the rule of today leaves', ada, 29, { maxDurationMinutes: 30 }, 'allowed'],
    ['at the end of what the rule of today leaves', ada, 30, { maxDurationMinutes: 30 }, 'duration-too-long'],
  ] as const)('%s', (_name, user, minutes, rule, code) => {
    expect(codeOf(plan(request, minutes, rule, user))).toBe(code);
  });

  test('what is not approved has no session', () => {
    const pending = allowed(create(askFor(), ada, policy, start, 'b'.repeat(26))).request;
    expect(codeOf(planSession(pending, ada, pending.rule, start, digest))).toBe('wrong-status');
  });
});

describe('how long', () => {
  test.each([
    ['an hour at most: role chaining', 240, 0, {}, 3600, 60],
    ['what is left of the window', 60, 20, {}, 2400, 60],
    ["never less than AWS's least, and then the policy ends it", 60, 50, {}, 900, 60],
    ['the rule of then', 240, 0, { sessionMinutes: 60 }, 3600, 60],
    ['the rule of today where it is stricter', 240, 0, { sessionMinutes: 30 }, 1800, 30],
    ['the shorter window of today', 240, 0, { maxDurationMinutes: 40 }, 2400, 40],
  ] as const)('%s', (_name, duration, minutes, rule, seconds, endsAfter) => {
    const value = allowed(plan(approvedFor(duration), minutes, rule));
    expect(value.durationSeconds).toBe(seconds);
    expect(value.endsAt).toBe(later(endsAfter));
  });

  // The window begins between two seconds and its end is cut to one: the rest of that second is after the end.
  test('a session that is over is never planned', () => {
    const request = approvedFor(60);
    const window = { from: plusMinutes(start, 0.015), until: later(60) };
    const today = { ...request.rule, maxDurationMinutes: 15 };
    const at = (ms: number) =>
      planSession({ ...request, window }, ada, today, instantOf(epochMs(start) + ms), digest);
    expect(codeOf(at(15 * 60_000 - 1))).toBe('allowed');
    expect(codeOf(at(15 * 60_000))).toBe('duration-too-long');
    expect(codeOf(at(15 * 60_000 + 899))).toBe('duration-too-long');
  });

  test('stricter takes the smaller of each', () => {
    const then = { maxDurationMinutes: 60, pendingMinutes: 10, sessionMinutes: 30 };
    const now = { maxDurationMinutes: 30, pendingMinutes: 20, sessionMinutes: 60 };
    expect(stricter(then, now)).toEqual({ maxDurationMinutes: 30, pendingMinutes: 10, sessionMinutes: 30 });
  });
});

interface Statement {
  Effect: string;
  Action: string;
  Resource: string;
  Condition?: { DateGreaterThanEquals: { 'aws:CurrentTime': string } };
}

/** IAM's evaluation of this one policy at a time: an explicit Deny wins. */
function permits(policy: string, at: string): boolean {
  const { Statement } = JSON.parse(policy) as { Statement: Statement[] };
  const applies = Statement.filter(({ Condition }) => {
    const from = Condition?.DateGreaterThanEquals['aws:CurrentTime'];
    return from === undefined || Date.parse(at) >= Date.parse(from);
  });
  return applies.some(({ Effect }) => Effect === 'Allow') && !applies.some(({ Effect }) => Effect === 'Deny');
}

describe('the session policy', () => {
  const { policy: document } = allowed(plan(approvedFor(60), 50));
  test.each([
    ['2026-11-23T10:20:00.000Z', true],
    ['2026-11-23T10:29:59.999Z', true],
    ['2026-11-23T10:30:00.000Z', false],
    ['2026-11-23T10:30:00.001Z', false],
    ['2026-11-23T10:35:00.000Z', false],
  ])('at %s permits: %s', (at, may) => {
    expect(permits(document, at)).toBe(may);
  });
  test('is what STS takes', () => {
    expect(JSON.parse(document)).toMatchObject({ Version: '2012-10-17' });
    expect(document.length).toBeLessThanOrEqual(2048);
    expect(document).toContain('"aws:CurrentTime":"2026-11-23T10:30:00Z"');
  });
});

describe('names', () => {
  const person = fc.record({
    id: fc.string({ minLength: 1 }),
    name: fc.string({ unit: 'binary' }),
    email: fc.oneof(fc.emailAddress(), fc.string({ unit: 'binary' })),
  });
  test('are what STS takes, whoever it is', () => {
    fc.assert(
      fc.property(person, fc.integer({ min: 20, max: 64 }), (someone, length) => {
        expect(identityName(someone, length, digest)).toMatch(/^[\w+=.@-]{2,64}$/);
        expect(identityName(someone, length, digest).length).toBeLessThanOrEqual(length);
      }),
    );
  });
  test('of two people never meet, also where their e-mail is one', () => {
    fc.assert(
      fc.property(person, fc.string({ minLength: 1 }), (someone, otherId) => {
        fc.pre(someone.id !== otherId);
        expect(identityName(someone, 37, digest)).not.toBe(
          identityName({ ...someone, id: otherId }, 37, digest),
        );
      }),
    );
  });
  test('name the person and the request, in the session and in its tags', () => {
    const long = userOf(`${'x'.repeat(80)}`, 'Long', ada.groups as string[]);
    for (const user of [ada, long]) {
      const request = approvedFor(60, user);
      const value = allowed(plan(request, 1, {}, user));
      expect(value.sessionName).toMatch(/^[\w+=,.@-]{2,64}$/);
      expect(value.sessionName.endsWith(`.${request.id}`)).toBe(true);
      expect(value.sourceIdentity).toMatch(/^[\w+=,.@-]{2,64}$/);
      // STS API Reference, Tag: the characters of a value.
      for (const tag of Object.values(value.tags))
        expect(tag).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u);
      expect(value.tags).toMatchObject({
        StepladderRequest: request.id,
        StepladderUntil: '2026-11-23T10:30:00Z',
      });
      expect(value.tags.StepladderReviewer).toContain('ravi@example.com');
    }
  });
  test('somebody without an e-mail goes by name', () => {
    expect(identityName({ id: 'i', name: 'Zoë Ångström', email: '' }, 64, () => 'f'.repeat(64))).toBe(
      'Zo-ngstr-m-ffffffffff',
    );
  });
});
