import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { enforce } from '../../../api/actions/enforce.ts';
import {
  type BoundaryKeeper,
  BoundaryRefused,
  type QueuedEnforcement,
  Unavailable,
} from '../../../api/actions/ports.ts';
import { enforcementItem } from '../../../api/aws/request-items.ts';
import { initialBoundary, isOwnBoundary } from '../../../api/domain/boundary.ts';
import { plusMinutes } from '../../../api/domain/instant.ts';
import { type LiveSessions, openLiveSessions, revoke, someone, used } from '../live-sessions.ts';
import { allowed, production, staging } from '../people.ts';
import { trailOf } from '../store.ts';

/** Live sessions end after a revocation, whatever fails on the way, and nothing else does. */

let live: LiveSessions;

beforeAll(async () => {
  live = await openLiveSessions();
});
afterAll(() => live.stop());
beforeEach(async () => {
  // What the last test left has run out.
  live.world.pass(240);
  for (const account of [production, staging]) {
    Object.assign(live.aws.iam.boundary(account), { permissionsOf: [], boundaryOf: ['Admin'] });
    if (!isOwnBoundary({ ...live.places, account }, live.documentOf(account)))
      putInForce(account, initial(account));
    await live.enforce(account).catch(() => live.world.pass(6));
    await live.enforce(account);
  }
});

const initial = (account: string) => initialBoundary({ ...live.places, account });
const enforcementOf = async (id: string) => {
  const request = await live.store.readRequest(id);
  return request?.status === 'revoked' ? request.enforcement : undefined;
};
const queued = async (account = production) => (await live.store.listEnforcements(account, 100)).items;

async function revoked(account = production) {
  const one = await used(live, someone(live.world), account);
  allowed(await revoke(live, one.id));
  return one;
}

function putInForce(account: string, document: string): void {
  const policy = live.aws.iam.boundary(account);
  policy.versions = [{ id: 'v9', document, isDefault: true, createdAt: 0 }];
}

describe('a revocation', () => {
  test('is recorded first, then enforced, and the trail has both', async () => {
    const { id, session } = await revoked();
    expect(await enforcementOf(id)).toMatchObject({ state: 'pending', at: null });
    expect(live.isDenied(session)).toBe(false);
    expect(await live.enforce()).toBe('done');
    expect(live.isDenied(session)).toBe(true);
    expect(await enforcementOf(id)).toMatchObject({ state: 'enforced', at: live.world.now() });
    expect((await trailOf(live.store, id)).slice(-2)).toEqual(['revoked', 'sessions-ended']);
    expect(await live.store.readRequest(id)).toMatchObject({ status: 'revoked' });
  });

  test('by the person themselves ends theirs, too', async () => {
    const by = someone(live.world);
    const { id, session } = await used(live, by);
    allowed(await revoke(live, id, by));
    await live.enforceDue();
    expect(live.isDenied(session)).toBe(true);
  });

  test('leaves the sessions of everybody else, and of other accounts', async () => {
    const others = [await used(live, someone(live.world)), await used(live, someone(live.world), staging)];
    await revoked();
    await live.enforceDue();
    expect(others.map(({ session }) => live.isDenied(session))).toEqual([false, false]);
    expect(live.documentOf(staging)).toBe(initial(staging));
  });

  test('of several accounts is enforced in each', async () => {
    const both = [await revoked(), await revoked(staging)];
    expect((await live.enforceDue()).sort()).toEqual([production, staging]);
    expect(both.map(({ session }) => live.isDenied(session))).toEqual([true, true]);
  });

  test('adds to those before it, and each is taken out when its sessions have run out', async () => {
    const first = await revoked();
    await live.enforce();
    live.world.pass(30);
    const second = await revoked();
    await live.enforceDue();
    expect([live.isDenied(first.session), live.isDenied(second.session)]).toEqual([true, true]);
    live.world.pass(35);
    await live.enforceDue();
    expect([live.isDenied(first.session), live.isDenied(second.session)]).toEqual([false, true]);
    live.world.pass(30);
    await live.enforceDue();
    expect(live.documentOf(production)).toBe(initial(production));
    expect(await queued()).toEqual([]);
  });

  test('is enforced once: a second run writes nothing', async () => {
    const { id } = await revoked();
    await live.enforce();
    const { versions } = live.aws.iam.boundary(production);
    const trail = await trailOf(live.store, id);
    await live.enforce();
    live.world.pass(5);
    await live.enforceDue();
    expect(live.aws.iam.boundary(production).versions).toEqual(versions);
    expect(await trailOf(live.store, id)).toEqual(trail);
  });

  test('is enforced anew where somebody puts an earlier version in force again', async () => {
    const { session } = await revoked();
    await live.enforce();
    putInForce(production, initial(production));
    expect(live.isDenied(session)).toBe(false);
    live.world.pass(5);
    await live.enforceDue();
    expect(live.isDenied(session)).toBe(true);
  });

  test('goes through as often as IAM keeps versions, and more', async () => {
    for (let round = 0; round < 8; round += 1) {
      const { session } = await revoked();
      await live.enforce();
      expect(live.isDenied(session)).toBe(true);
    }
    expect(live.aws.iam.boundary(production).versions).toHaveLength(5);
  });
});

describe('while AWS fails, it stays pending, and is enforced when AWS works again', () => {
  test.each([
    ['STS is down', () => live.aws.sts.failNext('error', 3)],
    ['STS throttles', () => live.aws.sts.failNext('throttle', 3)],
    ['IAM is down', () => live.aws.iam.failNext('error', 9)],
    ['IAM throttles', () => live.aws.iam.failNext('throttle', 9)],
    ['IAM cuts the connection', () => live.aws.iam.failNext('cut', 9)],
  ])('%s', async (_what, fail) => {
    const { id, session } = await revoked();
    fail();
    await expect(live.enforce()).rejects.toThrow(Unavailable);
    expect(await enforcementOf(id)).toMatchObject({ state: 'pending' });
    expect(await queued()).toMatchObject([{ state: 'pending', failures: 1 }]);
    expect(await live.enforceDue()).toEqual([]);
    live.aws.iam.failNext('error', 0);
    live.world.pass(1);
    await live.enforceDue().catch((error: unknown) => expect(error).toBeInstanceOf(AggregateError));
    live.world.pass(5);
    await live.enforceDue();
    expect(live.isDenied(session)).toBe(true);
    expect(await enforcementOf(id)).toMatchObject({ state: 'enforced' });
  });

  test('the answer to the new version is lost: it is found in force, and not written again', async () => {
    const { id, session } = await revoked();
    // Of the calls of a run, the last one writes; the SDK asks again, and the version is there twice.
    const keepers = { keep: losing(1) };
    await expect(enforce({ ...live.tools, keepers }, production)).rejects.toThrow('lost');
    expect(live.isDenied(session)).toBe(true);
    expect(await enforcementOf(id)).toMatchObject({ state: 'pending' });
    const { versions } = live.aws.iam.boundary(production);
    live.world.pass(1);
    await live.enforceDue();
    expect(await enforcementOf(id)).toMatchObject({ state: 'enforced' });
    expect(live.aws.iam.boundary(production).versions).toEqual(versions);
  });

  /** Keepers whose first answers to a write are lost, after it was done. */
  function losing(times: number): LiveSessions['tools']['keepers']['keep'] {
    let left = times;
    return (place, work) =>
      live.tools.keepers.keep(place, (keeper) =>
        work({
          ...keeper,
          replaceBoundary: async (...asked: Parameters<BoundaryKeeper['replaceBoundary']>) => {
            await keeper.replaceBoundary(...asked);
            left -= 1;
            if (left >= 0) throw new Unavailable('lost');
          },
        }),
      );
  }

  test('it shows the old version for a while after it has taken the new one', async () => {
    const { id, session } = await revoked();
    const keep: LiveSessions['tools']['keepers']['keep'] = (place, work) =>
      live.tools.keepers.keep(place, async (keeper) => {
        const before = await keeper.readBoundary();
        return work({ ...keeper, readBoundary: async () => before });
      });
    const { length } = live.aws.iam.calls.filter(({ input }) => input.action === 'CreatePolicyVersion');
    await enforce({ ...live.tools, keepers: { keep } }, production);
    const written = live.aws.iam.calls.filter(({ input }) => input.action === 'CreatePolicyVersion');
    expect(written.length).toBe(length + 1);
    expect(live.isDenied(session)).toBe(true);
    expect(await enforcementOf(id)).toMatchObject({ state: 'enforced' });
  });

  test('others change the boundary all the time: it says so instead of going on for ever', async () => {
    await revoked();
    const keep: LiveSessions['tools']['keepers']['keep'] = (place, work) =>
      live.tools.keepers.keep(place, (keeper) =>
        work({ ...keeper, replaceBoundary: async () => putInForce(production, initial(production)) }),
      );
    let turn = 0;
    const changing: LiveSessions['tools']['keepers']['keep'] = (place, work) =>
      keep(place, (keeper) =>
        work({
          ...keeper,
          readBoundary: async () => {
            turn += 1;
            return { ...(await keeper.readBoundary()), versionId: `v${turn}` };
          },
        }),
      );
    await expect(enforce({ ...live.tools, keepers: { keep: changing } }, production)).rejects.toThrow(
      'changed by others',
    );
  });

  test('it waits longer each time, up to five minutes, and is given up when the sessions have run out', async () => {
    const { id } = await revoked();
    const keepers = { keep: () => Promise.reject(new Unavailable('down')) };
    const waits: number[] = [];
    for (let minute = 0; minute < 70; minute += 1) {
      const before = (await queued())[0]?.failures ?? -1;
      if ((await live.store.listDueAccounts(live.world.now(), 10)).length > 0) {
        await enforce({ ...live.tools, keepers }, production).catch((error: unknown) =>
          expect(error).toBeInstanceOf(Unavailable),
        );
        waits.push(before);
      }
      live.world.pass(1);
    }
    expect(waits).toEqual(waits.map((_wait, index) => index));
    expect(waits.length).toBeGreaterThan(12);
    expect(await queued()).toEqual([]);
    expect(await enforcementOf(id)).toMatchObject({ state: 'ran-out' });
    expect((await trailOf(live.store, id)).at(-1)).toBe('sessions-ran-out');
  });
});

describe('a boundary that is not as it has to be is left alone, and the revocation waits', () => {
  const foreign = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Sid: 'Theirs', Effect: 'Deny', Action: 's3:*', Resource: '*' }],
  });
  test.each([
    ['it holds what somebody else wants denied', () => putInForce(production, foreign), /did not write/],
    ['it is no JSON', () => putInForce(production, '{'), /did not write/],
  ])('%s', async (_what, change, words) => {
    const { id, session } = await revoked();
    change();
    const before = live.documentOf(production);
    await expect(live.enforce()).rejects.toThrow(BoundaryRefused);
    expect(live.documentOf(production)).toBe(before);
    expect(await enforcementOf(id)).toMatchObject({ state: 'pending' });
    const [item] = (await live.store.everything()).filter(({ pk }) => pk === `ENFORCEMENT#${production}`);
    expect(item?.reason).toMatch(words);
    putInForce(production, initial(production));
    live.world.pass(1);
    await live.enforceDue();
    expect(live.isDenied(session)).toBe(true);
  });
});

describe("a boundary that is somebody else's permissions, too", () => {
  const attach = (names: string[]) =>
    Object.assign(live.aws.iam.boundary(production), { permissionsOf: names });

  test('gets more denies, so that nobody stays in by attaching it, and the log says so', async () => {
    const { id, session } = await revoked();
    attach(['Another']);
    await expect(live.enforce()).rejects.toThrow(/permissions too.*detach it/);
    expect(live.isDenied(session)).toBe(true);
    expect(await enforcementOf(id)).toMatchObject({ state: 'enforced' });
  });

  test('loses none of them until it is detached, while others are added', async () => {
    const first = await revoked();
    await live.enforce();
    attach(['Another']);
    live.world.pass(70);
    const second = await revoked();
    await expect(live.enforceDue()).rejects.toThrow(/permissions too/);
    expect([first, second].map(({ session }) => live.isDenied(session))).toEqual([true, true]);
    attach([]);
    live.world.pass(6);
    await live.enforceDue();
    expect([first, second].map(({ session }) => live.isDenied(session))).toEqual([false, true]);
  });
});

describe('many', () => {
  const items = async (account: string, count: number, template: QueuedEnforcement) => {
    for (let from = 0; from < count; from += 100) {
      await live.store.putItems(
        Array.from({ length: Math.min(100, count - from) }, (_, index) =>
          enforcementItem({ ...template, account, requestId: String(from + index).padStart(26, '0') }, ''),
        ),
      );
    }
  };

  test('that have run out make no room short, nor end the sessions of others', async () => {
    const { id, session } = await revoked();
    const bystander = await used(live, someone(live.world));
    const [asked] = await queued();
    if (asked === undefined) throw new Error('nothing is queued');
    const past = plusMinutes(live.world.now(), -1);
    // Revoked later than the one that is live, so they stand before it.
    const over = { ...asked, revokedAt: plusMinutes(asked.revokedAt, 1), until: past, state: 'enforced' };
    await items(production, 600, over as QueuedEnforcement);
    await expect(live.enforce()).rejects.toThrow(BoundaryRefused);
    expect([live.isDenied(session), live.isDenied(bystander.session)]).toEqual([true, false]);
    expect(await enforcementOf(id)).toMatchObject({ state: 'enforced' });
    await removeQueue();
  });

  test('of one account do not keep another from its turn', async () => {
    await revoked(staging);
    const [asked] = await queued(staging);
    if (asked === undefined) throw new Error('nothing is queued');
    await items(production, 600, { ...asked, due: plusMinutes(asked.due, -1) });
    expect((await live.store.listDueAccounts(live.world.now(), 2)).sort()).toEqual([production, staging]);
    expect(await live.store.listDueAccounts(live.world.now(), 1)).toEqual([production]);
    await removeQueue();
  });

  async function removeQueue() {
    for (const { pk, sk } of await live.store.everything()) {
      if (pk === `ENFORCEMENT#${production}`) await live.remove({ pk, sk });
    }
  }
});

describe('one run at a time', () => {
  test('another one is told that it is busy, until the claim is given back or over', async () => {
    const { id } = await revoked();
    const now = live.world.now();
    expect(await live.store.claimAccount(production, 'other', now, now)).toBe(true);
    live.world.pass(-1);
    expect(await live.enforce()).toBe('busy');
    expect(await enforcementOf(id)).toMatchObject({ state: 'pending' });
    live.world.pass(1);
    expect(await live.enforce()).toBe('done');
    expect(await enforcementOf(id)).toMatchObject({ state: 'enforced' });
  });

  test('a run that dies before it notes anything is finished by the next', async () => {
    const { id, session } = await revoked();
    const store = { ...live.store, requeue: () => Promise.reject(new Unavailable('died')) };
    await expect(enforce({ ...live.tools, store }, production)).rejects.toThrow(AggregateError);
    expect(live.isDenied(session)).toBe(true);
    await live.enforceDue();
    expect(await queued()).toMatchObject([{ state: 'enforced', failures: 0 }]);
    expect((await trailOf(live.store, id)).filter((kind) => kind === 'sessions-ended')).toHaveLength(1);
  });
});
