import type { AccessRequest } from '../domain/access-request.ts';
import type { Instant } from '../domain/instant.ts';
import type { Message, RenderedMessage } from '../domain/message.ts';

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
  releaseMessage(claimed: ClaimedMessage, dueAt: Instant): Promise<void>;
  markDelivered(claimed: ClaimedMessage, now: Instant): Promise<void>;
}

export interface ClaimedMessage {
  readonly message: Message;
  /** 1 for the first */
  readonly attempt: number;
  readonly claimedUntil: Instant;
  /** It may have been sent after the backup was made, and may not be true any more. */
  readonly fromBackup: boolean;
}

export interface Announcer {
  tellReviewers(message: Message, rendered: RenderedMessage): Promise<void>;
  tellRequester(message: Message, rendered: RenderedMessage): Promise<void>;
}
