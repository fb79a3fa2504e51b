import type { Answer } from './aws-endpoint.ts';
import { type QueryInput, queryAnswer } from './aws-query.ts';
import { AwsRefusal, invalid } from './aws-refusal.ts';
import { iamNamespace } from './iam-policies.ts';
import { sessionAllows } from './session-policy.ts';
import type { IssuedSession } from './sts.ts';
import type { LocalRole } from './target-roles.ts';

export interface GetRoleInput {
  readonly action: 'GetRole';
  readonly roleName: string;
}

export interface IamRolesOptions {
  /** the roles that exist, by ARN */
  readonly roles: ReadonlyMap<string, LocalRole>;
  /** ARN of the permissions boundary of the account's target roles */
  boundaryOf(account: string): string;
}

export function parseGetRole(input: QueryInput): GetRoleInput {
  const roleName = input.get('RoleName') ?? '';
  if (!/^[\w+=,.@-]{1,64}$/.test(roleName)) throw invalid("Value at 'roleName' failed to satisfy constraint");
  return { action: 'GetRole', roleName };
}

/**
 * GetRole, of a role of the caller's own account, as the sessions that the local STS gave out.
 * @param session undefined: the caller has none @param caller its name
 */
export function getRole(
  options: IamRolesOptions,
  session: IssuedSession | undefined,
  { roleName }: GetRoleInput,
  { caller, requestId }: { readonly caller: string; readonly requestId: string },
): Answer {
  if (session === undefined) throw denied(caller, roleName);
  return readRole(options, session, roleName, requestId);
}

// NB. IAM decides before it looks: who may not read a role does not learn whether it is there.
function readRole(
  { roles, boundaryOf }: IamRolesOptions,
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
  return queryAnswer(iamNamespace, 'GetRole', { Role: output }, requestId);
}

function denied(caller: string, roleName: string): AwsRefusal {
  const message = `User: ${caller} is not authorized to perform: iam:GetRole on resource: role ${roleName}`;
  return new AwsRefusal(403, 'AccessDenied', message);
}
