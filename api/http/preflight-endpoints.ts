import type { Logger } from '@aws-lambda-powertools/logger';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { z } from 'zod';
import { type PreflightReport, type PreflightTools, runPreflight } from '../actions/run-preflight.ts';
import { noQuery, type PreflightView, preflightBody } from '../contract.ts';
import { accountName, type Policy } from '../domain/policy-document.ts';
import { personOf } from '../domain/user.ts';
import { loggedError } from '../log.ts';
import { parse } from './parse-request.ts';
import { json, type Problem, problemOf, refuse } from './respond.ts';
import { endpoint } from './router.ts';
import { type AddressSource, viewerAddress } from './viewer-address.ts';

export interface PreflightEndpointTools extends PreflightTools {
  readonly addressFrom: AddressSource;
}

/** The operators' route of the `sessions` Lambda, which alone can assume a target role. */
export function preflightEndpoints(tools: PreflightEndpointTools) {
  return {
    runPreflight: endpoint(noQuery, preflightBody, async ({ user, body, event }) => {
      const sourceIp = viewerAddress(tools.addressFrom, event);
      const by = { kind: 'operator', person: personOf(user), sourceIp } as const;
      const report = await runPreflight(tools, by, body);
      if (!report.ok) throw refuse(report.denial);
      return json(200, preflightView(report.value, tools.policy));
    }),
  };
}

/** What an operator with AWS access invokes the Lambda with. NB. No event of API Gateway is this and nothing else. */
const preflightEvent = z.strictObject({ stepladderPreflight: z.unknown() });

export type PreflightAnswer = { readonly preflight: PreflightView } | { readonly problem: Problem };

/**
 * The Lambda's handler: a preflight asked for by the Lambda API, or else a route. Whoever may invoke the function is an
 * operator of AWS, so IAM has decided who asks; it gets findings by this, and by a route it needs tokens.
 */
export function orPreflight(
  handler: (event: APIGatewayProxyEvent) => Promise<APIGatewayProxyResult>,
  tools: PreflightTools,
  logger: Logger,
): (event: unknown, context: Context) => Promise<APIGatewayProxyResult | PreflightAnswer> {
  return async (event, { awsRequestId: invocation }) => {
    const asked = preflightEvent.safeParse(event);
    if (!asked.success) return handler(event as APIGatewayProxyEvent);
    try {
      const target = parse('body', preflightBody, asked.data.stepladderPreflight);
      const report = await runPreflight(tools, { kind: 'lambda-api', invocation }, target);
      if (!report.ok) throw refuse(report.denial);
      return { preflight: preflightView(report.value, tools.policy) };
    } catch (error) {
      const problem = problemOf(error);
      if (problem.status >= 500)
        logger.error('failed', { correlationId: invocation, error: loggedError(error) });
      return { problem };
    }
  };
}

function preflightView({ id, at, target, findings }: PreflightReport, policy: Policy): PreflightView {
  return {
    id,
    at,
    target: { ...target, accountName: accountName(policy, target.account) },
    findings: findings.map(({ check, state, sentence, fix }) => ({ check, state, sentence, fix: [...fix] })),
  };
}
