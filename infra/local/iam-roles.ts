import { type Answer, type AwsEndpoint, startAwsEndpoint } from './aws-endpoint.ts';
import { parseQuery, type QueryInput, queryAnswer, queryError } from './aws-query.ts';
import { AwsRefusal, invalid } from './aws-refusal.ts';
import { sessionAllows } from './session-policy.ts';
import type { IssuedSession } from './sts.ts';
import type { LocalRole } from './target-roles.ts';

export interface GetRoleInput {
  readonly action: 'GetRole';
  readonly roleName: string;
}

export interface IamRolesOptions {
  readonly region: string;
  readonly now: () => number;
  /** the roles that exist, by ARN */
  readonly roles: ReadonlyMap<string, LocalRole>;
  /** ARN of the permissions boundary of the account's target roles */
  boundaryOf(account: string): string;
  /** the live session of these credentials */
  sessionOf(accessKeyId: string): IssuedSession | undefined;
}

const namespace = 'https://iam.amazonaws.com/doc/2010-05-08/';

/** A local IAM: GetRole, of a role of the caller's own account, as the sessions that the local STS gave out. */
export async function startIamRoles({
  region,
  now,
  roles,
  boundaryOf,
  sessionOf,
}: IamRolesOptions): Promise<AwsEndpoint<GetRoleInput>> {
  return startAwsEndpoint<GetRoleInput>({
    service: 'iam',
    region,
    now,
    maxBodyBytes: 64 * 1024,
    throttling: new AwsRefusal(400, 'Throttling', 'Rate exceeded'),
    principal: sessionOf,
    parse: (request, body) => parseInput(parseQuery(request.headers['content-type'], body)),
    answer: (input, caller, requestId) => {
      const session = sessionOf(caller.accessKeyId);
      if (session === undefined) throw denied(caller.name, input.roleName);
      return getRole({ roles, boundaryOf }, session, input.roleName, requestId);
    },
    refuse: (refusal, requestId) => queryError(namespace, refusal, requestId),
  });
}

function parseInput(input: QueryInput): GetRoleInput {
  if (input.get('Version') !== '2010-05-08') throw new AwsRefusal(400, 'InvalidAction', 'Unknown version.');
  const action = input.get('Action');
  if (action !== 'GetRole') throw new AwsRefusal(400, 'InvalidAction', `Could not find operation ${action}`);
  const roleName = input.get('RoleName') ?? '';
  if (!/^[\w+=,.@-]{1,64}$/.test(roleName)) throw invalid("Value at 'roleName' failed to satisfy constraint");
  return { action, roleName };
}

// NB. IAM decides before it looks: who may not read a role does not learn whether it is there.
function getRole(
  { roles, boundaryOf }: Pick<IamRolesOptions, 'roles' | 'boundaryOf'>,
  session: IssuedSession,
  roleName: string,
  requestId: string,
): Answer {
  const [arn, role] =
    [...roles].find(([, one]) => one.account === session.account && one.role === roleName) ?? [];
  const own = roleName === session.role && role?.readsItself !== false;
  if (!own || !sessionAllows(session.policy, 'iam:GetRole', arn ?? '')) throw denied(session.name, roleName);
  if (arn === undefined || role === undefined) {
    throw new AwsRefusal(404, 'NoSuchEntity', `The role with name ${roleName} cannot be found.`);
  }
  const [, , , , , path = ''] = arn.split(':');
  const output = {
    Path: path.slice('role'.length, path.lastIndexOf('/') + 1),
    RoleName: roleName,
    RoleId: 'AROALOCALLOCALLOCALLO',
    Arn: arn,
    CreateDate: '2026-01-01T00:00:00Z',
    MaxSessionDuration: role.maxSession ?? 3600,
    ...(role.bounded !== false && {
      PermissionsBoundary: {
        PermissionsBoundaryType: 'Policy',
        PermissionsBoundaryArn: boundaryOf(role.account),
      },
    }),
  };
  return queryAnswer(namespace, 'GetRole', { Role: output }, requestId);
}

function denied(caller: string, roleName: string): AwsRefusal {
  const message = `User: ${caller} is not authorized to perform: iam:GetRole on resource: role ${roleName}`;
  return new AwsRefusal(403, 'AccessDenied', message);
}
