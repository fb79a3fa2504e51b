/**
 * The permissions boundary of the target roles of one account, as a document: it allows what each role allows, denies
 * the sessions that were ended (`ended-sessions.ts` says which), and keeps a session from undoing just that. IAM User
 * Guide, "Permissions boundaries for IAM entities": a boundary gives nobody anything, and an explicit Deny in it wins
 * over every other policy.
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

/** What a document denies everything. NB. Nothing that a person typed is in it. */
export interface Denies {
  /** sessions, by the end of `aws:userid`: `*.<request id>` */
  readonly sessions: readonly string[];
  readonly cutOff: CutOff | null;
}

/** Sessions by when AWS issued them. */
export interface CutOff {
  /** ISO 8601 to the second: it and all before it is denied */
  readonly until: string;
  /** whose, by the end of `aws:SourceIdentity`: `*-<digest>`; null: everybody's */
  readonly people: readonly string[] | null;
}

/** IAM User Guide, "IAM and AWS STS quotas": characters of a managed policy, white space not counted. */
export const boundaryLength = 6_144;

const sessionPattern = /^\*\.[0-9a-z]{26}$/;
const personPattern = /^\*-[0-9a-f]{10}$/;
const second = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** The document as an account begins with it: it ends no session. */
export function initialBoundary(place: BoundaryPlace): string {
  return boundaryDocument(place, { sessions: [], cutOff: null });
}

/**
 * Whether the document is one of these. Only such a one is replaced: another may hold what somebody else wants denied,
 * or may not be a boundary at all.
 */
export function isOwnBoundary(place: BoundaryPlace, document: string): boolean {
  const denies = deniesOf(document);
  return denies !== null && sameJson(parseJson(document), JSON.parse(boundaryDocument(place, denies)));
}

/** What it denies beside its own keeping; null where that cannot be ours. */
export function deniesOf(document: string): Denies | null {
  const parsed = parseJson(document);
  const statements = isRecord(parsed) && Array.isArray(parsed.Statement) ? parsed.Statement : [];
  const sessions = conditionOf(statements, 'EndedSessions', 'StringLike', 'aws:userid');
  const people = conditionOf(statements, 'EndedBefore', 'StringLike', 'aws:SourceIdentity');
  const until = conditionOf(statements, 'EndedBefore', 'DateLessThanEquals', 'aws:TokenIssueTime');
  if (!isListOf(sessionPattern, sessions) || !isListOf(personPattern, people)) return null;
  if (until === undefined) return { sessions: sessions ?? [], cutOff: null };
  if (typeof until !== 'string' || !second.test(until)) return null;
  return { sessions: sessions ?? [], cutOff: { until, people: people ?? null } };
}

/** Or nothing. NB. A condition with an empty list is none of ours. */
function isListOf(pattern: RegExp, value: unknown): value is string[] | undefined {
  if (value === undefined) return true;
  return Array.isArray(value) && value.length > 0 && value.every((one) => pattern.test(String(one)));
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
export function revokerArn({
  partition,
  account,
  revoker,
}: Pick<BoundaryPlace, 'partition' | 'account' | 'revoker'>): string {
  return `arn:${partition}:iam::${account}:role${revoker}`;
}

/** ARN of a role that people ask for. */
export function targetRoleArn(
  { partition, account, targetRoles }: Omit<BoundaryPlace, 'boundary' | 'revoker'>,
  role: string,
): string {
  return `arn:${partition}:iam::${account}:role${targetRoles}${role}`;
}

/** JSON without white space. */
export function boundaryDocument(place: BoundaryPlace, { sessions, cutOff }: Denies): string {
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
      ...(sessions.length === 0 ? [] : [deny('EndedSessions', { StringLike: { 'aws:userid': sessions } })]),
      ...(cutOff === null ? [] : [deny('EndedBefore', issuedBy(cutOff))]),
    ],
  });
}

/** IAM User Guide, "IAM JSON policy elements: Condition": both have to hold. */
function issuedBy({ until, people }: CutOff): object {
  return {
    DateLessThanEquals: { 'aws:TokenIssueTime': until },
    ...(people !== null && { StringLike: { 'aws:SourceIdentity': people } }),
  };
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
