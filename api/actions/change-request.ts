import type { AccessRequest } from '../domain/access-request.ts';
import type { Change } from '../domain/change.ts';
import { deny, notFound, type Outcome } from '../domain/denial.ts';
import { apply, type Command } from '../domain/lifecycle.ts';
import type { Policy } from '../domain/policy-document.ts';
import { checkCommandStepUp } from '../domain/step-up.ts';
import type { RequestReader, RequestWriter, World } from './ports.ts';

const tries = 8;

/**
 * Reads, decides and saves; where somebody else was faster, reads and decides again on what is there now. So a race
 * ends in one decision and, for whoever lost it, in the denial that the new state gives.
 * The sign-in is looked at last, so that nobody is sent away to sign in again for what they may not do anyway.
 * @param visible whether the caller may know of this request
 */
export async function changeRequest(
  store: RequestReader & RequestWriter,
  world: Pick<World, 'now'>,
  id: string,
  visible: (request: AccessRequest) => boolean,
  command: Exclude<Command, { kind: 'accept' }>,
  policy: Pick<Policy, 'stepUp'>,
): Promise<Outcome<Change>> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const read = await store.readRequest(id);
    if (read === undefined || !visible(read)) return notFound();
    const now = world.now();
    const decided = apply(read, command, now);
    if (!decided.ok) return decided;
    const signedIn = checkCommandStepUp(policy, read, command, now);
    if (!signedIn.ok) return signedIn;
    if ((await store.saveChange(decided.value, read)) === 'saved') return decided;
    // Whoever keeps starting sessions changes the request all the time: from here on none starts, and this gets through.
    if (command.kind === 'revoke') await store.stopSessions(id);
  }
  return deny('conflict', 'Others are changing this request right now. Reload it and try again.', {
    request: id,
  });
}
