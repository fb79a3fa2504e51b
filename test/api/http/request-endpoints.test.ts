import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { Unavailable } from '../../../api/actions/ports.ts';
import type {
  CreatedView,
  ExplanationView,
  MeView,
  PageView,
  RequestDetailView,
  RequestView,
  TargetPageView,
} from '../../../api/contract.ts';
import { defaultRule } from '../../../api/domain/policy-document.ts';
import { checkEligible } from '../../../api/domain/rule-match.ts';
import type { User } from '../../../api/domain/user.ts';
import { ruleView } from '../../../api/http/present.ts';
import type { RouteName } from '../../../api/routes.ts';
import {
  ada,
  allowed,
  askFor,
  eve,
  nemo,
  oki,
  otto,
  policy,
  production,
  ravi,
  rosa,
  staging,
  userOf,
} from '../people.ts';
import { approved, openStore, pending, type Store, trailOf } from '../store.ts';
import { type Api, captureLog, startApi } from './calls.ts';

let store: Store;
let api: Api;
let by: User;
let log: () => string;

beforeAll(async () => {
  store = await openStore();
});
beforeEach(() => {
  log = captureLog();
  api = startApi(store);
  by = { ...ada, id: `https://id.example.com#${api.world.newId()}` };
});
afterEach(() => {
  vi.restoreAllMocks();
});

const target = { account: production, role: 'Admin' };
const body = {
  targets: [target],
  durationMinutes: 60,
  justification: 'Restart the payment workers.',
};

const asking = (part: Record<string, unknown>) => ({ ...body, targets: [{ ...target, ...part }] });
const ruleOf = (of: typeof target) => allowed(checkEligible(policy, ada, of));

describe('who am I, and what may I ask for', () => {
  test.each([
    ['an engineer', ada, { engineer: true, reviewer: false, auditor: false, operator: false }],
    ['an engineer who reviews', rosa, { engineer: true, reviewer: true, auditor: false, operator: false }],
    ['an auditor', otto, { engineer: false, reviewer: false, auditor: true, operator: false }],
    ['an operator', oki, { engineer: false, reviewer: false, auditor: false, operator: true }],
    ['nobody', nemo, { engineer: false, reviewer: false, auditor: false, operator: false }],
  ])('GET /me tells %s their part', async (_who, user, roles) => {
    const answer = await api.call<MeView>(user, 'getMe');
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      user: { id: user.id, name: user.name, email: user.email },
      roles,
      serverTime: api.world.now(),
    });
  });

  test('GET /me names what is active now, until the window ends', async () => {
    const { id } = await approved(store, api.world, by);
    const during = await api.call<MeView>(by, 'getMe');
    expect(during.body.active).toMatchObject([
      { id, status: 'active', allowedActions: ['revoke', 'issue', 'extend'] },
    ]);
    api.world.pass(60);
    expect((await api.call<MeView>(by, 'getMe')).body.active).toEqual([]);
  });

  test('GET /targets lists them by name, with their limits, and finds them', async () => {
    const all = await api.call<TargetPageView>(ada, 'listTargets');
    const onProduction = ruleView(ruleOf(target), ada);
    expect(all.body).toEqual({
      items: [
        { account: production, accountName: 'Production', role: 'Admin', rule: onProduction },
        { account: production, accountName: 'Production', role: 'ReadOnly', rule: onProduction },
        { account: staging, accountName: 'Staging', role: 'Admin', rule: ruleView(defaultRule, ada) },
      ],
      cursor: null,
    });
    expect(onProduction).toMatchObject({ id: 'production', maxDurationMinutes: 240, breakGlass: null });
    const found = await api.call<TargetPageView>(ada, 'listTargets', { query: { search: ' STAG ' } });
    expect(found.body.items.map((target) => target.account)).toEqual([staging]);
    expect((await api.call<TargetPageView>(nemo, 'listTargets')).body.items).toEqual([]);
  });

  test('GET /targets pages through many', async () => {
    const groups = Array.from({ length: 60 }, (_none, index) => `aws-temp#Role${index}#${production}`);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: Record<string, string> = cursor === null ? {} : { cursor };
      const page = await api.call<TargetPageView>({ ...nemo, groups }, 'listTargets', { query });
      seen.push(...page.body.items.map((target) => target.role));
      cursor = page.body.cursor;
    } while (cursor !== null);
    expect(new Set(seen).size).toBe(60);
    expect(seen).toHaveLength(60);
  });
});

describe('GET /targets/explain', () => {
  const explain = (user: User, query: Record<string, string>) =>
    api.call<ExplanationView>(user, 'explainTarget', { query });

  test('says by which rule, why not by an earlier one, and what it asks', async () => {
    const mine = await explain(ada, target);
    expect(mine.body).toEqual({
      target: { ...target, accountName: 'Production' },
      because: [
        '"production" applies: the user is in "aws-temp#Admin#111122223333"; the account 111122223333 is "name Production"; the role Admin is "*".',
      ],
      rule: ruleView(ruleOf(target), ada),
      open: null,
    });
    const second = await explain(ada, { account: staging, role: 'Admin' });
    expect(second.body.rule?.id).toBe('conventions');
    expect(second.body.because).toEqual([
      '"production" does not apply: the account 444455556666 is not "name Production".',
      '"conventions" applies: the user is in "aws-temp#Admin#444455556666"; the account 444455556666 is any; the role Admin is "*".',
    ]);
  });

  test('says why not to whom no rule makes eligible, as the refusal does', async () => {
    const theirs = await explain(nemo, target);
    expect(theirs).toMatchObject({ status: 200, body: { rule: null } });
    expect(theirs.body.because).toEqual([
      '"production" does not apply: the user is not in "aws-temp#Admin#111122223333".',
      '"conventions" does not apply: the user is not in "aws-temp#Admin#111122223333".',
    ]);
    const refused = await api.call(nemo, 'createRequest', { body });
    expect(refused.body.evidence.rules).toEqual([
      'production: the user is not in "aws-temp#Admin#111122223333"',
      'conventions: the user is not in "aws-temp#Admin#111122223333"',
    ]);
  });

  test('shows break-glass access only to whom may take it', async () => {
    const onCall = { ...ada, groups: [...ada.groups, 'on-call'] };
    expect((await explain(onCall, target)).body.rule?.breakGlass).toEqual({
      maxDurationMinutes: 30,
      justificationLength: 30,
      reviewMinutes: 240,
    });
    expect((await explain(ada, target)).body.rule?.breakGlass).toBeNull();
  });

  test.each([
    ['account', { account: '1', role: 'Admin' }],
    ['account', { role: 'Admin' }],
    ['role', { account: production, role: 'a b' }],
    ['user', { ...target, user: 'https://id.example.com#eve' }],
    ['groups', { ...target, groups: 'aws-temp#Admin#444455556666' }],
    ['extensionOf', { ...target, extensionOf: 'another' }],
  ])('names the parameter %s in %j', async (name, query) => {
    const answer = await api.call(ada, 'explainTarget', { query });
    expect([answer.status, Object.keys(answer.body.evidence)]).toEqual([400, [`query.${name}`]]);
  });
});

describe('POST /requests', () => {
  test('makes a request that waits for its review', async () => {
    const answer = await api.call<CreatedView>(by, 'createRequest', { body });
    expect(answer.status).toBe(201);
    const [made] = answer.body.requests;
    expect(answer.body.requests).toHaveLength(1);
    expect(made).toMatchObject({
      version: 1,
      status: 'pending',
      target: { account: production, accountName: 'Production', role: 'Admin' },
      requester: { id: by.id },
      durationMinutes: 60,
      window: null,
      approval: null,
      reviews: [],
      approvalsNeeded: 1,
      reviewerGroups: ['aws-temp#Reviewer'],
      breakGlass: false,
      extensionOf: null,
      together: [],
      invitation: null,
      start: null,
      ticket: null,
      sessions: { issued: 0, credentialsEndAt: null, endable: false },
      allowedActions: ['cancel'],
    });
    expect(await trailOf(store, made?.id ?? '')).toEqual(['created']);
  });

  test('with the same key gives the same request again, and refuses the key for another', async () => {
    const headers = { 'idempotency-key': ['one-key-per-form'] };
    const first = await api.call<CreatedView>(by, 'createRequest', { body, headers });
    const again = await api.call<CreatedView>(by, 'createRequest', { body, headers });
    expect(first.status).toBe(201);
    expect(again).toEqual(first);
    const other = await api.call(by, 'createRequest', { body: { ...body, durationMinutes: 61 }, headers });
    expect([other.status, other.body.code]).toEqual([422, 'idempotency-key-reused']);
    const somebody = { ...eve, id: `${by.id}-other` };
    const theirs = await api.call<CreatedView>(somebody, 'createRequest', { body, headers });
    expect(theirs.body.requests[0]?.id).not.toBe(first.body.requests[0]?.id);
  });

  test.each([
    ['a second for the same target', body, 409, 'already-open'],
    ['a role that is not theirs', asking({ role: 'Root' }), 403, 'not-eligible'],
    ['an account that is not theirs', asking({ account: '999999999999' }), 403, 'not-eligible'],
    ['a role in other letters', asking({ role: 'admin' }), 403, 'not-eligible'],
    [
      'longer than the account allows',
      { ...asking({ role: 'ReadOnly' }), durationMinutes: 241 },
      422,
      'duration-too-long',
    ],
  ])('refuses %s', async (_what, asked, status, code) => {
    await pending(store, api.world, by);
    const answer = await api.call(by, 'createRequest', { body: asked });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  test.each([
    ['targets.0.account', '1'],
    ['targets.0.account', 111122223333],
    ['targets.0.account', '111122223333\n'],
    ['targets.0.role', ''],
    ['targets.0.role', 'a/b'],
    ['targets.0.role', 'x'.repeat(65)],
    ['targets', []],
    ['targets', [target, target]],
    ['targets', Array.from({ length: 11 }, (_none, index) => ({ ...target, role: `Role${index}` }))],
    ['ticket', 'ABC-1\nABC-2'],
    ['start', 'tomorrow'],
    ['breakGlass', 'yes'],
    ['extensionOf', 'x'],
    ['together', ['0'.repeat(26)]],
    ['invitation', null],
    ['durationMinutes', 14],
    ['durationMinutes', 721],
    ['durationMinutes', 60.5],
    ['durationMinutes', '60'],
    ['durationMinutes', null],
    ['justification', 'too short'],
    ['justification', `${' '.repeat(20)}`],
    ['justification', 'x'.repeat(1001)],
    ['justification', 'Restart\u0000the workers.'],
    ['justification', 'Restart \u202ethe workers.'],
    ['justification', ['Restart the payment workers.']],
    ['requester', 'somebody else'],
    ['__proto__', {}],
  ])('names the field %s where it is %j', async (field, value) => {
    const [, part = ''] = field.split('targets.0.');
    const sent =
      field === '__proto__'
        ? `{"__proto__":{},${JSON.stringify(body).slice(1)}`
        : JSON.stringify(part === '' ? { ...body, [field]: value } : asking({ [part]: value }));
    const answer = await api.call(by, 'createRequest', { body, event: { body: sent } });
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid-input']);
    expect(Object.keys(answer.body.evidence)).toEqual([`body.${field}`]);
  });

  test.each([
    ['too short', ['short']],
    ['with other characters', ['key with spaces']],
    ['given twice', ['one-key-per-form', 'two-keys-per-form']],
  ])('refuses an Idempotency-Key %s', async (_what, keys) => {
    const answer = await api.call(by, 'createRequest', { body, headers: { 'Idempotency-Key': keys } });
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid-input']);
  });
});

describe('reading requests', () => {
  test('GET /requests lists mine and nobody else’s, newest first, and finds them', async () => {
    const first = await pending(store, api.world, by);
    api.world.pass(1);
    const second = await approved(store, api.world, by, askFor('Admin', staging));
    await pending(store, api.world, userOf(api.world.newId(), 'Other', ada.groups as string[]));
    const list = async (query: Record<string, string>) =>
      (await api.call<PageView<RequestView>>(by, 'listRequests', { query })).body.items.map(
        (item) => item.id,
      );
    expect(await list({})).toEqual([second.id, first.id]);
    expect(await list({ status: 'active' })).toEqual([second.id]);
    expect(await list({ search: 'staging' })).toEqual([second.id]);
    expect(await list({ search: 'PAYMENT', status: 'pending' })).toEqual([first.id]);
    expect(await list({ search: 'no such thing' })).toEqual([]);
  });

  test('GET /requests/{id} shows its history, and to a reviewer what was asked before', async () => {
    const earlier = await pending(store, api.world, by, askFor('ReadOnly'));
    api.world.pass(1);
    const { id } = await pending(store, api.world, by);
    const mine = await api.call<RequestDetailView>(by, 'getRequest', { id });
    expect(mine.body).toMatchObject({
      request: { id },
      entries: [{ version: 1, kind: 'created' }],
      earlier: [],
    });
    const reviewers = await api.call<RequestDetailView>(ravi, 'getRequest', { id });
    expect(reviewers.body.earlier.map((request) => request.id)).toEqual([earlier.id]);
    expect(reviewers.body.request.allowedActions).toEqual(['review']);
    const auditors = await api.call<RequestDetailView>(otto, 'getRequest', { id });
    expect(auditors.body).toMatchObject({ request: { allowedActions: [] }, earlier: [] });
  });

  test.each<[RouteName, unknown]>([
    ['getRequest', undefined],
    ['cancelRequest', {}],
    ['revokeRequest', { comment: '' }],
    ['acceptInvitation', {}],
    ['issueSession', { kind: 'cli' }],
  ])('%s answers another person’s request like one that is not there', async (name, sent) => {
    const { id } = await pending(store, api.world, by);
    const parts = sent === undefined ? {} : { body: sent };
    const foreign = await api.call(eve, name, { ...parts, id });
    expect(foreign).toMatchObject({ status: 404, body: { code: 'not-found' } });
    for (const absent of ['0'.repeat(26), 'UPPER', '', '../../etc', id.toUpperCase(), `${id} `]) {
      expect(await api.call(eve, name, { ...parts, id: absent })).toEqual(foreign);
    }
    expect(await trailOf(store, id)).toEqual(['created']);
  });
});

describe('ending requests', () => {
  test('a pending one is cancelled by its requester, once', async () => {
    const { id } = await pending(store, api.world, by);
    const denied = await api.call(ravi, 'cancelRequest', { id, body: {} });
    expect([denied.status, denied.body.code]).toEqual([403, 'not-requester']);
    const done = await api.call<RequestView>(by, 'cancelRequest', { id, body: {} });
    expect(done.body).toMatchObject({ status: 'cancelled', version: 2, closure: { by: { id: by.id } } });
    const again = await api.call(by, 'cancelRequest', { id, body: {} });
    expect([again.status, again.body.code]).toEqual([409, 'wrong-status']);
  });

  test.each([
    ['its requester', () => by],
    ['a reviewer', () => ravi],
  ])('an active one is revoked by %s', async (_who, who) => {
    const { id } = await approved(store, api.world, by);
    const done = await api.call<RequestView>(who(), 'revokeRequest', { id, body: { comment: 'Done.' } });
    expect(done.body).toMatchObject({ status: 'revoked', closure: { comment: 'Done.' }, allowedActions: [] });
    expect(await trailOf(store, id)).toEqual(['created', 'approved', 'revoked']);
  });

  test('an auditor can read, and end nothing', async () => {
    const { id } = await approved(store, api.world, by);
    const answer = await api.call(otto, 'revokeRequest', { id, body: { comment: '' } });
    expect([answer.status, answer.body.code]).toEqual([403, 'not-reviewer']);
  });

  test.each([
    ['comment', { comment: 'x'.repeat(1001) }],
    ['comment', {}],
    ['reason', { comment: '', reason: 'typo' }],
  ])('revoking names the field %s in %j', async (field, sent) => {
    const { id } = await approved(store, api.world, by);
    const answer = await api.call(by, 'revokeRequest', { id, body: sent });
    expect([answer.status, Object.keys(answer.body.evidence)]).toEqual([400, [`body.${field}`]]);
  });
});

describe('when the database does not answer', () => {
  test('every route says so, and nothing of why', async () => {
    const down = async () => {
      throw new Unavailable('reading the table failed', { cause: new Error('10.0.0.1 refused') });
    };
    const names = ['readRequest', 'listRequests', 'listSessions', 'listEntries', 'readIdempotency'] as const;
    const broken = {
      ...store,
      ...Object.fromEntries(names.map((name) => [name, down])),
      createRequests: down,
    };
    const away = startApi(broken as Store, api.world);
    const id = '0'.repeat(26);
    const { targets: _none, ...ask } = body;
    const invited = { ...ask, ...target, email: 'somebody@example.com' };
    const calls: [User, RouteName, object][] = [
      [by, 'getMe', {}],
      [by, 'createRequest', { body }],
      [by, 'listRequests', {}],
      [by, 'getRequest', { id }],
      [by, 'cancelRequest', { id, body: {} }],
      [by, 'revokeRequest', { id, body: { comment: '' } }],
      [by, 'acceptInvitation', { id, body: {} }],
      [ravi, 'invite', { body: invited }],
      [ravi, 'listReviews', { query: { state: 'pending' } }],
      [ravi, 'reviewRequest', { id, body: { decision: 'approve', comment: '', version: 1 } }],
      [by, 'issueSession', { id, body: { kind: 'cli' } }],
      [otto, 'listAuditRequests', {}],
      [otto, 'listAuditSessions', {}],
      [otto, 'listEntries', { id }],
      [otto, 'exportAudit', { query: { of: 'sessions', format: 'csv' } }],
    ];
    for (const [user, name, parts] of calls) {
      const answer = await away.call(user, name, parts);
      expect([name, answer.status, answer.body.code]).toEqual([name, 503, 'unavailable']);
      expect(answer.headers).toMatchObject({ 'retry-after': '2', 'cache-control': 'no-store' });
      expect(answer.text).not.toContain('10.0.0.1');
    }
    expect(log()).toContain('reading the table failed');
    expect(log()).not.toContain('10.0.0.1');
  });
});
