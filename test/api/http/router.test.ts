import type { APIGatewayProxyEvent } from 'aws-lambda';
import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { MeView } from '../../../api/contract.ts';
import { type Caller, type RouteName, routes } from '../../../api/routes.ts';
import { ada, nemo, oki, otto, production, ravi } from '../people.ts';
import { openStore, type Store } from '../store.ts';
import { type Answer, type Api, captureLog, eventOf, startApi } from './calls.ts';

/** What holds for every route: who may call, what is read of an event, and how it is answered. */

let store: Store;
let api: Api;
let log: () => string;

beforeAll(async () => {
  store = await openStore();
});
beforeEach(() => {
  log = captureLog();
  api = startApi(store);
});
afterEach(() => {
  vi.restoreAllMocks();
});

const names = Object.keys(routes) as RouteName[];
const posts = names.filter((name) => routes[name].method === 'POST');
const gets = names.filter((name) => routes[name].method === 'GET');
const may: Record<Caller, typeof ada> = { user: ada, reviewer: ravi, auditor: otto, operator: oki };
const id = '0'.repeat(26);
const signedIn = { at: '2026-11-24T09:00:00.000Z', acr: 'urn:example:gold', amr: ['mfa'] };

function userWith(fields: object) {
  return { principalId: 'x', user: JSON.stringify({ ...ada, ...fields }) };
}

function expectProblem(answer: Answer<unknown>, status: number, code: string) {
  expect(answer).toMatchObject({
    status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
    body: { type: 'about:blank', status, code, correlationId: 'correlation-1' },
  });
  const body = answer.body as Record<string, unknown>;
  expect(Object.keys(body).sort()).toEqual(
    ['type', 'title', 'status', 'detail', 'code', 'evidence', 'correlationId'].sort(),
  );
  expect(String(body.title).length * String(body.detail).length).toBeGreaterThan(0);
}

describe.each(names)('%s', (name) => {
  test.each([
    ['no authorizer', undefined],
    ['an authorizer that named nobody', { principalId: 'x' }],
    ['a user that is no JSON', { principalId: 'x', user: '{' }],
    ['a user without an id', { principalId: 'x', user: JSON.stringify({ ...ada, id: '' }) }],
    [
      'groups in one text',
      { principalId: 'x', user: JSON.stringify({ ...ada, groups: 'aws-temp#Auditor' }) },
    ],
    ['a user without claims', { principalId: 'x', user: JSON.stringify({ ...ada, claims: undefined }) }],
    ['claims in a text', { principalId: 'x', user: JSON.stringify({ ...ada, claims: 'level=senior' }) }],
    [
      'a claim that is no list',
      { principalId: 'x', user: JSON.stringify({ ...ada, claims: { level: 'senior' } }) },
    ],
    [
      'a claim that holds a claim',
      { principalId: 'x', user: JSON.stringify({ ...ada, claims: { level: [{ a: 1 }] } }) },
    ],
    ['a sign-in that is null', userWith({ authentication: null })],
    ['a sign-in at a time that is none', userWith({ authentication: { ...signedIn, at: '2026-11-24' } })],
    ['a sign-in by methods in one text', userWith({ authentication: { ...signedIn, amr: 'mfa' } })],
    ['a sign-in with a field more', userWith({ authentication: { ...signedIn, trusted: true } })],
    ['claims beside the user', { principalId: 'x', claims: JSON.stringify({ level: ['senior'] }) }],
    ['more than a user has', { principalId: 'x', user: JSON.stringify({ ...ada, admin: true }) }],
    ['an object for a user', { principalId: 'x', user: ada }],
  ])('runs for nobody: %s', async (_what, authorizer) => {
    const { requestContext } = eventOf(undefined, name, { id });
    const event = {
      requestContext: { ...requestContext, authorizer },
    } as unknown as Partial<APIGatewayProxyEvent>;
    // NB. The body of a user in the request itself is nobody's word.
    expectProblem(
      await api.call(undefined, name, { id, body: { user: ada }, event }),
      401,
      'unauthenticated',
    );
  });

  test('is refused to whom it is not for, before anything else is looked at', async () => {
    const { caller } = routes[name];
    if (caller === 'user') return expect(may[caller]).toBe(ada);
    for (const user of [ada, nemo, ...Object.values(may).filter((other) => other !== may[caller])]) {
      expectProblem(await api.call(user, name, { id: 'x', query: { nothing: '1' } }), 403, `not-${caller}`);
    }
  });

  test('refuses a parameter that it does not know, and one that is given twice', async () => {
    const user = may[routes[name].caller];
    for (const query of [{ unknown: '1' }, { __proto__x: '1' }]) {
      expectProblem(await api.call(user, name, { id, query, body: {} }), 400, 'invalid-input');
    }
    expectProblem(await api.call(user, name, { id, query: { cursor: ['a', 'b'] } }), 400, 'invalid-input');
  });
});

describe.each(posts)('%s', (name) => {
  const user = may[routes[name].caller];

  test.each([
    ['no content type', {}],
    ['a form', { 'Content-Type': ['application/x-www-form-urlencoded'] }],
    ['plain text', { 'Content-Type': ['text/plain; application/json'] }],
    ['JSON that is not JSON', { 'Content-Type': ['application/jsonp'] }],
  ])('refuses %s', async (_what, headers) => {
    expectProblem(await api.call(user, name, { id, headers, event: { body: '{}' } }), 415, 'not-json');
  });

  test('refuses two content types', async () => {
    const headers = { 'Content-Type': ['application/json', 'text/plain'] };
    expectProblem(await api.call(user, name, { id, headers, event: { body: '{}' } }), 400, 'invalid-input');
  });

  test.each([[null], [''], ['{'], ['{"a":1}}'], ['\u0000']])('refuses the body %j', async (body) => {
    expectProblem(await api.call(user, name, { id, body: {}, event: { body } }), 400, 'not-json');
  });

  test.each([['null'], ['[]'], ['"text"'], ['1'], ['{"unknown":1}'], ['{"constructor":1}']])(
    'refuses the JSON %s',
    async (body) => {
      expectProblem(await api.call(user, name, { id, body: {}, event: { body } }), 400, 'invalid-input');
    },
  );

  test('reads a body that API Gateway sends in base64', async () => {
    const event = { body: Buffer.from('{"unknown":"ü"}').toString('base64'), isBase64Encoded: true };
    const answer = await api.call(user, name, { id, body: {}, event });
    expectProblem(answer, 400, 'invalid-input');
    expect(answer.body.evidence).toHaveProperty(['body.unknown'], 'is not a field here');
  });
});

test.each(gets)('%s takes no body', async (name) => {
  const user = may[routes[name].caller];
  const query: Record<string, string> =
    name === 'listReviews'
      ? { state: 'pending' }
      : name === 'exportAudit'
        ? { of: 'requests', format: 'csv' }
        : name === 'explainTarget'
          ? { account: production, role: 'Admin' }
          : {};
  expectProblem(await api.call(user, name, { id, query, body: { a: 1 } }), 400, 'invalid-input');
});

describe('cursors', () => {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const lists = [
    'listRequests',
    'listReviews',
    'listAuditRequests',
    'listAuditSessions',
    'exportAudit',
  ] as const;
  const needed = { listReviews: { state: 'decided' }, exportAudit: { of: 'requests', format: 'jsonl' } };
  const at = '2026-11-23T09:30:00.000Z';

  test.each([
    ['no JSON', Buffer.from('nothing').toString('base64url')],
    ['null', encode(null)],
    ['another shape', encode({ pk: 'REQUEST#1' })],
    ['a month that is none', encode({ month: '2026-13', after: null })],
    [
      'a key of the table for an id',
      encode({ month: null, after: { at, requestId: 'LOCK#x', sessionId: null } }),
    ],
    ['more than a place', encode({ month: null, after: null, user: 'somebody' })],
  ])('with %s are refused', async (_what, cursor) => {
    for (const name of lists) {
      const query = { ...(needed as Record<string, object>)[name], cursor };
      expectProblem(await api.call(may[routes[name].caller], name, { query }), 400, 'invalid-cursor');
    }
    expectProblem(await api.call(ada, 'listTargets', { query: { cursor } }), 400, 'invalid-cursor');
    expectProblem(await api.call(otto, 'listEntries', { id, query: { cursor } }), 400, 'invalid-cursor');
  });

  test.each([
    ['the year 0', { month: '0000-01', after: null }],
    ['the year 9999', { month: '9999-12', after: null }],
    ['another month', { month: '2026-01', after: { at, requestId: id, sessionId: null } }],
    ['a session', { month: null, after: { at, requestId: id, sessionId: id } }],
    [
      'before the beginning',
      { month: null, after: { at: '0001-01-01T00:00:00.000Z', requestId: id, sessionId: null } },
    ],
  ])('of %s begin the list elsewhere, and break nothing', async (_what, place) => {
    for (const name of lists) {
      const query = { ...(needed as Record<string, object>)[name], cursor: encode(place) };
      expect((await api.call(may[routes[name].caller], name, { query })).status).toBe(200);
    }
  });
});

describe('what nobody foresaw', () => {
  test('is answered as 500 with nothing of it, and logged with the correlation id', async () => {
    const broken = { ...store, listRequests: async () => Promise.reject(new TypeError('secret detail')) };
    const answer = await startApi(broken, api.world).call(ada, 'getMe');
    expectProblem(answer, 500, 'internal');
    expect(answer.text).not.toContain('secret detail');
    expect(log()).toMatch(/"level":"ERROR".*correlation-1/);
    expect(log()).not.toContain('secret detail');
    expect(log()).toMatch(/"name":"TypeError","at":\["at [^"]+router\.test\.ts:\d+/);
  });

  test('is survived: something that is thrown and no error, and a route that the Lambda does not serve', async () => {
    const odd = { ...store, listRequests: async () => Promise.reject('just a text') };
    expectProblem(await startApi(odd, api.world).call(ada, 'getMe'), 500, 'internal');
    const foreign = await api.handlers.audit(eventOf(otto, 'getMe', {}));
    expect(foreign.statusCode).toBe(500);
  });

  test('is no header or path that a client can send', async () => {
    const headers = { 'X-Forwarded-Proto': ['javascript'], Host: ['not a host'], 'X-Odd': ['€', '\u0000'] };
    for (const path of ['//evil.example/api/me', '/api/me/%ZZ', '/api/../api/me']) {
      const answer = await api.call<MeView>(nemo, 'getMe', { headers, event: { path } });
      expect([answer.status, answer.body.user.id]).toEqual([200, nemo.id]);
    }
  });
});

test('whatever is sent as body and query, the answer is a refusal and never a failure', async () => {
  const anything = fc.oneof(fc.json(), fc.string({ unit: 'binary' }));
  await fc.assert(
    fc.asyncProperty(anything, fc.dictionary(fc.string(), fc.string()), async (body, query) => {
      const answer = await api.call(nemo, 'createRequest', { query, body: {}, event: { body } });
      expect([400, 403]).toContain(answer.status);
    }),
  );
});

test('no line of the log holds a token or a body', async () => {
  const headers = { Authorization: ['Bearer canary-access'], 'X-Id-Token': ['canary-id'] };
  const body = { account: '1', justification: 'canary-justification' };
  await api.call(ada, 'createRequest', { headers, body });
  const broken = { ...store, readRequest: async () => Promise.reject(new Error('broken')) };
  await startApi(broken, api.world).call(ada, 'getRequest', { id, headers });
  expect(log()).toContain('invalid-input');
  expect(log()).not.toContain('canary');
});
