import type { Target } from '../domain/eligibility.ts';
import { accountName, type Policy, type Rule } from '../domain/policy-document.ts';
import { eligibleTargets } from '../domain/rule-match.ts';
import type { User } from '../domain/user.ts';

export interface OfferedTarget extends Target {
  readonly accountName: string | null;
  readonly rule: Rule;
}

/**
 * What the user may ask for, named and with the rule that applies, from the `after`-th on.
 * @param search found in account name, account id or role, whatever their case
 */
export function listTargets(
  policy: Policy,
  user: User,
  search: string,
  after: number,
  size: number,
): { items: OfferedTarget[]; next: number | null } {
  const found = eligibleTargets(policy, user, search.trim());
  const next = after + size;
  return {
    items: found.slice(after, next).map(({ target, rule }) => ({
      ...target,
      accountName: accountName(policy, target.account),
      rule,
    })),
    next: next < found.length ? next : null,
  };
}
