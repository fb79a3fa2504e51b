import {
  type BoundaryPlace,
  boundaryArn,
  initialBoundary,
  targetRoleArn,
} from '../../api/domain/boundary.ts';
import { sessionTags } from '../../api/domain/session.ts';

/** The policy documents of a target account, with the placeholders of its partition and account in them. */

/** What target accounts know of the broker, the same in all of them. */
export interface TargetAccount {
  /** 12 digits */
  readonly brokerAccount: string;
  /** of the deployment: its Lambdas' roles are `<name>-sessions` and `<name>-enforce` */
  readonly name: string;
  /** IAM path of the target roles */
  readonly path: string;
  /** one, or two while it is changed */
  readonly externalIds: readonly string[];
  /** IAM path and name of both; null: no live session is ended */
  readonly ending: { readonly boundary: string; readonly revoker: string } | null;
}

export interface Document {
  readonly Version: '2012-10-17';
  readonly Statement: readonly object[];
}

/** CloudFormation User Guide, "Pseudo parameters": those of the account into which the template is deployed. */
export const here = { partition: '$' + '{AWS::Partition}', account: '$' + '{AWS::AccountId}' } as const;

const document = (...Statement: object[]): Document => ({ Version: '2012-10-17', Statement });

/** ARN of a role of the broker, in the partition of the target account: no role is assumed across partitions. */
export function brokerRole({ brokerAccount, name }: TargetAccount, lambda: 'sessions' | 'enforce'): string {
  return `arn:${here.partition}:iam::${brokerAccount}:role/${name}-${lambda}`;
}

/**
 * The trust policy of a target role: the one role of the broker, with its external id, in the name of somebody, for a
 * request. NB. A statement for each action, because each knows other condition keys (Service Authorization Reference,
 * "AWS Security Token Service"): a condition on a key that an action does not know is never met.
 */
export function targetTrust(account: TargetAccount): Document {
  const Principal = { AWS: brokerRole(account, 'sessions') };
  const somebody = { 'sts:SourceIdentity': '?*' };
  const tags = Object.values(sessionTags);
  const request = Object.fromEntries(tags.map((tag) => [`aws:RequestTag/${tag}`, '?*']));
  return document(
    {
      Sid: 'SessionsOfTheBroker',
      Effect: 'Allow',
      Principal,
      Action: 'sts:AssumeRole',
      Condition: {
        StringEquals: { 'sts:ExternalId': account.externalIds },
        StringLike: { ...somebody, ...request },
      },
    },
    {
      Sid: 'InTheNameOfSomebody',
      Effect: 'Allow',
      Principal,
      Action: 'sts:SetSourceIdentity',
      Condition: { StringLike: somebody },
    },
    {
      Sid: 'ForARequest',
      Effect: 'Allow',
      Principal,
      Action: 'sts:TagSession',
      Condition: {
        StringLike: request,
        'ForAllValues:StringEquals': { 'aws:TagKeys': tags },
      },
    },
  );
}

/**
 * What every target role may do besides its own permissions: make its credentials end with the window, where they would
 * only look valid longer; and be read by a preflight, which then knows its maximum and its boundary.
 */
export function ownPermissions({ path }: TargetAccount, role: string): Document {
  return document(
    { Sid: 'EndsWithTheWindow', Effect: 'Allow', Action: 'sts:GetScopedCredentials', Resource: '*' },
    {
      Sid: 'ReadsItself',
      Effect: 'Allow',
      Action: 'iam:GetRole',
      Resource: targetRoleArn({ ...here, targetRoles: path }, role),
    },
  );
}

/** What is in a target account where live sessions can be ended. */
export interface EndingDocuments {
  /** the first version of the boundary: `api/domain/boundary.ts` replaces none but its own */
  readonly boundary: Document;
  readonly revokerTrust: Document;
  readonly revokerPermissions: Document;
}

export function endingDocuments(account: TargetAccount, ending: NonNullable<TargetAccount['ending']>) {
  const place: BoundaryPlace = { ...here, ...ending, targetRoles: account.path };
  const documents: EndingDocuments = {
    boundary: JSON.parse(initialBoundary(place)),
    revokerTrust: document({
      Sid: 'EnforcementOfTheBroker',
      Effect: 'Allow',
      Principal: { AWS: brokerRole(account, 'enforce') },
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'sts:ExternalId': account.externalIds } },
    }),
    revokerPermissions: document({
      Sid: 'VersionsTheBoundary',
      Effect: 'Allow',
      Action: [
        'iam:CreatePolicyVersion',
        'iam:DeletePolicyVersion',
        'iam:GetPolicyVersion',
        'iam:ListEntitiesForPolicy',
        'iam:ListPolicyVersions',
      ],
      Resource: boundaryArn(place),
    }),
  };
  return documents;
}

/** Path and name of `/path/name`. */
export function splitName(whole: string): { path: string; name: string } {
  const split = whole.lastIndexOf('/') + 1;
  return { path: whole.slice(0, split), name: whole.slice(split) };
}
