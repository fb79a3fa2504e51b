import type { ProblemView } from '../api/contract.ts';
import { answerHeaders, gatewayResponses } from '../api/routes.ts';

/** What API Gateway answers where no Lambda does: for the real one and for the local one. */

export type GatewayResponse = keyof typeof gatewayResponses;

const titles: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Sign in needed',
  403: 'Not let through',
  404: 'Not found',
  413: 'Too large',
  429: 'Too many requests',
  503: 'Not available now',
};

/**
 * The template of a problem document (API Gateway Developer Guide, "Gateway responses in API Gateway"). NB. Variables
 * are put in as they are, nothing is escaped: what the authorizer's context says has to be free of quotes and backslashes.
 */
export function gatewayTemplate(type: GatewayResponse): string {
  const { status, code, detail } = gatewayResponses[type];
  const problem: ProblemView = {
    type: 'about:blank',
    title: titles[status] ?? 'Not possible',
    status,
    detail: detail === '$authorizer' ? '$context.authorizer.detail' : detail,
    code: code === '$authorizer' ? '$context.authorizer.code' : code,
    evidence: {},
    correlationId: '$context.requestId',
  };
  return JSON.stringify(problem);
}

/** The headers of such an answer. */
export function gatewayHeaders(type: GatewayResponse): Record<string, string> {
  return {
    ...answerHeaders,
    'content-type': 'application/problem+json',
    ...(gatewayResponses[type].status === 503 && { 'retry-after': '2' }),
  };
}
