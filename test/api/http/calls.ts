import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { vi } from 'vitest';
import type { RoleProber, SessionIssuer } from '../../../api/actions/ports.ts';
import type { ProblemView } from '../../../api/contract.ts';
import { isReviewer } from '../../../api/domain/eligibility.ts';
import type { Policy } from '../../../api/domain/policy-document.ts';
import type { ProbeOutcomes } from '../../../api/domain/preflight.ts';
import type { User } from '../../../api/domain/user.ts';
import { auditEndpoints } from '../../../api/http/audit-endpoints.ts';
import { requestEndpoints } from '../../../api/http/request-endpoints.ts';
import { reviewEndpoints } from '../../../api/http/review-endpoints.ts';
import { createHandler } from '../../../api/http/router.ts';
import { sessionEndpoints } from '../../../api/http/session-endpoints.ts';
import type { Identify } from '../../../api/http/verified-caller.ts';
import type { AddressSource } from '../../../api/http/viewer-address.ts';
import { createLogger } from '../../../api/log.ts';
import { apiBase, type LambdaName, type RouteName, routes } from '../../../api/routes.ts';
import { playedIssuer } from '../issuer.ts';
import { policy as standardPolicy, stoppedWorld } from '../people.ts';
import type { Store } from '../store.ts';

/** Calls the real handlers as API Gateway does, over the real database; only tokens and STS are played. */

export interface Parts {
  readonly id?: string;
  readonly query?: Record<string, string | string[]>;
  readonly body?: unknown;
  readonly headers?: Record<string, string[]>;
  /** what the event says otherwise */
  readonly event?: Partial<APIGatewayProxyEvent>;
}

/** NB. Body and text are of the same answer; `body` is for answers in JSON. */
export interface Answer<T> {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly text: string;
  readonly body: T;
}

/** What AWS says of a role that is set up as it should be. */
export const wellSetUp: ProbeOutcomes = {
  probes: {
    'as-session': 'let-in',
    'an-hour': 'let-in',
    'no-external-id': 'refused',
    'wrong-external-id': 'refused',
    'no-source-identity': 'refused',
    'no-tags': 'refused',
  },
  role: { result: 'read', maxSessionSeconds: 3600, boundary: null },
};

export const boundaryPlace = { partition: 'aws', boundary: '/stepladder-control/StepladderBoundary' };

export function startApi(
  store: Store,
  world = stoppedWorld(),
  issuer: Partial<SessionIssuer> = {},
  policy: Policy = standardPolicy,
  prober: RoleProber = { probe: async () => wellSetUp },
  addressFrom: AddressSource = 'direct',
) {
  const played: SessionIssuer = { ...playedIssuer(world), ...issuer };
  /** Who the tokens of the next call are about; undefined: the same user that the authorizer names. */
  const tokens: { of: Identify | undefined } = { of: undefined };
  let caller: User | undefined;
  const identify: Identify = async (headers) => {
    if (tokens.of !== undefined) return tokens.of(headers);
    if (caller === undefined) throw new Error('the test named no caller');
    return caller;
  };
  const logger = createLogger('test');
  const tools = { store, world, policy, issuer: played, prober, place: boundaryPlace, addressFrom };
  const handlers: Record<LambdaName, (event: APIGatewayProxyEvent) => Promise<APIGatewayProxyResult>> = {
    requests: createHandler('requests', logger, requestEndpoints(tools), { identify }),
    reviews: createHandler('reviews', logger, reviewEndpoints(tools), {
      identify,
      mayReview: (user) => isReviewer(user, policy),
    }),
    sessions: createHandler('sessions', logger, sessionEndpoints(tools), { identify }),
    audit: createHandler('audit', logger, auditEndpoints(tools), { identify: null }),
  };
  const call = async <T = ProblemView>(
    user: User | undefined,
    name: RouteName,
    parts: Parts = {},
  ): Promise<Answer<T>> => {
    caller = user;
    const result = await handlers[routes[name].lambda](eventOf(user, name, parts));
    const headers = Object.fromEntries(
      Object.entries(result.headers ?? {}).map(([header, value]) => [header, String(value)]),
    );
    const isJson = /json$/.test(headers['content-type'] ?? '');
    return {
      status: result.statusCode,
      headers,
      text: result.body,
      body: (isJson ? JSON.parse(result.body) : undefined) as T,
    };
  };
  return { call, world, tokens, handlers };
}
export type Api = ReturnType<typeof startApi>;

/** API Gateway Developer Guide, "Input format of a Lambda function for proxy integration". */
export function eventOf(user: User | undefined, name: RouteName, parts: Parts): APIGatewayProxyEvent {
  const { method, path } = routes[name];
  const query = Object.fromEntries(
    Object.entries(parts.query ?? {}).map(([key, value]) => [key, Array.isArray(value) ? value : [value]]),
  );
  const base = {
    resource: `${apiBase}${path}`,
    path: `${apiBase}${path.replace('{id}', parts.id ?? '')}`,
    httpMethod: method,
    headers: null,
    multiValueHeaders: {
      ...(parts.body !== undefined && { 'content-type': ['application/json'] }),
      ...parts.headers,
    },
    queryStringParameters: null,
    multiValueQueryStringParameters: parts.query === undefined ? null : query,
    pathParameters: path.includes('{id}') ? { id: parts.id ?? '' } : null,
    stageVariables: null,
    body: parts.body === undefined ? null : JSON.stringify(parts.body),
    isBase64Encoded: false,
    requestContext: {
      requestId: 'correlation-1',
      httpMethod: method,
      identity: { sourceIp: '192.0.2.7' },
      authorizer: user && { principalId: user.id, user: JSON.stringify(user) },
    },
    ...parts.event,
  };
  return base as unknown as APIGatewayProxyEvent;
}

/** Everything that is written to the two outputs of the process until the test ends. */
export function captureLog(): () => string {
  const lines: string[] = [];
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      lines.push(String(text));
      return true;
    });
  }
  return () => lines.join('');
}
