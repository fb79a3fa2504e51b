import { allow, deny, type Outcome } from './denial.ts';
import { conventionGroup, type Target, targetKey, targetNamedBy } from './eligibility.ts';
import type { Claims, Policy, PolicyRule, Rule, Who } from './policy-document.ts';
import type { User } from './user.ts';
import { hasWildcard, matchesPattern } from './wildcard.ts';

/** Which rule applies to a user and a target, and why each earlier one does not. */

export interface Step {
  /** the rule's id */
  readonly rule: string;
  readonly applies: boolean;
  /** in words, about "the user" */
  readonly reason: string;
}

export interface Explanation {
  /** in the order of the file; the last one applies, or none does */
  readonly steps: readonly Step[];
  readonly rule: Rule | null;
}

/** Who a rule is about: what counts of a user. */
export type Asker = Pick<User, 'groups' | 'claims'>;

type Misfit = 'account' | 'role' | 'groups' | 'conventions' | 'claims' | 'claims-unknown';

/**
 * The rule that applies: the first one whose who and what both match; null where none does. NB. A claim that the tokens
 * do not have is not known, and no later rule is tried behind a rule that turns on it: people choose the scopes that
 * they sign in with, and whoever leaves a claim out must not come under a laxer rule.
 */
export function ruleFor(policy: Policy, user: Asker, target: Target): Rule | null {
  for (const candidate of policy.rules) {
    const found = misfit(policy, candidate, user, target);
    if (found === null) return candidate.rule;
    if (found === 'claims-unknown') return null;
  }
  return null;
}

/** The same decision with its reasons. NB. One function decides for both: `misfit`. */
export function explain(policy: Policy, user: Asker, target: Target): Explanation {
  const steps: Step[] = [];
  for (const candidate of policy.rules) {
    const found = misfit(policy, candidate, user, target);
    const reason = found === null ? fitInWords(candidate, user, target) : inWords(found, candidate, target);
    steps.push({ rule: candidate.rule.id, applies: found === null, reason });
    if (found === null) return { steps, rule: candidate.rule };
    if (found === 'claims-unknown') return { steps, rule: null };
  }
  return { steps, rule: null };
}

const mostLines = 20;

/** The explanation as it is kept with a request and shown to people: the rule that applies comes last. */
export function explanationLines({ steps }: Explanation): string[] {
  const lines = steps.map(
    ({ rule, applies, reason }) => `"${rule}" ${applies ? 'applies' : 'does not apply'}: ${reason}.`,
  );
  const left = lines.length - mostLines;
  return left > 0
    ? [`${left} earlier ${left === 1 ? 'rule does' : 'rules do'} not apply.`, ...lines.slice(left)]
    : lines;
}

/** Whether the user may ask for this target at all, and by which rule. Eligibility is necessary, never sufficient. */
export function checkEligible(policy: Policy, user: Asker, target: Target): Outcome<Rule> {
  const { rule, steps } = explain(policy, user, target);
  if (rule !== null) return allow(rule);
  return deny(
    'not-eligible',
    'You are not eligible for this role in this account. Ask whoever manages your groups to add you to a group that a rule names here.',
    {
      account: target.account,
      role: target.role,
      rules: steps.map((step) => `${step.rule}: ${step.reason}`),
    },
  );
}

/** What the user may ask for, with the rules that apply, by account then role. @param search see `matchesTarget` */
export function eligibleTargets(policy: Policy, user: Asker, search = ''): { target: Target; rule: Rule }[] {
  // Who is asked once per rule, and not again for each of some thousand targets.
  const mine = { ...policy, rules: policy.rules.filter(({ who }) => isAbout(who, user)) };
  const found: { target: Target; rule: Rule }[] = [];
  for (const target of candidates(mine, user)) {
    if (!matchesTarget(policy, target, search)) continue;
    const rule = ruleFor(mine, user, target);
    if (rule !== null) found.push({ target, rule });
  }
  return found;
}

/** Whether there is anything at all that the user may ask for. */
export function isEngineer(policy: Policy, user: Asker): boolean {
  const mine = { ...policy, rules: policy.rules.filter(({ who }) => isAbout(who, user)) };
  return candidates(mine, user).some((target) => ruleFor(mine, user, target) !== null);
}

/** Every target that the file knows of, by account then role. @param search see `matchesTarget` */
export function knownTargets(policy: Policy, search: string): Target[] {
  return policy.targets.filter((target) => matchesTarget(policy, target, search));
}

/** @param search found in account name, account id or role, whatever their case */
function matchesTarget(policy: Policy, { account, role }: Target, search: string): boolean {
  const name = policy.accounts.get(account)?.name ?? '';
  return search === '' || `${name}\n${account}\n${role}`.toLowerCase().includes(search.toLowerCase());
}

/** Every target that any rule could be about for this user: what the file knows, and what the user's groups name. */
function candidates(policy: Policy, user: Asker): readonly Target[] {
  const conventions = policy.rules.some(({ who }) => who.conventions);
  const listed = policy.rules.some(({ who }) => !who.conventions) ? policy.targets : [];
  if (!conventions) return listed;
  const all = new Map(listed.map((target) => [targetKey(target), target]));
  for (const target of user.groups.map(targetNamedBy)) if (target) all.set(targetKey(target), target);
  return [...all.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, target]) => target);
}

/** Why the rule is not about this user and target, or null where it is. */
function misfit(policy: Policy, { who, what }: PolicyRule, user: Asker, target: Target): Misfit | null {
  const elsewhere = targetMisfit(policy, { who, what }, target);
  if (elsewhere !== null) return elsewhere;
  if (!isInAny(user.groups, who.groups)) return 'groups';
  if (who.conventions && !user.groups.includes(conventionGroup(target))) return 'conventions';
  if (hasClaims(user.claims, who.claims)) return null;
  return hasClaims(user.claims, who.claims, true) ? 'claims-unknown' : 'claims';
}

function targetMisfit(
  policy: Policy,
  { who, what }: Pick<PolicyRule, 'who' | 'what'>,
  target: Target,
): 'account' | 'role' | null {
  if (what.accounts !== null && !what.accounts.has(target.account)) return 'account';
  return what.roles.some((role) => meansRole(policy, who, role, target)) ? null : 'role';
}

// A pattern means roles that exist: nobody asks for a role that is made up tomorrow. By convention the group names it.
function meansRole(policy: Policy, who: Who, pattern: string, { account, role }: Target): boolean {
  if (!matchesPattern(pattern, role)) return false;
  return !hasWildcard(pattern) || who.conventions || policy.accounts.get(account)?.roles.has(role) === true;
}

/** Whether the rule can be about this target, for some user. */
export function isAboutTarget(policy: Policy, rule: PolicyRule, target: Target): boolean {
  return targetMisfit(policy, rule, target) === null;
}

/** Whether the rule can be about this user, for some target. */
function isAbout(who: Who, user: Asker): boolean {
  const named = !who.conventions || user.groups.some((group) => targetNamedBy(group) !== undefined);
  return named && isInAny(user.groups, who.groups) && hasClaims(user.claims, who.claims, true);
}

/** Whether one of the groups is one of the wanted; nothing wanted is always had. Compared whole. */
export function isInAny(groups: readonly string[], wanted: readonly string[]): boolean {
  return wanted.length === 0 || wanted.some((group) => groups.includes(group));
}

/** Whether the user has, of each wanted claim, one of the values. @param perhaps a claim that is not known may have it */
export function hasClaims(claims: Claims, wanted: Claims, perhaps = false): boolean {
  const known = new Map(Object.entries(claims));
  return Object.entries(wanted).every(
    ([name, values]) => known.get(name)?.some((value) => values.includes(value)) ?? perhaps,
  );
}

function inWords(found: Misfit, { who, what }: PolicyRule, target: Target): string {
  switch (found) {
    case 'account':
      return `the account ${target.account} is not ${listed(what.selectors)}`;
    case 'role':
      return `the role ${target.role} is not ${listed(what.roles)} in this account`;
    case 'groups':
      return `the user is not in ${listed(who.groups)}`;
    case 'claims':
      return `the user's claims are not ${claimsInWords(who.claims)}`;
    case 'claims-unknown':
      return `the user's sign-in does not say whether the claims are ${claimsInWords(who.claims)}, so no later rule is tried`;
    case 'conventions':
      return `the user is not in "${conventionGroup(target)}"`;
  }
}

function fitInWords({ who, what }: PolicyRule, user: Asker, target: Target): string {
  const mine = who.groups.filter((group) => user.groups.includes(group));
  const reasons = [
    ...(mine.length > 0 ? [`the user is in ${listed(mine)}`] : []),
    ...(who.conventions ? [`the user is in "${conventionGroup(target)}"`] : []),
    ...(Object.keys(who.claims).length > 0 ? [`the user's claims are ${claimsInWords(who.claims)}`] : []),
    `the account ${target.account} is ${what.accounts === null ? 'any' : listed(what.selectors)}`,
    `the role ${target.role} is ${listed(what.roles)}`,
  ];
  return reasons.join('; ');
}

// Cut, because a rule may name hundreds and the sentence is kept with every request.
function listed(items: readonly string[]): string {
  const shown = items.slice(0, 5).map((item) => `"${item}"`);
  return [...shown, ...(items.length > 5 ? [`one of ${items.length - 5} more`] : [])].join(' or ');
}

export function claimsInWords(claims: Claims): string {
  return Object.entries(claims)
    .map(([name, values]) => `${name} ${listed(values)}`)
    .join(' and ');
}
