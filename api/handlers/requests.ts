import { openTable } from '../aws/dynamo-table.ts';
import { readPolicy } from '../aws/policy-file.ts';
import { requestReader } from '../aws/request-reader.ts';
import { requestWriter } from '../aws/request-writer.ts';
import { world } from '../aws/world.ts';
import { epochMs } from '../domain/instant.ts';
import { claimNames } from '../domain/policy-document.ts';
import { parseEnv } from '../env.ts';
import { createIdentity } from '../http/identity.ts';
import { requestEndpoints } from '../http/request-endpoints.ts';
import { createHandler } from '../http/router.ts';
import { createLogger } from '../log.ts';

const env = parseEnv('requests', process.env);
const table = openTable(env.TABLE_NAME);
const policy = readPolicy(env.POLICY_FILE);
const { OIDC_PROFILE: profile, OIDC_CLIENT_ID: clientId, OIDC_AUDIENCE: audience } = env;
const claims = claimNames(policy);
const now = () => epochMs(world.now());
const { identify } = createIdentity({ profile, issuer: env.OIDC_ISSUER, clientId, audience, claims, now });

/** What a requester does: who am I, what may I ask for, create, read, cancel, revoke. */
export const handler = createHandler(
  'requests',
  createLogger('requests'),
  requestEndpoints({
    store: { ...requestReader(table), ...requestWriter(table) },
    world,
    policy,
  }),
  { identify },
);
