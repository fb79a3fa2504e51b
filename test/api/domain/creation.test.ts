import { describe, expect, test } from 'vitest';
import type { AccessRequest } from '../../../api/domain/access-request.ts';
import type { Ask } from '../../../api/domain/ask.ts';
import { type Circumstances, create } from '../../../api/domain/creation.ts';
import { type Instant, instantOf } from '../../../api/domain/instant.ts';
import { apply } from '../../../api/domain/lifecycle.ts';
import { type Rule, reviewerGroup } from '../../../api/domain/policy-document.ts';
import { ruleFor } from '../../../api/domain/rule-match.ts';
import { statusAt } from '../../../api/domain/status.ts';
import { personOf, type User } from '../../../api/domain/user.ts';
import {
  ada,
  allowed,
  alone,
  askFor,
  codeOf,
  eve,
  nemo,
  policy,
  production,
  ravi,
  staging,
} from '../people.ts';
import { always, become, byTeam, inGroups, later, policyOf, reviewBy, ruleWith, start } from './one-rule.ts';

const id = 'b'.repeat(26);
const onCall = inGroups(ada, 'on-call');
const emergency = 'Payments are down, nobody answers the phone.';
const glass = askFor('Admin', production, {
  breakGlass: true,
  durationMinutes: 30,
  justification: emergency,
});
const make = (ask: Ask, user: User, more: Partial<Circumstances> = {}, now = start) =>
  create(ask, user, policy, now, alone(id, more));
const made = (...parameters: Parameters<typeof make>) => allowed(make(...parameters));

test('what waits for its reviews is on record as created, with its reason', () => {
  expect(made(askFor(), ada).entry).toMatchObject({
    kind: 'created',
    text: askFor().justification,
    note: '',
  });
});

describe('creating', () => {
  test.each([
    ['somebody eligible', ada, askFor(), {}, 'allowed'],
    ['somebody without groups', nemo, askFor(), {}, 'not-eligible'],
    ['a reviewer', ravi, askFor(), {}, 'not-eligible'],
    ['the right role in another account', eve, askFor('Admin', staging), {}, 'not-eligible'],
    ['another role in the right account', eve, askFor('ReadOnly'), {}, 'not-eligible'],
    ["the rule's longest", ada, askFor('Admin', production, { durationMinutes: 240 }), {}, 'allowed'],
    ['a minute more', ada, askFor('Admin', production, { durationMinutes: 241 }), {}, 'duration-too-long'],
    [
      'the longest where no rule says',
      ada,
      askFor('Admin', staging, { durationMinutes: 480 }),
      {},
      'allowed',
    ],
    ['break-glass by who may', onCall, glass, {}, 'allowed'],
    ['break-glass by somebody else', ada, glass, {}, 'break-glass-not-allowed'],
    ['break-glass by who is not eligible', inGroups(nemo, 'on-call'), glass, {}, 'not-eligible'],
    [
      'break-glass where no rule has any',
      onCall,
      { ...glass, target: { account: staging, role: 'Admin' } },
      {},
      'break-glass-not-allowed',
    ],
    [
      'break-glass while one waits for its review',
      onCall,
      glass,
      { overdue: ['x'] },
      'break-glass-unreviewed',
    ],
    ['anything else while one waits', onCall, askFor(), { overdue: ['x'] }, 'allowed'],
    [
      'break-glass by somebody else while one waits',
      ada,
      glass,
      { overdue: ['x'] },
      'break-glass-not-allowed',
    ],
    [
      'a start that is too far',
      ada,
      askFor('Admin', production, { start: later(11_000) }),
      {},
      'start-out-of-range',
    ],
  ] as [string, User, Ask, Partial<Circumstances>, string][])('%s: %#', (_name, user, ask, more, code) => {
    expect(codeOf(make(ask, user, more))).toBe(code);
  });

  test('copies the rule, why it applies, the names and the deadline into the request', () => {
    const { request } = made(askFor(), ada);
    expect(request).toEqual({
      ...askFor(),
      id,
      version: 1,
      status: 'pending',
      requester: personOf(ada),
      teams: [],
      accountName: 'Production',
      extensionOf: null,
      slot: 0,
      together: [],
      invitation: null,
      createdAt: start,
      reviewBy: later(24 * 60),
      rule: ruleFor(policy, ada, askFor().target),
      because: [
        `"production" applies: the user is in "aws-temp#Admin#${production}"; the account ${production} is "name Production"; the role Admin is "*".`,
      ],
      reviews: [],
    });
  });

  test('keeps the teams only where the rule separates them', () => {
    const user = inGroups(ada, 'team-b', 'team-a');
    const teams = (rule: Rule) =>
      allowed(create(askFor(), user, policyOf(rule), start, alone(id))).request.teams;
    expect(teams(ruleWith())).toEqual([]);
    expect(teams(ruleWith({ apartBy: byTeam }))).toEqual(['team-a', 'team-b']);
  });

  test('of several in one form knows the others', () => {
    expect(made(askFor(), ada, { together: [id, 'c'] }).request.together).toEqual([id, 'c']);
  });
});

test('break-glass access begins at once, is short, and says by when it has to be reviewed', () => {
  const { request, entry, messages } = made(glass, onCall);
  expect(request).toMatchObject({
    status: 'approved',
    breakGlass: true,
    approvedAt: start,
    approvedBy: { kind: 'break-glass', reviewDue: later(240), afterReview: null },
    window: { from: start, until: later(30) },
    reviews: [],
  });
  expect(entry).toMatchObject({
    kind: 'break-glass',
    text: emergency,
    note: `Break-glass access by the rule "production", to be reviewed before ${later(240)}.`,
  });
  expect(messages.map(({ kind, audience }) => [kind, audience])).toEqual([
    ['break-glass', 'reviewers'],
    ['ending-soon', 'requester'],
    ['break-glass-overdue', 'reviewers'],
  ]);
});

test('break-glass access waits for nobody, also where a condition would let it through', () => {
  const breakGlass = {
    groups: ['on-call'],
    maxDurationMinutes: 30,
    justificationLength: 30,
    reviewMinutes: 60,
  };
  const rule = ruleWith({ automatic: [always] }, { breakGlass });
  const { request } = allowed(create(glass, onCall, policyOf(rule), start, alone(id)));
  expect(request).toMatchObject({ approvedBy: { kind: 'break-glass', reviewDue: later(60) } });
});

describe('automatic approval', () => {
  const short = { ...always, name: 'up to an hour', maxDurationMinutes: 60 };
  const onlyOnCall = { ...always, name: 'who is on call', groups: ['on-call'] };
  const rule = ruleWith({ automatic: [onlyOnCall, short] });
  const of = (user: User, durationMinutes: number, more: Partial<Circumstances> = {}) =>
    allowed(
      create(askFor('Admin', production, { durationMinutes }), user, policyOf(rule), start, alone(id, more)),
    );
  test.each([
    ['the first condition that holds', onCall, 60, 'who is on call'],
    ['the next one', ada, 60, 'up to an hour'],
    ['the one without a limit', onCall, 61, 'who is on call'],
  ])('says which condition let it through: %s', (_name, user, minutes, condition) => {
    const { request, entry } = of(user, minutes);
    expect(request).toMatchObject({
      status: 'approved',
      approvedBy: { kind: 'automatic', condition },
      window: { from: start, until: later(minutes) },
    });
    expect(entry).toMatchObject({
      kind: 'approved-automatically',
      text: askFor().justification,
      note: `Approved automatically by the rule "conventions": ${condition}.`,
    });
  });

  test('is not, where no condition holds', () => {
    expect(of(ada, 61).request.status).toBe('pending');
  });

  test('of an extension is not by a condition of the length', () => {
    const { request: extending } = of(ada, 60);
    expect(of(ada, 60, { extending }).request.status).toBe('pending');
    expect(of(onCall, 60, { extending }).request.status).toBe('approved');
  });
});

describe('the start that was asked for', () => {
  const scheduled = allowed(make(askFor('Admin', production, { start: later(60) }), ada)).request;
  test.each([
    ['approved before it: the window begins there', 30, later(60), 'scheduled'],
    ['approved at it', 60, later(60), 'active'],
    ['approved after it: the window begins at the approval', 90, later(90), 'active'],
  ])('%s', (_name, minutes, from, status) => {
    const request = allowed(apply(scheduled, reviewBy(ravi), later(minutes))).request;
    expect(request).toMatchObject({ window: { from } });
    expect(statusAt(request, later(minutes))).toBe(status);
  });

  test('has passed: access begins now', () => {
    const rule = ruleWith({ automatic: [always] });
    const ask = askFor('Admin', production, { start: later(-10) });
    expect(allowed(create(ask, ada, policyOf(rule), start, alone(id))).request).toMatchObject({
      window: { from: start, until: later(60) },
    });
  });

  test('the window ends on a whole second, never later than asked for', () => {
    const at = instantOf(Date.UTC(2026, 10, 23, 9, 31, 2, 345));
    expect(allowed(apply(made(askFor(), ada).request, reviewBy(ravi), at)).request).toMatchObject({
      window: { from: '2026-11-23T09:31:02.345Z', until: '2026-11-23T10:31:02.000Z' },
      sessions: { issued: 0, credentialsEndAt: null, endableUntil: null },
    });
  });
});

describe('after a reviewer ended the access', () => {
  const barred = { barred: 'ended' } as const;
  test('no condition lets a request through: a reviewer decides', () => {
    const automatic = policyOf(ruleWith({ automatic: [always] }));
    const asked = (more: Partial<Circumstances>) =>
      allowed(create(askFor(), ada, automatic, start, alone('x'.repeat(26), more))).request.status;
    expect(asked({})).toBe('approved');
    expect(asked(barred)).toBe('pending');
  });

  test('the glass cannot be broken', () => {
    const onCall = inGroups(ada, 'on-call');
    const ask = {
      ...askFor(),
      breakGlass: true,
      durationMinutes: 30,
      justification: 'The payment workers are down and nobody answers.',
    };
    const code = (more: Partial<Circumstances>) =>
      codeOf(create(ask, onCall, policy, start, alone('x'.repeat(26), more)));
    expect(code({})).toBe('allowed');
    expect(code(barred)).toBe('break-glass-not-allowed');
  });
});

describe('an extension', () => {
  const pending = made(askFor(), ada, { id: 'a'.repeat(26) }).request;
  /** Approved a minute later: the window is [1, 61). */
  const active = become(pending, reviewBy(ravi));
  const later60 = askFor('Admin', production, { start: later(60) });
  const scheduled = become(made(later60, ada, { id: 'a'.repeat(26) }).request, reviewBy(ravi));
  const revoked = become(active, { kind: 'revoke', by: ravi, comment: '' });
  const rejected = become(pending, reviewBy(ravi, 'reject'));
  test.each([
    ['of what is active', active, ada, askFor(), 30, 'allowed'],
    ['of what is scheduled', scheduled, ada, askFor(), 30, 'allowed'],
    ['the millisecond before the end', active, ada, askFor(), 61 - 1 / 60_000, 'allowed'],
    ['at the end', active, ada, askFor(), 61, 'extension-not-possible'],
    ["of another's", active, eve, askFor(), 30, 'extension-not-possible'],
    ['of another role', active, ada, askFor('ReadOnly'), 30, 'extension-not-possible'],
    ['of another account', active, ada, askFor('Admin', staging), 30, 'extension-not-possible'],
    ['of what is pending', pending, ada, askFor(), 30, 'extension-not-possible'],
    ['of what is rejected', rejected, ada, askFor(), 30, 'extension-not-possible'],
    ['of what is revoked', revoked, ada, askFor(), 30, 'extension-not-possible'],
    ['by somebody who lost the group', active, { ...ada, groups: [] }, askFor(), 30, 'not-eligible'],
    [
      'that is too long',
      active,
      ada,
      askFor('Admin', production, { durationMinutes: 241 }),
      30,
      'duration-too-long',
    ],
  ] as [string, AccessRequest, User, Ask, number, string][])(
    '%s: %#',
    (_name, extending, user, ask, minutes, code) => {
      expect(codeOf(make(ask, user, { extending }, later(minutes)))).toBe(code);
    },
  );

  test('names the old one, begins where that ends, and holds the other lock', () => {
    const { request } = made(askFor(), ada, { extending: active }, later(30));
    expect(request).toMatchObject({
      status: 'pending',
      extensionOf: active.id,
      start: later(61),
      slot: 1,
      createdAt: later(30),
    });
    const approved = allowed(apply(request, reviewBy(ravi), later(31))).request;
    expect(approved).toMatchObject({ window: { from: later(61), until: later(121) } });
    expect(made(askFor(), ada, { extending: approved }, later(62)).request).toMatchObject({
      extensionOf: request.id,
      start: later(121),
      slot: 0,
    });
  });

  test('of an extension that has not begun is refused: a chain would reach further ahead than any start', () => {
    const { request } = made(askFor(), ada, { extending: active }, later(30));
    const approved = allowed(apply(request, reviewBy(ravi), later(31))).request;
    const again = create(askFor(), ada, policy, later(32), alone('x'.repeat(26), { extending: approved }));
    expect(codeOf(again)).toBe('extension-not-possible');
  });

  test.each([
    ['before the old one ends', 60, later(61)],
    ['after it', 100, later(100)],
  ] as [string, number, Instant][])(
    'approved %s leaves no second with two windows',
    (_name, minutes, from) => {
      const { request } = made(askFor(), ada, { extending: active }, later(30));
      const approved = allowed(apply(request, reviewBy(ravi), later(minutes))).request;
      expect(approved).toMatchObject({ window: { from } });
    },
  );

  test('is decided by the rule of today, as any other', () => {
    const { request } = made(askFor(), ada, { extending: active }, later(30));
    expect(request.rule.approval.groups).toEqual([reviewerGroup]);
    expect(codeOf(apply(request, reviewBy(inGroups(ada, reviewerGroup)), later(31)))).toBe('own-request');
  });
});
