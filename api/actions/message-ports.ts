import type { AccessRequest } from '../domain/access-request.ts';
import type { ChatNotification } from '../domain/chat.ts';
import type { Event } from '../domain/event.ts';
import type { Instant } from '../domain/instant.ts';
import type { Message } from '../domain/message.ts';
import type { RenderedMessage } from '../domain/message-in-words.ts';

/** What announcing needs from outside, beside what `ports.ts` names. Everything here may throw `Unavailable`. */

export interface DueReader {
  /** Requests whose deadline or window end is past, longest past first. */
  listDueRequests(now: Instant, limit: number): Promise<AccessRequest[]>;
  listDueMessages(now: Instant, limit: number): Promise<string[]>;
  /** Notes which table this is, where that is new. @returns as `restoredAt` of `ports.ts` */
  noteTable(): Promise<Instant | null>;
  /** Requests that come from a backup and are not closed yet. Up to so many are looked for, and fewer may be found. */
  listFromBackup(limit: number): Promise<AccessRequest[]>;
}

export interface Outbox {
  /**
   * Takes the message for this delivery until `claimedUntil`; undefined if it was delivered or is taken. So stream and
   * sweep never send one message at the same time.
   */
  claimMessage(id: string, now: Instant, claimedUntil: Instant): Promise<ClaimedMessage | undefined>;
  /** @param sentBy by which ways it has gone out, so that it does not go there again */
  releaseMessage(claimed: ClaimedMessage, dueAt: Instant, sentBy: readonly Way[]): Promise<void>;
  markDelivered(claimed: ClaimedMessage, now: Instant): Promise<void>;
}

/** By which ways something goes out; of people each hears by one, reviewers by the chat too. */
export type Way = 'reviewers' | 'requester' | 'chat' | 'bus';

/** A message to people, or an event for the bus. */
export type ClaimedMessage = Claim &
  ({ readonly message: Message; readonly event: null } | { readonly message: null; readonly event: Event });

interface Claim {
  readonly id: string;
  /** 1 for the first */
  readonly attempt: number;
  readonly claimedUntil: Instant;
  /** It may have been sent after the backup was made, and may not be true any more. */
  readonly fromBackup: boolean;
  /** the ways by which it went out before another one failed */
  readonly sentBy: readonly Way[];
}

export interface Announcer {
  tellReviewers(message: Message, rendered: RenderedMessage): Promise<void>;
  tellRequester(message: Message, rendered: RenderedMessage): Promise<void>;
  /** null: there is no chat */
  readonly tellChat: ((message: Message, notification: ChatNotification) => Promise<void>) | null;
  putEvent(event: Event): Promise<void>;
}
