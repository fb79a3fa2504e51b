import { issueSession, type SessionTools } from '../actions/issue-session.ts';
import { issueSessionBody, noQuery } from '../contract.ts';
import { headerOf } from './parse-request.ts';
import { type PreflightEndpointTools, preflightEndpoints } from './preflight-endpoints.ts';
import { issuedView } from './present.ts';
import { json, refuse } from './respond.ts';
import { endpoint } from './router.ts';
import { viewerAddress } from './viewer-address.ts';

const userAgentLength = 256;

export interface SessionEndpointTools extends SessionTools, PreflightEndpointTools {
  readonly store: SessionTools['store'] & PreflightEndpointTools['store'];
}

/** The routes of the `sessions` Lambda, the only one that reaches STS. */
export function sessionEndpoints(tools: SessionEndpointTools) {
  return {
    ...preflightEndpoints(tools),
    issueSession: endpoint(noQuery, issueSessionBody, async ({ user, id, body, event }) => {
      const issued = await issueSession(tools, user, {
        requestId: id,
        kind: body.kind,
        sourceIp: viewerAddress(tools.addressFrom, event),
        userAgent: (headerOf(event, 'User-Agent') ?? '')
          .replace(/[^\x20-\x7e]/g, '?')
          .slice(0, userAgentLength),
      });
      if (!issued.ok) throw refuse(issued.denial);
      return json(201, issuedView(issued.value));
    }),
  };
}
