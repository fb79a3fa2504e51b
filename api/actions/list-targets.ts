import type { Target } from '../domain/eligibility.ts';
import { accountName, type Policy, type Rule } from '../domain/policy-document.ts';
import { eligibleTargets, knownTargets } from '../domain/rule-match.ts';
import type { User } from '../domain/user.ts';

export interface NamedTarget extends Target {
  readonly accountName: string | null;
}
export interface OfferedTarget extends NamedTarget {
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
  const { items, next } = pageOf(eligibleTargets(policy, user, search.trim()), after, size);
  return { items: items.map(({ target, rule }) => ({ ...named(policy, target), rule })), next };
}

/** What the policy file names, whoever may ask for it; else as `listTargets`. */
export function listRoles(
  policy: Policy,
  search: string,
  after: number,
  size: number,
): { items: NamedTarget[]; next: number | null } {
  const { items, next } = pageOf(knownTargets(policy, search.trim()), after, size);
  return { items: items.map((target) => named(policy, target)), next };
}

function pageOf<T>(found: readonly T[], after: number, size: number) {
  const next = after + size;
  return { items: found.slice(after, next), next: next < found.length ? next : null };
}

function named(policy: Policy, { account, role }: Target): NamedTarget {
  return { account, role, accountName: accountName(policy, account) };
}
