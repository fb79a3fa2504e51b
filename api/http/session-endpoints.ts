import { issueSession, type SessionTools } from '../actions/issue-session.ts';
import { issueSessionBody, noQuery } from '../contract.ts';
import { headerOf } from './parse-request.ts';
import { type PreflightEndpointTools, preflightEndpoints } from './preflight-endpoints.ts';
import { issuedView } from './present.ts';
import { json, refuse } from './respond.ts';
import { endpoint } from './router.ts';
import { type Identify, verifiedCaller } from './verified-caller.ts';

const userAgentLength = 256;

export interface SessionEndpointTools extends SessionTools, PreflightEndpointTools {
  readonly store: SessionTools['store'] & PreflightEndpointTools['store'];
  readonly identify: Identify;
}

/**
 * The routes of the `sessions` Lambda, the only one that reaches STS. NB. They do not take the authorizer's word: both
 * tokens are verified again, so that nobody who can invoke the Lambda, but cannot sign tokens, gets credentials.
 */
export function sessionEndpoints(tools: SessionEndpointTools) {
  return {
    ...preflightEndpoints(tools),
    issueSession: endpoint(noQuery, issueSessionBody, async ({ user, id, body, event }) => {
      const verified = await verifiedCaller(tools.identify, user, event);
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
