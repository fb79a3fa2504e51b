import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { enforce } from '../../../api/actions/enforce.ts';
import type { SessionIssuer } from '../../../api/actions/ports.ts';
import { sessionIssuer } from '../../../api/aws/session-issuer.ts';
import {
  credentialsOf,
  endable,
  issueFrom,
  type LiveSessions,
  openLiveSessions,
  revoke,
  someone,
  used,
} from '../live-sessions.ts';
import { allowed, codeOf, production } from '../people.ts';
import { trailOf } from '../store.ts';

/** Revocations against sessions, and against each other: over the real database, against the local STS and IAM. */

const rounds = 100;
/** For all rounds, on a machine that does other things beside. */
const long = { timeout: 240_000 };
let live: LiveSessions;
let issuer: SessionIssuer;

beforeAll(async () => {
  live = await openLiveSessions();
  live.as('sessions');
  issuer = sessionIssuer({
    partition: 'aws',
    targetRolePath: live.aws.targetRolePath,
    externalId: live.aws.externalId,
    appUrl: 'https://stepladder.example.com',
    signinEndpoint: live.aws.signin.url,
  });
  const by = someone(live.world);
  allowed(await issueFrom(live, by, issuer)((await endable(live, by)).id));
  live.as('enforce');
});
afterAll(() => live.stop());

/** What AWS has given out for the request, whoever got it. */
function givenFor(id: string) {
  return live.aws.sts.calls.flatMap(({ input, refusal }) =>
    input.action === 'AssumeRole' && refusal === undefined && input.parameters.roleSessionName.endsWith(id)
      ? [credentialsOf(input.parameters.roleSessionName)]
      : [],
  );
}

/** Everything at the same moment. */
async function together<T>(...tasks: (() => Promise<T>)[]): Promise<T[]> {
  const start = Promise.withResolvers<void>();
  const running = tasks.map(async (task) => {
    await start.promise;
    return task();
  });
  start.resolve();
  return Promise.all(running);
}

const isPending = async () =>
  (await live.store.listEnforcements(production, 100)).items.some(({ state }) => state === 'pending');

/** As the stream does it: again, until nothing waits. */
async function untilEnforced(): Promise<void> {
  for (let turn = 0; turn < 5 && (await isPending()); turn += 1) await live.enforce();
  expect(await isPending()).toBe(false);
}

const count = (trail: string[], kind: string) => trail.filter((one) => one === kind).length;

test(
  'issue against revoke: whatever AWS gave out is denied afterwards, also what nobody got',
  long,
  async () => {
    let got = 0;
    for (let round = 0; round < rounds; round += 1) {
      const by = someone(live.world);
      const { id } = await endable(live, by);
      const [issued, revoked] = await together<{ ok: boolean }>(
        () => issueFrom(live, by, issuer)(id),
        () => revoke(live, id),
        async () => ({ ok: (await live.enforce()) === 'done' }),
      );
      expect(revoked?.ok).toBe(true);
      await untilEnforced();
      const given = givenFor(id);
      expect(given.map(live.isDenied)).toEqual(given.map(() => true));
      if (issued?.ok) expect(given).toHaveLength(1);
      got += given.length;
      const trail = await trailOf(live.store, id);
      expect(count(trail, 'sessions-ended')).toBe(trail.includes('session-intended') ? 1 : 0);
      live.world.pass(70);
    }
    // Or the test would say nothing.
    expect(got).toBeGreaterThan(0);
  },
);

test('a revocation while AWS makes the session: it is thrown away, and denied all the same', async () => {
  const by = someone(live.world);
  const { id } = await endable(live, by);
  const during: SessionIssuer = {
    ...issuer,
    assumeRole: async (plan, signal) => {
      allowed(await revoke(live, id));
      await live.enforce();
      return issuer.assumeRole(plan, signal);
    },
  };
  expect(codeOf(await issueFrom(live, by, during)(id))).toBe('session-discarded');
  const given = givenFor(id);
  expect(given).toHaveLength(1);
  expect(given.map(live.isDenied)).toEqual([true]);
});

test(
  'two revocations in one account at once: both are in the boundary, and each is noted once',
  long,
  async () => {
    for (let round = 0; round < rounds; round += 1) {
      const both = [await used(live, someone(live.world)), await used(live, someone(live.world))];
      await together<unknown>(
        ...both.map(({ id }) => async () => {
          allowed(await revoke(live, id));
          return live.enforce();
        }),
      );
      await untilEnforced();
      expect(both.map(({ session }) => live.isDenied(session))).toEqual([true, true]);
      for (const { id } of both) expect(count(await trailOf(live.store, id), 'sessions-ended')).toBe(1);
      live.world.pass(70);
    }
  },
);

describe('a run that stands still until its claim is over, and then writes what is old already', () => {
  /** What becomes of that run, where the boundary has so many versions, after another has done its work. */
  async function slowRun(versions: number) {
    const policy = live.aws.iam.boundary(production);
    const [inForce] = policy.versions.filter(({ isDefault }) => isDefault);
    if (inForce === undefined) throw new Error('no version is in force');
    const older = Array.from({ length: versions - 1 }, (_, index) => ({
      ...inForce,
      id: `v${index + 1}`,
      isDefault: false,
    }));
    policy.versions = [{ ...inForce, id: 'v9' }, ...older];
    const first = await used(live, someone(live.world));
    allowed(await revoke(live, first.id));
    const stands = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const keep: LiveSessions['tools']['keepers']['keep'] = (place, work) =>
      live.tools.keepers.keep(place, (keeper) =>
        work({
          ...keeper,
          replaceBoundary: async (document, replaced) => {
            stands.resolve();
            await goOn.promise;
            await keeper.replaceBoundary(document, replaced);
          },
        }),
      );
    const slow = enforce({ ...live.tools, keepers: { keep } }, production);
    await stands.promise;
    const second = await used(live, someone(live.world));
    allowed(await revoke(live, second.id));
    expect(await live.enforce()).toBe('busy');
    live.world.pass(3);
    expect(await live.enforce()).toBe('done');
    const denied = () => [first, second].map(({ session }) => live.isDenied(session));
    expect(denied()).toEqual([true, true]);
    goOn.resolve();
    return { slow, denied };
  }

  test('puts it right before it notes anything', async () => {
    const { slow, denied } = await slowRun(1);
    expect(await slow).toBe('done');
    expect(denied()).toEqual([true, true]);
  });

  test('is stopped by IAM, where the other has used up the room that it made', async () => {
    const { slow, denied } = await slowRun(5);
    await expect(slow).rejects.toThrow('versioning the boundary failed');
    expect(denied()).toEqual([true, true]);
    live.world.pass(1);
    await live.enforceDue();
    expect(denied()).toEqual([true, true]);
  });
});
