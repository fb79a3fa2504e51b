import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Chunk, ChunkQuery, Listed } from '../../../api/actions/ports.ts';
import { type Item, requestItem, sessionItem } from '../../../api/aws/request-items.ts';
import { create } from '../../../api/domain/creation.ts';
import { plusMinutes } from '../../../api/domain/instant.ts';
import { apply } from '../../../api/domain/lifecycle.ts';
import type { User } from '../../../api/domain/user.ts';
import type { RouteName } from '../../../api/routes.ts';
import {
  ada,
  allowed,
  alone,
  askFor,
  oki,
  otto,
  policy,
  production,
  ravi,
  sessionRecord,
  stoppedWorld,
  userOf,
} from '../people.ts';
import { openStore, pending, type Store } from '../store.ts';
import { captureLog, type Parts, startApi } from './calls.ts';

/** What a route asks of the database does not grow with the history: no Scan, and a fixed number of bounded calls. */

/** More than one Query brings back. */
const many = 300;
const few = 10;
/** A page that is filtered may look further back, but only so far. */
const mostCalls = 12;
/** GET /me shows two lists: what is active, and what the user is invited to. */
const listsOf = (name: RouteName) => (name === 'getMe' ? 2 : 1);
const world = stoppedWorld();
const target = { account: production, role: 'Admin' };
const ask = { durationMinutes: 60, justification: 'Restart the payment workers.' };
const glass = {
  breakGlass: true,
  durationMinutes: 30,
  justification: 'The payment database does not answer.',
};
const olga = userOf('olga', 'Olga', [...ada.groups, 'on-call']);
/** what answers 201 */
const made: readonly RouteName[] = ['createRequest', 'invite', 'issueSession'];
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
  const { id: generation } = await store.table.generation();
  await store.putItems(Array.from({ length: size / 2 }, () => historyOf(generation)).flat());
  store.table.client.middlewareStack.add(
    (next, context) => (args) => {
      sent.push(context.commandName ?? 'unknown');
      return next(args);
    },
    { step: 'initialize', name: 'count' },
  );
  return store;
}

/** One that was approved, with a session; one that waits; and break-glass access that nobody reviewed in time. */
function historyOf(generation: string): Item[] {
  const made = (more = {}, at = world.now(), by: User = ada) =>
    allowed(create({ ...askFor(), ...more }, by, policy, at, alone(world.newId()))).request;
  const review = { kind: 'review', by: ravi, decision: 'approve', comment: '', version: 1 } as const;
  const { request } = allowed(apply(made(), review, world.now()));
  const session = sessionItem(sessionRecord(request, world));
  const overdue = made(glass, plusMinutes(world.now(), -24 * 60), olga);
  return [...[request, made(), overdue].map((one) => requestItem(one, generation)), session];
}

async function callsOf(store: Store, user: User, name: RouteName, parts: Parts): Promise<string[]> {
  sent.length = 0;
  const { status } = await startApi(store, world).call(user, name, parts);
  expect([name, status]).toEqual([name, made.includes(name) ? 201 : 200]);
  return [...sent];
}

const [get, query, write] = ['GetItemCommand', 'QueryCommand', 'TransactWriteItemsCommand'] as const;

test.each<[RouteName, User, Parts, string[]]>([
  ['getMe', ada, {}, ['QueryCommand']],
  ['listTargets', ada, {}, []],
  ['explainTarget', ada, { query: target }, ['QueryCommand']],
  ['listRoles', oki, {}, []],
  ['runPreflight', oki, { body: target }, [write, write]],
  ['listRequests', ada, {}, ['QueryCommand']],
  ['listReviews', ravi, { query: { state: 'pending' } }, ['QueryCommand']],
  ['listReviews', ravi, { query: { state: 'decided' } }, ['QueryCommand']],
  ['listReviews', ravi, { query: { state: 'unreviewed' } }, ['QueryCommand']],
  ['listAuditSessions', otto, { query: { email: ada.email } }, ['QueryCommand']],
  ['listAuditRequests', otto, { query: { account: production } }, ['QueryCommand']],
  ['exportAudit', otto, { query: { of: 'sessions', format: 'csv', email: ada.email } }, ['QueryCommand']],
])('%s asks for hundreds of requests as it does for ten', async (name, user, parts, expected) => {
  for (const store of [stores.few, stores.many]) {
    const calls = await callsOf(store, user, name, parts);
    expect(new Set(calls)).toEqual(new Set(expected));
    // GET /me looks through everything that is young enough: a short Query first, then 200 at a time.
    const most = name === 'getMe' ? listsOf(name) * (1 + Math.ceil(many / 200)) : expected.length;
    expect(calls.length).toBeLessThanOrEqual(most);
  }
});

test.each(['few', 'many'] as const)(
  'what changes something reads by keys, with %s requests there',
  async (size) => {
    const store = stores[size];
    const by: User = {
      ...ada,
      id: `https://id.example.com#${world.newId()}`,
      groups: [...ada.groups, 'on-call'],
    };
    const invitee: User = { ...by, id: `${by.id}-2`, email: `${world.newId()}@example.com` };
    const calls = (user: User, name: RouteName, parts: Parts) => callsOf(store, user, name, parts);
    const headers = { 'Idempotency-Key': ['one-key-per-form'] };
    const targets = [target, { ...target, role: 'ReadOnly' }];
    // The key, and for each target whether somebody ended this person's access to it.
    expect(await calls(by, 'createRequest', { body: { targets, ...ask }, headers })).toEqual([
      get,
      get,
      get,
      write,
    ]);
    expect(await calls(by, 'createRequest', { body: { targets, ...ask }, headers })).toEqual([get, get, get]);
    // Break-glass access also looks through what is overdue: a short Query first, then 200 at a time.
    const urgent = { ...ask, ...glass, targets: [target] };
    expect(await calls(invitee, 'createRequest', { body: urgent })).toEqual([query, query, get, write]);

    const one = await pending(store, world, { ...by, id: `${by.id}-3` });
    const review = { decision: 'approve', comment: '', version: 1 };
    expect(await calls(ravi, 'reviewRequest', { id: one.id, body: review })).toEqual([get, write]);
    const owner: User = { ...by, id: `${by.id}-3` };
    expect(
      await calls(owner, 'createRequest', { body: { targets: [target], ...ask, extensionOf: one.id } }),
    ).toEqual([get, get, write]);
    // The intent, and what came of it.
    expect(await calls(owner, 'issueSession', { id: one.id, body: { kind: 'cli' } })).toEqual([
      get,
      write,
      get,
      write,
    ]);
    expect(await calls(ravi, 'revokeRequest', { id: one.id, body: { comment: '' } })).toEqual([get, write]);

    const email = `${world.newId()}@example.com`;
    expect(await calls(ravi, 'invite', { body: { email, ...target, ...ask } })).toEqual([query, write]);
    expect(await calls(ravi, 'invite', { body: { email: ada.email, ...target, ...ask } })).toEqual([
      query,
      write,
    ]);
    const { items } = await store.listRequests({
      partition: { by: 'email', email },
      range: { from: world.now(), until: world.now() },
      after: null,
      limit: 1,
    });
    const invited = items[0]?.value.id ?? '';
    const guest: User = { ...by, id: `${by.id}-4`, email };
    expect(await calls(guest, 'acceptInvitation', { id: invited, body: {} })).toEqual([get, write]);
    expect(await calls(guest, 'cancelRequest', { id: invited, body: {} })).toEqual([get, write]);
  },
);

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
  const { request } = allowed(create(askFor(), ada, policy, world.now(), alone(world.newId())));
  const store: Store = {
    ...stores.few,
    listRequests: endless(request, asked),
    listSessions: endless(sessionRecord(request, world), asked),
  };
  const answer = await startApi(store, world).call<Record<string, unknown>>(user, name, parts);
  expect(answer.status).toBe(200);
  expect(asked.length).toBeLessThanOrEqual(listsOf(name) * mostCalls);
  expect(Math.max(...asked.map((query) => query.limit))).toBeLessThanOrEqual(200);
  if (name === 'exportAudit') expect(answer.headers['x-next-cursor']).toMatch(/./);
  else if (name !== 'getMe') {
    expect(answer.body).toMatchObject({ items: [], cursor: expect.any(String), searchedBackTo: world.now() });
  }
});
