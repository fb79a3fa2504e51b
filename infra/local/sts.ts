import { createHash, randomBytes, randomInt } from 'node:crypto';
import { sessionTags } from '../../api/domain/session.ts';
import { type AssumeRoleInput, parseAssumeRole } from './assume-role-input.ts';
import { type Answer, type AwsEndpoint, startAwsEndpoint } from './aws-endpoint.ts';
import { parseQuery, type QueryInput, queryAnswer, queryError } from './aws-query.ts';
import { AwsRefusal } from './aws-refusal.ts';
import type { Principal } from './aws-signature.ts';
import { cloudTrailEvent } from './cloud-trail-event.ts';
import {
  parseScopedCredentials,
  type ScopedCredentialsInput,
  scopedEnd,
} from './scoped-credentials-input.ts';
import type { LocalRole } from './target-roles.ts';

/** Credentials that AssumeRole gave out, as far as anybody but their holder needs to know. */
export interface IssuedSession extends Principal {
  readonly account: string;
  readonly roleArn: string;
  readonly role: string;
  readonly sessionName: string;
  /** '' where none was set */
  readonly sourceIdentity: string;
  /** `aws:userid`, which AssumeRole answers as AssumedRoleId */
  readonly userId: string;
  /** epoch milliseconds, whole seconds: `aws:TokenIssueTime` */
  readonly issuedAt: number;
  /** epoch milliseconds */
  readonly expiresAt: number;
  /** the inline session policy */
  readonly policy: string;
  /** the scope-down policies, at most 3 */
  readonly scopedBy: readonly string[];
}

export type StsInput =
  | { readonly action: 'AssumeRole'; readonly parameters: AssumeRoleInput }
  | { readonly action: 'GetScopedCredentials'; readonly parameters: ScopedCredentialsInput }
  | { readonly action: 'GetCallerIdentity' };

export interface Sts extends AwsEndpoint<StsInput> {
  /** The live session of these credentials. @throws AwsRefusal ExpiredToken; undefined: never issued here */
  sessionOf(accessKeyId: string): IssuedSession | undefined;
  /** What CloudTrail tells EventBridge of the Lambdas' calls, since somebody asked last. */
  takeTrail(): object[];
  /** All that was ever given out, whether its answer arrived or not, the first one first. */
  sessions(): IssuedSession[];
}

export interface StsOptions {
  readonly region: string;
  readonly now: () => number;
  /** the roles that exist, by ARN */
  readonly roles: ReadonlyMap<string, LocalRole>;
  /** ARNs of the roles that only the `enforce` Lambda may assume */
  readonly revokers: ReadonlySet<string>;
  /** what a trust policy demands as `sts:ExternalId`, unless it forgot to */
  readonly externalId: string;
  principal(accessKeyId: string): Principal | undefined;
  /** the names of the callers whom the roles trust */
  readonly trusted: readonly string[];
}

const namespace = 'https://sts.amazonaws.com/doc/2011-06-15/';

/** A local STS: AssumeRole, GetScopedCredentials and GetCallerIdentity. NB. Sessions are forgotten when it stops. */
export async function startSts(options: StsOptions): Promise<Sts> {
  const sessions = new Map<string, IssuedSession>();
  const trail: object[] = [];
  const sessionOf = (accessKeyId: string) => {
    const session = sessions.get(accessKeyId);
    if (session !== undefined && options.now() >= session.expiresAt) {
      throw new AwsRefusal(403, 'ExpiredToken', 'The security token included in the request is expired');
    }
    return session;
  };
  const endpoint = await startAwsEndpoint<StsInput>({
    service: 'sts',
    region: options.region,
    now: options.now,
    maxBodyBytes: 64 * 1024,
    throttling: new AwsRefusal(400, 'Throttling', 'Rate exceeded'),
    principal: (accessKeyId) => options.principal(accessKeyId) ?? sessionOf(accessKeyId),
    parse: (request, body) => parseInput(parseQuery(request.headers['content-type'], body)),
    answer: (input, caller, requestId): Answer => {
      if (input.action === 'GetCallerIdentity') return callerIdentity(caller, requestId);
      if (input.action === 'GetScopedCredentials') {
        const narrowed = narrow(sessionOf(caller.accessKeyId), input.parameters, options.now());
        sessions.set(narrowed.accessKeyId, narrowed);
        return scoped(narrowed, requestId);
      }
      const asked = input.parameters;
      const seen = { caller, region: options.region, at: options.now(), requestId, asked };
      const session = assumeOr(options, asked, caller, (came) =>
        trail.push(cloudTrailEvent({ ...seen, came })),
      );
      trail.push(cloudTrailEvent({ ...seen, came: session }));
      sessions.set(session.accessKeyId, session);
      return assumed(session, asked, requestId);
    },
    refuse: (refusal, requestId) => queryError(namespace, refusal, requestId),
  });
  return { ...endpoint, sessionOf, takeTrail: () => trail.splice(0), sessions: () => [...sessions.values()] };
}

function parseInput(input: QueryInput): StsInput {
  if (input.get('Version') !== '2011-06-15') throw new AwsRefusal(400, 'InvalidAction', 'Unknown version.');
  const action = input.get('Action');
  if (action === 'AssumeRole') return { action, parameters: parseAssumeRole(input) };
  if (action === 'GetScopedCredentials') return { action, parameters: parseScopedCredentials(input) };
  if (action === 'GetCallerIdentity') return { action };
  throw new AwsRefusal(400, 'InvalidAction', `Could not find operation ${action} for version 2011-06-15`);
}

function assumeOr(
  options: StsOptions,
  asked: AssumeRoleInput,
  caller: Principal,
  refused: (refusal: AwsRefusal) => void,
): IssuedSession {
  try {
    return assume(options, asked, caller);
  } catch (error) {
    if (error instanceof AwsRefusal) refused(error);
    throw error;
  }
}

/** What IAM decides: the caller's own permission and the role's trust policy; both say no in the same words. */
function assume(options: StsOptions, asked: AssumeRoleInput, caller: Principal): IssuedSession {
  const known = options.roles.get(asked.roleArn);
  const forgets = known?.forgets ?? [];
  const externalId = asked.externalId === options.externalId;
  const target =
    options.trusted.includes(caller.name) &&
    known !== undefined &&
    (forgets.includes('external-id') || externalId) &&
    (forgets.includes('source-identity') || asked.sourceIdentity !== undefined) &&
    (forgets.includes('session-tags') || isTaggedForRequest(asked.tags));
  const revoker = caller.name === 'enforce' && options.revokers.has(asked.roleArn) && externalId;
  if (!target && !revoker) {
    throw new AwsRefusal(
      403,
      'AccessDenied',
      `User: ${caller.name} is not authorized to perform: sts:AssumeRole on resource: ${asked.roleArn}`,
    );
  }
  const role = asked.rolePath.slice(asked.rolePath.lastIndexOf('/') + 1);
  return {
    ...newKeys(),
    name: `${asked.roleArn.split(':iam:')[0]}:sts::${asked.account}:assumed-role/${role}/${asked.roleSessionName}`,
    account: asked.account,
    roleArn: asked.roleArn,
    role,
    sessionName: asked.roleSessionName,
    sourceIdentity: asked.sourceIdentity ?? '',
    userId: `${roleId(asked.roleArn)}:${asked.roleSessionName}`,
    issuedAt: Math.floor(options.now() / 1000) * 1000,
    // Expiration has whole seconds.
    expiresAt: Math.floor(options.now() / 1000 + asked.durationSeconds) * 1000,
    policy: asked.policy ?? '',
    scopedBy: [],
  };
}

/** What the trust policy of a target role demands of tags: a request's, not empty, and no others. */
function isTaggedForRequest(tags: Readonly<Record<string, string>>): boolean {
  const names: string[] = Object.values(sessionTags);
  return names.every((tag) => tags[tag]) && Object.keys(tags).every((tag) => names.includes(tag));
}

function newKeys(): Pick<Principal, 'accessKeyId' | 'secretAccessKey' | 'sessionToken'> {
  return {
    accessKeyId: `ASIA${base32(16)}`,
    secretAccessKey: randomBytes(30).toString('base64'),
    sessionToken: randomBytes(480).toString('base64'),
  };
}

/**
 * The same session under other keys, for a shorter time or under one more policy. NB. Locally only what AssumeRole gave
 * out is a session; that a Lambda's own credentials are temporary too is not played.
 * AWS does not say whether they count as issued now or with the session; now is what is harder to deny.
 */
function narrow(
  session: IssuedSession | undefined,
  asked: ScopedCredentialsInput,
  now: number,
): IssuedSession {
  if (session === undefined) {
    throw new AwsRefusal(400, 'InvalidSubjectCredentialsException', 'The calling session is not valid');
  }
  const scopedBy = asked.policy === undefined ? session.scopedBy : [...session.scopedBy, asked.policy];
  if (scopedBy.length > 3) throw new AwsRefusal(403, 'AccessDenied', 'The session has 3 scope-down policies');
  const issuedAt = Math.floor(now / 1000) * 1000;
  return { ...session, ...newKeys(), issuedAt, expiresAt: scopedEnd(asked, session, now), scopedBy };
}

function scoped(session: IssuedSession, requestId: string): Answer {
  const output = {
    Credentials: credentialsOf(session),
    SessionInfo: { ScopedSessionId: session.userId, Arn: session.name },
    ScopedPoliciesCount: session.scopedBy.length,
    SourceIdentity: session.sourceIdentity,
  };
  return queryAnswer(namespace, 'GetScopedCredentials', output, requestId);
}

function credentialsOf(session: IssuedSession) {
  return {
    AccessKeyId: session.accessKeyId,
    SecretAccessKey: session.secretAccessKey,
    SessionToken: session.sessionToken,
    Expiration: `${new Date(session.expiresAt).toISOString().slice(0, 19)}Z`,
  };
}

function assumed(session: IssuedSession, asked: AssumeRoleInput, requestId: string): Answer {
  const packed = (asked.policy?.length ?? 0) + JSON.stringify(asked.tags).length;
  const output = {
    Credentials: credentialsOf(session),
    AssumedRoleUser: { AssumedRoleId: session.userId, Arn: session.name },
    PackedPolicySize: Math.min(100, Math.ceil((packed / 4096) * 100)),
    ...(session.sourceIdentity !== '' && { SourceIdentity: session.sourceIdentity }),
  };
  return queryAnswer(namespace, 'AssumeRole', output, requestId);
}

function callerIdentity(caller: Principal, requestId: string): Answer {
  const account = /^arn:[\w-]+:sts::(\d{12}):/.exec(caller.name)?.[1] ?? '000000000000';
  const output = { Arn: caller.name, UserId: `AROA${base32(17)}`, Account: account };
  return queryAnswer(namespace, 'GetCallerIdentity', output, requestId);
}

/** Of one role always the same. */
function roleId(arn: string): string {
  const digest = createHash('sha256').update(arn).digest();
  return `AROA${[...digest.subarray(0, 17)].map((byte) => letters[byte % letters.length]).join('')}`;
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function base32(length: number): string {
  return Array.from({ length }, () => letters[randomInt(letters.length)]).join('');
}
