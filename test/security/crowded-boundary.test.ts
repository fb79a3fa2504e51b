import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Unavailable } from '../../api/actions/ports.ts';
import { enforcementItem, requestItem } from '../../api/aws/request-items.ts';
import { boundaryDocument, boundaryLength, deniesOf, initialBoundary } from '../../api/domain/boundary.ts';
import { boundaryEnding, type EndedRequest } from '../../api/domain/ended-sessions.ts';
import { personMark } from '../../api/domain/identity-name.ts';
import { epochMs, type Instant, iamTime, latest, plusMinutes } from '../../api/domain/instant.ts';
import type { User } from '../../api/domain/user.ts';
import type { IssuedSession } from '../../infra/local/sts.ts';
import * as simulated from '../api/domain/simulated-boundary.ts';
import {
  credentialsOf,
  type LiveSessions,
  openLiveSessions,
  revoke,
  someone,
  used,
} from '../api/live-sessions.ts';
import { allowed, production } from '../api/people.ts';

/** What somebody may try with more revocations than a policy has room for: staying in, or throwing everybody out. */

let live: LiveSessions;

// A table of its own is sooner made than cleared of hundreds.
beforeEach(async () => {
  live = await openLiveSessions();
});
afterEach(() => live.stop());

/**
 * So many revoked requests of that person (of as many people as there are), as they lie in the table. NB. Noted already,
 * unless it matters: then a run has less to write.
 */
async function crowd(
  count: number,
  people: User[] = [someone(live.world)],
  state: 'pending' | 'enforced' = 'enforced',
): Promise<IssuedSession[]> {
  const one = await used(live, someone(live.world));
  allowed(await revoke(live, one.id));
  const request = await live.store.readRequest(one.id);
  const [queued] = (await live.store.listEnforcements(production, 1)).items;
  if (request === undefined || queued === undefined) throw new Error('nothing was revoked');
  await live.store.forgetEnforcement(queued);
  const { id: generation } = await live.store.table.generation();
  const sessions: IssuedSession[] = [];
  const items = Array.from({ length: count }, (_, index) => {
    const requester = people[index % people.length] ?? request.requester;
    const id = live.world.newId();
    sessions.push(sessionOf(requester, id));
    return [
      requestItem({ ...request, id, requester }, generation),
      enforcementItem({ ...queued, state, requestId: id }, ''),
    ];
  });
  await live.store.putItems(items.flat());
  return sessions;
}

function sessionOf(user: Pick<User, 'id' | 'name' | 'email'>, requestId = live.world.newId()): IssuedSession {
  const sourceIdentity = `ada${personMark(user, live.world.digest)}`;
  return { ...credentialsOf(`${sourceIdentity}.${requestId}`), sourceIdentity, issuedAt: nowMs() };
}

const nowMs = () => epochMs(live.world.now());
/** What the holder has narrowed it to just now, where that counts as issued now. */
const narrowed = (session: IssuedSession): IssuedSession => ({ ...session, issuedAt: nowMs() });
const documentNow = () => live.documentOf(production);
const cutOff = () => deniesOf(documentNow())?.cutOff;
const policy = () => live.aws.iam.boundary(production);
/** As if somebody in the account had put it in force. */
function plant(document: string, createdAt = nowMs()) {
  policy().versions = [{ id: 'v7', document, isDefault: true, createdAt }];
}

const someOf = <T>(all: readonly T[]): T[] =>
  all.filter((_, index) => index % 97 === 0 || index === all.length - 1);

describe('a holder who narrows the credentials while IAM is down for ten minutes', () => {
  test.each([
    ['of everybody', 360, 360],
    ['of one person with many requests', 175, 1],
  ])('is out afterwards, where what ends is that %s', async (_what, count, people) => {
    const sessions = await crowd(
      count,
      Array.from({ length: people }, () => someone(live.world)),
    );
    const chain = [...someOf(sessions)];
    const keepers = { keep: () => Promise.reject(new Unavailable('IAM is down')) };
    await expect(live.enforceWith({ keepers })).rejects.toThrow('down');
    for (const minutes of [5, 5]) {
      live.world.pass(minutes);
      chain.push(...someOf(sessions).map(narrowed));
    }
    expect(chain.map(live.isDenied)).not.toContain(true);
    await live.enforce();
    expect(cutOff()?.people === null).toBe(people > 1);
    // Also who narrows them once more before the last service knows of the deny.
    live.world.pass(2);
    chain.push(...someOf(sessions).map(narrowed));
    expect(new Set(chain.map(live.isDenied))).toEqual(new Set([true]));
  });

  test('is out also where the deny was written late, by a run that stood still', async () => {
    const sessions = await crowd(175);
    let first = true;
    const keep: LiveSessions['tools']['keepers']['keep'] = (place, work) =>
      live.tools.keepers.keep(place, (keeper) =>
        work({
          ...keeper,
          replaceBoundary: async (...asked) => {
            if (first) live.world.pass(10);
            first = false;
            await keeper.replaceBoundary(...asked);
            Object.assign(policy().versions[0] ?? {}, { createdAt: nowMs() });
          },
        }),
      );
    await live.enforceWith({ keepers: { keep } });
    expect(someOf(sessions).map(narrowed).map(live.isDenied)).not.toContain(false);
  });

  test('is out also where somebody put in force what denied them once, as if it had been there in time', async () => {
    const sessions = await crowd(175);
    await live.enforce();
    const once = documentNow();
    plant(initialBoundary({ ...live.places, account: production }));
    live.world.pass(30);
    plant(once);
    const inBetween = someOf(sessions).map(narrowed);
    expect(inBetween.map(live.isDenied)).not.toContain(true);
    await live.enforce();
    expect(inBetween.map(live.isDenied)).not.toContain(false);
  });
});

describe('one person with three hundred revoked requests', () => {
  test('ends their own sessions and nobody else’s, and the trail says which', async () => {
    const mallory = someone(live.world);
    const bystander = await used(live, someone(live.world));
    const sessions = await crowd(300, [mallory], 'pending');
    const { id, session } = await used(live, someone(live.world));
    allowed(await revoke(live, id));
    const valid = sessionOf(mallory);
    await live.enforce();
    expect(sessions.map(live.isDenied)).not.toContain(false);
    expect([session, valid, bystander.session].map(live.isDenied)).toEqual([true, true, false]);
    const noteOf = async (requestId: string) =>
      (await live.store.listEntries(requestId, 0, 100)).items.at(-1)?.note;
    expect(await noteOf(id)).toBe('AWS denies them everything, within seconds.');
    const one = sessions[0]?.sessionName.slice(-26) ?? '';
    expect(await noteOf(one)).toContain(`until ${cutOff()?.until}, also those of their other requests`);
    // What they get later for a request that is still valid works.
    live.world.pass(4);
    expect(live.isDenied(sessionOf(mallory))).toBe(false);
  });

  test('is not written again by a second run, nor by the looks of an hour', async () => {
    await crowd(175);
    await live.enforce();
    const { versions } = policy();
    for (const minutes of [0, 5, 45]) {
      live.world.pass(minutes);
      await live.enforce();
    }
    expect(policy().versions).toEqual(versions);
  });
});

describe('a cut-off that somebody planted', () => {
  const place = () => ({ ...live.places, account: production });
  const planted = (until: string, people: string[] | null) =>
    boundaryDocument(place(), { sessions: [], cutOff: { until, people } });

  test.each([
    ['everybody out for ever', null, 1],
    ['one person out for ever', ['*-0123456789'], 1],
    ['one person out for ever, beside what is to be ended so', ['*-0123456789'], 175],
  ])('far in the future is replaced, so that nobody is locked out: %s', async (_what, people, count) => {
    const sessions = await crowd(count);
    plant(planted('2999-01-01T00:00:00Z', people));
    await live.enforce();
    expect(sessions.map(live.isDenied)).not.toContain(false);
    if (count === 1) expect(cutOff()).toBeNull();
    else expect(cutOff()?.until).toBe(iamTime(plusMinutes(live.world.now(), 3)));
    live.world.pass(4);
    expect(live.isDenied(sessionOf(someone(live.world)))).toBe(false);
  });

  test.each(['', 'never', '2026-11-23', '+275760-09-13T00:00:00Z', '2026-11-23T09:40:00+14:00'])(
    'that is no instant of ours is left, and said: "%s"',
    async (until) => {
      await crowd(1);
      plant(planted(until, null));
      await expect(live.enforce()).rejects.toThrow('did not write');
      plant(initialBoundary(place()));
    },
  );
});

/** What happens one after the other: minutes pass, requests of some people are revoked, a run writes that late. */
const steps = fc.array(
  fc.record({
    pass: fc.nat(20),
    revoked: fc.array(fc.tuple(fc.constantFrom(1, 2, 3, 4, 60), fc.constantFrom(1, 5, 40, 170)), {
      maxLength: 4,
    }),
    delay: fc.constantFrom(0, 0.5, 1),
    more: fc.constantFrom(false, false, false, true),
  }),
  { minLength: 1, maxLength: 6 },
);

test('whatever is revoked in whatever order: it fits, it denies all of it, and nothing is written twice', async () => {
  const { place, later, start, idOf, markOf, may } = simulated;
  await fc.assert(
    fc.asyncProperty(steps, fc.nat(), async (all, seed) => {
      let inForce: { document: string; since: Instant } = {
        document: initialBoundary(place),
        since: later(-99),
      };
      let now = start;
      let queued: EndedRequest[] = [];
      for (const { pass, revoked, delay, more } of all) {
        now = plusMinutes(now, pass);
        for (const [people, each] of revoked) {
          for (let index = 0; index < people * each && queued.length < 500; index += 1) {
            const personMark = markOf(index % people);
            const requestId = idOf(queued.length);
            queued.push({
              requestId,
              account: place.account,
              revokedAt: now,
              until: plusMinutes(now, 60),
              personMark,
            });
          }
        }
        queued = queued.filter(({ until }) => now < until);
        const standing = { now, inForce, more, keep: false };
        const { document } = boundaryEnding(place, queued, standing);
        expect(document.length).toBeLessThanOrEqual(boundaryLength);
        if (document !== inForce.document) inForce = { document, since: plusMinutes(now, delay) };
        expect(boundaryEnding(place, queued, { ...standing, inForce }).document).toBe(document);
        const one = queued[seed % queued.length];
        if (one === undefined) continue;
        // The latest that any credentials of it can have been issued.
        const issued = latest(plusMinutes(one.revokedAt, 1), plusMinutes(inForce.since, 2));
        const sourceIdentity = `e@example.com${one.personMark}`;
        const session = `${sourceIdentity}.${one.requestId}`;
        for (const at of [later(-60), issued]) {
          expect(await may(document, { session, sourceIdentity, issued: at })).toBe(false);
        }
      }
    }),
    { numRuns: 25 },
  );
});
