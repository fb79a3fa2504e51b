import type { Target } from '../../api/domain/eligibility.ts';
import type { Difference } from '../../api/domain/policy-diff.ts';
import type { Policy, Who } from '../../api/domain/policy-document.ts';
import type { QuotaDifference } from '../../api/domain/quota-diff.ts';
import { claimsInWords } from '../../api/domain/rule-match.ts';
import type { StepUpDifference } from '../../api/domain/step-up-diff.ts';
import { otherAccount } from '../../api/domain/user-kind.ts';
import { anything } from '../../api/domain/wildcard.ts';

/** The differences of two policies as lines to read: by kind of user, then what changes, then where. */
export function differencesInWords(
  differences: readonly Difference[],
  policies: readonly Policy[],
): string[] {
  const byUsers = Map.groupBy(differences, ({ users }) => users.map(userInWords).join(', also '));
  return [...byUsers].flatMap(([users, those]) => [
    `Users ${users}`,
    ...those.flatMap(({ change, before, after, targets }) => [
      `  ${verbs[change]} ${targetsInWords(targets, policies)}`,
      ...termLines('-', before),
      ...termLines('+', after),
    ]),
  ]);
}

/** What changes of step-up, for everybody. */
export function stepUpInLines(differences: readonly StepUpDifference[]): string[] {
  return differences.flatMap(({ action, change, before, after }) => [
    `Everybody, to ${action}: what is asked of the sign-in becomes ${change}`,
    `  - ${before ?? 'Nothing.'}`,
    `  + ${after ?? 'Nothing.'}`,
  ]);
}

/** What changes of quotas, for everybody, by the names that the file has for them. */
export function quotasInLines(differences: readonly QuotaDifference[]): string[] {
  return differences.flatMap(({ quota, before, after }) => [
    `Everybody gets ${after < before ? 'fewer' : 'more'} ${quota}`,
    `  - At most ${before}.`,
    `  + At most ${after}.`,
  ]);
}

const verbs = { gained: 'gain', lost: 'lose', changed: 'get other terms for' };

function termLines(sign: string, terms: readonly string[] | null): string[] {
  return (terms ?? []).map((term) => `    ${sign} ${term}`);
}

function userInWords({ groups, claims, conventions }: Who): string {
  const parts = [
    ...(groups.length > 0 ? [`in ${groups.map((group) => `"${group}"`).join(' or ')}`] : []),
    ...(Object.keys(claims).length > 0 ? [`with ${claimsInWords(claims)}`] : []),
    ...(conventions ? ['in the group that names the target'] : []),
  ];
  return parts.join(' and ');
}

/** How many targets are named one by one. */
const mostTargets = 5;

function targetsInWords(targets: readonly Target[], policies: readonly Policy[]): string {
  const roles = [...new Set(targets.map(({ role }) => roleInWords(role)))];
  const accounts = [...new Set(targets.map(({ account }) => accountInWords(account, policies)))];
  if (targets.length <= mostTargets) {
    return targets
      .map(({ account, role }) => `${roleInWords(role)} in ${accountInWords(account, policies)}`)
      .join('; ');
  }
  return `${targets.length} targets: ${someOf(roles, 'roles')} in ${someOf(accounts, 'accounts')}`;
}

function someOf(names: readonly string[], what: string): string {
  const more = names.length - mostTargets;
  return more > 0 ? `${names.slice(0, mostTargets).join(', ')} and ${more} more ${what}` : names.join(', ');
}

function roleInWords(role: string): string {
  return role.replaceAll(anything, '*');
}

function accountInWords(account: string, policies: readonly Policy[]): string {
  if (account === otherAccount) return 'any other account';
  const name = policies.map(({ accounts }) => accounts.get(account)?.name).find((one) => one !== undefined);
  return name === undefined ? account : `${name} (${account})`;
}
