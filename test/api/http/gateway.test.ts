import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type {
  CreatedView,
  IssuedSessionView,
  PageView,
  RequestDetailView,
  RequestView,
} from '../../../api/contract.ts';
import { type RouteName, routes } from '../../../api/routes.ts';
import { client } from '../../../infra/local/oidc-client.ts';
import { type ReadyUser, readyUsers } from '../../../infra/local/ready-users.ts';
import { createSignInClient, type Tokens } from '../../infra/local/sign-in-client.ts';
import { startTestStack, type TestStack } from '../../support/stack.ts';

/** The main job by HTTP alone, with tokens that the provider signed, through the gateway and the real Lambdas. */

const olga: ReadyUser = {
  sub: 'olga',
  name: 'Olga On-Call',
  email: 'olga@example.com',
  department: 'payments',
  groups: ['aws-temp#AdministratorAccess#111122223333', 'on-call'],
  what: 'engineer, on call',
};
let stack: TestStack;
let erin: Tokens;
let onCall: Tokens;
let ravi: Tokens;
let robin: Tokens;
let remy: Tokens;
let avery: Tokens;

beforeAll(async () => {
  stack = await startTestStack({ accessTokenSeconds: 3600, users: [...readyUsers, olga] });
  const signIn = (sub: string) => {
    const settings = {
      issuer: stack.issuer,
      appOrigin: stack.url,
      clientId: client.id,
      audience: client.audience,
    };
    return createSignInClient(settings).signIn(sub);
  };
  [erin, onCall, ravi, robin, remy, avery] = await Promise.all([
    signIn('erin'),
    signIn('olga'),
    signIn('ravi'),
    signIn('robin'),
    signIn('remy'),
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

async function create(role: string, more: object = {}, by = erin): Promise<RequestView> {
  const targets = [{ account: production, role }];
  const ask = { targets, durationMinutes: 60, justification: 'Look at a slow query in payments.', ...more };
  const created = await send<CreatedView>(by, 'createRequest', { body: ask });
  expect(created.status).toBe(201);
  const [request] = created.body.requests;
  if (request === undefined) throw new Error('nothing was made');
  return request;
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

describe('a rule of the policy file', () => {
  test('that wants a ticket and two reviewers of other departments gets them, by the claims of the tokens', async () => {
    const role = 'AdministratorAccess';
    const ask = {
      targets: [{ account: production, role }],
      durationMinutes: 60,
      justification: 'Move the payments.',
    };
    const without = await send(erin, 'createRequest', {
      body: { ...ask, justification: 'Move the payments database.' },
    });
    expect([without.status, without.body.code]).toEqual([422, 'ticket-needed']);
    const { id, version } = await create(role, { ticket: 'PAY-1' });
    const review = { decision: 'approve', comment: '', version };
    const colleague = await send(ravi, 'reviewRequest', { id, body: review });
    expect([colleague.status, colleague.body.code]).toEqual([403, 'same-team']);
    const half = await send<RequestView>(robin, 'reviewRequest', { id, body: review });
    expect(half.body.status).toBe('pending');
    const whole = await send<RequestView>(remy, 'reviewRequest', { id, body: review });
    expect(whole.body.status).toBe('active');
    expect((await send(erin, 'issueSession', { id, body: { kind: 'cli' } })).status).toBe(201);
  });

  test('that breaks the glass gives access at once, to be reviewed afterwards', async () => {
    const justification = 'The payment database does not answer.';
    const glass = { durationMinutes: 15, justification, breakGlass: true };
    const { id, status } = await create('AdministratorAccess', glass, onCall);
    expect(status).toBe('active');
    expect((await send(onCall, 'issueSession', { id, body: { kind: 'cli' } })).status).toBe(201);
    const waiting = await send<PageView<RequestView>>(robin, 'listReviews', { query: '?state=unreviewed' });
    expect(waiting.body.items.map((request) => request.id)).toEqual([id]);
    const review = async (version: number | undefined) =>
      (await send(robin, 'reviewRequest', { id, body: { decision: 'confirm', comment: '', version } }))
        .status;
    // What was seen before the session is not what is reviewed.
    expect(await review(1)).toBe(409);
    expect(await review(waiting.body.items[0]?.version)).toBe(200);
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
    const targets = [{ account: '444455556666', role: 'AdministratorAccess' }];
    const { id, approval } = await create('AdministratorAccess', { targets, durationMinutes: 15 });
    expect(approval?.kind).toBe('automatic');
    stack.advance(4);
    expect((await send(erin, 'issueSession', { id, body: { kind: 'console' } })).status).toBe(201);
    stack.advance(11);
    const late = await send<RequestDetailView>(erin, 'getRequest', { id });
    expect(late.body.request).toMatchObject({ status: 'ended', allowedActions: [] });
    const refused = await send(erin, 'issueSession', { id, body: { kind: 'cli' } });
    expect([refused.status, refused.body.code]).toEqual([409, 'wrong-status']);
  });
});
