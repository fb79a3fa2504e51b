import { renderChat } from '../domain/chat.ts';
import { type Instant, plusMinutes } from '../domain/instant.ts';
import { type Message, stillTrue } from '../domain/message.ts';
import { render } from '../domain/message-in-words.ts';
import type { Announcer, ClaimedMessage, Outbox, Way } from './message-ports.ts';
import { type RequestReader, Unavailable, type World } from './ports.ts';

const claimMinutes = 2;
const longestWaitMinutes = 60;

type Store = Outbox & Pick<RequestReader, 'readRequest'>;

/** What is to be done by each way. */
type Ways = readonly (readonly [Way, () => Promise<void>])[];

/**
 * Sends one message or event, once by each of its ways. Whoever claims it has it alone until then; a failure gives it
 * back with a later due time and is thrown, and the sweep tries again however often it takes, by the ways that failed
 * and no other. A reminder is sent only if what it says is still true by then, and no message that comes from a backup.
 * NB. If the process dies between sending and marking, it goes out a second time: both carry its id.
 * @throws Unavailable, or whatever the channel threw
 */
export async function announce(
  outbox: Store,
  announcer: Announcer,
  world: Pick<World, 'now'>,
  id: string,
  appUrl: string,
): Promise<void> {
  const now = world.now();
  const claimed = await outbox.claimMessage(id, now, plusMinutes(now, claimMinutes));
  if (claimed === undefined) return;
  const { event } = claimed;
  // NB. An event from a backup too: its entry is in the trail, and whoever had it already knows its id.
  const ways: Ways =
    event === null
      ? await waysOf(claimed.message, claimed, { outbox, announcer, now, appUrl })
      : [['bus', () => announcer.putEvent(event)]];
  const sentBy = [...claimed.sentBy];
  const failures: unknown[] = [];
  for (const [way, send] of ways) {
    if (sentBy.includes(way)) continue;
    await send().then(
      () => sentBy.push(way),
      (error: unknown) => failures.push(error),
    );
  }
  if (failures.length === 0) return outbox.markDelivered(claimed, world.now());
  await outbox.releaseMessage(claimed, plusMinutes(world.now(), waitAfter(claimed)), sentBy);
  if (failures.length === 1) throw failures[0];
  throw new Unavailable('several channels failed', { cause: new AggregateError(failures) });
}

interface Circumstances {
  readonly outbox: Store;
  readonly announcer: Announcer;
  readonly now: Instant;
  readonly appUrl: string;
}

/** None, where it does not have to be said any more. */
async function waysOf(
  message: Message,
  { fromBackup }: ClaimedMessage,
  { outbox, announcer, now, appUrl }: Circumstances,
): Promise<Ways> {
  const current = await outbox.readRequest(message.request.id);
  if (current === undefined || fromBackup || !stillTrue(message, current, now)) return [];
  const { tellChat } = announcer;
  const rendered = render(message, appUrl);
  if (message.audience === 'requester') {
    return [['requester', () => announcer.tellRequester(message, rendered)]];
  }
  const chat = tellChat && (() => tellChat(message, renderChat(message, appUrl)));
  return [
    ['reviewers', () => announcer.tellReviewers(message, rendered)],
    ...(chat ? [['chat', chat] as const] : []),
  ];
}

/** Minutes: at once after the first failure, then 1, 4, 9 ... up to an hour. */
function waitAfter({ attempt }: ClaimedMessage): number {
  return Math.min((attempt - 1) ** 2, longestWaitMinutes);
}
