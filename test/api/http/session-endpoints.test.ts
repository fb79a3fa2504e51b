import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { BrokerRefused, TargetRefused, Throttled } from '../../../api/actions/aws-refusals.ts';
import { Unavailable } from '../../../api/actions/ports.ts';
import type {
  IssuedSessionView,
  PageView,
  ProblemView,
  RequestDetailView,
  SessionView,
} from '../../../api/contract.ts';
import { IdentityUnavailable, Unauthenticated } from '../../../api/http/identity-errors.ts';
import { compilePolicy } from '../../../api/policy.ts';
import { canary } from '../issuer.ts';
import { ada, eve, otto, production, ravi } from '../people.ts';
import { approved, openStore, pending, type Store, trailOf } from '../store.ts';
import { type Api, captureLog, startApi } from './calls.ts';

let store: Store;
let api: Api;
let by: typeof ada;
let id: string;
let log: () => string;

beforeAll(async () => {
  store = await openStore();
});
beforeEach(async () => {
  log = captureLog();
  api = startApi(store);
  by = { ...ada, id: `https://id.example.com#${api.world.newId()}` };
  id = (await approved(store, api.world, by)).id;
});
afterEach(() => {
  vi.restoreAllMocks();
});

const secrets = /canary-/;
const cli = { kind: 'cli' };

describe('POST /requests/{id}/sessions', () => {
  test('answers credentials for the CLI, once, to be kept by nobody', async () => {
    const answer = await api.call<IssuedSessionView>(by, 'issueSession', { id, body: cli });
    expect(answer.status).toBe(201);
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'content-type': 'application/json' });
    expect(answer.body).toMatchObject({
      kind: 'cli',
      credentials: {
        accessKeyId: canary.accessKeyId,
        secretAccessKey: canary.secretAccessKey,
        sessionToken: canary.sessionToken,
      },
      session: { requestId: id, state: 'issued', sourceIp: '192.0.2.7', accessKeyId: canary.accessKeyId },
    });
    expect(log()).not.toMatch(secrets);
    expect(JSON.stringify(await store.everything())).not.toMatch(secrets);
  });

  test('answers a link for the console, and no credentials', async () => {
    const { status, text, body } = await api.call<IssuedSessionView>(by, 'issueSession', {
      id,
      body: { kind: 'console' },
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({ kind: 'console', url: canary.url });
    expect(text).not.toMatch(/canary-se/);
    expect(log()).not.toMatch(secrets);
    expect(JSON.stringify(await store.everything())).not.toMatch(secrets);
  });

  test('shows the session, but nothing secret, to the requester and to the auditor', async () => {
    await api.call(by, 'issueSession', { id, body: cli });
    const detail = await api.call<RequestDetailView>(by, 'getRequest', { id });
    const audit = await api.call<PageView<SessionView>>(otto, 'listAuditSessions');
    expect(detail.body.request.sessions.issued).toBe(1);
    expect(audit.body.items.map((session) => session.requestId)).toContain(id);
    expect(detail.text + audit.text).not.toMatch(secrets);
  });

  test('keeps of the user agent only what can be shown', async () => {
    const headers = { 'User-Agent': [`curl\u001b[31m\u202e${'x'.repeat(1000)}`] };
    const { body } = await api.call<IssuedSessionView>(by, 'issueSession', { id, body: cli, headers });
    expect(body.session.userAgent).toBe(`curl?[31m?${'x'.repeat(246)}`);
  });
});

describe('nobody gets credentials', () => {
  const expectNone = async (status: number, code: string, call: ReturnType<Api['call']>) => {
    const answer = await call;
    expect([answer.status, (answer.body as ProblemView).code]).toEqual([status, code]);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.text).not.toMatch(secrets);
  };

  test('by the authorizer’s word alone: the tokens are verified again', async () => {
    api.tokens.of = async () => {
      throw new Unauthenticated('token-expired', 'exp');
    };
    await expectNone(401, 'token-expired', api.call(by, 'issueSession', { id, body: cli }));
    api.tokens.of = async () => eve;
    await expectNone(401, 'unauthenticated', api.call(by, 'issueSession', { id, body: cli }));
    expect(await trailOf(store, id)).toEqual(['created', 'approved']);
  });

  test('by the groups of the authorizer’s context: those of the tokens count', async () => {
    api.tokens.of = async () => ({ ...by, groups: [] });
    await expectNone(403, 'not-eligible', api.call(by, 'issueSession', { id, body: cli }));
  });

  test('by the claims of the authorizer’s context, of headers or of the body: those of the tokens count', async () => {
    const seniors = compilePolicy({
      accounts: [{ id: production, name: 'Production' }],
      rules: [
        {
          id: 'seniors',
          who: { claims: { level: 'senior' } },
          what: { accounts: production, roles: 'Admin' },
        },
      ],
    });
    const strict = startApi(store, api.world, {}, seniors);
    const claiming = { ...by, claims: { level: ['senior'] } };
    strict.tokens.of = async () => by;
    const headers = { 'X-Claims': ['{"level":"senior"}'], level: ['senior'] };
    await expectNone(403, 'not-eligible', strict.call(claiming, 'issueSession', { id, body: cli, headers }));
    const body = { ...cli, claims: { level: ['senior'] } };
    await expectNone(400, 'invalid-input', strict.call(claiming, 'issueSession', { id, body }));
    strict.tokens.of = async () => claiming;
    expect((await strict.call(by, 'issueSession', { id, body: cli })).status).toBe(201);
  });

  test('while who is calling cannot be known', async () => {
    api.tokens.of = async () => {
      throw new IdentityUnavailable('the keys cannot be had');
    };
    const call = api.call(by, 'issueSession', { id, body: cli });
    await expectNone(503, 'unavailable', call);
    expect((await call).headers['retry-after']).toBe('2');
  });

  test('for another person’s request, nor learns that it is there', async () => {
    const foreign = await api.call(eve, 'issueSession', { id, body: cli });
    const absent = await api.call(eve, 'issueSession', { id: '0'.repeat(26), body: cli });
    expect(foreign).toEqual(absent);
    expect(foreign.status).toBe(404);
    await expectNone(403, 'not-requester', api.call(ravi, 'issueSession', { id, body: cli }));
  });

  test('before the review, or when the window has ended', async () => {
    const waiting = await pending(store, api.world, { ...by, id: `${by.id}-2` });
    const owner = { ...by, id: `${by.id}-2` };
    await expectNone(409, 'wrong-status', api.call(owner, 'issueSession', { id: waiting.id, body: cli }));
    api.world.pass(60);
    await expectNone(409, 'wrong-status', api.call(by, 'issueSession', { id, body: cli }));
  });

  test.each([
    [
      'refuses',
      () =>
        new TargetRefused({ account: '111122223333', role: 'Admin' }, 'access-denied', {
          cause: new Error('AccessDenied'),
        }),
      502,
      'target-refused',
    ],
    ['is busy', () => new Throttled('STS is throttling'), 503, 'aws-busy'],
    ['does not take our own credentials', () => new BrokerRefused('expired'), 503, 'broker-refused'],
    ['does not answer', () => new Unavailable('STS failed'), 503, 'unavailable'],
    ['breaks in a way that nobody foresaw', () => new Error('canary-secret-access-key'), 500, 'internal'],
  ])('where AWS %s', async (_what, error, status, code) => {
    const broken = startApi(store, api.world, {
      assumeRole: async () => {
        throw error();
      },
    });
    await expectNone(status, code, broken.call(by, 'issueSession', { id, body: cli }));
    expect((await trailOf(store, id)).at(-1)).toBe('session-failed');
    if (status >= 500 && status !== 502) expect(log()).toContain('correlation-1');
    expect(JSON.stringify(await store.everything())).not.toMatch(secrets);
  });
});

describe('a refusal of AWS', () => {
  const refusing = (error: Error, contacts: Record<string, unknown> = {}) =>
    startApi(store, api.world, { assumeRole: () => Promise.reject(error) }, compilePolicy(contacts));
  const target = { account: production, role: 'Admin' };
  const reasons = [
    'access-denied',
    'region-disabled',
    'policy-too-large',
    'malformed-policy',
    'invalid-input',
  ] as const;

  test.each(reasons)('(%s) says what to have checked, in words of its own', async (reason) => {
    const told = new TargetRefused(target, reason, {});
    const { status, body, headers } = await refusing(told).call(by, 'issueSession', { id, body: cli });
    expect([status, body.title]).toEqual([502, 'AWS refused']);
    expect(body.evidence).toEqual({ ...target, reason });
    expect(headers['retry-after']).toBeUndefined();
    const others = reasons.filter((other) => other !== reason);
    for (const other of others) {
      const error = new TargetRefused(target, other, {});
      const answer = await refusing(error).call(by, 'issueSession', { id, body: cli });
      expect(answer.body.detail).not.toBe(body.detail);
    }
  });

  test.each([
    [
      'the account says',
      { contact: 'Everybody', accounts: [{ id: production, name: 'P', contact: 'Platform, #aws-help' }] },
      'Platform, #aws-help',
    ],
    [
      'the file says for all',
      { contact: 'Everybody', accounts: [{ id: production, name: 'P' }] },
      'Everybody',
    ],
    ['nobody says', {}, undefined],
  ])('names whom to ask, as %s', async (_who, contacts, whomToAsk) => {
    const told = refusing(new TargetRefused(target, 'access-denied', {}), contacts);
    const { body } = await told.call(by, 'issueSession', { id, body: cli });
    expect(body.evidence.whomToAsk).toBe(whomToAsk);
    const detail = await told.call<RequestDetailView>(by, 'getRequest', { id });
    expect(detail.body.contact).toBe(whomToAsk ?? null);
  });

  test.each([
    [new Throttled('busy'), '10'],
    [new BrokerRefused('expired'), '60'],
    [new Unavailable('down'), '2'],
  ])('that passes says when to try again: %s', async (error, seconds) => {
    const { headers, body } = await refusing(error).call(by, 'issueSession', { id, body: cli });
    expect(headers['retry-after']).toBe(seconds);
    expect(body.evidence).toEqual({});
  });
});
