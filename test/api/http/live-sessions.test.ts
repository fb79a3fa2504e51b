import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type {
  CreatedView,
  IssuedSessionView,
  RequestDetailView,
  RequestView,
} from '../../../api/contract.ts';
import { type RouteName, routes } from '../../../api/routes.ts';
import { client } from '../../../infra/local/oidc-client.ts';
import { createSignInClient, type Tokens } from '../../infra/local/sign-in-client.ts';
import { startTestStack, type TestStack } from '../../support/stack.ts';

/** Short sessions, and sessions that end with the revocation: through the gateway, the real Lambdas and the stream. */

const production = '111122223333';
const rule = {
  id: 'short',
  who: { conventions: true },
  what: { accounts: '*', roles: '*' },
  approval: 'automatic',
  sessionLength: '15m',
  endLiveSessions: true,
};
const waiting = { timeout: 20_000, interval: 100 };
let stack: TestStack;
let erin: Tokens;
let robin: Tokens;

beforeAll(async () => {
  const accounts = [{ id: production, name: 'Production' }];
  stack = await startTestStack({ accessTokenSeconds: 3600, policy: { accounts, rules: [rule] } });
  const settings = {
    issuer: stack.issuer,
    appOrigin: stack.url,
    clientId: client.id,
    audience: client.audience,
  };
  const signIn = (sub: string) => createSignInClient(settings).signIn(sub);
  [erin, robin] = await Promise.all([signIn('erin'), signIn('robin')]);
});
afterAll(() => stack.stop());

async function send<T>(tokens: Tokens, name: RouteName, id = '', body?: object): Promise<T> {
  const { method, path } = routes[name];
  const answer = await fetch(`${stack.url}/api${path.replace('{id}', id)}`, {
    method,
    headers: {
      Authorization: `Bearer ${tokens.access}`,
      'X-Id-Token': tokens.id,
      ...(body && { 'Content-Type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const said = (await answer.json()) as T;
  expect([answer.ok, said]).toEqual([true, said]);
  return said;
}

async function create(role = 'ReadOnlyAccess', durationMinutes = 60): Promise<string> {
  const targets = [{ account: production, role }];
  const ask = { targets, durationMinutes, justification: 'Look at a slow query in payments.' };
  const { requests } = await send<CreatedView>(erin, 'createRequest', '', ask);
  const { id = '', status, version } = requests[0] ?? {};
  // After a revocation no rule gives it again by itself.
  if (status === 'pending') {
    await send(robin, 'reviewRequest', id, { decision: 'approve', comment: '', version });
  }
  return id;
}

async function issue<Kind extends 'console' | 'cli'>(id: string, kind: Kind) {
  const issued = await send<IssuedSessionView>(erin, 'issueSession', id, { kind });
  return issued as Extract<IssuedSessionView, { kind: Kind }>;
}

const readRequest = async (id: string) => (await send<RequestDetailView>(robin, 'getRequest', id)).request;
const revoke = (id: string) => send<RequestView>(robin, 'revokeRequest', id, { comment: 'Stop.' });
const open = async (url: string) => (await fetch(url)).status;

describe('a rule that ends live sessions', () => {
  test('ends those of a request with its revocation, and says first that it is under way, then that it is done', async () => {
    const id = await create();
    const { url } = await issue(id, 'console');
    expect(await open(url)).toBe(200);
    expect(await readRequest(id)).toMatchObject({ enforcement: null, sessions: { endable: true } });
    const revoked = await revoke(id);
    expect(revoked).toMatchObject({ status: 'revoked', enforcement: { state: 'pending', at: null } });
    await vi.waitFor(async () => {
      expect((await readRequest(id)).enforcement).toEqual({ state: 'enforced', at: expect.any(String) });
    }, waiting);
    expect(await open(url)).toBe(403);
    const { entries } = await send<RequestDetailView>(robin, 'getRequest', id);
    expect(entries.slice(-2).map(({ kind }) => kind)).toEqual(['revoked', 'sessions-ended']);

    const again = await issue(await create(), 'console');
    expect(await open(again.url)).toBe(200);
  });

  test('waits while the boundary is not on the role, with the revocation on record, and is done when it may', async () => {
    const id = (await send<{ active: RequestView[] }>(erin, 'getMe')).active[0]?.id ?? '';
    const { url } = await issue(id, 'console');
    const boundary = stack.aws.iam.boundary(production);
    const bounded = boundary.boundaryOf;
    boundary.boundaryOf = [];
    await revoke(id);
    await vi.waitFor(() => {
      expect(stack.logs.join()).toContain('BoundaryRefused');
    }, waiting);
    expect(await readRequest(id)).toMatchObject({ status: 'revoked', enforcement: { state: 'pending' } });
    expect(await open(url)).toBe(200);
    boundary.boundaryOf = bounded;
    stack.advance(6);
    await stack.enforceNow();
    expect(await readRequest(id)).toMatchObject({ enforcement: { state: 'enforced' } });
    expect(await open(url)).toBe(403);
  });
});

test('short sessions: one after the other while the window is open, and none for longer than a quarter of an hour', async () => {
  const id = await create();
  const first = await issue(id, 'cli');
  const lasts = Date.parse(first.session.endsAt) - Date.parse(first.session.at);
  expect(lasts).toBeGreaterThan(14 * 60_000);
  expect(lasts).toBeLessThanOrEqual(15 * 60_000 + 5_000);
  stack.advance(10);
  const second = await issue(id, 'cli');
  expect(second.credentials.accessKeyId).not.toBe(first.credentials.accessKeyId);
  expect(stack.aws.sts.sessionOf(first.credentials.accessKeyId)).toBeDefined();
  stack.advance(6);
  expect(() => stack.aws.sts.sessionOf(first.credentials.accessKeyId)).toThrow('expired');
  expect(stack.aws.sts.sessionOf(second.credentials.accessKeyId)).toBeDefined();
});

test('a window that ends before AWS would let any session end: CLI credentials say its end, and it is their end', async () => {
  const id = await create('DatabaseAdministrator', 15);
  stack.advance(5);
  const { credentials, session } = await issue(id, 'cli');
  const until = Date.parse((await readRequest(id)).window?.until ?? '');
  expect(session).toMatchObject({
    ending: 'expiry',
    // What the record says is never later than the window, and never later than AWS.
    endsAt: new Date(Math.min(until, Date.parse(credentials.expiration))).toISOString(),
    narrowedFrom: expect.stringMatching(/^ASIA/),
    accessKeyId: credentials.accessKeyId,
    notNarrowed: null,
  });
  expect(session.narrowedFrom).not.toBe(credentials.accessKeyId);
  // AWS counts whole seconds from its own answer.
  expect(Math.abs(Date.parse(credentials.expiration) - until)).toBeLessThanOrEqual(3_000);
  const calls = stack.aws.sts.calls.map(({ input }) => input.action);
  expect(calls.at(-1)).toBe('GetScopedCredentials');
  expect(stack.aws.sts.sessionOf(credentials.accessKeyId)?.expiresAt).toBe(
    Date.parse(credentials.expiration),
  );
  stack.advance(11);
  expect(() => stack.aws.sts.sessionOf(credentials.accessKeyId)).toThrow('expired');
});
