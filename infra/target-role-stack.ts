import { DefaultStackSynthesizer, Fn, Stack, type StackProps } from 'aws-cdk-lib';
import { CfnManagedPolicy, CfnRole } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import {
  endingDocuments,
  here,
  ownPermissions,
  splitName,
  type TargetAccount,
  targetTrust,
} from './target-roles/documents.ts';
import type { TargetRole } from './target-roles/roles-file.ts';

/** IAM User Guide, "IAM and AWS STS quotas"; the broker gets an hour at most by role chaining. */
const maxSessionSeconds = 3600;

/**
 * The target roles of one account, for a StackSet, a stack or both. Nothing in it is a parameter: what was reviewed is
 * what every account gets. NB. Without macros, assets and a bootstrap, which StackSets with service-managed permissions
 * do not take.
 */
export class TargetRoleStack extends Stack {
  constructor(scope: Construct, id: string, account: TargetAccount, roles: readonly TargetRole[]) {
    super(scope, id, {
      description: `Roles below ${account.path} for temporary access by the broker in ${account.brokerAccount}.`,
      ...withoutBootstrap(),
      analyticsReporting: false,
    });
    const boundary = account.ending === null ? undefined : this.addEnding(account, account.ending);
    for (const role of roles) this.addRole(account, role, boundary);
  }

  private addEnding(account: TargetAccount, ending: NonNullable<TargetAccount['ending']>): CfnManagedPolicy {
    const documents = endingDocuments(account, ending);
    const policy = splitName(ending.boundary);
    const boundary = new CfnManagedPolicy(this, 'Boundary', {
      path: policy.path,
      managedPolicyName: policy.name,
      description: 'Bounds the target roles, and denies the sessions of requests that were revoked.',
      policyDocument: substituted(documents.boundary),
    });
    const revoker = splitName(ending.revoker);
    new CfnRole(this, 'Revoker', {
      path: revoker.path,
      roleName: revoker.name,
      description: 'Versions the boundary of the target roles, and can do nothing else.',
      maxSessionDuration: maxSessionSeconds,
      assumeRolePolicyDocument: substituted(documents.revokerTrust),
      policies: [
        { policyName: 'VersionsTheBoundary', policyDocument: substituted(documents.revokerPermissions) },
      ],
    });
    return boundary;
  }

  private addRole(account: TargetAccount, role: TargetRole, boundary: CfnManagedPolicy | undefined): void {
    const own = { policyName: 'Stepladder', policyDocument: substituted(ownPermissions(account, role.name)) };
    const given = { Version: '2012-10-17', Statement: role.statements };
    const managed = [
      ...role.managed.map((name) => `arn:${here.partition}:iam::aws:policy/${name}`),
      ...role.customerManaged.map((name) => `arn:${here.partition}:iam::${here.account}:policy${name}`),
    ];
    new CfnRole(this, logicalId(role.name), {
      path: account.path,
      roleName: role.name,
      ...(role.description !== '' && { description: role.description }),
      maxSessionDuration: maxSessionSeconds,
      assumeRolePolicyDocument: substituted(targetTrust(account)),
      ...(managed.length > 0 && { managedPolicyArns: managed.map((arn) => Fn.sub(arn)) }),
      ...(boundary !== undefined && { permissionsBoundary: boundary.ref }),
      policies: [
        own,
        ...(role.statements.length > 0
          ? [{ policyName: 'Permissions', policyDocument: substituted(given) }]
          : []),
      ],
    });
  }
}

/** NB. A cast, for the types of CDK do not know of exactOptionalPropertyTypes. */
function withoutBootstrap(): StackProps {
  return { synthesizer: new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }) } as StackProps;
}

/** NB. Letters and digits alone, and no two names alike: what CDK would leave out is spelled. */
function logicalId(name: string): string {
  return `Role${name.replace(/[^A-Za-z0-9]/g, (character) => `x${character.charCodeAt(0).toString(16)}`)}`;
}

/**
 * The same with CloudFormation's placeholders at work. NB. IAM's own variables look alike, `aws:username` in braces, and
 * are for IAM to replace, so they are escaped.
 */
function substituted(value: unknown): unknown {
  if (typeof value === 'string') {
    return value.includes(here.partition) || value.includes(here.account)
      ? Fn.sub(value.replace(/\$\{(?!AWS::)/g, '$' + '{!'))
      : value;
  }
  if (Array.isArray(value)) return value.map(substituted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, substituted(part)]));
}
