import { Logger } from '@aws-lambda-powertools/logger';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { Unavailable } from '../../../api/actions/ports.ts';
import type { User } from '../../../api/domain/user.ts';
import { auditEndpoints } from '../../../api/http/audit-endpoints.ts';
import { requestEndpoints } from '../../../api/http/request-endpoints.ts';
import { reviewEndpoints } from '../../../api/http/review-endpoints.ts';
import { createHandler } from '../../../api/http/router.ts';
import { apiBase, type RouteName, routes } from '../../../api/routes.ts';
import {
  ada,
  eve,
  nemo,
  otto,
  policy,
  production,
  ravi,
  type StoppedWorld,
  stoppedWorld,
} from '../people.ts';
import { approved, openStore, pending, type Store } from '../store.ts';

/** Every route as API Gateway calls it, over the real database, with the user that the authorizer wrote. */

let store: Store;
let world: StoppedWorld;

beforeAll(async () => {
  store = await openStore();
});
beforeEach(() => {
  world = stoppedWorld();
});

interface Sent {
  readonly by?: User | null;
  readonly id?: string;
  readonly query?: Record<string, string | string[]>;
  readonly body?: unknown;
  readonly raw?: Partial<APIGatewayProxyEvent>;
  readonly headers?: Record<string, string[]>;
}

function eventOf(name: RouteName, sent: Sent): APIGatewayProxyEvent {
  const { method, path } = routes[name];
  const query = Object.entries(sent.query ?? {}).map(([key, value]) => [key, [value].flat()]);
  return {
    httpMethod: method,
    resource: `${apiBase}${path}`,
    path: `${apiBase}${path.replace('{id}', sent.id ?? '')}`,
    pathParameters: sent.id === undefined ? null : { id: sent.id },
    headers: {},
    multiValueHeaders: { 'content-type': ['application/json'], ...sent.headers },
    multiValueQueryStringParameters: query.length === 0 ? null : Object.fromEntries(query),
    body: sent.body === undefined ? null : JSON.stringify(sent.body),
    isBase64Encoded: false,
    requestContext: {
      requestId: 'correlation-1',
      authorizer:
        sent.by === null ? null : { principalId: sent.by?.id, user: JSON.stringify(sent.by ?? ada) },
      identity: { sourceIp: '192.0.2.1' },
    },
    ...sent.raw,
  } as unknown as APIGatewayProxyEvent;
}

async function send(name: RouteName, sent: Sent = {}, over: Store = store) {
  const tools = { store: over, world, policy };
  const logger = new Logger({ serviceName: 'test' });
  const handlers = {
    requests: () => createHandler('requests', logger, requestEndpoints(tools)),
    reviews: () => createHandler('reviews', logger, reviewEndpoints(tools)),
    audit: () => createHandler('audit', logger, auditEndpoints(tools)),
    sessions: () => expect.unreachable('sessions have a test of their own'),
  };
  const handler = handlers[routes[name].lambda]();
  const result: APIGatewayProxyResult = await handler(eventOf(name, sent));
  expect(result.headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  return {
    status: result.statusCode,
    headers: result.headers ?? {},
    body: JSON.parse(result.body || 'null'),
  };
}

const someone = (): User => ({ ...ada, id: `https://id.example.com#${world.newId()}` });
const ask = {
  account: production,
  role: 'Admin',
  durationMinutes: 60,
  justification: 'Restart the payment workers.',
};

describe('a request', () => {
  test('is created, read, listed, cancelled', async () => {
    const by = someone();
    const created = await send('createRequest', { by, body: ask });
    expect(created).toMatchObject({
      status: 201,
      body: {
        status: 'pending',
        version: 1,
        allowedActions: ['cancel'],
        target: { accountName: 'Production' },
      },
    });
    const { id } = created.body;
    expect(await send('getRequest', { by, id })).toMatchObject({
      status: 200,
      body: { request: { id }, entries: [{ kind: 'created', version: 1 }], earlier: [] },
    });
    expect((await send('listRequests', { by, query: { search: 'PAYMENT' } })).body.items).toMatchObject([
      { id },
    ]);
    expect((await send('listRequests', { by, query: { status: 'active' } })).body.items).toEqual([]);
    expect(await send('cancelRequest', { by, id, body: {} })).toMatchObject({
      status: 200,
      body: { status: 'cancelled' },
    });
    expect(await send('cancelRequest', { by, id, body: {} })).toMatchObject({
      status: 409,
      body: { code: 'wrong-status' },
    });
  });

  test('with a key is made once, and the key serves for nothing else', async () => {
    const by = someone();
    const headers = { 'IDEMPOTENCY-KEY': ['the-key-of-this-form'] };
    const first = await send('createRequest', { by, body: ask, headers });
    const again = await send('createRequest', { by, body: ask, headers });
    expect(again).toMatchObject({ status: 201, body: { id: first.body.id } });
    const other = await send('createRequest', { by, body: { ...ask, role: 'ReadOnly' }, headers });
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } });
    const strange = await send('createRequest', {
      by,
      body: ask,
      headers: { 'Idempotency-Key': ['a', 'b'] },
    });
    expect(strange.status).toBe(400);
  });

  test('for a target that one is open for names that one', async () => {
    const by = someone();
    const { id } = await pending(store, world, by);
    expect(await send('createRequest', { by, body: ask })).toMatchObject({
      status: 409,
      body: { code: 'already-open', evidence: { request: id } },
    });
  });

  test.each([
    ['not eligible', { ...ask, role: 'Root' }, 403, 'not-eligible'],
    ['longer than the account allows', { ...ask, durationMinutes: 300 }, 422, 'duration-too-long'],
  ])('%s is refused with evidence', async (_name, body, status, code) => {
    const refused = await send('createRequest', { by: someone(), body });
    expect(refused).toMatchObject({
      status,
      body: { code, correlationId: 'correlation-1', type: 'about:blank' },
    });
    expect(Object.keys(refused.body.evidence).length).toBeGreaterThan(0);
    expect(refused.headers['content-type']).toBe('application/problem+json');
  });
});

describe('input that is refused, field by field', () => {
  test.each([
    ['no account', { ...ask, account: undefined }, 'body.account'],
    ['11 digits', { ...ask, account: '11112222333' }, 'body.account'],
    ['a number for the account', { ...ask, account: 111122223333 }, 'body.account'],
    ['a role with a slash', { ...ask, role: 'path/Admin' }, 'body.role'],
    ['a role of 65', { ...ask, role: 'a'.repeat(65) }, 'body.role'],
    ['a text for the duration', { ...ask, durationMinutes: '60' }, 'body.durationMinutes'],
    ['half a minute', { ...ask, durationMinutes: 60.5 }, 'body.durationMinutes'],
    ['14 minutes', { ...ask, durationMinutes: 14 }, 'body.durationMinutes'],
    ['a year', { ...ask, durationMinutes: 525_600 }, 'body.durationMinutes'],
    ['spaces as justification', { ...ask, justification: ' '.repeat(20) }, 'body.justification'],
    ['1001 characters', { ...ask, justification: 'x'.repeat(1001) }, 'body.justification'],
    ['a control character', { ...ask, justification: 'Restart\u0000 the workers' }, 'body.justification'],
    [
      'a text direction override',
      { ...ask, justification: 'Restart \u202e the workers' },
      'body.justification',
    ],
    ['an unknown field', { ...ask, requester: 'eve' }, 'body.requester'],
    ['a list', [ask], 'body'],
    ['null', null, 'body'],
  ])('%s', async (_name, body, field) => {
    const refused = await send('createRequest', { by: someone(), raw: { body: JSON.stringify(body) } });
    expect(refused).toMatchObject({ status: 400, body: { code: 'invalid-input' } });
    expect(Object.keys(refused.body.evidence)).toContain(field);
  });

  test.each([
    ['no JSON', { body: '{' }, 400, 'not-json'],
    ['nothing', { body: null }, 400, 'not-json'],
    [
      'another type',
      { multiValueHeaders: { 'content-type': ['text/plain'] }, body: JSON.stringify(ask) },
      415,
      'not-json',
    ],
    ['no type', { multiValueHeaders: {}, body: JSON.stringify(ask) }, 415, 'not-json'],
    [
      'a prototype',
      { body: `{"__proto__":{"role":"Admin"},${JSON.stringify(ask).slice(1)}` },
      400,
      'invalid-input',
    ],
  ] as const)('a body of %s', async (_name, raw, status, code) => {
    expect(
      await send('createRequest', { by: someone(), raw: raw as Partial<APIGatewayProxyEvent> }),
    ).toMatchObject({ status, body: { code } });
  });

  test.each([
    ['listRequests', { status: 'approved' }, 'query.status'],
    ['listRequests', { page: '2' }, 'query.page'],
    ['listRequests', { status: ['active', 'pending'] }, 'query.status'],
    ['listReviews', {}, 'query.state'],
    ['listAuditRequests', { from: '2026-02-30T00:00:00.000Z' }, 'query.from'],
    [
      'listAuditRequests',
      { from: '2026-11-02T00:00:00.000Z', until: '2026-11-01T00:00:00.000Z' },
      'query.until',
    ],
    ['listAuditSessions', { kind: 'gui' }, 'query.kind'],
    ['exportAudit', { of: 'requests', format: 'xml' }, 'query.format'],
  ] as const)('%s with the query %j', async (name, query, field) => {
    const by = { ...ada, groups: [...ravi.groups, ...otto.groups] };
    const refused = await send(name, { by, query: query as Record<string, string> });
    expect(refused).toMatchObject({ status: 400, body: { code: 'invalid-input' } });
    expect(Object.keys(refused.body.evidence)).toContain(field);
  });

  test('a body where none belongs', async () => {
    expect((await send('getMe', { body: {} })).status).toBe(400);
  });

  test('whatever is sent, the answer is a refusal and never a failure', async () => {
    const calm = new Logger({ serviceName: 'test', logLevel: 'SILENT' });
    const handler = createHandler('requests', calm, requestEndpoints({ store, world, policy }));
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.json(), fc.string({ unit: 'binary' })),
        fc.dictionary(fc.string(), fc.string()),
        async (body, query) => {
          const result = await handler(eventOf('createRequest', { by: nemo, query, raw: { body } }));
          expect([400, 403, 422]).toContain(result.statusCode);
        },
      ),
    );
  });
});

describe('cursors', () => {
  test.each([
    'x',
    '!',
    Buffer.from('{}').toString('base64url'),
    Buffer.from('{"month":"2026-13","after":null}').toString('base64url'),
    'a'.repeat(513),
  ])('that nobody gave out are refused: %s', async (cursor) => {
    expect((await send('listRequests', { by: someone(), query: { cursor } })).status).toBe(400);
    expect((await send('listEntries', { by: otto, id: '0'.repeat(26), query: { cursor } })).status).toBe(400);
  });

  test("that are made up begin one's own list elsewhere, and nobody else's", async () => {
    const others = await pending(store, world, someone());
    const by = someone();
    const mine = await pending(store, world, by);
    const place = {
      month: null,
      after: { at: '2030-01-01T00:00:00.000Z', requestId: others.id, sessionId: null },
    };
    const cursor = Buffer.from(JSON.stringify(place)).toString('base64url');
    const page = await send('listRequests', { by, query: { cursor } });
    expect(page.body.items.map((item: { id: string }) => item.id)).toEqual([mine.id]);
  });
});

describe('who may', () => {
  test('nobody without the authorizer', async () => {
    for (const authorizer of [
      null,
      {},
      { user: 'nobody' },
      { user: '{"id":""}' },
      { user: JSON.stringify({ ...ada, admin: true }) },
    ]) {
      const event = eventOf('getMe', {});
      const raw = {
        requestContext: { ...event.requestContext, authorizer },
      } as Partial<APIGatewayProxyEvent>;
      expect(await send('getMe', { raw })).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
    }
  });

  test.each([
    ['listReviews', eve, { state: 'pending' }, 'not-reviewer'],
    ['listReviews', otto, { state: 'decided' }, 'not-reviewer'],
    ['listAuditRequests', ravi, {}, 'not-auditor'],
    ['listAuditSessions', eve, {}, 'not-auditor'],
    ['exportAudit', ravi, { of: 'requests', format: 'csv' }, 'not-auditor'],
  ] as const)('%s: not %o', async (name, by, query, code) => {
    expect(await send(name, { by, query })).toMatchObject({ status: 403, body: { code } });
  });

  test("another person's request is answered like one that is absent, and like no id at all", async () => {
    const { id } = await pending(store, world, someone());
    for (const name of ['getRequest', 'cancelRequest', 'revokeRequest'] as const) {
      const body = { cancelRequest: {}, revokeRequest: { comment: '' }, getRequest: undefined }[name];
      const answers = await Promise.all(
        [id, '0'.repeat(26), 'not an id'].map((given) => send(name, { by: eve, id: given, body })),
      );
      for (const answer of answers) expect(answer).toEqual({ ...answers[0], status: 404 });
    }
  });
});

describe('reviews', () => {
  test('show what awaits, and decide once on what was seen', async () => {
    const by = someone();
    const { id } = await pending(store, world, by);
    const listed = await send('listReviews', { by: ravi, query: { state: 'pending' } });
    expect(listed.body.items.map((item: { id: string }) => item.id)).toContain(id);
    const review = { decision: 'approve', comment: '', version: 1 };
    expect(await send('reviewRequest', { by: ravi, id, body: { ...review, version: 2 } })).toMatchObject({
      status: 409,
      body: { code: 'version-changed' },
    });
    expect(
      await send('reviewRequest', { by: { ...by, groups: ravi.groups as string[] }, id, body: review }),
    ).toMatchObject({ status: 403, body: { code: 'own-request' } });
    expect(
      await send('reviewRequest', { by: ravi, id, body: { ...review, decision: 'reject' } }),
    ).toMatchObject({ status: 400, body: { evidence: { 'body.comment': expect.any(String) } } });
    expect(await send('reviewRequest', { by: ravi, id, body: review })).toMatchObject({
      status: 200,
      body: { status: 'active' },
    });
    expect(
      (await send('listReviews', { by: ravi, query: { state: 'decided' } })).body.items[0],
    ).toMatchObject({ id, review: { decision: 'approve' } });
    expect((await send('getMe', { by })).body).toMatchObject({
      active: [{ id }],
      roles: { engineer: true, reviewer: false, auditor: false },
    });
  });

  test("never show the reviewer's own", async () => {
    const by = { ...someone(), groups: [...ada.groups, ...ravi.groups], email: 'both@example.com' };
    const { id } = await pending(store, world, by);
    const listed = await send('listReviews', { by, query: { state: 'pending' } });
    expect(listed.body.items.map((item: { id: string }) => item.id)).not.toContain(id);
  });

  test('revoking ends it', async () => {
    const { id } = await approved(store, world, someone());
    expect(await send('revokeRequest', { by: ravi, id, body: { comment: 'Enough' } })).toMatchObject({
      status: 200,
      body: { status: 'revoked', closure: { comment: 'Enough' } },
    });
  });
});

describe('when something that is needed fails', () => {
  test('it is a 503 that can be retried, and nothing of the cause is told', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const down = {
      ...store,
      readRequest: () =>
        Promise.reject(new Unavailable('reading failed', { cause: new Error('arn:aws:secret') })),
    };
    const answer = await send('getRequest', { by: ada, id: '0'.repeat(26) }, down);
    expect(answer).toMatchObject({
      status: 503,
      headers: { 'retry-after': '2' },
      body: { code: 'unavailable' },
    });
    expect(JSON.stringify(answer)).not.toContain('arn:aws');
    log.mockRestore();
  });

  test('a mistake of ours is a 500 without a word of it', async () => {
    const broken = { ...store, readRequest: () => Promise.reject(new TypeError('x is undefined')) };
    const answer = await send('getRequest', { by: ada, id: '0'.repeat(26) }, broken);
    expect(answer).toMatchObject({ status: 500, body: { code: 'internal' } });
    expect(JSON.stringify(answer)).not.toContain('undefined');
  });
});

test('targets are searched and paged on the server', async () => {
  const groups = Array.from(
    { length: 60 },
    (_, index) => `aws-temp#Role${String(index).padStart(2, '0')}#${production}`,
  );
  const by = { ...ada, groups };
  const first = await send('listTargets', { by });
  expect(first.body.items).toHaveLength(25);
  const second = await send('listTargets', { by, query: { cursor: first.body.cursor } });
  expect(second.body.items[0].role).toBe('Role25');
  const found = await send('listTargets', { by, query: { search: 'role5' } });
  expect(found.body).toMatchObject({ cursor: null });
  expect(found.body.items).toHaveLength(10);
});
