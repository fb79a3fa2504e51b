import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, test } from 'vitest';
import { createRequests } from '../../../api/actions/create-request.ts';
import { Unavailable } from '../../../api/actions/ports.ts';
import type { PendingRequest } from '../../../api/domain/access-request.ts';
import { create } from '../../../api/domain/creation.ts';
import { apply } from '../../../api/domain/lifecycle.ts';
import {
  ada,
  allowed,
  alone,
  askFor,
  eve,
  formFor,
  policy,
  production,
  ravi,
  sessionRecord,
  staging,
  stoppedWorld,
  userOf,
} from '../people.ts';
import { approved, changed, openStore, pending, type Store, trailOf } from '../store.ts';

let store: Store;
beforeAll(async () => {
  store = await openStore();
});

/** Persons of the test's own, so that the tests of this file share a table and not a lock. */
let count = 0;
function someone() {
  count += 1;
  return userOf(`person-${count}`, 'Some One', ada.groups as string[]);
}

const approve = { kind: 'review', by: ravi, decision: 'approve', comment: '', version: 1 } as const;
const reject = { ...approve, decision: 'reject', comment: 'Not today.' } as const;

async function itemsOf(id: string) {
  const all = await store.everything();
  return all.filter((item) => JSON.stringify(item).includes(id)).map((item) => String(item.pk).split('#')[0]);
}

describe('creating', () => {
  test('writes request, entry, event, messages, lock and key together', async () => {
    const by = someone();
    const world = stoppedWorld();
    const [request] = allowed(
      await createRequests({ store, world, policy }, by, formFor(), 'key-00000001'),
    ) as [PendingRequest];
    expect(await store.readRequest(request.id)).toEqual(request);
    expect((await itemsOf(request.id)).sort()).toEqual([
      'ENTRIES',
      'IDEMPOTENCY',
      'LOCK',
      'MESSAGE',
      'MESSAGE',
      'MESSAGE',
      'REQUEST',
    ]);
    expect(await trailOf(store, request.id)).toEqual(['created']);
  });

  test('refuses a second open request for the same target and names the first', async () => {
    const by = someone();
    const world = stoppedWorld();
    const first = await pending(store, world, by);
    const change = allowed(create(askFor(), by, policy, world.now(), alone(world.newId())));
    expect(await store.createRequests([change], null, [])).toEqual({
      result: 'already-open',
      requestId: first.id,
    });
    expect(await itemsOf(change.request.id)).toEqual([]);
    const again = await createRequests({ store, world, policy }, by, formFor(), null);
    expect(again).toMatchObject({
      ok: false,
      denial: { code: 'already-open', evidence: { request: first.id } },
    });
  });

  test('takes open requests of one person for other targets, and of other persons for the same', async () => {
    const by = someone();
    const world = stoppedWorld();
    await pending(store, world, by);
    await pending(store, world, by, askFor('ReadOnly'));
    await pending(store, world, by, askFor('Admin', staging));
    await pending(store, world, someone());
  });

  test.each([
    ['the request', 'REQUEST'],
    ['the entry', 'ENTRIES'],
    ['the message', 'MESSAGE'],
    ['the event', 'EVENT'],
  ])('writes nothing where %s is already there', async (_what, kind) => {
    const by = someone();
    const world = stoppedWorld();
    const taken = await pending(store, world, by);
    const before = (await store.everything()).length;
    // The same id for another target: the lock is free, everything else is not.
    const other = someone();
    const fresh = allowed(create(askFor('ReadOnly'), other, policy, world.now(), alone(world.newId())));
    const change = {
      ...fresh,
      request: kind === 'REQUEST' ? { ...fresh.request, id: taken.id } : fresh.request,
      entry: kind === 'ENTRIES' ? { ...fresh.entry, requestId: taken.id } : fresh.entry,
      event: kind === 'EVENT' ? { ...fresh.event, id: `${taken.id}-1` } : fresh.event,
      messages: fresh.messages.map((message) =>
        kind === 'MESSAGE' ? { ...message, id: message.id.replace(fresh.request.id, taken.id) } : message,
      ),
    };
    expect(await store.createRequests([change], null, [])).toEqual({ result: 'conflict' });
    expect(await store.everything()).toHaveLength(before);
    expect(await store.readRequest(taken.id)).toEqual(taken);
  });

  test('keeps no key longer than a day, and nothing else with an end', async () => {
    const by = someone();
    const world = stoppedWorld();
    const [request] = allowed(
      await createRequests({ store, world, policy }, by, formFor(), 'key-00000002'),
    ) as [PendingRequest];
    const withEnd = (await store.everything()).filter((item) => 'ttl' in item);
    expect(new Set(withEnd.map((item) => String(item.pk).split('#')[0]))).toEqual(
      new Set(['IDEMPOTENCY', 'QUOTA']),
    );
    const key = withEnd.find((item) => (item.requestIds as string[] | undefined)?.includes(request.id));
    expect(key?.ttl).toBe(Date.parse(world.now()) / 1000 + 24 * 3600);
  });

  test('keeps a person without an e-mail out of the index by e-mail', async () => {
    const by = { ...someone(), email: '' };
    const request = await pending(store, stoppedWorld(), by);
    const item = (await store.everything()).find((found) => found.pk === `REQUEST#${request.id}`);
    expect(item).not.toHaveProperty('email');
    expect(await store.readRequest(request.id)).toEqual(request);
  });
});

describe('the lock', () => {
  test.each([
    ['rejecting', reject],
    ['cancelling', 'cancel'],
  ] as const)('is freed by %s', async (_verb, command) => {
    const by = someone();
    const world = stoppedWorld();
    const request = await pending(store, world, by);
    await changed(store, world, request, command === 'cancel' ? { kind: 'cancel', by } : command);
    await pending(store, world, by);
  });

  test('is freed by revoking, and held while approved', async () => {
    const by = someone();
    const world = stoppedWorld();
    const request = await approved(store, world, by);
    const during = await createRequests({ store, world, policy }, by, formFor(), null);
    expect(during).toMatchObject({ ok: false, denial: { evidence: { request: request.id } } });
    await changed(store, world, request, { kind: 'revoke', by: ravi, comment: '' });
    await pending(store, world, by);
  });

  test('ends with the deadline and with the window, without any sweep', async () => {
    const by = someone();
    const world = stoppedWorld();
    const first = await pending(store, world, by);
    world.goTo(first.reviewBy);
    const second = await approved(store, world, by);
    world.goTo(second.window.until);
    const third = await pending(store, world, by);
    world.pass(24 * 60 - 1);
    expect(await createRequests({ store, world, policy }, by, formFor(), null)).toMatchObject({
      ok: false,
      denial: { evidence: { request: third.id } },
    });
  });

  test('of a newer request is not disturbed when the sweep closes the older', async () => {
    const by = someone();
    const world = stoppedWorld();
    const expired = await pending(store, world, by);
    world.goTo(expired.reviewBy);
    const ended = await approved(store, world, by);
    await changed(store, world, expired, { kind: 'close' });
    world.goTo(ended.window.until);
    const newest = await pending(store, world, by);
    await changed(store, world, ended, { kind: 'close' });
    const again = await createRequests({ store, world, policy }, by, formFor(), null);
    expect(again).toMatchObject({ ok: false, denial: { evidence: { request: newest.id } } });
  });

  test('of a newer request stops a late decision on the older', async () => {
    const by = someone();
    const world = stoppedWorld();
    const older = await pending(store, world, by);
    const decidedAt = stoppedWorld();
    decidedAt.goTo(older.reviewBy);
    decidedAt.pass(-1);
    world.goTo(older.reviewBy);
    const newer = await pending(store, world, by);
    await expect(changed(store, decidedAt, older, approve)).rejects.toThrow('lost a race');
    expect(await store.readRequest(older.id)).toEqual(older);
    expect(await trailOf(store, newer.id)).toEqual(['created']);
  });

  test('of one person is never another person’s, whatever their ids look like', async () => {
    const world = stoppedWorld();
    const groups = [`aws-temp#Admin#${production}`];
    await pending(store, world, { ...eve, id: 'https://id.example.com#x', groups });
    await pending(store, world, { ...eve, id: `https://id.example.com#x#${production}#Admin`, groups });
  });
});

describe('changing', () => {
  test('refuses what was decided on another version, and writes nothing of it', async () => {
    const world = stoppedWorld();
    const request = await approved(store, world, someone());
    const session = sessionRecord(request, world);
    const noted = await changed(store, world, request, { kind: 'intend-session', session });
    const before = (await store.everything()).length;
    await expect(changed(store, world, request, { kind: 'revoke', by: ravi, comment: '' })).rejects.toThrow(
      'lost a race',
    );
    expect(await store.everything()).toHaveLength(before);
    expect(await store.readRequest(request.id)).toEqual(noted);
    expect(await trailOf(store, request.id)).toEqual(['created', 'approved', 'session-intended']);
  });

  test('refuses another status even where the version is right', async () => {
    const world = stoppedWorld();
    const request = await pending(store, world, someone());
    const forged = { ...(await approved(store, world, someone())), id: request.id, version: 1 };
    await expect(changed(store, world, forged, { kind: 'revoke', by: ravi, comment: '' })).rejects.toThrow(
      'lost a race',
    );
    expect(await store.readRequest(request.id)).toEqual(request);
  });

  test('refuses a request that is not there', async () => {
    const world = stoppedWorld();
    const by = someone();
    const { request } = allowed(create(askFor(), by, policy, world.now(), alone(world.newId())));
    await expect(changed(store, world, request, approve)).rejects.toThrow('lost a race');
    expect(await itemsOf(request.id)).toEqual([]);
  });

  test('never writes over an entry', async () => {
    const world = stoppedWorld();
    const request = await pending(store, world, someone());
    // As if a bug had set the version back: the entry of version 1 is there already.
    const again = { ...request, version: 0 };
    const change = allowed(apply(request, approve, world.now()));
    await store.table.client.send(
      new UpdateCommand({
        TableName: store.table.name,
        Key: { pk: `REQUEST#${request.id}`, sk: 'REQUEST' },
        UpdateExpression: 'SET version = :zero',
        ExpressionAttributeValues: { ':zero': 0 },
      }),
    );
    const first = { ...change, entry: { ...change.entry, version: 1 } };
    expect(await store.saveChange(first, again)).toBe('conflict');
    expect(await trailOf(store, request.id)).toEqual(['created']);
  });

  test('saves the session with the entry that tells of it, and updates it only where it is', async () => {
    const world = stoppedWorld();
    const request = await approved(store, world, someone());
    const session = sessionRecord(request, world);
    const orphan = { kind: 'record-session', session: { ...session, state: 'issued' } } as const;
    await expect(changed(store, world, request, orphan)).rejects.toThrow('lost a race');
    const intended = await changed(store, world, request, { kind: 'intend-session', session });
    await changed(store, world, intended, orphan);
    const item = (await store.everything()).find((found) => found.pk === `SESSIONS#${request.id}`);
    expect(item?.session).toEqual(orphan.session);
    expect(await trailOf(store, request.id)).toEqual([
      'created',
      'approved',
      'session-intended',
      'session-issued',
    ]);
  });
});

describe('when DynamoDB fails', () => {
  test('reading and writing say that it is not available, and nothing is written', async () => {
    const world = stoppedWorld();
    const broken = await openStore({ endpoint: 'http://127.0.0.1:1', maxAttempts: 1 });
    const change = allowed(create(askFor(), ada, policy, world.now(), alone(world.newId())));
    await expect(broken.createRequests([change], null, [])).rejects.toThrow(Unavailable);
    await expect(broken.saveChange(change, change.request)).rejects.toThrow(Unavailable);
    await expect(broken.readRequest(change.request.id)).rejects.toThrow(Unavailable);
    await expect(broken.readIdempotency(ada, 'key-00000001')).rejects.toThrow(Unavailable);
    expect(await broken.everything()).toEqual([]);
  });
});

test('a stale read is refused by its version, even where no entry of that number stands in the way', async () => {
  const world = stoppedWorld();
  const read = await pending(store, world, someone());
  const change = allowed(apply(read, approve, world.now()));
  const elsewhere = { ...change, entry: { ...change.entry, version: 9 } };
  expect(await store.saveChange(elsewhere, { ...read, version: 2 })).toBe('conflict');
  expect(await store.saveChange(elsewhere, { ...read, status: 'expired' })).toBe('conflict');
  expect(await store.readRequest(read.id)).toEqual(read);
});
