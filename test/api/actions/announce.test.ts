import { beforeEach, describe, expect, test } from 'vitest';
import { announce } from '../../../api/actions/announce.ts';
import type { Announcer } from '../../../api/actions/message-ports.ts';
import { Unavailable } from '../../../api/actions/ports.ts';
import { sweep } from '../../../api/actions/sweep.ts';
import type { User } from '../../../api/domain/user.ts';
import { ada, type StoppedWorld, stoppedWorld } from '../people.ts';
import { approved, openStore, pending, type Store } from '../store.ts';

/** Messages: none is lost, none is doubled while anything but the process itself fails. */

const app = 'https://stepladder.example.com';
let store: Store;
let world: StoppedWorld;
let sent: string[];
let put: string[];
let broken: boolean;

beforeEach(async () => {
  store = await openStore();
  world = stoppedWorld();
  sent = [];
  put = [];
  broken = false;
});

const channel: Announcer['tellReviewers'] = async (message) => {
  if (broken) throw new Unavailable('the channel is down');
  sent.push(message.id);
};
const announcer: Announcer = {
  tellReviewers: channel,
  tellRequester: channel,
  tellChat: null,
  putEvent: async ({ id }) => {
    if (broken) throw new Unavailable('the bus is down');
    put.push(id);
  },
};
const tell = (id: string) => announce(store, announcer, world, id, app);
const run = () => sweep({ store, announcer, world, appUrl: app });

describe('a message', () => {
  test('is sent once, however often the stream repeats itself', async () => {
    const { id } = await pending(store, world);
    await tell(`${id}-1-created-reviewers`);
    await tell(`${id}-1-created-reviewers`);
    await run();
    expect(sent).toEqual([`${id}-1-created-reviewers`]);
  });

  test('is sent once by two who deliver at the same moment', async () => {
    const { id } = await pending(store, world);
    await Promise.all([tell(`${id}-1-created-reviewers`), tell(`${id}-1-created-reviewers`), run()]);
    expect(sent).toEqual([`${id}-1-created-reviewers`]);
  });

  test('waits while the channel is down, and is sent when it is up again', async () => {
    const { id } = await pending(store, world);
    broken = true;
    await expect(tell(`${id}-1-created-reviewers`)).rejects.toThrow(Unavailable);
    for (let minute = 0; minute < 5; minute += 1) {
      world.pass(1);
      await run().catch((error: unknown) => expect(error).toBeInstanceOf(AggregateError));
    }
    broken = false;
    world.pass(60);
    await run();
    await run();
    expect(sent).toEqual([`${id}-1-created-reviewers`]);
  });

  test('of a deliverer that died is sent by the sweep when its claim is over', async () => {
    const { id } = await pending(store, world);
    const dying = { ...store, releaseMessage: () => Promise.reject(new Unavailable('gone')) };
    broken = true;
    await expect(announce(dying, announcer, world, `${id}-1-created-reviewers`, app)).rejects.toThrow(
      Unavailable,
    );
    broken = false;
    await run();
    expect(sent).toEqual([]);
    world.pass(3);
    await run();
    expect(sent).toEqual([`${id}-1-created-reviewers`]);
  });

  test('that nobody streamed is sent by the sweep', async () => {
    const first = await pending(store, world);
    await run();
    expect(sent).toEqual([`${first.id}-1-created-reviewers`]);
  });

  test('that does not exist is nothing to send', async () => {
    await tell('nothing-1');
    expect(sent).toEqual([]);
  });
});

describe('the sweep', () => {
  test('records what time has decided, once, and tells the requester', async () => {
    const { id } = await pending(store, world);
    const ending = await approved(store, world, someone());
    world.pass(24 * 60);
    await run();
    await run();
    expect(await store.readRequest(id)).toMatchObject({ status: 'expired', version: 2 });
    expect(await store.readRequest(ending.id)).toMatchObject({ status: 'ended', version: 3 });
    expect(sent.filter((message) => message === `${id}-2-expired-requester`)).toHaveLength(1);
    expect(await store.listDueRequests(world.now(), 10)).toEqual([]);
  });

  test('goes on where one item fails, and says so', async () => {
    const first = await pending(store, world);
    const second = await pending(store, world, someone());
    world.pass(24 * 60);
    const failing: Store = {
      ...store,
      saveChange: (change, read) =>
        read.id === first.id ? Promise.reject(new Unavailable('one')) : store.saveChange(change, read),
    };
    await expect(sweep({ store: failing, announcer, world, appUrl: app })).rejects.toThrow(AggregateError);
    expect(await store.readRequest(first.id)).toMatchObject({ status: 'pending' });
    expect(await store.readRequest(second.id)).toMatchObject({ status: 'expired' });
  });
});

function someone(): User {
  return { ...ada, id: `https://id.example.com#${world.newId()}` };
}

describe('an event', () => {
  test('is put on the bus once for every entry, and waits while the bus is down', async () => {
    const { id } = await approved(store, world);
    broken = true;
    await expect(run()).rejects.toThrow(AggregateError);
    expect(put).toEqual([]);
    broken = false;
    world.pass(5);
    await run();
    await run();
    expect(put.sort()).toEqual([`${id}-1`, `${id}-2`]);
  });
});

describe('a message with several ways', () => {
  let down: Set<string>;
  const way = (name: string) => async () => {
    if (down.has(name)) throw new Unavailable(`${name} is down`);
    sent.push(name);
  };
  const several: Announcer = { ...announcer, tellReviewers: way('topic'), tellChat: way('chat') };
  const deliver = (id: string) => announce(store, several, world, `${id}-1-created-reviewers`, app);

  test.each([
    ['topic', 'chat'],
    ['chat', 'topic'],
  ])('goes by the others while the %s is down, and by no other again', async (one, other) => {
    const { id } = await pending(store, world);
    down = new Set([one]);
    await expect(deliver(id)).rejects.toThrow(`${one} is down`);
    expect(sent).toEqual([other]);
    await expect(deliver(id)).rejects.toThrow(`${one} is down`);
    down = new Set();
    world.pass(60);
    await deliver(id);
    await deliver(id);
    expect(sent).toEqual([other, one]);
  });

  test('says so where all of them are down', async () => {
    const { id } = await pending(store, world);
    down = new Set(['topic', 'chat']);
    await expect(deliver(id)).rejects.toThrow('several channels failed');
    expect(sent).toEqual([]);
  });
});
