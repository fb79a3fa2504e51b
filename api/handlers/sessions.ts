import { openTable } from '../aws/dynamo-table.ts';
import { readPolicy } from '../aws/policy-file.ts';
import { preflightWriter } from '../aws/preflight-writer.ts';
import { requestReader } from '../aws/request-reader.ts';
import { requestWriter } from '../aws/request-writer.ts';
import { roleProber } from '../aws/role-prober.ts';
import { sessionIssuer } from '../aws/session-issuer.ts';
import { world } from '../aws/world.ts';
import { epochMs } from '../domain/instant.ts';
import { claimNames } from '../domain/policy-document.ts';
import { parseEnv } from '../env.ts';
import { createIdentity } from '../http/identity.ts';
import { orPreflight } from '../http/preflight-endpoints.ts';
import { createHandler } from '../http/router.ts';
import { sessionEndpoints } from '../http/session-endpoints.ts';
import { createLogger } from '../log.ts';

const env = parseEnv('sessions', process.env);
const table = openTable(env.TABLE_NAME);
const policy = readPolicy(env.POLICY_FILE);
const { OIDC_PROFILE: profile, OIDC_CLIENT_ID: clientId, OIDC_AUDIENCE: audience } = env;
const claims = claimNames(policy);
const now = () => epochMs(world.now());
const { identify } = createIdentity({ profile, issuer: env.OIDC_ISSUER, clientId, audience, claims, now });
const { TARGET_PARTITION: partition, TARGET_ROLE_PATH: targetRolePath, EXTERNAL_ID: externalId } = env;
const targets = { partition, targetRolePath, externalId };
const links = { appUrl: env.APP_URL, signinEndpoint: env.AWS_ENDPOINT_URL_SIGNIN };
const issuer = sessionIssuer({ ...targets, ...links });
const prober = roleProber(targets);
const store = { ...requestReader(table), ...requestWriter(table), ...preflightWriter(table) };
const place = { partition, boundary: env.BOUNDARY_POLICY };
const tools = { store, issuer, prober, place, world, policy, addressFrom: env.VIEWER_ADDRESS };
const logger = createLogger('sessions');
const routes = createHandler('sessions', logger, sessionEndpoints(tools), { identify });

/** Issues sessions, and looks at how target roles are set up. The only Lambda whose role may assume them. */
export const handler = orPreflight(routes, tools, logger);
