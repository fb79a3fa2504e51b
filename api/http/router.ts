import { Router } from '@aws-lambda-powertools/event-handler/http';
import type { Logger } from '@aws-lambda-powertools/logger';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import type { z } from 'zod';
import { requestId } from '../contract.ts';
import type { User } from '../domain/user.ts';
import { apiBase, type LambdaName, type RouteName, routes } from '../routes.ts';
import { callerOf, requireCaller } from './caller.ts';
import { problem, problemOf, Refused } from './respond.ts';

/** What a route's function gets: everything parsed, nothing raw but the event's own facts. */
export interface Call<Query, Body> {
  readonly user: User;
  /** the path's request id; '' for routes without one */
  readonly id: string;
  readonly query: Query;
  readonly body: Body;
  readonly event: APIGatewayProxyEvent;
}

export interface Endpoint<
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType | null = z.ZodType | null,
> {
  readonly query: Query;
  readonly body: Body;
  readonly run: (
    call: Call<z.output<Query>, Body extends z.ZodType ? z.output<Body> : null>,
  ) => Promise<Response>;
}

type NamesOf<Lambda extends LambdaName> = {
  [Name in RouteName]: (typeof routes)[Name]['lambda'] extends Lambda ? Name : never;
}[RouteName];

/** Ties query, body and function of one route together, so that the function's argument has their types. */
export function endpoint<Query extends z.ZodType, Body extends z.ZodType | null>(
  query: Query,
  body: Body,
  run: Endpoint<Query, Body>['run'],
): Endpoint {
  return { query, body, run } as unknown as Endpoint;
}

/**
 * The handler of one Lambda: exactly the routes that the table gives it. For each, in this order: who calls, may they
 * call, is every field right, then the route's function; whatever is thrown becomes a problem document.
 */
export function createHandler<Lambda extends LambdaName>(
  _lambda: Lambda,
  logger: Logger,
  endpoints: Record<NamesOf<Lambda>, Endpoint>,
): (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult> {
  const app = new Router({ logger });
  for (const [name, made] of Object.entries(endpoints) as [RouteName, Endpoint][]) {
    const { method, path, caller } = routes[name];
    const pattern = `${apiBase}${path.replace('{id}', ':id')}` as `/${string}`;
    app.route(
      async ({ event, params }) => {
        const gateway = event as APIGatewayProxyEvent;
        const user = callerOf(gateway.requestContext.authorizer);
        requireCaller(caller, user);
        return made.run({
          user,
          id: path.includes('{id}') ? parseId(params.id) : '',
          query: parse('query', made.query, queryOf(gateway)),
          body: made.body === null ? noBody(gateway) : (parse('body', made.body, bodyOf(gateway)) as never),
          event: gateway,
        });
      },
      { method, path: pattern },
    );
  }
  app.errorHandler(Error, async (error, { event }) =>
    answerError(error, logger, event as APIGatewayProxyEvent),
  );
  return (event, context) => app.resolve(event, context);
}

/** A refusal is the product at work; anything else is logged with its cause, and nothing of it is answered. */
async function answerError(error: Error, logger: Logger, event: APIGatewayProxyEvent): Promise<Response> {
  const answered = problemOf(error);
  const { requestId: correlationId, authorizer } = event.requestContext;
  const facts = {
    correlationId,
    route: `${event.httpMethod} ${event.resource}`,
    user: authorizer?.principalId,
    code: answered.code,
  };
  if (answered.status < 500) logger.info('refused', facts);
  else logger.error('failed', { ...facts, error });
  return problem(answered, correlationId);
}

function parseId(id: string | undefined): string {
  const parsed = requestId.safeParse(id);
  if (parsed.success) return parsed.data;
  // Like an id that is well-formed but absent: the shape of an id is nobody's business either.
  throw new Refused({
    status: 404,
    code: 'not-found',
    detail: 'There is no such request, or it is not yours to see. Check the link, or ask whoever sent it.',
  });
}

function parse<Schema extends z.ZodType>(
  where: 'query' | 'body',
  schema: Schema,
  value: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.flatMap((issue) => {
    const names = issue.code === 'unrecognized_keys' ? issue.keys : [''];
    return names.map((name) => {
      const message = issue.code === 'unrecognized_keys' ? 'is not a field here' : issue.message;
      return [[where, ...issue.path.map(String), name].filter((part) => part !== '').join('.'), message];
    });
  });
  throw new Refused({
    status: 400,
    code: 'invalid-input',
    detail: 'Some of what was sent cannot be accepted. Correct the fields named here and send it again.',
    evidence: Object.fromEntries(fields),
  });
}

function queryOf(event: APIGatewayProxyEvent): Record<string, string> {
  const all = Object.entries(event.multiValueQueryStringParameters ?? {});
  const twice = all.find(([, values]) => values?.length !== 1);
  if (twice) {
    throw new Refused({
      status: 400,
      code: 'invalid-input',
      detail: 'A query parameter may be given only once.',
      evidence: { [`query.${twice[0]}`]: 'given more than once' },
    });
  }
  return Object.fromEntries(all.map(([name, values]) => [name, values?.[0] ?? '']));
}

function bodyOf(event: APIGatewayProxyEvent): unknown {
  const mime = headerOf(event, 'Content-Type')?.split(';')[0]?.trim().toLowerCase();
  if (mime !== 'application/json') {
    throw new Refused({ status: 415, code: 'not-json', detail: 'Send the body as application/json.' });
  }
  const raw = event.isBase64Encoded ? Buffer.from(event.body ?? '', 'base64').toString('utf8') : event.body;
  try {
    return JSON.parse(raw ?? '');
  } catch {
    throw new Refused({ status: 400, code: 'not-json', detail: 'The body is not valid JSON.' });
  }
}

/** The value of a header that may be given once, whatever its letter case. @throws Refused 400 if it is given twice */
export function headerOf(event: APIGatewayProxyEvent, name: string): string | undefined {
  const values = Object.entries(event.multiValueHeaders ?? {})
    .filter(([header]) => header.toLowerCase() === name.toLowerCase())
    .flatMap(([, given]) => given ?? []);
  if (values.length <= 1) return values[0];
  throw new Refused({
    status: 400,
    code: 'invalid-input',
    detail: `The header ${name} may be given only once.`,
  });
}

function noBody(event: APIGatewayProxyEvent): null {
  if (event.body === null || event.body === undefined || event.body === '') return null;
  throw new Refused({ status: 400, code: 'invalid-input', detail: 'This address takes no body.' });
}
