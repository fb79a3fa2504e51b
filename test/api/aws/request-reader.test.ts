import { beforeAll, describe, expect, test } from 'vitest';
import type { Chunk, Listed, Partition, Position, Range } from '../../../api/actions/ports.ts';
import { beginning } from '../../../api/actions/read-requests.ts';
import type { AccessRequest } from '../../../api/domain/access-request.ts';
import { create } from '../../../api/domain/creation.ts';
import type { SessionRecord } from '../../../api/domain/session.ts';
import {
  ada,
  allowed,
  alone,
  askFor,
  policy,
  production,
  ravi,
  sessionRecord,
  stoppedWorld,
} from '../people.ts';
import { approved, changed, openStore, pending, type Store } from '../store.ts';

/** Lists over several pages of every index, against the real database. */

const range: Range = { from: beginning, until: stoppedWorld('9999-12-31T00:00:00.000Z').now() };
const partitions: [string, Partition][] = [
  ['user', { by: 'user', userId: ada.id }],
  ['email', { by: 'email', email: ada.email }],
  ['account', { by: 'account', account: production }],
];
let store: Store;
/** Made at 7 instants, three of them at each, so that pages end between twins; the last is the newest. */
let requests: AccessRequest[];
let sessions: SessionRecord[];

beforeAll(async () => {
  store = await openStore();
  const world = stoppedWorld('2026-11-30T23:58:00.000Z');
  requests = [];
  sessions = [];
  for (let count = 0; count < 21; count += 1) {
    if (count % 3 === 0) world.pass(0.5);
    const request = await approved(store, world, ada, askFor());
    const session = { ...sessionRecord(request, world), id: `${String(count).padStart(26, '0')}` };
    const intended = await changed(store, world, request, { kind: 'intend-session', session });
    sessions.push(session);
    requests.push(await changed(store, world, intended, { kind: 'revoke', by: ravi, comment: '' }));
  }
});

type List<T> = (after: Position | null) => Promise<Chunk<Listed<T>>>;

async function pagesOf<T>(list: List<T>): Promise<T[][]> {
  const pages: T[][] = [];
  let after: Position | null = null;
  for (;;) {
    const chunk: Chunk<Listed<T>> = await list(after);
    pages.push(chunk.items.map((item) => item.value));
    const last = chunk.items.at(-1);
    if (!chunk.more || last === undefined) return pages;
    after = last.position;
  }
}

const ids = (values: readonly { id: string }[]) => values.map((value) => value.id);

describe.each(partitions)('by %s', (_name, partition) => {
  test.each([1, 2, 4, 20, 21, 22])(
    'requests come newest first, none lost and none twice, %i a page',
    async (limit) => {
      const pages = await pagesOf((after) => store.listRequests({ partition, range, after, limit }));
      const found = pages.flat();
      expect(new Set(ids(found))).toEqual(new Set(ids(requests)));
      expect(found).toHaveLength(requests.length);
      const times = found.map((request) => request.createdAt);
      expect(times).toEqual([...times].sort().reverse());
      expect(pages.length).toBeGreaterThanOrEqual(Math.ceil(21 / limit));
    },
  );

  test.each([1, 4, 21])('sessions too, %i a page', async (limit) => {
    const pages = await pagesOf((after) => store.listSessions({ partition, range, after, limit }));
    expect(ids(pages.flat()).sort()).toEqual(ids(sessions).sort());
  });

  test('only what lies in the range comes, both ends included', async () => {
    const [from, until] = [requests[3]?.createdAt, requests[8]?.createdAt];
    if (from === undefined || until === undefined) throw new Error('too few requests');
    const between = { from, until };
    const pages = await pagesOf((after) =>
      store.listRequests({ partition, range: between, after, limit: 2 }),
    );
    expect(ids(pages.flat()).sort()).toEqual(ids(requests.slice(3, 9)).sort());
  });
});

test('months are apart, and each holds what was made in it', async () => {
  const list = async (month: string) =>
    (
      await pagesOf((after) =>
        store.listRequests({ partition: { by: 'month', month }, range, after, limit: 4 }),
      )
    ).flat();
  const [november, december] = [await list('2026-11'), await list('2026-12')];
  expect(november.length).toBeGreaterThan(0);
  expect(december.length).toBeGreaterThan(0);
  expect(november.every((request) => request.createdAt < '2026-12-01')).toBe(true);
  expect(ids([...november, ...december]).sort()).toEqual(ids(requests).sort());
});

test('reviewed requests come by the moment of their review', async () => {
  const pages = await pagesOf((after) =>
    store.listRequests({ partition: { by: 'review' }, range, after, limit: 4 }),
  );
  expect(ids(pages.flat()).sort()).toEqual(ids(requests).sort());
});

test('pending requests come by their deadline, the next first, and only while nobody decided', async () => {
  const fresh = await openStore();
  const world = stoppedWorld();
  const made: AccessRequest[] = [];
  for (const role of ['Admin', 'ReadOnly']) {
    made.push(await pending(fresh, world, ada, askFor(role)));
    world.pass(1);
  }
  const decided = await pending(
    fresh,
    world,
    ravi.groups ? { ...ada, id: 'https://id.example.com#other' } : ada,
  );
  await changed(fresh, world, decided, { kind: 'cancel', by: { ...ada, id: decided.requester.id } });
  const { items } = await fresh.listRequests({
    partition: { by: 'deadline' },
    range,
    after: null,
    limit: 10,
  });
  expect(ids(items.map((item) => item.value))).toEqual(ids(made));
});

describe('a place that nobody was given', () => {
  const at = stoppedWorld('2026-11-30T23:59:00.000Z').now();
  const nobodys = { at, requestId: 'z'.repeat(26), sessionId: null };

  test.each(partitions)('only begins the list by %s elsewhere', async (_name, partition) => {
    const { items } = await store.listRequests({ partition, range, after: nobodys, limit: 100 });
    const older = requests.filter((request) => request.createdAt <= at);
    expect(ids(items.map((item) => item.value)).sort()).toEqual(ids(older).sort());
  });

  test('of a list of the other kind is harmless', async () => {
    const partition: Partition = { by: 'user', userId: ada.id };
    const session = { ...nobodys, sessionId: 'z'.repeat(26) };
    const listed = await store.listRequests({ partition, range, after: session, limit: 100 });
    expect(listed.items.every((item) => item.value.requester.id === ada.id)).toBe(true);
    await store.listSessions({ partition, range, after: nobodys, limit: 100 });
  });
});

describe('entries', () => {
  test('come oldest first, a page at a time, without a gap', async () => {
    const { id, version } = requests[0] ?? { id: '', version: 0 };
    const versions: number[] = [];
    for (;;) {
      const { items, more } = await store.listEntries(id, versions.at(-1) ?? 0, 2);
      versions.push(...items.map((entry) => entry.version));
      if (!more) break;
    }
    expect(versions).toEqual(Array.from({ length: version }, (_none, index) => index + 1));
  });

  test('of a request that is not there are none', async () => {
    expect(await store.listEntries('0'.repeat(26), 0, 100)).toEqual({ items: [], more: false });
  });
});

test('a request is read as it was written a moment ago', async () => {
  const world = stoppedWorld();
  const change = allowed(create(askFor('ReadOnly'), ada, policy, world.now(), alone(world.newId())));
  await store.createRequests([change], null, []);
  expect(await store.readRequest(change.request.id)).toEqual(change.request);
  expect(await store.readRequest('0'.repeat(26))).toBeUndefined();
});
