import { eligibleTargets, type Target } from '../domain/eligibility.ts';
import { accountName, type Policy, ruleFor } from '../domain/policy-document.ts';
import type { User } from '../domain/user.ts';

export interface OfferedTarget extends Target {
  readonly accountName: string | null;
  readonly maxDurationMinutes: number;
}

/**
 * What the user may ask for, named and with its limits, from the `after`-th on.
 * @param search found in account name, account id or role, whatever their case
 */
export function listTargets(
  policy: Policy,
  user: User,
  search: string,
  after: number,
  size: number,
): { items: OfferedTarget[]; next: number | null } {
  const wanted = search.trim().toLowerCase();
  const found = eligibleTargets(user)
    .map((target) => ({
      ...target,
      accountName: accountName(policy, target.account),
      maxDurationMinutes: ruleFor(policy, target).maxDurationMinutes,
    }))
    .filter((target) =>
      `${target.accountName ?? ''}\n${target.account}\n${target.role}`.toLowerCase().includes(wanted),
    );
  const next = after + size;
  return { items: found.slice(after, next), next: next < found.length ? next : null };
}
