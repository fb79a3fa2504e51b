import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ApprovedRequest } from '../../../api/domain/access-request.ts';
import { guardrailStatement } from '../../../api/domain/guardrail.ts';
import { identityName } from '../../../api/domain/identity-name.ts';
import { epochMs, instantOf, plusMinutes } from '../../../api/domain/instant.ts';
import { accept, invite } from '../../../api/domain/invitation.ts';
import { type Guardrail, guardrails, type Rule, stricter } from '../../../api/domain/policy-document.ts';
import { planSession } from '../../../api/domain/session.ts';
import type { User } from '../../../api/domain/user.ts';
import { ada, allowed, askFor, codeOf, eve, production, ravi, stoppedWorld, userOf } from '../people.ts';
import {
  always,
  become,
  inGroups,
  later,
  madeUnder,
  policyOf,
  reviewBy,
  ruleWith,
  start,
} from './one-rule.ts';

const { digest } = stoppedWorld();

/** Approved at 09:30 for that long. */
function approvedFor(durationMinutes: number, by: User = ada): ApprovedRequest {
  const pending = madeUnder(ruleWith(), by, askFor('Admin', production, { durationMinutes }));
  const approved = become(pending, reviewBy(ravi)) as ApprovedRequest;
  return { ...approved, window: { from: start, until: later(durationMinutes) } };
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
    ["another account with the requester's e-mail", { ...eve, email: ada.email }, 1, {}, 'not-requester'],
    ['the reviewer', ravi, 1, {}, 'not-requester'],
    ['within what the rule of today leaves', ada, 29, { maxDurationMinutes: 30 }, 'allowed'],
    ['at the end of what the rule of today leaves', ada, 30, { maxDurationMinutes: 30 }, 'duration-too-long'],
  ] as const)('%s', (_name, user, minutes, rule, code) => {
    expect(codeOf(plan(request, minutes, rule, user))).toBe(code);
  });

  test.each([
    ['pending', madeUnder(ruleWith())],
    ['approved in part', become(madeUnder(ruleWith({ approvals: 2 })), reviewBy(ravi))],
    ['rejected', become(madeUnder(ruleWith()), reviewBy(ravi, 'reject'))],
    ['revoked', become(madeUnder(ruleWith()), reviewBy(ravi), { kind: 'revoke', by: ravi, comment: '' })],
  ])('what is %s has no session', (_name, so) => {
    expect(codeOf(planSession(so, ada, so.rule, later(2), digest))).toBe('wrong-status');
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

  const glass = { groups: ['g'], maxDurationMinutes: 20, justificationLength: 10, reviewMinutes: 60 };
  test.each([
    ['the smaller of each', {}, {}, false, 30, 30, []],
    [
      'the longest of break-glass, where it is that',
      { breakGlass: glass },
      { breakGlass: glass },
      true,
      20,
      30,
      [],
    ],
    ['no time, where then had none', {}, { breakGlass: glass }, true, 0, 30, []],
    ['no time, where now has none', { breakGlass: glass }, {}, true, 0, 30, []],
    [
      'the guardrails of both',
      { guardrails: ['assume-roles'] },
      { guardrails: ['create-users', 'assume-roles'] },
      false,
      30,
      30,
      ['create-users', 'assume-roles'],
    ],
  ] as [string, Partial<Rule>, Partial<Rule>, boolean, number, number, Guardrail[]][])(
    'stricter takes %s',
    (_name, then, now, breakGlass, maxDurationMinutes, sessionMinutes, both) => {
      const before = ruleWith({}, { maxDurationMinutes: 60, sessionMinutes: 30, ...then });
      const today = ruleWith({}, { maxDurationMinutes: 30, sessionMinutes: 60, ...now });
      expect(stricter(before, today, breakGlass)).toEqual({
        maxDurationMinutes,
        sessionMinutes,
        guardrails: both,
        endLiveSessions: false,
      });
    },
  );

  test.each([
    [false, false, false],
    [true, false, true],
    [false, true, true],
    [true, true, true],
  ])('ending live sessions, then %s and now %s: %s', (then, now, both) => {
    const rule = (endLiveSessions: boolean) => ruleWith({}, { endLiveSessions });
    expect(stricter(rule(then), rule(now), false).endLiveSessions).toBe(both);
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
  const allow = { Effect: 'Allow', Action: '*', Resource: '*' };
  const end = {
    Sid: 'EndsWithTheWindow',
    Effect: 'Deny',
    Action: '*',
    Resource: '*',
    Condition: { DateGreaterThanEquals: { 'aws:CurrentTime': '2026-11-23T10:30:00Z' } },
  };
  test('is what STS takes, also with every guardrail', () => {
    expect(JSON.parse(document)).toEqual({ Version: '2012-10-17', Statement: [allow, end] });
    const guarded = allowed(plan(approvedFor(60), 50, { guardrails }));
    expect(guarded.policy.length).toBeLessThanOrEqual(2048);
  });
  test('forbids what the guardrails of then and of now forbid', () => {
    const then = approvedFor(60);
    const guarded = { ...then, rule: { ...then.rule, guardrails: ['assume-roles'] as const } };
    const { policy: united } = allowed(plan(guarded, 50, { guardrails: ['create-users'] }));
    expect(JSON.parse(united)).toEqual({
      Version: '2012-10-17',
      Statement: [
        allow,
        end,
        {
          Sid: 'Guardrails',
          Effect: 'Deny',
          Action: ['iam:CreateUser', 'identitystore:CreateUser', 'sts:AssumeRole', 'sts:AssumeRoot'],
          Resource: '*',
        },
      ],
    });
  });
  test.each([
    ['create-users', ['iam:CreateUser', 'identitystore:CreateUser']],
    [
      'create-access-keys',
      [
        'iam:CreateAccessKey',
        'iam:UpdateAccessKey',
        'iam:CreateServiceSpecificCredential',
        'iam:ResetServiceSpecificCredential',
        'iam:UpdateServiceSpecificCredential',
        'iam:UploadSigningCertificate',
        'iam:UploadSSHPublicKey',
      ],
    ],
    ['create-login-profiles', ['iam:CreateLoginProfile', 'iam:UpdateLoginProfile']],
    [
      'change-trust-policies',
      [
        'iam:CreateRole',
        'iam:UpdateAssumeRolePolicy',
        'iam:CreateSAMLProvider',
        'iam:UpdateSAMLProvider',
        'iam:CreateOpenIDConnectProvider',
        'iam:UpdateOpenIDConnectProviderThumbprint',
        'iam:AddClientIDToOpenIDConnectProvider',
        'rolesanywhere:*',
      ],
    ],
    ['assume-roles', ['sts:AssumeRole', 'sts:AssumeRoot']],
  ] as const)('by the guardrail %s forbids %j', (guardrail, Action) => {
    expect(guardrailStatement([guardrail])).toEqual([
      { Sid: 'Guardrails', Effect: 'Deny', Action, Resource: '*' },
    ]);
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
  test.each([
    ['a condition', { automatic: [always] }, false, 'automatic'],
    ['nobody', {}, true, 'break-glass'],
  ])('let through by %s, say so where else the reviewer is', (_name, approval, breakGlass, tag) => {
    const glass = { groups: ['on-call'], maxDurationMinutes: 60, justificationLength: 10, reviewMinutes: 60 };
    const user = inGroups(ada, 'on-call');
    const rule = ruleWith(approval, { breakGlass: glass });
    const request = madeUnder(rule, user, { ...askFor(), breakGlass });
    const value = allowed(planSession(request, user, rule, later(1), digest));
    expect(value.tags.StepladderReviewer).toBe(tag);
  });
  test('let through by a condition, say so also where whoever invited has approved', () => {
    const rule = ruleWith({ automatic: [always], invitationCounts: true });
    const invited = allowed(invite(askFor(), ravi, ada, policyOf(rule), start, 'a'.repeat(26))).request;
    const { request } = allowed(accept(invited, ada, policyOf(rule), later(1)));
    const value = allowed(planSession(request, ada, rule, later(2), digest));
    expect(value.tags.StepladderReviewer).toBe('automatic');
  });
  test('somebody without an e-mail goes by name', () => {
    expect(identityName({ id: 'i', name: 'Zoë Ångström', email: '' }, 64, () => 'f'.repeat(64))).toBe(
      'Zo-ngstr-m-ffffffffff',
    );
  });
});
