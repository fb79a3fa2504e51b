import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { IssuedSessionView, PageView, RequestDetailView, RequestView } from '../../../api/contract.ts';
import { type RouteName, routes } from '../../../api/routes.ts';
import { client } from '../../../infra/local/oidc-client.ts';
import { createSignInClient, type Tokens } from '../../infra/local/sign-in-client.ts';
import { startTestStack, type TestStack } from '../../support/stack.ts';

/** The main job by HTTP alone, with tokens that the provider signed, through the gateway and the real Lambdas. */

let stack: TestStack;
let erin: Tokens;
let ravi: Tokens;
let robin: Tokens;
let avery: Tokens;

beforeAll(async () => {
  stack = await startTestStack({ accessTokenSeconds: 3600 });
  const signIn = (sub: string) => {
    const settings = {
      issuer: stack.issuer,
      appOrigin: stack.url,
      clientId: client.id,
      audience: client.audience,
    };
    return createSignInClient(settings).signIn(sub);
  };
  [erin, ravi, robin, avery] = await Promise.all([
    signIn('erin'),
    signIn('ravi'),
    signIn('robin'),
    signIn('avery'),
  ]);
});
afterAll(async () => {
  await stack.stop();
});

const production = '111122223333';
const target = { account: production, role: 'ReadOnlyAccess' };

async function send<T = { code: string }>(
  tokens: { access: string; id: string } | undefined,
  name: RouteName,
  { id = '', body, query = '' }: { id?: string; body?: unknown; query?: string } = {},
) {
  const { method, path } = routes[name];
  const response = await fetch(`${stack.url}/api${path.replace('{id}', id)}${query}`, {
    method,
    headers: {
      ...(tokens && { Authorization: `Bearer ${tokens.access}`, 'X-Id-Token': tokens.id }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) as T };
}

async function create(role: string): Promise<RequestView> {
  const ask = { account: production, role, durationMinutes: 60, justification: 'Look at a slow query.' };
  const created = await send<RequestView>(erin, 'createRequest', { body: ask });
  expect(created.status).toBe(201);
  return created.body;
}

describe('the main job', () => {
  test('one asks, another approves, the first gets credentials that AWS knows, and all of it is on record', async () => {
    const { id, version } = await create(target.role);
    const review = { decision: 'approve', comment: 'Go ahead.', version };
    const approved = await send<RequestView>(robin, 'reviewRequest', { id, body: review });
    expect(approved.body.status).toBe('active');
    const issued = await send<IssuedSessionView>(erin, 'issueSession', { id, body: { kind: 'cli' } });
    expect([issued.status, issued.headers.get('cache-control')]).toEqual([201, 'no-store']);
    if (issued.body.kind !== 'cli') throw new Error('not for the CLI');
    const { credentials, session } = issued.body;

    const asked = stack.aws.sts.calls.at(-1);
    expect(asked).toMatchObject({ caller: 'sessions', refusal: undefined });
    const live = stack.aws.sts.sessionOf(credentials.accessKeyId);
    expect(live).toMatchObject({ ...target, sessionName: session.sessionName });
    expect(JSON.parse(live?.policy ?? '').Statement).toContainEqual(
      expect.objectContaining({
        Effect: 'Deny',
        Condition: {
          DateGreaterThanEquals: {
            'aws:CurrentTime': approved.body.window?.until.replace('.000Z', 'Z'),
          },
        },
      }),
    );
    const detail = await send<RequestDetailView>(erin, 'getRequest', { id });
    expect(detail.body.entries.map((entry) => entry.kind)).toEqual([
      'created',
      'approved',
      'session-intended',
      'session-issued',
    ]);
    const audit = await send<PageView<RequestView>>(avery, 'listAuditRequests', {
      query: `?account=${production}&status=active`,
    });
    expect(audit.body.items.map((request) => request.id)).toContain(id);
    const secrets = [credentials.secretAccessKey, credentials.sessionToken, erin.access, erin.id];
    for (const secret of secrets) expect(stack.logs.join('\n')).not.toContain(secret);
  });
});

describe('nobody gets in', () => {
  const names = Object.keys(routes) as RouteName[];

  test('to any route without tokens, or with half a pair', async () => {
    const pairs = [undefined, { access: '', id: erin.id }, { access: erin.access, id: '' }];
    for (const name of names) {
      for (const pair of pairs) {
        const answer = await send(pair, name, { id: '0'.repeat(26) });
        expect([name, answer.status, answer.body.code]).toEqual([name, 401, 'unauthenticated']);
      }
    }
  });

  test('with tokens that are swapped, of two people, or changed by one letter', async () => {
    const [header = '', payload = '', signature = ''] = erin.access.split('.');
    const flipped = `${header}.${payload}.${signature[0] === 'A' ? 'B' : 'A'}${signature.slice(1)}`;
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const forged = { ...claims, groups: ['aws-temp#Auditor'] };
    const groups = `${header}.${Buffer.from(JSON.stringify(forged)).toString('base64url')}.${signature}`;
    for (const pair of [
      { access: erin.id, id: erin.access },
      { access: erin.access, id: robin.id },
      { access: robin.access, id: erin.id },
      { access: erin.access, id: erin.access },
      { access: flipped, id: erin.id },
      { access: groups, id: erin.id },
    ]) {
      const answer = await send(pair, 'getMe');
      expect([answer.status, answer.body.code]).toEqual([401, 'unauthenticated']);
    }
  });

  test('to another person’s request, their own review, or the audit', async () => {
    const { id, version } = await create('DatabaseAdministrator');
    const body = { decision: 'approve', comment: '', version };
    expect((await send(erin, 'reviewRequest', { id, body })).status).toBe(403);
    expect((await send(erin, 'listAuditSessions')).status).toBe(403);
    expect((await send(ravi, 'issueSession', { id, body: { kind: 'cli' } })).body.code).toBe('not-requester');
    expect((await send(erin, 'issueSession', { id, body: { kind: 'cli' } })).body.code).toBe('wrong-status');
    expect(stack.aws.sts.calls.filter((call) => JSON.stringify(call).includes(id))).toEqual([]);
  });
});

describe('time', () => {
  test('ends the access, to the second, though no sweep has run', async () => {
    const ask = {
      account: '444455556666',
      role: 'AdministratorAccess',
      durationMinutes: 15,
      justification: 'Look at a slow query.',
    };
    const { id, version } = (await send<RequestView>(erin, 'createRequest', { body: ask })).body;
    await send(robin, 'reviewRequest', { id, body: { decision: 'approve', comment: '', version } });
    stack.advance(4);
    expect((await send(erin, 'issueSession', { id, body: { kind: 'console' } })).status).toBe(201);
    stack.advance(11);
    const late = await send<RequestDetailView>(erin, 'getRequest', { id });
    expect(late.body.request).toMatchObject({ status: 'ended', allowedActions: [] });
    const refused = await send(erin, 'issueSession', { id, body: { kind: 'cli' } });
    expect([refused.status, refused.body.code]).toEqual([409, 'wrong-status']);
  });
});
