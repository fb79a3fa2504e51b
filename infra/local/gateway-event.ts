import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type {
  APIGatewayAuthorizerResultContext,
  APIGatewayProxyEvent,
  APIGatewayRequestAuthorizerEvent,
} from 'aws-lambda';
import { apiBase, type RouteName, routes } from '../../api/routes.ts';

/**
 * The events of an API Gateway REST API, as its Developer Guide shows them ("Input format of a Lambda function for proxy
 * integration", "Input to an API Gateway Lambda authorizer"): everything a handler reads comes from here.
 */

const stage = 'live';
const apiId = 'local';
const accountId = '123456789012';
const region = 'us-east-1';

export interface Matched {
  readonly name: RouteName;
  /** the route's path with its parameter names: API Gateway calls it the resource */
  readonly resource: string;
  readonly parameters: Record<string, string> | null;
}

export interface Received {
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** names as they were sent, every value of every header */
  readonly headers: Record<string, string[]>;
  readonly sourceIp: string;
  readonly body: string | null;
}

/** The route that method and path name exactly, or undefined. */
export function matchRoute(method: string, path: string): Matched | undefined {
  const given = path.split('/');
  for (const [name, route] of Object.entries(routes) as [RouteName, (typeof routes)[RouteName]][]) {
    const resource = `${apiBase}${route.path}`;
    const wanted = resource.split('/');
    const fits = wanted.every((segment, index) =>
      segment === '{id}' ? given[index] : segment === given[index],
    );
    if (route.method !== method || wanted.length !== given.length || !fits) continue;
    const id = given[wanted.indexOf('{id}')];
    return { name, resource, parameters: wanted.includes('{id}') ? { id: decodeSegment(id ?? '') } : null };
  }
  return undefined;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

export function receive(request: IncomingMessage, body: string): Received {
  const url = new URL(request.url ?? '/', 'http://gateway');
  const headers: Record<string, string[]> = Object.create(null);
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const name = request.rawHeaders[index] ?? '';
    headers[name] = [...(headers[name] ?? []), request.rawHeaders[index + 1] ?? ''];
  }
  return {
    requestId: randomUUID(),
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: { ...headers },
    sourceIp: request.socket.remoteAddress ?? '',
    body: body === '' ? null : body,
  };
}

export function methodArn(received: Received): string {
  return `arn:aws:execute-api:${region}:${accountId}:${apiId}/${stage}/${received.method}${received.path}`;
}

export function authorizerEvent(received: Received, matched: Matched): APIGatewayRequestAuthorizerEvent {
  return {
    type: 'REQUEST',
    methodArn: methodArn(received),
    ...parts(received, matched),
    requestContext: contextOf(received, matched, undefined),
  };
}

export function proxyEvent(
  received: Received,
  matched: Matched,
  authorizer: APIGatewayAuthorizerResultContext,
): APIGatewayProxyEvent {
  return {
    ...parts(received, matched),
    requestContext: contextOf(received, matched, authorizer),
    body: received.body,
    isBase64Encoded: false,
  };
}

function parts(received: Received, matched: Matched) {
  const multiple: Record<string, string[]> = Object.create(null);
  for (const [name, value] of received.query) multiple[name] = [...(multiple[name] ?? []), value];
  const empty = received.query.size === 0;
  return {
    resource: matched.resource,
    path: received.path,
    httpMethod: received.method,
    headers: lastOfEach(received.headers),
    multiValueHeaders: received.headers,
    queryStringParameters: empty ? null : lastOfEach(multiple),
    multiValueQueryStringParameters: empty ? null : { ...multiple },
    pathParameters: matched.parameters,
    stageVariables: null,
  };
}

function lastOfEach(values: Record<string, string[]>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, all]) => [name, all.at(-1) ?? '']));
}

// NB. Nothing of it comes from a header, except the user agent, which API Gateway copies too.
function contextOf<Authorizer>(received: Received, matched: Matched, authorizer: Authorizer) {
  const at = new Date();
  const agent = Object.entries(received.headers).find(([name]) => name.toLowerCase() === 'user-agent');
  return {
    accountId,
    apiId,
    authorizer,
    protocol: 'HTTP/1.1',
    httpMethod: received.method,
    identity: identityOf(received.sourceIp, agent?.[1].at(-1) ?? null),
    path: `/${stage}${received.path}`,
    stage,
    requestId: received.requestId,
    extendedRequestId: received.requestId,
    requestTime: at.toUTCString(),
    requestTimeEpoch: at.getTime(),
    resourceId: matched.name,
    resourcePath: matched.resource,
  };
}

function identityOf(sourceIp: string, userAgent: string | null) {
  return {
    accessKey: null,
    accountId: null,
    apiKey: null,
    apiKeyId: null,
    caller: null,
    clientCert: null,
    cognitoAuthenticationProvider: null,
    cognitoAuthenticationType: null,
    cognitoIdentityId: null,
    cognitoIdentityPoolId: null,
    principalOrgId: null,
    sourceIp,
    user: null,
    userAgent,
    userArn: null,
  };
}
