import { barsAreLost } from '../domain/backup.ts';
import { apply } from '../domain/lifecycle.ts';
import { announce } from './announce.ts';
import type { Announcer, DueReader, Outbox } from './message-ports.ts';
import type { RequestReader, RequestWriter, World } from './ports.ts';

/** How much one run takes on; the next run goes on with the rest. */
const batch = 100;

export interface SweepTools {
  readonly store: DueReader & RequestWriter & Outbox & Pick<RequestReader, 'readRequest'>;
  readonly announcer: Announcer;
  readonly world: Pick<World, 'now'>;
  readonly appUrl: string;
}

/**
 * Records what time has decided (expired, ended) and what comes from a backup, and sends what is overdue. NB. Nobody's access depends on it: a sweep
 * that never runs leaves the trail without its last line, and nothing else.
 * @returns how many were handled. @throws AggregateError of every single failure, after all others were handled
 */
export async function sweep({
  store,
  announcer,
  world,
  appUrl,
}: SweepTools): Promise<{ closed: number; announced: number }> {
  const now = world.now();
  const errors: unknown[] = [];
  const attempt = async <T>(items: readonly T[], handle: (item: T) => Promise<void>) => {
    for (const item of items) await handle(item).catch((error: unknown) => errors.push(error));
  };
  const restoredAt = await store.noteTable();
  const due = await store.listDueRequests(now, batch);
  // As long as anybody may meet one. What is left by then is closed when it is due.
  const voided = barsAreLost(restoredAt, now) ? await store.listFromBackup(batch) : [];
  await attempt([...due, ...voided], async (request) => {
    const closed = apply(request, { kind: 'close' }, now);
    // A conflict means that somebody changed it in between; the next run sees what it became.
    if (closed.ok) await store.saveChange(closed.value, request);
  });
  // Read after closing, so that what expired in this run is announced in this run.
  const messages = await store.listDueMessages(now, batch);
  await attempt(messages, (id) => announce(store, announcer, world, id, appUrl));
  if (errors.length > 0) throw new AggregateError(errors, `the sweep failed for ${errors.length} items`);
  return { closed: due.length + voided.length, announced: messages.length };
}
