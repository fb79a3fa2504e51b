import {
  type BoundaryPlace,
  boundaryArn,
  boundaryLength,
  initialBoundary,
} from '../../api/domain/boundary.ts';
import type { Answer } from './aws-endpoint.ts';
import { type QueryInput, type QueryOutput, queryAnswer } from './aws-query.ts';
import { AwsRefusal, invalid } from './aws-refusal.ts';
import { isDeniedAll } from './boundary-check.ts';
import type { IssuedSession } from './sts.ts';

/** One managed policy: the boundary of an account's target roles. Tests change it as somebody in that account could. */
export interface LocalPolicy {
  versions: { id: string; document: string; isDefault: boolean; createdAt: number }[];
  /** names of the roles that have it as permissions */
  permissionsOf: string[];
  /** names of the roles that have it as boundary */
  boundaryOf: string[];
}

export interface PolicyInput {
  readonly action: keyof typeof parameters;
  readonly policyArn: string;
  readonly versionId: string;
  readonly document: string;
  readonly usage: string;
  /** where a list goes on: a number */
  readonly marker: string;
}

export interface IamPolicies {
  /** The boundary of that account: made with the initial document when it is first asked for. */
  boundary(account: string): LocalPolicy;
  /** The document that is in force there. */
  documentOf(account: string): string;
  /** Whether it denies everything to this session: only where the session's role has it. */
  denies(session: IssuedSession): boolean;
  /** @param session undefined: the caller has none @param caller its name */
  answer(
    input: PolicyInput,
    session: IssuedSession | undefined,
    by: { readonly caller: string; readonly requestId: string },
  ): Answer;
}

export interface IamPoliciesOptions {
  readonly now: () => number;
  readonly places: Omit<BoundaryPlace, 'account'>;
  /** names of the roles of that account that have the boundary from the beginning */
  boundedIn(account: string): string[];
}

export const iamNamespace = 'https://iam.amazonaws.com/doc/2010-05-08/';
/** IAM User Guide, "IAM and AWS STS quotas". */
const mostVersions = 5;
/** As AWS may, it answers with less than `MaxItems` asks for. */
const namesAtOnce = 100;
const parameters = {
  CreatePolicyVersion: ['PolicyArn', 'PolicyDocument', 'SetAsDefault'],
  DeletePolicyVersion: ['PolicyArn', 'VersionId'],
  GetPolicyVersion: ['PolicyArn', 'VersionId'],
  ListEntitiesForPolicy: ['PolicyArn', 'PolicyUsageFilter'],
  ListPolicyVersions: ['PolicyArn'],
} as const;

/** The one policy of each account that Stepladder versions, for the revoker of that account alone. */
export function openIamPolicies(options: IamPoliciesOptions): IamPolicies {
  const policies = new Map<string, LocalPolicy>();
  const boundary = (account: string): LocalPolicy => {
    const known = policies.get(account);
    if (known !== undefined) return known;
    const document = initialBoundary({ ...options.places, account });
    const made = {
      versions: [{ id: 'v1', document, isDefault: true, createdAt: options.now() }],
      permissionsOf: [],
      boundaryOf: options.boundedIn(account),
    };
    policies.set(account, made);
    return made;
  };
  const documentOf = (account: string) => inForce(boundary(account)).document;
  const denies = (session: IssuedSession) =>
    boundary(session.account).boundaryOf.includes(session.role) &&
    isDeniedAll(documentOf(session.account), session);
  const answer: IamPolicies['answer'] = (input, session, { caller, requestId }) => {
    const account = authorize(options, input, session, caller);
    return queryAnswer(iamNamespace, input.action, act(options, boundary(account), input), requestId);
  };
  return { boundary, documentOf, denies, answer };
}

export function parsePolicyAction(input: QueryInput): PolicyInput {
  const action = input.get('Action');
  if (!isAction(action)) throw new AwsRefusal(400, 'InvalidAction', `Could not find operation ${action}`);
  const lists = action === 'ListEntitiesForPolicy' ? ['Marker', 'MaxItems'] : [];
  const allowed: readonly string[] = ['Action', 'Version', ...parameters[action], ...lists];
  for (const name of input.keys())
    if (!allowed.includes(name)) throw invalid(`${name} is not a parameter here`);
  for (const name of parameters[action]) if (!input.get(name)) throw invalid(`${name} is missing`);
  if ((input.get('SetAsDefault') ?? 'true') !== 'true') throw invalid('only SetAsDefault=true is known here');
  const usage = input.get('PolicyUsageFilter') ?? 'PermissionsPolicy';
  if (!['PermissionsPolicy', 'PermissionsBoundary'].includes(usage)) {
    throw invalid(`PolicyUsageFilter=${usage} is not known`);
  }
  return {
    action,
    policyArn: input.get('PolicyArn') ?? '',
    versionId: input.get('VersionId') ?? '',
    document: input.get('PolicyDocument') ?? '',
    usage,
    marker: input.get('Marker') ?? '0',
  };
}

function isAction(action: string | undefined): action is PolicyInput['action'] {
  return action !== undefined && Object.hasOwn(parameters, action);
}

/** What the revoker's permissions say: these actions on the boundary of its own account, and on nothing else. */
function authorize(
  { places }: IamPoliciesOptions,
  input: PolicyInput,
  session: IssuedSession | undefined,
  caller: string,
): string {
  const account = session?.account ?? '';
  const own = session?.roleArn === `arn:${places.partition}:iam::${account}:role${places.revoker}`;
  if (own && input.policyArn === boundaryArn({ ...places, account })) return account;
  throw new AwsRefusal(
    403,
    'AccessDenied',
    `User: ${caller} is not authorized to perform: iam:${input.action} on resource: policy ${input.policyArn}`,
  );
}

function act({ now }: IamPoliciesOptions, policy: LocalPolicy, input: PolicyInput): QueryOutput {
  switch (input.action) {
    case 'ListPolicyVersions':
      return { Versions: policy.versions.map(described), IsTruncated: 'false' };
    case 'ListEntitiesForPolicy':
      return listEntities(policy, input);
    case 'GetPolicyVersion': {
      const found = versionOf(policy, input.versionId);
      // NB. URL-encoded by RFC 3986, which escapes more than encodeURIComponent.
      const document = encodeURIComponent(found.document).replace(
        /[!'()*]/g,
        (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
      );
      return { PolicyVersion: { ...described(found), Document: document } };
    }
    case 'DeletePolicyVersion': {
      const found = versionOf(policy, input.versionId);
      if (found.isDefault) {
        throw new AwsRefusal(409, 'DeleteConflict', 'Cannot delete the default version of a policy.');
      }
      policy.versions = policy.versions.filter((version) => version !== found);
      return {};
    }
    case 'CreatePolicyVersion':
      return { PolicyVersion: described(addVersion(policy, input.document, now())) };
  }
}

function listEntities(policy: LocalPolicy, { usage, marker }: PolicyInput): QueryOutput {
  const names = usage === 'PermissionsBoundary' ? policy.boundaryOf : policy.permissionsOf;
  const end = Number(marker) + namesAtOnce;
  return {
    PolicyGroups: [],
    PolicyRoles: names.slice(Number(marker), end).map((RoleName) => ({ RoleName })),
    PolicyUsers: [],
    IsTruncated: String(end < names.length),
    ...(end < names.length && { Marker: String(end) }),
  };
}

function addVersion(policy: LocalPolicy, document: string, createdAt: number) {
  checkDocument(document);
  if (policy.versions.length >= mostVersions) {
    throw new AwsRefusal(409, 'LimitExceeded', 'A managed policy can have up to 5 versions.');
  }
  if (document.replace(/\s/g, '').length > boundaryLength) {
    throw new AwsRefusal(409, 'LimitExceeded', 'Cannot exceed quota for PolicySize: 6144');
  }
  const numbers = policy.versions.map(({ id }) => Number(id.slice(1)));
  const made = { id: `v${Math.max(0, ...numbers) + 1}`, document, isDefault: true, createdAt };
  policy.versions = [made, ...policy.versions.map((version) => ({ ...version, isDefault: false }))];
  return made;
}

function checkDocument(document: string): void {
  let parsed: unknown;
  try {
    parsed = JSON.parse(document);
  } catch (error) {
    throw new AwsRefusal(400, 'MalformedPolicyDocument', `Syntax errors in policy: ${String(error)}`);
  }
  const { Version, Statement } = (parsed ?? {}) as { Version?: unknown; Statement?: { Sid?: unknown }[] };
  const sids = Array.isArray(Statement) ? Statement.map(({ Sid }) => String(Sid ?? '')) : [];
  const named = sids.filter((sid) => sid !== '');
  const fine = Version === '2012-10-17' && sids.length > 0 && new Set(named).size === named.length;
  if (!fine || !named.every((sid) => /^[A-Za-z0-9]+$/.test(sid))) {
    throw new AwsRefusal(400, 'MalformedPolicyDocument', 'The policy is not in the valid format.');
  }
}

function described({ id, isDefault, createdAt }: LocalPolicy['versions'][number]) {
  const CreateDate = `${new Date(createdAt).toISOString().slice(0, 19)}Z`;
  return { VersionId: id, IsDefaultVersion: String(isDefault), CreateDate };
}

function versionOf(policy: LocalPolicy, id: string) {
  const found = policy.versions.find((version) => version.id === id);
  if (found === undefined) throw new AwsRefusal(404, 'NoSuchEntity', `Policy version ${id} does not exist.`);
  return found;
}

function inForce(policy: LocalPolicy) {
  const found = policy.versions.find(({ isDefault }) => isDefault);
  if (found === undefined) throw new Error('a policy has a version in force');
  return found;
}
