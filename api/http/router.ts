import type { Logger } from '@aws-lambda-powertools/logger';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type { z } from 'zod';
import type { User } from '../domain/user.ts';
import { loggedError } from '../log.ts';
import { apiBase, type LambdaName, type RouteName, routes } from '../routes.ts';
import { callerOf, requireCaller } from './caller.ts';
import { bodyOf, idOf, parse, queryOf, refuseBody } from './parse-request.ts';
import { problem, problemOf } from './respond.ts';
import { type Identify, verifiedCaller } from './verified-caller.ts';

/** What a route's function gets: everything parsed, nothing raw but the event's own facts. */
export interface Call<Query, Body> {
  readonly user: User;
  /** the path's request id; '' for routes without one */
  readonly id: string;
  readonly query: Query;
  readonly body: Body;
  readonly event: APIGatewayProxyEvent;
}

export type Endpoint = (event: APIGatewayProxyEvent, user: User) => Promise<APIGatewayProxyResult>;

type NamesOf<Lambda extends LambdaName> = {
  [Name in RouteName]: (typeof routes)[Name]['lambda'] extends Lambda ? Name : never;
}[RouteName];

interface Doorkeeper<Lambda extends LambdaName> {
  /** null only for a Lambda whose routes all read */
  readonly identify: (typeof routes)[NamesOf<Lambda>]['method'] extends 'GET' ? null : Identify;
  /** who counts as a reviewer; a Lambda without such routes needs no answer */
  readonly mayReview?: (user: User) => boolean;
}

/** One route: what its query and body have to be (null: it takes no body), and what it does. */
export function endpoint<Query, Body = undefined>(
  query: z.ZodType<Query>,
  body: z.ZodType<Body> | null,
  run: (call: Call<Query, Body>) => Promise<APIGatewayProxyResult>,
): Endpoint {
  return async (event, user) =>
    run({
      user,
      id: idOf(event),
      query: parse('query', query, queryOf(event)),
      body: body === null ? (refuseBody(event) as Body) : parse('body', body, bodyOf(event)),
      event,
    });
}

/**
 * The handler of one Lambda: exactly the routes that the table gives it, in this order: who calls, may they call, is
 * every field right, then the route's function; whatever is thrown becomes a problem document.
 *
 * Whatever decides or changes something does so for whom the tokens name, verified here again: whoever may invoke the
 * Lambda writes the authorizer's word as they like, but signs no tokens. What only reads goes by that word, which is
 * faster; keeping people from reading by an invocation is up to IAM (infra/README.md).
 *
 * NB. API Gateway has matched the path already and says as what (`resource`); nothing is matched a second time.
 */
export function createHandler<Lambda extends LambdaName>(
  _lambda: Lambda,
  logger: Logger,
  endpoints: Record<NamesOf<Lambda>, Endpoint>,
  { identify, mayReview = () => false }: Doorkeeper<Lambda>,
): (event: APIGatewayProxyEvent) => Promise<APIGatewayProxyResult> {
  const byResource = new Map(
    (Object.entries(endpoints) as [RouteName, Endpoint][]).map(([name, run]) => {
      const { method, path, caller } = routes[name];
      return [`${method} ${apiBase}${path}`, { reads: method === 'GET', caller, run }];
    }),
  );
  return async (event) => {
    try {
      const route = byResource.get(`${event.httpMethod} ${event.resource}`);
      if (route === undefined) throw new Error('API Gateway sent a route that this Lambda does not serve');
      const named = callerOf(event.requestContext.authorizer);
      const user = route.reads ? named : await verifiedCaller(identify, named, event);
      requireCaller(route.caller, user, mayReview);
      return await route.run(event, user);
    } catch (error) {
      return answerError(error, logger, event);
    }
  };
}

/** A refusal is the product at work; anything else is logged with its cause, and nothing of it is answered. */
function answerError(error: unknown, logger: Logger, event: APIGatewayProxyEvent): APIGatewayProxyResult {
  const answered = problemOf(error);
  const { requestId: correlationId, authorizer } = event.requestContext;
  const facts = {
    correlationId,
    route: `${event.httpMethod} ${event.resource}`,
    user: authorizer?.principalId,
    code: answered.code,
  };
  if (answered.status < 500) logger.info('refused', facts);
  else logger.error('failed', { ...facts, error: loggedError(error) });
  return problem(answered, correlationId);
}
