import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { vi } from 'vitest';
import { changeRequest } from '../../api/actions/change-request.ts';
import { type EnforceTools, enforce, enforceDue } from '../../api/actions/enforce.ts';
import { issueSession } from '../../api/actions/issue-session.ts';
import type { SessionIssuer, World } from '../../api/actions/ports.ts';
import { boundaryKeepers } from '../../api/aws/boundary-keeper.ts';
import type { ApprovedRequest } from '../../api/domain/access-request.ts';
import { planSession } from '../../api/domain/session.ts';
import type { User } from '../../api/domain/user.ts';
import type { LambdaFunction } from '../../api/env.ts';
import { compilePolicy } from '../../api/policy.ts';
import { startAwsServices } from '../../infra/local/aws-services.ts';
import type { IssuedSession } from '../../infra/local/sts.ts';
import type { LocalRole } from '../../infra/local/target-roles.ts';
import { ada, allowed, askFor, production, ravi, staging, stoppedWorld } from './people.ts';
import { changed, openStore, pending } from './store.ts';

/** Sessions that a revocation ends: the real store, and the real SDK against the local STS and IAM. */

export const ending = compilePolicy({
  accounts: [
    { id: production, name: 'Production' },
    { id: staging, name: 'Staging' },
  ],
  rules: [
    { id: 'all', who: { conventions: true }, what: { accounts: '*', roles: '*' }, endLiveSessions: true },
  ],
});
const roles = [
  { account: production, role: 'Admin' },
  { account: production, role: 'ReadOnly' },
  { account: staging, role: 'Admin' },
];

/** @param more target roles that exist beside the usual ones */
export async function openLiveSessions(more: readonly LocalRole[] = []) {
  // The SDK signs with the real time, which the endpoints compare with theirs.
  const world = stoppedWorld(new Date().toISOString());
  const store = await openStore();
  const aws = await startAwsServices({ signinPort: 0, now: Date.now, roles: [...roles, ...more] });
  vi.stubEnv('AWS_REGION', aws.region);
  vi.stubEnv('AWS_ENDPOINT_URL_STS', aws.sts.url);
  vi.stubEnv('AWS_ENDPOINT_URL_IAM', aws.iam.url);
  const places = {
    partition: 'aws',
    targetRoles: aws.targetRolePath,
    boundary: aws.boundaryPolicy,
    revoker: aws.revokerRole,
  };
  const as = (lambda: LambdaFunction) => {
    const principal = aws.principalOf(lambda);
    vi.stubEnv('AWS_ACCESS_KEY_ID', principal.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', principal.secretAccessKey);
    vi.stubEnv('AWS_SESSION_TOKEN', principal.sessionToken);
  };
  // The SDK reads the variables when it first signs, so each client does that as its own Lambda.
  const tools: EnforceTools = {
    store,
    world,
    places,
    keepers: boundaryKeepers({ externalId: aws.externalId }),
  };
  as('enforce');
  return {
    ...{ world, store, aws, places, tools, as },
    enforce: (account = production) => enforce(tools, account),
    enforceWith: (more: Partial<EnforceTools>) => enforce({ ...tools, ...more }, production),
    remove: (Key: Record<string, unknown>) =>
      store.table.client.send(new DeleteCommand({ TableName: store.table.name, Key })),
    enforceDue: () => enforceDue(tools),
    documentOf: aws.iam.documentOf,
    isDenied: (session: IssuedSession) => aws.iam.denies(session),
    stop: async () => {
      vi.unstubAllEnvs();
      await aws.stop();
    },
  };
}
export type LiveSessions = Awaited<ReturnType<typeof openLiveSessions>>;

/** A person of the test's own, so that no lock stands in its way. */
export function someone(world: World): User {
  const id = world.newId();
  return { ...ada, id: `https://id.example.com#${id}`, email: `${id}@example.com` };
}

/** An approved request whose sessions a revocation ends. */
export async function endable(
  { store, world }: Pick<LiveSessions, 'store' | 'world'>,
  by: User,
  account = production,
  role = 'Admin',
): Promise<ApprovedRequest> {
  const asked = await pending(store, world, by, askFor(role, account), ending);
  const command = { kind: 'review', by: ravi, decision: 'approve', comment: '', version: 1 } as const;
  return (await changed(store, world, asked, command)) as ApprovedRequest;
}

/** One with a session, as the local STS would know it. */
export async function used(
  live: Pick<LiveSessions, 'store' | 'world'>,
  by: User,
  account = production,
  role = 'Admin',
) {
  const request = await endable(live, by, account, role);
  const plan = allowed(planSession(request, by, request.rule, live.world.now(), live.world.digest));
  const session = {
    id: live.world.newId(),
    requestId: request.id,
    kind: 'cli',
    state: 'intended',
    user: by,
    target: request.target,
    accountName: null,
    at: live.world.now(),
    endsAt: plan.endsAt,
    accessKeyId: null,
    assumedRoleId: null,
    ending: null,
    narrowedFrom: null,
    notNarrowed: null,
    sessionName: plan.sessionName,
    sourceIdentity: plan.sourceIdentity,
    sourceIp: '192.0.2.1',
    userAgent: 'test',
  } as const;
  await changed(live.store, live.world, request, { kind: 'intend-session', session });
  const { sessionName, sourceIdentity } = plan;
  return { id: request.id, session: { ...credentialsOf(sessionName, account), sourceIdentity } };
}

export function credentialsOf(sessionName: string, account = production): IssuedSession {
  return {
    ...{ accessKeyId: 'ASIATEST', secretAccessKey: '', sessionToken: '', name: '', policy: '' },
    ...{ account, role: 'Admin', roleArn: '', sessionName, sourceIdentity: '', expiresAt: 0 },
    userId: `AROAEXAMPLEEXAMPLE123:${sessionName}`,
    issuedAt: Date.now(),
    scopedBy: [],
  };
}

export function revoke({ store, world }: Pick<LiveSessions, 'store' | 'world'>, id: string, by: User = ravi) {
  return changeRequest(store, world, id, () => true, { kind: 'revoke', by, comment: '' }, ending);
}

/** As the `sessions` Lambda does it. */
export function issueFrom(live: LiveSessions, by: User, issuer: SessionIssuer) {
  return (requestId: string) =>
    issueSession({ store: live.store, issuer, world: live.world, policy: ending }, by, {
      ...{ requestId, kind: 'cli', sourceIp: '192.0.2.1', userAgent: 'test' },
    });
}
