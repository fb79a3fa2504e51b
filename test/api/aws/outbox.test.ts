import { beforeEach, describe, expect, test } from 'vitest';
import { Unavailable } from '../../../api/actions/ports.ts';
import { plusMinutes } from '../../../api/domain/instant.ts';
import { ada, askFor, ravi, type StoppedWorld, sessionRecord, stoppedWorld, userOf } from '../people.ts';
import { approved, changed, openStore, pending, type Store } from '../store.ts';

let store: Store;
let world: StoppedWorld;
let id: string;
let event: string;

beforeEach(async () => {
  store = await openStore();
  world = stoppedWorld();
  const request = await pending(store, world);
  id = `${request.id}-1-created-reviewers`;
  event = `${request.id}-1`;
});

const inMinutes = (minutes: number) => plusMinutes(world.now(), minutes);

describe('a message', () => {
  test('is due from the moment that it is written', async () => {
    expect(await store.listDueMessages(inMinutes(-1), 10)).toEqual([]);
    expect(await store.listDueMessages(world.now(), 10)).toEqual([event, id]);
  });

  test('is taken by one at a time, and by the next when the claim is over', async () => {
    const claims = await Promise.all(
      [1, 2, 3, 4].map(() => store.claimMessage(id, world.now(), inMinutes(2))),
    );
    expect(claims.filter((claim) => claim !== undefined)).toMatchObject([{ message: { id }, attempt: 1 }]);
    expect(await store.listDueMessages(inMinutes(1), 10)).toEqual([event]);
    world.pass(2);
    expect(await store.claimMessage(id, world.now(), inMinutes(2))).toMatchObject({ attempt: 2 });
  });

  test('that is given back is due again when it was said to be', async () => {
    const claim = await store.claimMessage(id, world.now(), inMinutes(2));
    if (claim === undefined) throw new Error('not taken');
    await store.releaseMessage(claim, inMinutes(1), ['reviewers']);
    expect(await store.claimMessage(id, world.now(), inMinutes(2))).toBeUndefined();
    world.pass(1);
    expect(await store.listDueMessages(world.now(), 10)).toEqual([event, id]);
    expect(await store.claimMessage(id, world.now(), inMinutes(2))).toMatchObject({ sentBy: ['reviewers'] });
  });

  test('is not given back by one whose claim is over', async () => {
    const late = await store.claimMessage(id, world.now(), inMinutes(2));
    world.pass(3);
    const next = await store.claimMessage(id, world.now(), inMinutes(2));
    if (late === undefined || next === undefined) throw new Error('not taken');
    await store.releaseMessage(late, world.now(), ['reviewers']);
    expect(await store.listDueMessages(world.now(), 10)).toEqual([event]);
    world.pass(3);
    expect(await store.claimMessage(id, world.now(), inMinutes(2))).toMatchObject({ sentBy: [] });
  });

  test('that was delivered is never taken or due again, and stays in the table', async () => {
    const claim = await store.claimMessage(id, world.now(), inMinutes(2));
    if (claim === undefined) throw new Error('not taken');
    await store.markDelivered(claim, world.now());
    await store.markDelivered(claim, world.now());
    world.pass(100_000);
    expect(await store.claimMessage(id, world.now(), inMinutes(2))).toBeUndefined();
    expect(await store.listDueMessages(world.now(), 10)).not.toContain(id);
    const kept = (await store.everything()).find((item) => item.pk === `MESSAGE#${id}`);
    expect(kept).toMatchObject({ deliveredAt: stoppedWorld().now() });
    expect(kept).not.toHaveProperty('queue');
  });

  test('that is not there is not made by taking it', async () => {
    const before = await store.everything();
    expect(await store.claimMessage('nothing-1', world.now(), inMinutes(2))).toBeUndefined();
    expect(await store.everything()).toEqual(before);
  });
});

describe('an event', () => {
  test('waits with the message of its entry, and comes as it was written', async () => {
    const claim = await store.claimMessage(event, world.now(), inMinutes(2));
    expect(claim).toMatchObject({ message: null, attempt: 1, sentBy: [] });
    expect(claim?.event).toMatchObject({
      id: event,
      type: 'Stepladder Request Event',
      detail: { kind: 'created' },
    });
  });

  test('is there for every entry, also for those that nobody is told of', async () => {
    const request = await approved(store, world, ada, askFor('ReadOnly'));
    const session = sessionRecord(request, world);
    await changed(store, world, request, { kind: 'intend-session', session });
    const due = await store.listDueMessages(world.now(), 100);
    expect(due).toEqual(expect.arrayContaining([1, 2, 3].map((version) => `${request.id}-${version}`)));
  });
});

describe('due requests', () => {
  test('are those whose deadline or window end is past, to the millisecond', async () => {
    const other = await approved(store, world, ada, askFor('ReadOnly'));
    const due = async () => (await store.listDueRequests(world.now(), 10)).map((request) => request.id);
    world.goTo(other.window.until);
    world.pass(-1 / 60_000);
    expect(await due()).toEqual([]);
    world.goTo(other.window.until);
    expect(await due()).toEqual([other.id]);
    await changed(store, world, other, { kind: 'close' });
    expect(await due()).toEqual([]);
    world.pass(24 * 60);
    expect(await due()).toEqual([id.slice(0, 26)]);
  });

  test('are never those that a person has closed', async () => {
    const by = userOf('quick', 'Quick', ada.groups as string[]);
    const cancelled = await pending(store, world, by);
    await changed(store, world, cancelled, { kind: 'cancel', by });
    const revoked = await approved(store, world, by);
    await changed(store, world, revoked, { kind: 'revoke', by: ravi, comment: '' });
    world.pass(48 * 60);
    expect(await store.listDueRequests(world.now(), 10)).toMatchObject([{ id: id.slice(0, 26) }]);
  });

  test('come at most as many as asked, longest past first', async () => {
    const people = [1, 2, 3, 4].map((number) => userOf(`late-${number}`, 'Late', ada.groups as string[]));
    const late: string[] = [];
    for (const by of people) {
      world.pass(1);
      late.push((await pending(store, world, by)).id);
    }
    world.pass(48 * 60);
    const due = await store.listDueRequests(world.now(), 3);
    expect(due.map((request) => request.id)).toEqual([id.slice(0, 26), late[0], late[1]]);
  });
});

test('when DynamoDB fails, everything says that it is not available', async () => {
  const broken = await openStore({ endpoint: 'http://127.0.0.1:1', maxAttempts: 1 });
  const claim = await store.claimMessage(id, world.now(), inMinutes(2));
  if (claim === undefined) throw new Error('not taken');
  await expect(broken.listDueMessages(world.now(), 1)).rejects.toThrow(Unavailable);
  await expect(broken.listDueRequests(world.now(), 1)).rejects.toThrow(Unavailable);
  await expect(broken.claimMessage(id, world.now(), inMinutes(2))).rejects.toThrow(Unavailable);
  await expect(broken.releaseMessage(claim, world.now(), [])).rejects.toThrow(Unavailable);
  await expect(broken.markDelivered(claim, world.now())).rejects.toThrow(Unavailable);
});
