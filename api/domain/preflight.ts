import { allow, deny, type Outcome } from './denial.ts';
import type { Target } from './eligibility.ts';
import { identityName } from './identity-name.ts';
import { type Instant, iamTime } from './instant.ts';
import type { Policy } from './policy-document.ts';
import { isAboutTarget } from './rule-match.ts';
import { type Digest, sessionTags } from './session.ts';
import type { Person } from './user.ts';

/** Who wanted to know. The Lambda API does not say who called it: the invocation's id leads to that in CloudTrail. */
export type PreflightBy =
  | { readonly kind: 'operator'; readonly person: Person; readonly sourceIp: string }
  | { readonly kind: 'lambda-api'; readonly invocation: string };

/** One look at how a target role is set up. It is no request and gives nobody anything. */
export interface Preflight {
  readonly id: string;
  readonly at: Instant;
  readonly target: Target;
  readonly by: PreflightBy;
}

/** One AssumeRole of a preflight: a session's, but for one thing. */
export interface Probe {
  readonly durationSeconds: number;
  readonly externalId: 'right' | 'wrong' | 'none';
  readonly sourceIdentity: boolean;
  readonly tags: boolean;
}

const asSession: Probe = { durationSeconds: 900, externalId: 'right', sourceIdentity: true, tags: true };
/** NB. By role chaining an hour is the most that there is, whatever the role says (IAM User Guide, "Roles terms and concepts"). */
export const probes = {
  'as-session': asSession,
  'an-hour': { ...asSession, durationSeconds: 3600 },
  'no-external-id': { ...asSession, externalId: 'none' },
  'wrong-external-id': { ...asSession, externalId: 'wrong' },
  'no-source-identity': { ...asSession, sourceIdentity: false },
  'no-tags': { ...asSession, tags: false },
} as const satisfies Record<string, Probe>;
export type ProbeName = keyof typeof probes;

/**
 * let-in       AWS gave credentials
 * refused      AccessDenied; AWS says the same for a role that is not there
 * not-taken    AWS found what was sent wrong, whoever sent it
 */
export type ProbeResult = 'let-in' | 'refused' | 'not-taken' | 'throttled' | 'unavailable';

/** What GetRole says of the role, asked as the role. `not-asked`: the broker was not let in. */
export type RoleReading =
  | { readonly result: 'read'; readonly maxSessionSeconds: number; readonly boundary: string | null }
  | { readonly result: 'refused' | 'missing' | 'throttled' | 'unavailable' | 'not-asked' };

export interface ProbeOutcomes {
  readonly probes: Readonly<Record<ProbeName, ProbeResult>>;
  readonly role: RoleReading;
}

/** What every probe of one preflight says of itself. */
export interface PreflightPlan {
  readonly target: Target;
  /** RoleSessionName */
  readonly sessionName: string;
  readonly sourceIdentity: string;
  /** an external id that is nobody's */
  readonly wrongExternalId: string;
  /** the names that a session's tags have, because trust policies demand them by name */
  readonly tags: Readonly<Record<string, string>>;
}

const nameLength = 64;

/**
 * Whether the broker may be sent to look there. NB. Whoever sets up a role in an account of their own, and sends the
 * broker to it, reads the external id in their CloudTrail: so where the policy file names accounts, it is one of them.
 */
export function checkPreflightTarget({ accounts }: Policy, { account }: Target): Outcome<null> {
  if (accounts.size === 0 || accounts.has(account)) return allow(null);
  return deny(
    'account-unknown',
    'The policy file does not name this account. Check the number, or add the account there.',
    { account },
  );
}

export function planPreflight({ id, at, target, by }: Preflight, digest: Digest): PreflightPlan {
  return {
    target,
    sessionName: `preflight.${id}`,
    sourceIdentity:
      by.kind === 'operator' ? identityName(by.person, nameLength, digest) : 'stepladder-preflight',
    wrongExternalId: `preflight.${id}`,
    tags: {
      [sessionTags.request]: id,
      [sessionTags.reviewer]: 'preflight',
      [sessionTags.until]: iamTime(at),
    },
  };
}

/**
 * The session policy of a probe: nothing, or nothing but reading the one role. NB. Not only without an Allow: what is
 * denied here is denied also where a resource's own policy names the session (IAM User Guide, "Policy evaluation logic").
 */
export function probePolicy(roleArn: string, readsRole: boolean): string {
  const action = 'iam:GetRole';
  const Statement = readsRole
    ? [
        { Effect: 'Allow', Action: action, Resource: roleArn },
        { Effect: 'Deny', NotAction: action, Resource: '*' },
        { Effect: 'Deny', Action: '*', NotResource: roleArn },
      ]
    : [{ Effect: 'Deny', Action: '*', Resource: '*' }];
  return JSON.stringify({ Version: '2012-10-17', Statement });
}

/** Whether any rule that is about this target ends live sessions, whoever the user. */
export function endsLiveSessions(policy: Policy, target: Target): boolean {
  return policy.rules.some((one) => one.rule.endLiveSessions && isAboutTarget(policy, one, target));
}
