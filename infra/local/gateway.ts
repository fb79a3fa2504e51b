import type { IncomingMessage, ServerResponse } from 'node:http';
import type { APIGatewayAuthorizerResult, APIGatewayProxyResult } from 'aws-lambda';
import { apiBase, gatewayResponses, type LambdaName, routes, tokenHeaders } from '../../api/routes.ts';
import { type GatewayResponse, gatewayHeaders, gatewayTemplate } from '../gateway-answers.ts';
import {
  authorizerEvent,
  type Matched,
  matchRoute,
  methodArn,
  proxyEvent,
  type Received,
  receive,
} from './gateway-event.ts';
import { type Lambda, LambdaTimedOut } from './lambda-host.ts';
import { readBody } from './read-body.ts';

export type ApiLambdas = Record<LambdaName | 'authorizer', Lambda>;

/** API Gateway quotas, "REST API": all header names and values together, and the payload. Bytes. */
const most = { headers: 10_240, body: 10 * 1024 * 1024 } as const;

/** Whether the path belongs to the API; everything else is a page or a file. */
export function isApi(path: string): boolean {
  return path === apiBase || path.startsWith(`${apiBase}/`);
}

/**
 * Answers `/api` as an API Gateway REST API does: match, identity sources, authorizer, its policy, integration; with
 * the real handlers and the real shape of their events.
 */
export async function serveApi(
  lambdas: ApiLambdas,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request, most.body);
  const received = receive(request, body?.toString('utf8') ?? '');
  const matched = matchRoute(received.method, received.path);
  if (body === undefined || headerBytes(received) > most.headers)
    return refuse(response, 'REQUEST_TOO_LARGE', received);
  if (matched === undefined) return refuse(response, 'MISSING_AUTHENTICATION_TOKEN', received);
  const authorized = await authorize(lambdas.authorizer, received, matched);
  if ('refusal' in authorized) return refuse(response, authorized.refusal, received, authorized.context);
  try {
    const lambda = lambdas[routes[matched.name].lambda];
    const result = await lambda.invoke(proxyEvent(received, matched, authorized.context));
    if (!isResult(result)) return refuse(response, 'DEFAULT_5XX', received);
    send(response, result);
  } catch (error) {
    refuse(
      response,
      error instanceof LambdaTimedOut ? 'INTEGRATION_TIMEOUT' : 'INTEGRATION_FAILURE',
      received,
    );
  }
}

type Context = Record<string, string | number | boolean | null | undefined>;
type Authorized = { context: Context } | { refusal: GatewayResponse; context: Context };

async function authorize(authorizer: Lambda, received: Received, matched: Matched): Promise<Authorized> {
  // API Gateway does not even ask the authorizer where an identity source is missing or empty.
  const present = (name: string) =>
    Object.entries(received.headers).some(
      ([header, values]) =>
        header.toLowerCase() === name.toLowerCase() && values.some((value) => value !== ''),
    );
  if (!Object.values(tokenHeaders).every(present)) return { refusal: 'UNAUTHORIZED', context: {} };
  try {
    const result = (await authorizer.invoke(
      authorizerEvent(received, matched),
    )) as APIGatewayAuthorizerResult;
    const context = { ...result.context, principalId: result.principalId };
    return permits(result, methodArn(received)) ? { context } : { refusal: 'ACCESS_DENIED', context };
  } catch {
    // Whatever it threw is in its log; the caller is told that it could not be checked.
    return { refusal: 'AUTHORIZER_FAILURE', context: {} };
  }
}

/** IAM's rule for one action on one resource: an explicit Deny wins, and without an Allow nothing is allowed. */
function permits({ policyDocument }: APIGatewayAuthorizerResult, arn: string): boolean {
  const effects = policyDocument.Statement.filter((statement) => {
    const { Action, Resource } = statement as { Action?: string | string[]; Resource?: string | string[] };
    return (
      [Action].flat().includes('execute-api:Invoke') &&
      [Resource].flat().some((pattern) => matches(pattern ?? '', arn))
    );
  }).map((statement) => statement.Effect);
  return effects.includes('Allow') && !effects.includes('Deny');
}

function matches(pattern: string, arn: string): boolean {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${escaped}$`).test(arn);
}

function headerBytes({ headers }: Received): number {
  const all = Object.entries(headers).flatMap(([name, values]) =>
    values.map((value) => name.length + value.length),
  );
  return all.reduce((sum, bytes) => sum + bytes, 0);
}

function isResult(result: unknown): result is APIGatewayProxyResult {
  return (
    typeof result === 'object' &&
    result !== null &&
    Number.isInteger((result as APIGatewayProxyResult).statusCode)
  );
}

/** API Gateway Developer Guide, "Amazon API Gateway important notes": what a Lambda cannot say by this name. */
const remapped = /^www-authenticate$/i;

function send(response: ServerResponse, result: APIGatewayProxyResult): void {
  for (const [name, value] of Object.entries(result.headers ?? {})) {
    response.setHeader(remapped.test(name) ? `x-amzn-remapped-${name}` : name, String(value));
  }
  for (const [name, values] of Object.entries(result.multiValueHeaders ?? {}))
    response.setHeader(name, values.map(String));
  response.statusCode = result.statusCode;
  response.end(Buffer.from(result.body, result.isBase64Encoded ? 'base64' : 'utf8'));
}

function refuse(
  response: ServerResponse,
  type: GatewayResponse,
  received: Received,
  context: Context = {},
): void {
  const values: Context = {
    'context.requestId': received.requestId,
    'context.authorizer.code': context.code,
    'context.authorizer.detail': context.detail,
  };
  // NB. Nothing is escaped, as API Gateway does not.
  const body = gatewayTemplate(type).replace(/\$([\w.]+\w)/g, (_all, name: string) =>
    String(values[name] ?? ''),
  );
  response.writeHead(gatewayResponses[type].status, gatewayHeaders(type));
  response.end(body);
}
