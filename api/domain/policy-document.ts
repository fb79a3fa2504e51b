import type { Target } from './eligibility.ts';

/** The compiled policy: account names and limits. Durations in minutes. */
export interface Policy {
  readonly accounts: readonly PolicyAccount[];
  readonly limits: Rule;
}

export interface PolicyAccount {
  readonly id: string;
  readonly name: string;
  /** what differs from the policy's limits in this account */
  readonly limits: Partial<Rule>;
}

/** What applies to one request. It is copied into the request when that is created. */
export interface Rule {
  /** the longest window that may be asked for */
  readonly maxDurationMinutes: number;
  /** how long a request may wait for its review */
  readonly pendingMinutes: number;
  /** the longest session that may be issued inside the window */
  readonly sessionMinutes: number;
}

/** DESIGN section 5: the conventions without a policy file. */
export const defaultLimits: Rule = {
  maxDurationMinutes: 8 * 60,
  pendingMinutes: 24 * 60,
  sessionMinutes: 60,
};

/** The rule for a target: the policy's limits, unless the account has its own. */
export function ruleFor(policy: Policy, target: Target): Rule {
  return { ...policy.limits, ...policy.accounts.find((account) => account.id === target.account)?.limits };
}

/** What a session is issued under: of the rule at the time of the request and today's, the smaller of each limit. */
export function stricter(then: Rule, now: Rule): Rule {
  return {
    maxDurationMinutes: Math.min(then.maxDurationMinutes, now.maxDurationMinutes),
    pendingMinutes: Math.min(then.pendingMinutes, now.pendingMinutes),
    sessionMinutes: Math.min(then.sessionMinutes, now.sessionMinutes),
  };
}

/** The account's name in the policy file, or null: not every account needs one. */
export function accountName(policy: Policy, account: string): string | null {
  return policy.accounts.find((named) => named.id === account)?.name ?? null;
}
