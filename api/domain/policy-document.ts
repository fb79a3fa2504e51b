import type { Target } from './eligibility.ts';
import type { Quotas } from './quota.ts';

/** The compiled policy. `api/policy.ts` makes it from the file, `rule-match.ts` decides with it. */
export interface Policy {
  readonly accounts: ReadonlyMap<string, PolicyAccount>;
  /** The first rule that matches who and what applies; no rule, no access. */
  readonly rules: readonly PolicyRule[];
  /** Every target that the file knows of, by account then role, for lists and searches. */
  readonly targets: readonly Target[];
  /** NB. For everybody and under every rule, and as it is today: it is about the moment of the action. */
  readonly stepUp: Readonly<Record<SteppedUpAction, StepUp | null>>;
  /** whom to ask when AWS refuses, in a line; null: the file says nothing */
  readonly contact: string | null;
  /** the most of what costs others something, for everybody */
  readonly quotas: Quotas;
}

/** The actions that may ask more of a sign-in than that there was one. */
export const steppedUpActions = ['review', 'revoke', 'issue'] as const;
export type SteppedUpAction = (typeof steppedUpActions)[number];

/** What the sign-in has to be like. All that is named has to hold; words are compared whole. */
export interface StepUp {
  /** how long ago it may have been; null: not asked */
  readonly maxAgeMinutes: number | null;
  /** one of these levels, the preferred one first; empty: not asked */
  readonly acr: readonly string[];
  /** by every one of these methods; empty: not asked */
  readonly amr: readonly string[];
}

export interface PolicyAccount {
  /** 12 digits */
  readonly id: string;
  readonly name: string;
  /** `/Workloads/Production`: the organisational units from the root down; '/' where none is known */
  readonly ou: string;
  readonly tags: Readonly<Record<string, string>>;
  /** the roles that exist in this account, as far as the file knows */
  readonly roles: ReadonlySet<string>;
  /** whom to ask about this account; null: whoever is asked about the others */
  readonly contact: string | null;
}

export interface PolicyRule {
  readonly who: Who;
  readonly what: What;
  readonly rule: Rule;
}

/** All that is named has to hold. */
export interface Who {
  /** a member of any of them; empty: not asked */
  readonly groups: readonly string[];
  /** for each claim, one of the values */
  readonly claims: Claims;
  /** a member of the group that names the target: `aws-temp#<role>#<account>` */
  readonly conventions: boolean;
}

export type Claims = Readonly<Record<string, readonly string[]>>;

export interface What {
  /** the account ids that the selectors mean; null: every account, also those that the file does not know */
  readonly accounts: ReadonlySet<string> | null;
  /** the selectors as written, for people */
  readonly selectors: readonly string[];
  /** role names; `*` stands for any characters */
  readonly roles: readonly string[];
}

/** What applies to one request. It is copied into the request when that is created. Durations in minutes. */
export interface Rule {
  readonly id: string;
  readonly approval: Approval;
  /** the longest window that may be asked for */
  readonly maxDurationMinutes: number;
  /** how long a request may wait for its reviews */
  readonly pendingMinutes: number;
  /** the longest session that may be issued inside the window */
  readonly sessionMinutes: number;
  /** how far ahead a start may be asked for; 0: not at all */
  readonly startAheadMinutes: number;
  /** the least characters of a justification */
  readonly justificationLength: number;
  /** null: a ticket may be named, and nothing is checked */
  readonly ticket: TicketRule | null;
  readonly guardrails: readonly Guardrail[];
  readonly breakGlass: BreakGlass | null;
  /** Whether a revocation also ends the sessions that are alive (`enforcement.ts`). */
  readonly endLiveSessions: boolean;
}

export interface TicketRule {
  /** a regular expression that the whole ticket has to match */
  readonly pattern: string;
  readonly required: boolean;
}

/** What a session may not do, whatever the role may. `session.ts` knows the actions. */
export const guardrails = [
  'create-users',
  'create-access-keys',
  'create-login-profiles',
  'change-trust-policies',
  'assume-roles',
] as const;
export type Guardrail = (typeof guardrails)[number];

export interface Approval {
  /** Whichever holds first lets a request through without a reviewer. */
  readonly automatic: readonly AutomaticCondition[];
  /** how many distinct reviewers have to approve */
  readonly approvals: number;
  /** how many people can review, where the file says so */
  readonly of: number | null;
  /** whose members are the reviewers */
  readonly groups: readonly string[];
  /** separation of duties: a reviewer shares no team with the requester; null: not asked */
  readonly apartBy: Teams | null;
  /** Whether a reviewer who invited the requester has thereby approved. */
  readonly invitationCounts: boolean;
}

/** What a team is: each of the groups (`*` stands for any characters), each value of the claims. */
export interface Teams {
  readonly groups: readonly string[];
  readonly claims: readonly string[];
}

/** All that is named has to hold. */
export interface AutomaticCondition {
  readonly name: string;
  readonly maxDurationMinutes: number | null;
  /** the whole window lies in these hours, on one of these days, by the clocks of that zone */
  readonly hours: OpenHours | null;
  /** on call, say */
  readonly groups: readonly string[];
  readonly claims: Claims;
}

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];

export interface OpenHours {
  readonly days: readonly Weekday[];
  /** minutes after midnight; `until` is not included and at most 1440 */
  readonly from: number;
  readonly until: number;
  /** IANA time zone, `Europe/Berlin` */
  readonly zone: string;
}

export interface BreakGlass {
  /** whose members may */
  readonly groups: readonly string[];
  readonly maxDurationMinutes: number;
  readonly justificationLength: number;
  /** within how long it has to be reviewed */
  readonly reviewMinutes: number;
}

export const reviewerGroup = 'aws-temp#Reviewer';

/** DESIGN section 5: the conventions without a policy file. */
export const defaultRule: Rule = {
  id: 'conventions',
  approval: {
    automatic: [],
    approvals: 1,
    of: null,
    groups: [reviewerGroup],
    apartBy: null,
    invitationCounts: false,
  },
  maxDurationMinutes: 8 * 60,
  pendingMinutes: 24 * 60,
  sessionMinutes: 60,
  startAheadMinutes: 7 * 24 * 60,
  justificationLength: 10,
  ticket: null,
  guardrails: [],
  breakGlass: null,
  endLiveSessions: false,
};

/**
 * The limits that a session is issued under: of the rule at the time of the request and today's, the smaller of each,
 * the guardrails of both, and an end with the revocation where either asks for it. NB. Whether today's rule still lets the request through is `planSession`'s question.
 */
export function stricter(then: Rule, now: Rule, breakGlass: boolean) {
  const longest = (rule: Rule) =>
    breakGlass ? (rule.breakGlass?.maxDurationMinutes ?? 0) : rule.maxDurationMinutes;
  return {
    maxDurationMinutes: Math.min(longest(then), longest(now)),
    sessionMinutes: Math.min(then.sessionMinutes, now.sessionMinutes),
    guardrails: guardrails.filter((one) => then.guardrails.includes(one) || now.guardrails.includes(one)),
    endLiveSessions: then.endLiveSessions || now.endLiveSessions,
  };
}

/** Every claim that a rule asks for: what has to be read from the tokens beside groups. */
export function claimNames({ rules }: Policy): string[] {
  const names = rules.flatMap(({ who, rule: { approval } }) => [
    ...Object.keys(who.claims),
    ...approval.automatic.flatMap(({ claims }) => Object.keys(claims)),
    ...(approval.apartBy?.claims ?? []),
  ]);
  return [...new Set(names)].sort();
}

/** The account's name in the policy file, or null: not every account needs one. */
export function accountName(policy: Policy, account: string): string | null {
  return policy.accounts.get(account)?.name ?? null;
}

/** Whom to ask about an account, or null where the policy file names nobody. */
export function contactFor(policy: Policy, account: string): string | null {
  return policy.accounts.get(account)?.contact ?? policy.contact;
}
