import type { Target } from './eligibility.ts';
import { assemblePolicy, selects } from './policy-assembly.ts';
import { defaultRule, type Policy, type PolicyRule } from './policy-document.ts';
import type { ApprovalFields, PolicyFields, RuleFields } from './policy-fields.ts';
import { ruleFor } from './rule-match.ts';
import { askerOf, isOf, kindsOf, otherAccount, whatOf } from './user-kind.ts';
import { exampleOf, hasWildcard, matchesPattern } from './wildcard.ts';

/** What a policy file says that cannot be meant, though its shape is right. */

export interface LintProblem {
  /** where in the file: `rules`, 2, `approval`, `groups` */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

type Add = (message: string, ...path: (string | number)[]) => void;

/** Every problem at once. */
export function lintPolicy(file: PolicyFields): LintProblem[] {
  return [...lintAlone(file), ...lintTogether(file)];
}

/** The problems that can be told when other parts of the file are missing: of each part by itself. */
export function lintAlone({ accounts, rules = [], organization, limits }: PolicyFields): LintProblem[] {
  const longest = limits.maxDuration ?? defaultRule.maxDurationMinutes;
  return [
    ...twice(organization?.Accounts.map(({ Id }) => Id) ?? [], (index) => [
      'organization',
      'Accounts',
      index,
      'Id',
    ]),
    ...twice(
      accounts.map(({ id }) => id),
      (index) => ['accounts', index, 'id'],
    ),
    ...twice(
      rules.map(({ id }) => id),
      (index) => ['rules', index, 'id'],
    ),
    ...rules.flatMap((rule, index) => lintRule(rule, index, longest)),
  ];
}

function twice(ids: readonly string[], path: (index: number) => LintProblem['path']): LintProblem[] {
  const seen = new Set<string>();
  return ids.flatMap((id, index) => {
    const again = seen.has(id);
    seen.add(id);
    return again ? [{ path: path(index), message: `${id} stands twice` }] : [];
  });
}

function lintRule(rule: RuleFields, index: number, longest: number): LintProblem[] {
  const problems: LintProblem[] = [];
  const add: Add = (message, ...path) => problems.push({ path: ['rules', index, ...path], message });
  const { id, approval, breakGlass, maxDuration = longest } = rule;
  if (id === defaultRule.id || id === 'not-yet-known') add('this id is taken by Stepladder', 'id');
  if (typeof approval === 'object') lintApproval(approval, rule.who.groups ?? [], add);
  if (breakGlass !== undefined && breakGlass.maxDuration > maxDuration) {
    add(
      `${breakGlass.maxDuration} minutes are more than the rule's ${maxDuration}`,
      'breakGlass',
      'maxDuration',
    );
  }
  return problems;
}

function lintApproval(approval: ApprovalFields, askers: readonly string[], add: Add): void {
  const { approvals = 1, of, groups, apartBy, automatic } = approval;
  if (groups?.length === 0) add('nobody could approve: name groups of reviewers', 'approval', 'groups');
  if (of !== undefined && of < approvals) {
    add(`${approvals} approvals of ${of} possible reviewers cannot be had`, 'approval', 'approvals');
  }
  if (apartBy !== undefined && apartBy.groups === undefined && apartBy.claims === undefined) {
    add('name the groups or claims that make a team', 'approval', 'apartBy');
  }
  for (const asker of askers) {
    const alone = groups !== undefined && groups.length > 0 && groups.every((group) => group === asker);
    if (alone && apartBy?.groups?.some((pattern) => matchesPattern(pattern, asker))) {
      add(
        `nobody could approve for "${asker}": every reviewer is of that team too`,
        'approval',
        'apartBy',
        'groups',
      );
    }
  }
  if (typeof automatic !== 'object') return;
  const names = automatic.map(({ name }) => name);
  for (const { path, message } of twice(names, (at) => ['approval', 'automatic', at, 'name'])) {
    add(message, ...path);
  }
}

/** The problems of what does not fit together. NB. Only the whole file tells: one part may be missing to another. */
function lintTogether(file: PolicyFields): LintProblem[] {
  const policy = assemblePolicy(file);
  const { rules = [] } = file;
  // The conventions, which come after the file's rules, are nobody's mistake.
  const own = policy.rules.slice(0, rules.length);
  return [
    ...nameless(file),
    ...rules.flatMap((rule, index) => lintAccounts(policy, rule, index)),
    ...own.flatMap((rule, index) => [...lintRoles(policy, rule, index), ...lintReach(policy, rule, index)]),
  ];
}

function nameless({ accounts, organization }: PolicyFields): LintProblem[] {
  const exported = new Set(organization?.Accounts.map(({ Id }) => Id));
  return accounts.flatMap(({ id, name }, index) =>
    name === undefined && !exported.has(id)
      ? [{ path: ['accounts', index, 'name'], message: `${id} has no name, here or in the organisation` }]
      : [],
  );
}

function lintAccounts(policy: Policy, { who, what }: RuleFields, index: number): LintProblem[] {
  const known = [...policy.accounts.values()];
  const path = ['rules', index, 'what', 'accounts'];
  if (what.accounts === '*') {
    return known.length === 0 && !who.conventions
      ? [{ path, message: 'no account is known: name accounts or an organization' }]
      : [];
  }
  return what.accounts.flatMap((selector, at): LintProblem[] => {
    if (known.some((account) => selects(selector, account))) return [];
    const message =
      'id' in selector
        ? `the account ${selector.id} is unknown: name it under accounts`
        : 'means no known account';
    return [{ path: [...path, at], message }];
  });
}

function lintRoles(policy: Policy, { who, what }: PolicyRule, index: number): LintProblem[] {
  const roles = [...policy.accounts.values()]
    .filter(({ id }) => what.accounts?.has(id))
    .map((account) => account.roles);
  // A role that is named exists by that; where there is no account, that is the problem.
  if (who.conventions || roles.length === 0) return [];
  return what.roles.flatMap((role, at): LintProblem[] =>
    !hasWildcard(role) || roles.some((those) => [...those].some((one) => matchesPattern(role, one)))
      ? []
      : [
          {
            path: ['rules', index, 'what', 'roles', at],
            message: `no known role of these accounts is ${role}`,
          },
        ],
  );
}

/** How many combinations of groups and claims are tried for one rule. */
const mostKinds = 1000;

/** Whether the rule is never the first: earlier ones, each or together, take all whom and all that it is about. */
function lintReach(policy: Policy, rule: PolicyRule, index: number): LintProblem[] {
  const earlier = policy.rules.slice(0, index);
  const kinds = [...take(kindsOf(rule.who), mostKinds + 1)].map((kind) => ({
    kind,
    before: earlier.filter(({ who }) => isOf(kind, who)),
  }));
  if (kinds.length > mostKinds || kinds.some(({ before }) => before.length === 0)) return [];
  const targets = targetsOf(policy, rule);
  const first = new Set<string>();
  for (const { kind, before } of kinds) {
    for (const target of targets) {
      const found = ruleFor({ ...policy, rules: before }, askerOf(policy, kind, target), target);
      if (found === null) return [];
      first.add(`"${found.id}"`);
    }
  }
  if (first.size === 0) return [];
  const message = `can never apply: before it, ${[...first].join(' or ')} always ${first.size === 1 ? 'does' : 'do'}`;
  return [{ path: ['rules', index], message }];
}

/** What the rule is about: targets of the file, or one for all that a pattern means where groups name them. */
function targetsOf(policy: Policy, rule: PolicyRule): Target[] {
  const { who, what } = rule;
  if (!who.conventions) return policy.targets.filter(whatOf(policy, rule));
  const accounts = what.accounts ?? [...policy.accounts.keys(), otherAccount];
  return [...accounts].flatMap((account) => what.roles.map((role) => ({ account, role: exampleOf(role) })));
}

function* take<T>(all: Iterable<T>, count: number): Generator<T> {
  let taken = 0;
  for (const one of all) {
    if (taken++ === count) return;
    yield one;
  }
}
