import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { readPolicy } from '../aws/policy-file.ts';
import { claimNames } from '../domain/policy-document.ts';
import { parseEnv } from '../env.ts';
import { createIdentity } from '../http/identity.ts';
import { Unauthenticated } from '../http/identity-errors.ts';
import { createLogger, logging } from '../log.ts';

const env = parseEnv('authorizer', process.env);
const { OIDC_PROFILE: profile, OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_AUDIENCE: audience } = env;
const claims = claimNames(readPolicy(env.POLICY_FILE));
const identity = createIdentity({ profile, issuer, clientId, audience, claims, now: Date.now });
const logger = createLogger('authorizer');

async function authorize(event: APIGatewayRequestAuthorizerEvent): Promise<APIGatewayAuthorizerResult> {
  // The stage, not the method: a policy's resource has at most 512 characters, and a request's path may have more.
  const resource = `${event.methodArn.split('/').slice(0, 2).join('/')}/*`;
  const policyDocument = (Effect: 'Allow' | 'Deny') => ({
    Version: '2012-10-17',
    Statement: [{ Action: 'execute-api:Invoke', Effect, Resource: resource }],
  });
  try {
    const user = await identity.identify(event.multiValueHeaders ?? {});
    const context = { user: JSON.stringify(user) };
    return { principalId: user.id, policyDocument: policyDocument('Allow'), context };
  } catch (error) {
    if (!(error instanceof Unauthenticated)) throw error;
    logger.warn('Not recognised', { code: error.code, reason: error.reason });
    const context = { code: error.code, detail: error.message };
    return { principalId: 'nobody', policyDocument: policyDocument('Deny'), context };
  }
}

/**
 * Tells API Gateway who is calling: the user as JSON in the context, or a code and a sentence for the 401. It throws
 * where that cannot be known just now, which API Gateway answers as AUTHORIZER_FAILURE. NB. The event holds both tokens
 * and is never logged. The user's JSON is shorter than the two headers that it came in, 10,240 bytes at most.
 */
export const handler = logging(logger, authorize);
