import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CreatedView, RequestView } from '../../api/contract.ts';
import type { LambdaFunction } from '../../api/env.ts';
import { envSchemas } from '../../api/env.ts';
import { client } from '../../infra/local/oidc-client.ts';
import { createSignInClient, type Tokens } from '../infra/local/sign-in-client.ts';
import { databaseEndpoint } from '../support/database-endpoint.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { headersOf } from '../support/tokens.ts';

/** The whole product goes through success and failure, and afterwards its real secrets are looked for everywhere. */

let stack: TestStack;
let erin: Tokens;
let robin: Tokens;
let avery: Tokens;
let oki: Tokens;
const target = { account: '111122223333', role: 'DatabaseAdministrator' };
const policy = {
  accounts: [{ id: target.account, name: 'Production', roles: [target.role] }],
  rules: [
    { id: 'all', who: { conventions: true }, what: { accounts: '*', roles: '*' }, endLiveSessions: true },
  ],
};
/** Waiting for the stream: an upper limit, never a delay. */
const patience = { timeout: 20_000 };
/** by what they are, so that a finding says it */
const secrets = new Map<string, string>();
/** what was answered, but for the one answer that a secret belongs into */
const answers: string[] = [];
const statuses = new Set<number>();

beforeAll(async () => {
  stack = await startTestStack({ accessTokenSeconds: 1200, policy, chat: true });
  const signIn = async (sub: string) => {
    const settings = {
      issuer: stack.issuer,
      appOrigin: stack.url,
      clientId: client.id,
      audience: client.audience,
    };
    const tokens = await createSignInClient(settings).signIn(sub);
    for (const kind of ['access', 'id', 'refresh'] as const)
      secrets.set(`${kind} token of ${sub}`, tokens[kind]);
    return tokens;
  };
  [erin, robin, avery, oki] = await Promise.all([
    signIn('erin'),
    signIn('robin'),
    signIn('avery'),
    signIn('oki'),
  ]);
  secrets.set('external id', stack.aws.externalId);
  for (const name of Object.keys(envSchemas) as LambdaFunction[]) {
    const { secretAccessKey, sessionToken } = stack.aws.principalOf(name);
    secrets.set(`secret key of the ${name} Lambda`, secretAccessKey);
    secrets.set(`session token of the ${name} Lambda`, sessionToken);
  }
});
afterAll(() => stack.stop());

async function call(who: Tokens | null, path: string, body?: object, more: Record<string, string> = {}) {
  const headers = new Headers({ 'idempotency-key': randomUUID(), ...more });
  if (body !== undefined) headers.set('content-type', 'application/json');
  for (const [name, values] of who === null ? [] : Object.entries(headersOf(who)))
    headers.set(name, values.join());
  const init = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
  const response = await fetch(`${stack.url}${path}`, init);
  statuses.add(response.status);
  const text = await response.text();
  if (!(response.ok && path.endsWith('/sessions'))) answers.push(text);
  return { status: response.status, text };
}

async function newRequest(): Promise<RequestView> {
  const asked = {
    targets: [target],
    durationMinutes: 60,
    justification: 'Restart the payment workers.',
  };
  const { requests } = JSON.parse((await call(erin, '/api/requests', asked)).text) as CreatedView;
  const [request] = requests;
  if (request === undefined) throw new Error('no request was created');
  await call(robin, `/api/requests/${request.id}/reviews`, {
    decision: 'approve',
    comment: '',
    version: request.version,
  });
  return request;
}

/** Issues a session, and takes note of what is secret in the answer. */
async function issue({ id }: RequestView, kind: 'cli' | 'console'): Promise<number> {
  const { status, text } = await call(erin, `/api/requests/${id}/sessions`, { kind });
  if (status !== 201) return status;
  const { credentials, url } = JSON.parse(text);
  if (url !== undefined) {
    secrets.set('address of the console', url);
    secrets.set('sign-in token', new URL(url).searchParams.get('SigninToken') ?? '');
  } else {
    secrets.set(`secret key of session ${secrets.size}`, credentials.secretAccessKey);
    secrets.set(`session token of session ${secrets.size}`, credentials.sessionToken);
  }
  return status;
}

/** What AWS gave to anybody: before it was narrowed, lost on the way, to a preflight, to the revoker. */
function noteGivenOut(): void {
  const sessions = stack.aws.sts.sessions();
  const revoker = stack.aws.revokerRole.split('/').at(-1);
  expect(new Set(sessions.map(({ role }) => role))).toEqual(new Set([target.role, revoker]));
  expect(sessions.some(({ sessionName }) => sessionName.startsWith('preflight.'))).toBe(true);
  for (const [index, { name, secretAccessKey, sessionToken }] of sessions.entries()) {
    secrets.set(`secret key ${index} given to ${name}`, secretAccessKey);
    secrets.set(`session token ${index} given to ${name}`, sessionToken);
  }
}

async function wholeTable(): Promise<string> {
  const dynamoDb = new DynamoDBClient({
    endpoint: databaseEndpoint(),
    region: 'us-east-1',
    credentials: { accessKeyId: 'LOCALSTACKITSELF', secretAccessKey: 'local' },
  });
  const pages = paginateScan(
    { client: DynamoDBDocumentClient.from(dynamoDb) },
    { TableName: stack.tableName },
  );
  const items: unknown[] = [];
  for await (const page of pages) items.push(...(page.Items ?? []));
  expect(items.length).toBeGreaterThan(20);
  return JSON.stringify(items);
}

describe('the real secrets of a stack that has seen everything', () => {
  test('it works: asked for, approved, used, listed, exported, revoked', async () => {
    const request = await newRequest();
    expect([await issue(request, 'cli'), await issue(request, 'console')]).toEqual([201, 201]);
    const day = { from: '2020-01-01T00:00:00.000Z', to: '2100-01-01T00:00:00.000Z' };
    for (const of of ['requests', 'sessions']) {
      for (const format of ['csv', 'jsonl']) {
        await call(avery, `/api/audit/export?${new URLSearchParams({ of, format, ...day })}`);
      }
    }
    await call(avery, `/api/audit/requests/${request.id}/entries`);
    for (const path of ['/api/me', '/api/requests', `/api/requests/${request.id}`]) await call(erin, path);
    expect((await call(erin, `/api/requests/${request.id}/revoke`, { comment: '' })).status).toBe(200);
    expect(await issue(request, 'cli')).toBe(409);
    await expect
      .poll(async () => (await call(erin, `/api/requests/${request.id}`)).text, patience)
      .toContain('"enforced"');
    expect((await call(oki, '/api/preflights', target)).status).toBe(200);
  });

  test('everything it needs fails: STS, the federation endpoint, the topics, the mail and the bus', async () => {
    const request = await newRequest();
    for (const fault of ['throttle', 'error', 'cut', 'lose-answer'] as const) {
      stack.aws.sts.failNext(fault, 3);
      expect(await issue(request, 'cli')).toBeGreaterThanOrEqual(500);
      stack.aws.signin.failNext(fault);
      expect(await issue(request, 'console')).toBe(503);
    }
    expect(await issue(request, 'cli')).toBe(201);
    stack.aws.iam.failNext('error', 3);
    expect((await call(oki, '/api/preflights', target)).status).toBe(200);
    // More than the SDK tries of all the calls that are made at once.
    stack.aws.iam.failNext('error', 30);
    stack.aws.sns.failNext('error', 3);
    stack.aws.ses.failNext('error', 3);
    stack.aws.eventBus.failNext('error', 3);
    stack.aws.eventBus.failNextEntry();
    await call(erin, `/api/requests/${request.id}/revoke`, { comment: 'Done.' });
    await newRequest();
    for (const name of ['announce', 'enforce']) {
      const failed = (line: string) => line.includes('"failed"') && line.includes(`"service":"${name}"`);
      await expect.poll(() => stack.logs.some(failed), { message: name, ...patience }).toBe(true);
    }
    stack.advance(3);
    // What the stream has not met of the failures, the sweep does, until none is left.
    const swept = () =>
      stack.sweepNow().then(
        () => true,
        () => false,
      );
    await expect.poll(swept).toBe(true);
  });

  test('it is attacked: tokens where they do not belong, cut, swapped, expired', async () => {
    const { access, id } = erin;
    await call(null, `/api/me?access_token=${access}&id_token=${id}`);
    await call(erin, `/api/me?access_token=${access}`);
    await call(erin, `/api/requests/${encodeURIComponent(access.slice(0, 200))}`);
    await call(null, '/api/me', undefined, { Authorization: access, 'X-Id-Token': id });
    await call(null, '/api/me', undefined, { Authorization: `Bearer ${id}`, 'X-Id-Token': access });
    await call({ ...erin, access: access.slice(0, -9) }, '/api/me');
    await call({ ...erin, id: robin.id }, '/api/me');
    await call(erin, '/api/requests', { [access]: id, [id]: access });
    await call(erin, `/api/me?${access}&${id}&${id}`);
    await call(erin, '/api/requests', { targets: access, durationMinutes: id, justification: [access] });
    await call(null, `/callback?code=authorization-code-canary&state=${id.slice(0, 60)}`);
    secrets.set('authorization code', 'authorization-code-canary');
    stack.advance(60);
    expect((await call(erin, '/api/me')).status).toBe(401);
  });

  test('and none of them is in a log, a message, the table or an answer', async () => {
    expect([...statuses].sort()).toEqual(expect.arrayContaining([200, 201, 400, 401, 409, 503]));
    noteGivenOut();
    expect(secrets.size).toBeGreaterThan(60);
    const { aws } = stack;
    const places = {
      log: stack.logs.join('\n'),
      messages: JSON.stringify([aws.sns.calls, aws.sns.chatCalls, aws.ses.calls, aws.eventBus.calls]),
      table: await wholeTable(),
      answers: answers.join('\n'),
    };
    expect(places.log).toContain('"failed"');
    const counts = [aws.sns.calls, aws.sns.chatCalls, aws.ses.calls, aws.eventBus.calls].map(
      ({ length }) => length,
    );
    expect(Math.min(...counts)).toBeGreaterThan(0);
    for (const [place, text] of Object.entries(places)) {
      for (const [name, secret] of secrets) {
        expect(secret.length, name).toBeGreaterThan(8);
        expect(text.includes(secret), `${name} in ${place}`).toBe(false);
        // The signature alone would do for whoever has the rest.
        expect(text.includes(secret.slice(-40)), `the end of ${name} in ${place}`).toBe(false);
      }
    }
  });
});
