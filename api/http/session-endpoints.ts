import { issueSession, type SessionTools } from '../actions/issue-session.ts';
import { issueSessionBody, noQuery } from '../contract.ts';
import type { User } from '../domain/user.ts';
import { headerOf } from './parse-request.ts';
import { issuedView } from './present.ts';
import { json, Refused, refuse } from './respond.ts';
import { endpoint } from './router.ts';

const userAgentLength = 256;

export interface SessionEndpointTools extends SessionTools {
  /** Verifies the tokens of the event itself; the same function that the authorizer uses. */
  readonly identify: (headers: Record<string, string[]>) => Promise<User>;
}

/**
 * The route of the `sessions` Lambda, the only one that reaches STS. NB. It does not take the authorizer's word: it
 * verifies both tokens again, so that nobody who can invoke the Lambda, but cannot sign tokens, gets credentials.
 */
export function sessionEndpoints({ identify, ...tools }: SessionEndpointTools) {
  return {
    issueSession: endpoint(noQuery, issueSessionBody, async ({ user, id, body, event }) => {
      const verified = await identify(multiValueHeaders(event.multiValueHeaders));
      if (verified.id !== user.id) {
        throw new Refused({
          status: 401,
          code: 'unauthenticated',
          detail: 'Sign in again: the tokens are not yours.',
        });
      }
      const issued = await issueSession(tools, verified, {
        requestId: id,
        kind: body.kind,
        sourceIp: event.requestContext.identity.sourceIp,
        userAgent: (headerOf(event, 'User-Agent') ?? '')
          .replace(/[^\x20-\x7e]/g, '?')
          .slice(0, userAgentLength),
      });
      if (!issued.ok) throw refuse(issued.denial);
      return json(201, issuedView(issued.value));
    }),
  };
}

function multiValueHeaders(headers: Record<string, string[] | undefined> | null): Record<string, string[]> {
  return Object.fromEntries(Object.entries(headers ?? {}).map(([name, values]) => [name, values ?? []]));
}
