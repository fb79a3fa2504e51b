import { afterAll, beforeAll, expect, test } from 'vitest';
import { enforcements } from '../../api/aws/enforcements.ts';
import { type LiveSessions, openLiveSessions, revoke, someone, used } from '../api/live-sessions.ts';
import { allowed, production } from '../api/people.ts';
import { restoredFrom } from '../api/store.ts';

/** Somebody whose sessions were ended works again, because a restored table does not know that they were. */

let live: LiveSessions;

beforeAll(async () => {
  live = await openLiveSessions();
});
afterAll(() => live.stop());

test('the denies of a revocation that a restore has lost stay until the sessions have ended by themselves', async () => {
  await live.store.noteTable();
  const lost = await used(live, someone(live.world));
  const backup = await restoredFrom(live.store);
  allowed(await revoke(live, lost.id));
  await live.enforce();
  expect(live.isDenied(lost.session)).toBe(true);

  // The first enforcement out of the restored table is about somebody else.
  const store = { ...backup, ...enforcements(backup.table) };
  const other = await used({ ...live, store: backup }, someone(live.world));
  allowed(await revoke({ ...live, store: backup }, other.id));
  expect(await live.enforceWith({ store })).toBe('done');
  expect([live.isDenied(other.session), live.isDenied(lost.session)]).toEqual([true, true]);

  live.world.pass(121);
  expect(await live.enforceWith({ store })).toBe('done');
  expect(live.documentOf(production)).not.toContain(lost.id);
  expect(live.documentOf(production)).not.toContain(other.id);
});
