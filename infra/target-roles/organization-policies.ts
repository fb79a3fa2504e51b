import { boundaryArn, revokerArn, targetRoleArn } from '../../api/domain/boundary.ts';
import type { Document, TargetAccount } from './documents.ts';

/**
 * What an organization can deny beside what the roles' own trust policies demand. Neither gives anybody anything.
 * NB. None of it reaches the management account (AWS Organizations User Guide, "SCP effects on permissions").
 */

const anyAccount = '*';
/** CloudFormation User Guide, "Prerequisites for using CloudFormation StackSets": who deploys into target accounts. */
const stackSetRoles = ['stacksets-exec-*', 'AWSCloudFormationStackSetExecutionRole'];

/**
 * Service control policy: nobody but who deploys them changes what is below the path, and the revoker its boundary.
 * @param deployers names of roles besides those of StackSets, with their path: of a pipeline that runs Terraform, say
 */
export function serviceControlPolicy(
  account: TargetAccount,
  partition: string,
  deployers: readonly string[],
): Document {
  const place = { partition, account: anyAccount, targetRoles: account.path };
  const role = (name: string) => `arn:${partition}:iam::${anyAccount}:role/${name}`;
  const changes = ['Attach', 'Create', 'Delete', 'Detach', 'Put', 'Set', 'Tag', 'Untag', 'Update'];
  const byRoles = (names: readonly string[]) => names.map(role);
  const { ending } = account;
  const ends = ending === null ? [] : [{ ...place, ...ending }];
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'StayAsTheyWereDeployed',
        Effect: 'Deny',
        Action: changes.map((verb) => `iam:${verb}*`),
        Resource: [targetRoleArn(place, '*'), ...ends.flatMap((own) => [boundaryArn(own), revokerArn(own)])],
        Condition: {
          ArnNotLike: {
            'aws:PrincipalArn': [...byRoles([...stackSetRoles, ...deployers]), ...ends.map(revokerArn)],
          },
        },
      },
      // NB. Or whoever may make roles makes one of these names, and becomes it. StackSets makes its own by a service-linked
      // role, which no such policy holds back.
      {
        Sid: 'WhoDeploysThemIsNobodyElse',
        Effect: 'Deny',
        Action: changes.map((verb) => `iam:${verb}*`),
        Resource: byRoles([...stackSetRoles, ...deployers]),
        ...(deployers.length > 0 && {
          Condition: { ArnNotLike: { 'aws:PrincipalArn': byRoles(deployers) } },
        }),
      },
    ],
  };
}

/**
 * Resource control policy: nobody but the broker's own role assumes what is below the path, whatever a trust policy
 * says, also from outside of the organization. NB. `aws:PrincipalArn` is missing where an AWS service, or somebody with a
 * SAML or OpenID token, assumes a role; an operator that negates is then met, so it is denied.
 */
export function resourceControlPolicy(account: TargetAccount, partition: string): Document {
  const { brokerAccount, name, ending } = account;
  const place = { partition, account: anyAccount, targetRoles: account.path };
  const onlyBy = (Sid: string, Resource: string, lambda: string) => ({
    Sid,
    Effect: 'Deny',
    Principal: '*',
    Action: ['sts:AssumeRole', 'sts:AssumeRoleWithSAML', 'sts:AssumeRoleWithWebIdentity'],
    Resource,
    Condition: {
      ArnNotEquals: { 'aws:PrincipalArn': `arn:${partition}:iam::${brokerAccount}:role/${name}-${lambda}` },
    },
  });
  return {
    Version: '2012-10-17',
    Statement: [
      onlyBy('OnlyTheBrokersSessions', targetRoleArn(place, '*'), 'sessions'),
      ...(ending === null
        ? []
        : [onlyBy('OnlyTheBrokersEnforcement', revokerArn({ ...place, ...ending }), 'enforce')]),
    ],
  };
}
