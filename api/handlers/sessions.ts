import { openTable } from '../aws/dynamo-table.ts';
import { readPolicy } from '../aws/policy-file.ts';
import { requestReader } from '../aws/request-reader.ts';
import { requestWriter } from '../aws/request-writer.ts';
import { sessionIssuer } from '../aws/session-issuer.ts';
import { world } from '../aws/world.ts';
import { epochMs } from '../domain/instant.ts';
import { claimNames } from '../domain/policy-document.ts';
import { parseEnv } from '../env.ts';
import { createIdentity } from '../http/identity.ts';
import { createHandler } from '../http/router.ts';
import { sessionEndpoints } from '../http/session-endpoints.ts';
import { createLogger } from '../log.ts';

const env = parseEnv('sessions', process.env);
const table = openTable(env.TABLE_NAME);
const policy = readPolicy(env.POLICY_FILE);
const { OIDC_PROFILE: profile, OIDC_CLIENT_ID: clientId, OIDC_AUDIENCE: audience } = env;
const claims = claimNames(policy);
const now = () => epochMs(world.now());
const identity = createIdentity({ profile, issuer: env.OIDC_ISSUER, clientId, audience, claims, now });
const issuer = sessionIssuer({
  partition: env.TARGET_PARTITION,
  targetRolePath: env.TARGET_ROLE_PATH,
  externalId: env.EXTERNAL_ID,
  appUrl: env.APP_URL,
  signinEndpoint: env.AWS_ENDPOINT_URL_SIGNIN,
});
const store = { ...requestReader(table), ...requestWriter(table) };

/** Issues sessions. The only Lambda whose role may assume the target roles. */
export const handler = createHandler(
  'sessions',
  createLogger('sessions'),
  sessionEndpoints({ store, issuer, world, policy, identify: identity.identify }),
);
