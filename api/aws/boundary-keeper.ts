import {
  CreatePolicyVersionCommand,
  DeletePolicyVersionCommand,
  GetPolicyVersionCommand,
  IAMClient,
  ListEntitiesForPolicyCommand,
  ListPolicyVersionsCommand,
  NoSuchEntityException,
  type PolicyVersion,
  paginateListEntitiesForPolicy,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import type { BoundaryKeeper, BoundaryKeepers, StoredBoundary } from '../actions/ports.ts';
import { Unavailable } from '../actions/ports.ts';
import { type BoundaryPlace, boundaryArn, revokerArn } from '../domain/boundary.ts';
import { instantOf } from '../domain/instant.ts';
import { revokerSession } from '../domain/reconciliation.ts';
import { clientSettings } from './client-settings.ts';
import { orUnavailable } from './errors.ts';
import { credentialsIn, stsClient } from './sts-client.ts';

/** IAM User Guide, "IAM and AWS STS quotas": versions of a managed policy. */
const versionsKept = 5;
/** IAM API Reference, ListEntitiesForPolicy, and "IAM and AWS STS quotas": an account has no more roles than that. */
const rolesAtOnce = 1_000;
const mostPages = 10;
/** STS API Reference, AssumeRole: the least. */
const seconds = 900;

/**
 * AWS IAM, as the revoker role of a target account. NB. Whatever else that role may do, these credentials can do no more
 * than version the one policy: the session policy says so, too.
 */
export function boundaryKeepers({ externalId }: { readonly externalId: string }): BoundaryKeepers {
  const sts = stsClient();
  return {
    keep: async (place, work) => {
      const iam = await becomeRevoker(sts, place, externalId);
      try {
        return await work(keeperOf(iam, boundaryArn(place)));
      } finally {
        iam.destroy();
      }
    },
  };
}

async function becomeRevoker(sts: STSClient, place: BoundaryPlace, externalId: string): Promise<IAMClient> {
  const command = new AssumeRoleCommand({
    RoleArn: revokerArn(place),
    RoleSessionName: revokerSession,
    ExternalId: externalId,
    DurationSeconds: seconds,
    Policy: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: revokerActions, Resource: boundaryArn(place) }],
    }),
  });
  const answer = await orUnavailable(`becoming the revoker of ${place.account}`, sts.send(command));
  const credentials = credentialsIn(answer);
  if (credentials === null) throw new Unavailable('STS answered without credentials');
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  return new IAMClient({ ...clientSettings, credentials: { accessKeyId, secretAccessKey, sessionToken } });
}

/** All that the revoker does. */
const revokerActions = [
  'iam:CreatePolicyVersion',
  'iam:DeletePolicyVersion',
  'iam:GetPolicyVersion',
  'iam:ListEntitiesForPolicy',
  'iam:ListPolicyVersions',
];

function keeperOf(iam: IAMClient, arn: string): BoundaryKeeper {
  return {
    readBoundary: () => orUnavailable('reading the boundary', readBoundary(iam, arn)),
    replaceBoundary: async (document, { spare }) => {
      if (spare !== null) {
        const drop = new DeletePolicyVersionCommand({ PolicyArn: arn, VersionId: spare });
        await orUnavailable('making room for a version of the boundary', iam.send(drop).catch(ifGone));
      }
      const put = new CreatePolicyVersionCommand({
        PolicyArn: arn,
        PolicyDocument: document,
        SetAsDefault: true,
      });
      const { PolicyVersion: made } = await orUnavailable('versioning the boundary', iam.send(put));
      if (made?.IsDefaultVersion !== true) throw new Unavailable('AWS did not put the version in force');
    },
  };
}

/** Gone already: it is not the first time that it was asked for. */
function ifGone(error: unknown): void {
  if (!(error instanceof NoSuchEntityException)) throw error;
}

async function readBoundary(iam: IAMClient, arn: string): Promise<StoredBoundary> {
  const [{ Versions = [] }, attached, bounds] = await Promise.all([
    iam.send(new ListPolicyVersionsCommand({ PolicyArn: arn })),
    iam.send(new ListEntitiesForPolicyCommand({ PolicyArn: arn, PolicyUsageFilter: 'PermissionsPolicy' })),
    listBounded(iam, arn),
  ]);
  const inForce = Versions.find(({ IsDefaultVersion }) => IsDefaultVersion === true);
  const { VersionId, CreateDate } = inForce ?? {};
  if (VersionId === undefined || CreateDate === undefined) {
    throw new Unavailable('the boundary has no version in force');
  }
  const { PolicyVersion: version } = await iam.send(
    new GetPolicyVersionCommand({ PolicyArn: arn, VersionId }),
  );
  const { PolicyGroups = [], PolicyRoles = [], PolicyUsers = [] } = attached;
  const holders = PolicyGroups.length + PolicyRoles.length + PolicyUsers.length;
  return {
    // IAM API Reference, PolicyVersion: the document is URL-encoded (RFC 3986).
    document: decodeURIComponent(version?.Document ?? ''),
    versionId: VersionId,
    since: instantOf(CreateDate.getTime()),
    spare: spareOf(Versions),
    isPermission: holders > 0 || attached.IsTruncated === true,
    bounds,
  };
}

/** Names of the roles that the policy bounds. NB. What is not seen is not bounded. */
async function listBounded(client: IAMClient, arn: string): Promise<Set<string>> {
  const names = new Set<string>();
  const asked = { PolicyArn: arn, PolicyUsageFilter: 'PermissionsBoundary' } as const;
  let pages = 0;
  for await (const { PolicyRoles = [] } of paginateListEntitiesForPolicy(
    { client, pageSize: rolesAtOnce },
    asked,
  )) {
    for (const { RoleName } of PolicyRoles) if (RoleName !== undefined) names.add(RoleName);
    pages += 1;
    if (pages === mostPages) break;
  }
  return names;
}

function spareOf(versions: readonly PolicyVersion[]): string | null {
  if (versions.length < versionsKept) return null;
  const number = ({ VersionId = '' }: PolicyVersion) => Number(VersionId.slice(1));
  const [oldest] = versions
    .filter(({ IsDefaultVersion }) => IsDefaultVersion !== true)
    .sort((a, b) => number(a) - number(b));
  return oldest?.VersionId ?? null;
}
