import type { AccessRequest } from '../domain/access-request.ts';
import { restored } from '../domain/backup.ts';
import type { Message } from '../domain/message.ts';
import type { SessionRecord } from '../domain/session.ts';
import { generationAttribute } from '../table.ts';
import type { Item } from './request-items.ts';

/**
 * What the table holds, as the domain has it today. NB. Nothing that is history is ever written anew, so whatever an
 * earlier version of Stepladder did not know yet is filled in here, with what was true without it. A field that is
 * added to what is stored gets its line here, and its test.
 */

/**
 * The request of an item. NB. What another table wrote, or does not say which, comes from a backup. Here, so that nobody
 * reads a request without it. @param generation of the table that the item is in
 */
export function storedRequest(item: Item, generation: string): AccessRequest {
  const request = knownRequest(item.request);
  return isFromBackup(item, generation) ? restored(request) : request;
}

export function isFromBackup(item: Item, generation: string): boolean {
  return item[generationAttribute] !== generation;
}

function knownRequest(value: unknown): AccessRequest {
  const request = value as AccessRequest;
  const rule = { ...request.rule, endLiveSessions: request.rule.endLiveSessions ?? false };
  if (!('sessions' in request)) return { ...request, rule };
  const sessions = { ...request.sessions, endableUntil: request.sessions.endableUntil ?? null };
  return request.status === 'revoked'
    ? { ...request, rule, sessions, enforcement: request.enforcement ?? null }
    : { ...request, rule, sessions };
}

export function storedSession(value: unknown): SessionRecord {
  return { ...sessionAdditions, ...(value as SessionRecord) };
}

const sessionAdditions = {
  assumedRoleId: null,
  ending: null,
  narrowedFrom: null,
  notNarrowed: null,
} satisfies Partial<SessionRecord>;

export function storedMessage(value: unknown): Message {
  const message = value as Message;
  return { ...message, request: knownRequest(message.request) };
}
