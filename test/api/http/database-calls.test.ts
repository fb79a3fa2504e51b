import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Chunk, ChunkQuery, Listed } from '../../../api/actions/ports.ts';
import { type Item, requestItem, sessionItem } from '../../../api/aws/request-items.ts';
import type { PendingRequest } from '../../../api/domain/access-request.ts';
import { apply, type Change, create } from '../../../api/domain/lifecycle.ts';
import type { User } from '../../../api/domain/user.ts';
import type { RouteName } from '../../../api/routes.ts';
import { ada, allowed, askFor, otto, policy, ravi, stoppedWorld } from '../people.ts';
import { openStore, pending, type Store, sessionRecord } from '../store.ts';
import { captureLog, type Parts, startApi } from './calls.ts';

/** What a route asks of the database does not grow with the history: no Scan, and a fixed number of bounded calls. */

/** More than one Query brings back. */
const many = 300;
const few = 10;
/** A page that is filtered may look further back, but only so far; GET /me has a list and nothing else. */
const mostCalls = 12;
const world = stoppedWorld();
let stores: { few: Store; many: Store };
const sent: string[] = [];

beforeAll(async () => {
  const [short, long] = await Promise.all([filled(few), filled(many)]);
  stores = { few: short, many: long };
});
beforeEach(() => {
  captureLog();
});
afterEach(() => {
  vi.restoreAllMocks();
});

async function filled(size: number): Promise<Store> {
  const store = await openStore();
  await store.putItems(Array.from({ length: size / 2 }, historyOf).flat());
  store.table.client.middlewareStack.add(
    (next, context) => (args) => {
      sent.push(context.commandName ?? 'unknown');
      return next(args);
    },
    { step: 'initialize', name: 'count' },
  );
  return store;
}

/** One that was approved, with a session, and one that waits. */
function historyOf(): Item[] {
  const [created, waiting] = [1, 2].map(() =>
    allowed(create(askFor(), ada, policy, world.now(), world.newId())),
  ) as [Change<PendingRequest>, Change<PendingRequest>];
  const review = { kind: 'review', by: ravi, decision: 'approve', comment: '', version: 1 } as const;
  const { request } = allowed(apply(created.request, review, world.now()));
  const session = sessionItem(sessionRecord(request, world));
  return [requestItem(request), requestItem(waiting.request), session];
}

async function callsOf(store: Store, user: User, name: RouteName, parts: Parts): Promise<string[]> {
  sent.length = 0;
  const { status } = await startApi(store, world).call(user, name, parts);
  expect([name, status]).toEqual([name, 200]);
  return [...sent];
}

test.each<[RouteName, User, Parts, string[]]>([
  ['getMe', ada, {}, ['QueryCommand']],
  ['listTargets', ada, {}, []],
  ['listRequests', ada, {}, ['QueryCommand']],
  ['listReviews', ravi, { query: { state: 'pending' } }, ['QueryCommand']],
  ['listReviews', ravi, { query: { state: 'decided' } }, ['QueryCommand']],
  ['listAuditSessions', otto, { query: { email: ada.email } }, ['QueryCommand']],
])('%s asks for hundreds of requests as it does for ten', async (name, user, parts, expected) => {
  for (const store of [stores.few, stores.many]) {
    const calls = await callsOf(store, user, name, parts);
    expect(new Set(calls)).toEqual(new Set(expected));
    // GET /me looks through everything that is young enough to be active, 200 at a time.
    expect(calls.length).toBeLessThanOrEqual(name === 'getMe' ? Math.ceil(many / 200) : expected.length);
  }
});

test('one request is read by its key, whatever else there is', async () => {
  const one = ['GetItemCommand', 'QueryCommand'];
  for (const store of [stores.few, stores.many]) {
    const request = await pending(store, world, { ...ada, id: 'https://id.example.com#one' });
    expect(await callsOf(store, otto, 'getRequest', { id: request.id })).toEqual(one);
    // A reviewer also sees what was asked for before: one Query more.
    expect(await callsOf(store, ravi, 'getRequest', { id: request.id })).toEqual([...one, 'QueryCommand']);
    expect(await callsOf(store, otto, 'listEntries', { id: request.id })).toEqual(one);
  }
});

/** A list that never ends and holds nothing of what is looked for. */
function endless<T>(value: T, asked: ChunkQuery[]) {
  return async (query: ChunkQuery): Promise<Chunk<Listed<T>>> => {
    asked.push(query);
    const position = { at: world.now(), requestId: '0'.repeat(26), sessionId: null };
    return { items: Array.from({ length: query.limit }, () => ({ value, position })), more: true };
  };
}

test.each<[RouteName, User, Parts]>([
  ['getMe', ada, {}],
  ['listRequests', ada, { query: { search: 'nothing has this' } }],
  ['listRequests', ada, { query: { status: 'cancelled' } }],
  ['listReviews', { ...ravi, email: ada.email }, { query: { state: 'pending' } }],
  ['listAuditRequests', otto, { query: { role: 'NoSuchRole' } }],
  ['listAuditSessions', otto, { query: { kind: 'console' } }],
  ['exportAudit', otto, { query: { of: 'requests', format: 'csv', status: 'cancelled' } }],
])('%s gives up on an endless history, says how far it looked, and can go on', async (name, user, parts) => {
  const asked: ChunkQuery[] = [];
  const { request } = allowed(create(askFor(), ada, policy, world.now(), world.newId()));
  const store: Store = {
    ...stores.few,
    listRequests: endless(request, asked),
    listSessions: endless(sessionRecord(request, world), asked),
  };
  const answer = await startApi(store, world).call<Record<string, unknown>>(user, name, parts);
  expect(answer.status).toBe(200);
  expect(asked.length).toBeLessThanOrEqual(mostCalls);
  expect(Math.max(...asked.map((query) => query.limit))).toBeLessThanOrEqual(200);
  if (name === 'exportAudit') expect(answer.headers['x-next-cursor']).toMatch(/./);
  else if (name !== 'getMe') {
    expect(answer.body).toMatchObject({ items: [], cursor: expect.any(String), searchedBackTo: world.now() });
  }
});
