import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { EntryView, PageView, RequestView, SessionView } from '../../../api/contract.ts';
import { ada, askFor, eve, otto, production, ravi, sessionRecord, staging, stoppedWorld } from '../people.ts';
import { approved, changed, openStore, pending, type Store } from '../store.ts';
import { type Api, captureLog, startApi } from './calls.ts';

/** 66 requests over four months, with a session each where they were approved: more than two pages of everything. */

let store: Store;
let api: Api;
const world = stoppedWorld('2026-08-30T12:00:00.000Z');
const made: string[] = [];
const sessionIds: string[] = [];

beforeAll(async () => {
  store = await openStore();
  for (let count = 0; count < 66; count += 1) {
    const by = count % 3 === 0 ? eve : ada;
    const ask = by === ada && count % 2 === 0 ? askFor('Admin', staging) : askFor();
    if (count % 6 === 5) made.push((await pending(store, world, by, ask)).id);
    else {
      const request = await approved(store, world, by, ask);
      const session = sessionRecord(request, world);
      await changed(store, world, request, { kind: 'intend-session', session });
      made.push(request.id);
      sessionIds.push(session.id);
    }
    world.pass(26 * 60);
  }
});
beforeEach(() => {
  captureLog();
  api = startApi(store, world);
});
afterEach(() => {
  vi.restoreAllMocks();
});

type Query = Record<string, string>;

async function pages<T>(
  name: 'listAuditRequests' | 'listAuditSessions',
  query: Query,
): Promise<PageView<T>[]> {
  const all: PageView<T>[] = [];
  let cursor: string | null = null;
  do {
    const asked: Query = cursor === null ? query : { ...query, cursor };
    const { status, body } = await api.call<PageView<T>>(otto, name, { query: asked });
    expect(status).toBe(200);
    all.push(body);
    cursor = body.cursor;
  } while (cursor !== null);
  return all;
}
const requests = async (query: Query) =>
  (await pages<RequestView>('listAuditRequests', query)).flatMap((page) => page.items);
const sessions = async (query: Query) =>
  (await pages<SessionView>('listAuditSessions', query)).flatMap((page) => page.items);

describe('GET /audit/requests', () => {
  test('lists all requests ever made, newest first, over months and pages', async () => {
    const found = await pages<RequestView>('listAuditRequests', {});
    expect(found.length).toBeGreaterThan(2);
    expect(found.flatMap((page) => page.items.map((item) => item.id))).toEqual([...made].reverse());
    expect(found.flatMap((page) => page.items).every((item) => item.allowedActions.length === 0)).toBe(true);
  });

  test.each<[Query, (request: RequestView) => boolean]>([
    [{ email: 'EVE@example.com' }, (request) => request.requester.email === eve.email],
    [{ account: staging }, (request) => request.target.account === staging],
    [{ role: 'Admin', account: production }, (request) => request.target.account === production],
    [{ status: 'expired' }, (request) => request.status === 'expired'],
    [
      { status: 'ended', email: ada.email },
      (request) => request.status === 'ended' && request.requester.id === ada.id,
    ],
    [
      { from: '2026-09-15T00:00:00.000Z', until: '2026-10-15T00:00:00.000Z' },
      (request) => request.createdAt >= '2026-09-15' && request.createdAt <= '2026-10-15T00:00:00.000Z',
    ],
  ])('filtered by %j lists exactly those', async (query, keep) => {
    const wanted = (await requests({})).filter(keep).map((request) => request.id);
    expect(wanted.length).toBeGreaterThan(2);
    expect((await requests(query)).map((request) => request.id)).toEqual(wanted);
  });

  test.each<[Query]>([
    [{ email: 'nobody@example.com' }],
    [{ role: 'admin' }],
    [{ account: '000000000000' }],
    [{ status: 'revoked' }],
    [{ from: '9998-01-01T00:00:00.000Z' }],
    [{ until: '2026-01-01T00:00:00.000Z' }],
  ])('filtered by %j lists nothing', async (query) => {
    expect(await requests(query)).toEqual([]);
  });

  test.each<[string, Query]>([
    ['from', { from: '2026-09-15' }],
    ['from', { from: '2026-02-30T00:00:00.000Z' }],
    ['until', { until: '2026-09-15T00:00:00+02:00' }],
    ['until', { from: '2026-09-15T00:00:00.000Z', until: '2026-09-14T00:00:00.000Z' }],
    ['email', { email: '' }],
    ['account', { account: '12' }],
    ['role', { role: '*' }],
    ['status', { status: 'approved' }],
    ['kind', { kind: 'cli' }],
  ])('names the parameter %s in %j', async (name, query) => {
    const answer = await api.call(otto, 'listAuditRequests', { query });
    expect([answer.status, Object.keys(answer.body.evidence)]).toEqual([400, [`query.${name}`]]);
  });
});

describe('GET /audit/sessions', () => {
  test('lists all sessions, newest first, each once', async () => {
    expect((await sessions({})).map((session) => session.id)).toEqual([...sessionIds].reverse());
  });

  test('filtered by person, account and kind lists exactly those', async () => {
    const all = await sessions({});
    const eves = all.filter((session) => session.user.id === eve.id);
    expect(await sessions({ email: eve.email, kind: 'cli' })).toEqual(eves);
    expect(await sessions({ account: staging })).toEqual(
      all.filter((session) => session.target.account === staging),
    );
    expect(await sessions({ kind: 'console' })).toEqual([]);
  });
});

describe('GET /audit/requests/{id}/entries', () => {
  test('lists every entry of a long history, a page at a time', async () => {
    let request = await approved(store, world, { ...ada, id: 'https://id.example.com#long' });
    const session = sessionRecord(request, world);
    request = {
      ...request,
      ...(await changed(store, world, request, { kind: 'intend-session', session })),
    } as typeof request;
    for (let count = 0; count < 120; count += 1) {
      const failed = {
        kind: 'fail-session',
        session: { ...session, state: 'failed' },
        reason: `${count}`,
      } as const;
      request = (await changed(store, world, request, failed)) as typeof request;
    }
    const first = await api.call<PageView<EntryView>>(otto, 'listEntries', { id: request.id });
    const query = { cursor: first.body.cursor ?? '' };
    const rest = await api.call<PageView<EntryView>>(otto, 'listEntries', { id: request.id, query });
    const versions = [...first.body.items, ...rest.body.items].map((entry) => entry.version);
    expect(versions).toEqual(Array.from({ length: 123 }, (_none, index) => index + 1));
    expect(rest.body.cursor).toBeNull();
  });

  test('of a request that is not there is not found', async () => {
    const answer = await api.call(otto, 'listEntries', { id: '0'.repeat(26) });
    expect([answer.status, answer.body.code]).toEqual([404, 'not-found']);
  });
});

test('an auditor changes nothing, and a reviewer does not audit', async () => {
  const id = made[0] ?? '';
  const body = { decision: 'approve', comment: '', version: 1 };
  expect((await api.call(otto, 'reviewRequest', { id, body })).status).toBe(403);
  expect((await api.call(otto, 'cancelRequest', { id, body: {} })).status).toBe(403);
  expect((await api.call(ravi, 'listAuditRequests')).status).toBe(403);
});
