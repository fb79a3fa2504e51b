import { plusMinutes } from '../domain/instant.ts';
import { render, stillTrue } from '../domain/message.ts';
import type { Announcer, ClaimedMessage, Outbox } from './message-ports.ts';
import type { RequestReader, World } from './ports.ts';

const claimMinutes = 2;
const longestWaitMinutes = 60;

/**
 * Sends one message, once. Whoever claims it has it alone until then; a failure gives it back with a later
 * due time and is thrown, and the sweep tries again however often it takes. A reminder is sent only if what it says is
 * still true by then, and what comes from a backup is not sent at all.
 * NB. If the process dies between sending and marking, the message goes out a second time: both carry its id.
 * @throws Unavailable, or whatever the channel threw
 */
export async function announce(
  outbox: Outbox & Pick<RequestReader, 'readRequest'>,
  announcer: Announcer,
  world: Pick<World, 'now'>,
  id: string,
  appUrl: string,
): Promise<void> {
  const now = world.now();
  const claimed = await outbox.claimMessage(id, now, plusMinutes(now, claimMinutes));
  if (claimed === undefined) return;
  const { message } = claimed;
  const current = await outbox.readRequest(message.request.id);
  if (current === undefined || claimed.fromBackup || !stillTrue(message, current, now)) {
    await outbox.markDelivered(claimed, now);
    return;
  }
  const tell = message.audience === 'reviewers' ? announcer.tellReviewers : announcer.tellRequester;
  try {
    await tell(message, render(message, appUrl));
  } catch (error) {
    await outbox.releaseMessage(claimed, plusMinutes(world.now(), waitAfter(claimed)));
    throw error;
  }
  await outbox.markDelivered(claimed, world.now());
}

/** Minutes: at once after the first failure, then 1, 4, 9 ... up to an hour. */
function waitAfter({ attempt }: ClaimedMessage): number {
  return Math.min((attempt - 1) ** 2, longestWaitMinutes);
}
