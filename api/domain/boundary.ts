import type { ToEnforce } from './enforcement.ts';
import { iamTime, latest, plusMinutes } from './instant.ts';

/**
 * The permissions boundary of the target roles of one account, as a document: it allows what each role allows, denies
 * the sessions that were ended, and keeps a session from undoing just that. IAM User Guide, "Permissions boundaries for
 * IAM entities": a boundary gives nobody anything, and an explicit Deny in it wins over every other policy.
 *
 * A session is known by its request: its name ends in `.<request id>` (`session.ts`), which no other session's does and
 * no holder can choose, and `aws:userid` ends in that name ("IAM identifiers": `<role id>:<session name>`). So nothing
 * that a person typed is in the document, and a session that AWS is still making is named before it exists.
 * NB. Therefore there is no `aws:TokenIssueTime` beside the names: a session whose AssumeRole outran the revocation
 * would be younger than it, and a revoked request never gets another one that would have to be spared.
 */

/** Where Stepladder's own things are in a target account. */
export interface BoundaryPlace {
  readonly partition: string;
  /** 12 digits */
  readonly account: string;
  /** IAM path and name of the policy that is the boundary */
  readonly boundary: string;
  /** IAM path and name of the role that may version it */
  readonly revoker: string;
  /** IAM path of the target roles */
  readonly targetRoles: string;
}

export interface Boundary {
  /** JSON without white space */
  readonly document: string;
  /** All sessions were ended that were issued until then, because there were too many to name each. */
  readonly widely: boolean;
}

/** IAM User Guide, "IAM and AWS STS quotas": characters of a managed policy, white space not counted. */
export const boundaryLength = 6_144;

/** Minutes that an AssumeRole may still be under way after the revocation: a Lambda ends it after half of that. */
const underWay = 1;
const wildcard = '*.';
const requestIds = /^\*\.[0-9a-z]{26}$/;

/**
 * The document that ends the sessions of these requests and nobody else's. Where it would be too long, it ends all
 * sessions of the account that were issued until the latest of the revocations: too many are better ended than one too
 * few. @param more whether there are others, revoked earlier than these, so that they cannot each be named
 * @param kept a document of ours whose denies stay
 *
 * NB. Weak where it ends all: the instant is that of the revocation, not of the writing. AWS does not say whether
 * credentials that a session has narrowed for itself (`sts:GetScopedCredentials`) count as issued then. If they do, those
 * made between that instant and the deny stay in until they end by themselves.
 */
export function boundaryOf(
  place: BoundaryPlace,
  ended: readonly ToEnforce[],
  more = false,
  kept = '',
): Boundary {
  const stay = deniesOf(kept) ?? { names: [], before: null };
  const own = ended.map(({ requestId }) => `${wildcard}${requestId}`);
  const each = documentOf(place, [...new Set([...stay.names, ...own])].sort(), stay.before);
  const [first, ...others] = ended.map(({ revokedAt }) => revokedAt);
  if (first === undefined || (!more && each.length <= boundaryLength)) {
    return { document: each, widely: false };
  }
  const last = iamTime(plusMinutes(others.reduce(latest, first), underWay));
  const before = stay.before !== null && stay.before > last ? stay.before : last;
  return { document: documentOf(place, [], before), widely: true };
}

/**
 * Whether the document is one of these. Only such a one is replaced: another may hold what somebody else wants denied,
 * or may not be a boundary at all.
 */
export function isOwnBoundary(place: BoundaryPlace, document: string): boolean {
  const denies = deniesOf(document);
  if (denies === null) return false;
  return sameJson(parseJson(document), JSON.parse(documentOf(place, denies.names, denies.before)));
}

/** What it denies beside its own keeping; null where that cannot be ours. */
function deniesOf(document: string): { names: readonly string[]; before: string | null } | null {
  const parsed = parseJson(document);
  const statements = isRecord(parsed) && Array.isArray(parsed.Statement) ? parsed.Statement : [];
  const names = conditionOf(statements, 'EndedSessions', 'StringLike', 'aws:userid') ?? [];
  const before = conditionOf(statements, 'EndedBefore', 'DateLessThanEquals', 'aws:TokenIssueTime') ?? null;
  const known = Array.isArray(names) && names.every((name) => requestIds.test(String(name)));
  return known && (before === null || typeof before === 'string') ? { names, before } : null;
}

/** ARN of the policy that is the boundary. */
export function boundaryArn({
  partition,
  account,
  boundary,
}: Pick<BoundaryPlace, 'partition' | 'account' | 'boundary'>): string {
  return `arn:${partition}:iam::${account}:policy${boundary}`;
}

/** ARN of the role that may version it. */
export function revokerArn({ partition, account, revoker }: BoundaryPlace): string {
  return `arn:${partition}:iam::${account}:role${revoker}`;
}

/** ARN of a role that people ask for. */
export function targetRoleArn(
  { partition, account, targetRoles }: Omit<BoundaryPlace, 'boundary' | 'revoker'>,
  role: string,
): string {
  return `arn:${partition}:iam::${account}:role${targetRoles}${role}`;
}

function documentOf(place: BoundaryPlace, names: readonly string[], before: string | null): string {
  const deny = (Sid: string, Condition: object) => ({
    Sid,
    Effect: 'Deny',
    Action: '*',
    Resource: '*',
    Condition,
  });
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Sid: 'WhatTheRoleAllows', Effect: 'Allow', Action: '*', Resource: '*' },
      ...ownKeeping(place),
      ...(names.length === 0 ? [] : [deny('EndedSessions', { StringLike: { 'aws:userid': names } })]),
      ...(before === null
        ? []
        : [deny('EndedBefore', { DateLessThanEquals: { 'aws:TokenIssueTime': before } })]),
    ],
  });
}

/** A session that administers IAM must not take its boundary off, nor make it one that the revoker may not touch. */
function ownKeeping(place: BoundaryPlace): object[] {
  const changes = ['Attach', 'Create', 'Delete', 'Detach', 'Put', 'Set', 'Update'];
  const targets = targetRoleArn(place, '*');
  return [
    {
      Sid: 'KeepsItself',
      Effect: 'Deny',
      Action: changes.map((verb) => `iam:${verb}*`),
      Resource: [boundaryArn(place), revokerArn(place), targets],
    },
    {
      Sid: 'GivesNobodyAnything',
      Effect: 'Deny',
      Action: 'iam:Attach*',
      Resource: '*',
      Condition: { ArnEquals: { 'iam:PolicyARN': boundaryArn(place) } },
    },
  ];
}

/** The value of a condition key in the statement of that name; undefined where there is none. */
function conditionOf(statements: readonly unknown[], sid: string, operator: string, key: string): unknown {
  const statement = statements.find((one) => isRecord(one) && one.Sid === sid);
  const condition = isRecord(statement) && isRecord(statement.Condition) ? statement.Condition : {};
  const asked = condition[operator];
  return isRecord(asked) ? asked[key] : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON, so not ours: the caller says what follows from that.
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Equal but for the order of fields and white space, which AWS and templates write as they like. */
function sameJson(a: unknown, b: unknown): boolean {
  return sorted(a) === sorted(b);
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    isRecord(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
  );
}
