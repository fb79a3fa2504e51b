import type { AccessRequest } from '../domain/access-request.ts';
import type { Change } from '../domain/change.ts';
import { deny, notFound, type Outcome } from '../domain/denial.ts';
import { apply, type Command } from '../domain/lifecycle.ts';
import type { RequestReader, RequestWriter, World } from './ports.ts';

const tries = 8;

/**
 * Reads, decides and saves; where somebody else was faster, reads and decides again on what is there now. So a race
 * ends in one decision and, for whoever lost it, in the denial that the new state gives.
 * @param visible whether the caller may know of this request
 */
export async function changeRequest(
  store: RequestReader & RequestWriter,
  world: Pick<World, 'now'>,
  id: string,
  visible: (request: AccessRequest) => boolean,
  command: Exclude<Command, { kind: 'accept' }>,
): Promise<Outcome<Change>> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const read = await store.readRequest(id);
    if (read === undefined || !visible(read)) return notFound();
    const decided = apply(read, command, world.now());
    if (!decided.ok || (await store.saveChange(decided.value, read)) === 'saved') return decided;
    // Whoever keeps starting sessions changes the request all the time: from here on none starts, and this gets through.
    if (command.kind === 'revoke') await store.stopSessions(id);
  }
  return deny('conflict', 'Others are changing this request right now. Reload it and try again.', {
    request: id,
  });
}
