import type { AccessRequest } from '../domain/access-request.ts';
import type { Message } from '../domain/message.ts';
import type { SessionRecord } from '../domain/session.ts';

/**
 * What the table holds, as the domain has it today. NB. Nothing that is history is ever written anew, so whatever an
 * earlier version of Stepladder did not know yet is filled in here, with what was true without it. A field that is
 * added to what is stored gets its line here, and its test.
 */

export function storedRequest(value: unknown): AccessRequest {
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
  return { ...message, request: storedRequest(message.request) };
}
