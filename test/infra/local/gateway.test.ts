import { createServer, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import type { APIGatewayProxyEvent, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ApiLambdas, serveApi } from '../../../infra/local/gateway.ts';
import { type Lambda, LambdaTimedOut } from '../../../infra/local/lambda-host.ts';
import { type Listening, listen } from '../../../infra/local/listen.ts';

/** What was invoked, in order, and what each Lambda answers in this test. */
let invoked: { name: string; event: unknown }[] = [];
let answers: Record<string, (event: unknown) => unknown> = {};
let gateway: Listening;

const lambda = (name: string): Lambda => ({
  name,
  invoke: async (event) => {
    invoked.push({ name, event });
    return answers[name]?.(event);
  },
  warm: async () => {},
  stop: async () => {},
});

function decision(Effect: 'Allow' | 'Deny', Resource: string, context = {}) {
  const Statement = [{ Effect, Action: 'execute-api:Invoke', Resource }];
  return { principalId: 'erin', policyDocument: { Version: '2012-10-17', Statement }, context };
}
const arnOf = (event: unknown) => (event as APIGatewayRequestAuthorizerEvent).methodArn;

beforeAll(async () => {
  const lambdas: ApiLambdas = {
    authorizer: lambda('authorizer'),
    requests: lambda('requests'),
    reviews: lambda('reviews'),
    sessions: lambda('sessions'),
    audit: lambda('audit'),
  };
  gateway = await listen(
    createServer((request, response) => void serveApi(lambdas, request, response)),
    0,
  );
});
afterAll(() => gateway.stop());
beforeEach(() => {
  invoked = [];
  const ok = () => ({
    statusCode: 200,
    multiValueHeaders: { 'Set-Thing': ['a', 'b'] },
    body: '{"fine":true}',
  });
  answers = {
    authorizer: (event) => decision('Allow', arnOf(event), { user: 'erin' }),
    requests: ok,
    reviews: ok,
    sessions: ok,
    audit: ok,
  };
});

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string | string[]>;
  readonly body?: string;
}
const tokens = { Authorization: 'Bearer a', 'X-Id-Token': 'b' };

/** NB. Not fetch, which would join repeated headers and tidy the path. */
function send({ method = 'GET', path = '/api/me', headers = tokens, body }: Sent) {
  const { promise, resolve, reject } = Promise.withResolvers<{
    status: number;
    headers: IncomingHttpHeaders;
    body: string;
  }>();
  const outgoing = httpRequest(
    { port: gateway.port, host: '127.0.0.1', method, path, headers },
    (incoming) => {
      text(incoming).then(
        (all) => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: all }),
        reject,
      );
    },
  );
  outgoing.once('error', reject);
  outgoing.end(body);
  return promise;
}
const id = '0123456789abcdefghjkmnpqrs';

describe('routes', () => {
  it.each([
    ['GET', '/api/me', 'requests'],
    ['POST', `/api/requests/${id}/reviews`, 'reviews'],
    ['POST', `/api/requests/${id}/sessions`, 'sessions'],
    ['GET', '/api/audit/export', 'audit'],
  ])('%s %s goes to the %s Lambda', async (method, path, name) => {
    expect((await send({ method, path })).status).toBe(200);
    expect(invoked.map((call) => call.name)).toEqual(['authorizer', name]);
  });

  it.each([
    ['GET', '/api'],
    ['GET', '/api/'],
    ['GET', '/api/nothing'],
    ['GET', '/api/me/'],
    ['GET', '/api//me'],
    ['GET', '/API/me'],
    ['DELETE', '/api/me'],
    ['POST', '/api/me'],
    ['GET', '/api/requests//entries'],
  ])('%s %s is nowhere, and no Lambda is asked', async (method, path) => {
    const answer = await send({ method, path });
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'no-such-route', status: 404 });
    expect(invoked).toEqual([]);
  });
});

describe('the authorizer', () => {
  it.each([
    ['no tokens', {}],
    ['no ID token', { Authorization: 'Bearer a' }],
    ['no access token', { 'X-Id-Token': 'b' }],
    ['an empty ID token', { ...tokens, 'X-Id-Token': '' }],
  ])('is not asked with %s: 401', async (_what, headers) => {
    const answer = await send({ headers });
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'unauthenticated' });
    expect(invoked).toEqual([]);
  });

  it('sees every value of a repeated header', async () => {
    await send({ headers: { ...tokens, 'X-Id-Token': ['b', 'c'] } });
    expect(invoked[0]?.event).toMatchObject({ multiValueHeaders: { 'X-Id-Token': ['b', 'c'] } });
  });

  it('says no with a code and a sentence', async () => {
    const context = { code: 'token-expired', detail: 'Sign in again.' };
    answers.authorizer = (event) => decision('Deny', arnOf(event), context);
    const answer = await send({});
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.body)).toMatchObject(context);
    expect(invoked).toHaveLength(1);
  });

  it('is obeyed only for what its policy names', async () => {
    answers.authorizer = (event) => decision('Allow', `${arnOf(event)}/other`);
    expect((await send({})).status).toBe(401);
    expect(invoked).toHaveLength(1);
  });

  it('that throws gives 503, and no Lambda behind it runs', async () => {
    answers.authorizer = () => {
      throw new Error('the keys are out of reach');
    };
    const answer = await send({});
    expect(answer.status).toBe(503);
    expect(answer.body).not.toContain('keys');
    expect(invoked).toHaveLength(1);
  });
});

describe('the event of a Lambda', () => {
  it('has what API Gateway gives', async () => {
    await send({
      method: 'POST',
      path: `/api/requests/${id}/cancel?a=1&a=2&b=%20`,
      headers: { ...tokens, 'User-Agent': 'a browser', 'X-Forwarded-For': '203.0.113.9' },
      body: '{}',
    });
    const event = invoked[1]?.event as APIGatewayProxyEvent;
    expect(event).toMatchObject({
      resource: '/api/requests/{id}/cancel',
      path: `/api/requests/${id}/cancel`,
      httpMethod: 'POST',
      pathParameters: { id },
      queryStringParameters: { a: '2', b: ' ' },
      multiValueQueryStringParameters: { a: ['1', '2'], b: [' '] },
      body: '{}',
      isBase64Encoded: false,
    });
    expect(event.requestContext.authorizer).toEqual({ principalId: 'erin', user: 'erin' });
    expect(event.requestContext.identity).toMatchObject({ sourceIp: '127.0.0.1', userAgent: 'a browser' });
  });

  it('has nulls where there is nothing', async () => {
    await send({});
    expect(invoked[1]?.event).toMatchObject({
      body: null,
      pathParameters: null,
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
    });
  });
});

describe('an answer', () => {
  it('keeps repeated headers', async () => {
    expect((await send({})).headers['set-thing']).toBe('a, b');
  });

  it('says its challenge under the name that API Gateway gives it', async () => {
    answers.requests = () => ({ statusCode: 401, headers: { 'www-authenticate': 'Bearer' }, body: '{}' });
    const { headers } = await send({});
    expect([headers['x-amzn-remapped-www-authenticate'], headers['www-authenticate']]).toEqual([
      'Bearer',
      undefined,
    ]);
  });

  it('is decoded from base 64 where it says so', async () => {
    const body = Buffer.from('Élodie').toString('base64');
    answers.requests = () => ({ statusCode: 200, body, isBase64Encoded: true });
    expect((await send({})).body).toBe('Élodie');
  });

  it.each([
    ['is no answer', () => ({ fine: true })],
    ['is an exception', fail],
    ['takes too long', timeOut],
  ])('that %s becomes a 503 that tells nothing', async (_what, act) => {
    answers.requests = act;
    const answer = await send({});
    expect(answer.status).toBe(503);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'retry-after': '2',
    });
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'unavailable', correlationId: expect.any(String) });
    expect(answer.body).not.toContain('inside');
  });
});

describe('too much', () => {
  it('of headers, 10,240 bytes, gives 413', async () => {
    const answer = await send({ headers: { ...tokens, 'X-Id-Token': 'x'.repeat(10_240) } });
    expect(answer.status).toBe(413);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'too-large' });
  });

  it('of a body, 10 MB, gives 413', async () => {
    const body = 'x'.repeat(10 * 1024 * 1024 + 1);
    expect((await send({ method: 'POST', path: '/api/requests', body })).status).toBe(413);
    expect(invoked).toEqual([]);
  });
});

function fail(): never {
  throw new Error('something inside');
}

function timeOut(): never {
  throw new LambdaTimedOut('inside');
}
