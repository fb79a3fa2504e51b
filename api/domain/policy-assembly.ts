import { type Target, targetKey } from './eligibility.ts';
import {
  type Approval,
  type AutomaticCondition,
  type BreakGlass,
  defaultRule,
  type Policy,
  type PolicyAccount,
  type PolicyRule,
  type Rule,
  type StepUp,
  type What,
} from './policy-document.ts';
import type {
  AccountSelector,
  ApprovalFields,
  ConditionFields,
  LimitFields,
  PolicyFields,
  RuleFields,
  StepUpFields,
} from './policy-fields.ts';
import { defaultQuotas, type Quotas } from './quota.ts';
import { hasWildcard, matchesPattern } from './wildcard.ts';

/** From the policy file, whose shape was checked, to what is decided with. */

export function assemblePolicy(file: PolicyFields): Policy {
  const bare = accountsOf(file);
  const limits = { ...defaultRule, ...limitsOf(file.limits) };
  const rules = rulesOf(file).map((fields) => assembleRule(fields, limits, bare));
  const accounts = withRoles(bare, rules);
  const { review, revoke, issue } = file.stepUp;
  const stepUp = { review: stepUpOf(review), revoke: stepUpOf(revoke), issue: stepUpOf(issue) };
  return {
    accounts,
    rules,
    targets: targetsOf(accounts),
    stepUp,
    contact: file.contact ?? null,
    quotas: quotasOf(file),
  };
}

function quotasOf({ quotas }: PolicyFields): Quotas {
  const named = Object.entries(quotas).filter(([, most]) => most !== undefined);
  return { ...defaultQuotas, ...Object.fromEntries(named) };
}

function stepUpOf(fields: StepUpFields | undefined): StepUp | null {
  if (fields === undefined) return null;
  return { maxAgeMinutes: fields.maxAge ?? null, acr: fields.acr ?? [], amr: fields.amr ?? [] };
}

/** The rules of the file; the conventions come last, where they are in force. */
export function rulesOf({ rules, conventions }: PolicyFields): readonly RuleFields[] {
  const last: RuleFields = {
    id: defaultRule.id,
    who: { conventions: true },
    what: { accounts: '*', roles: ['*'] },
  };
  return (conventions ?? rules === undefined) ? [...(rules ?? []), last] : (rules ?? []);
}

/** The export's accounts and the file's own; what both say, the file says. Closed and suspended ones are left out. */
export function accountsOf({ organization, accounts, roles }: PolicyFields): Map<string, PolicyAccount> {
  const open = (organization?.Accounts ?? []).filter(
    ({ Status, State }) => (Status ?? 'ACTIVE') === 'ACTIVE' && (State ?? 'ACTIVE') === 'ACTIVE',
  );
  const all = new Map<string, PolicyAccount>();
  for (const { Id, Name, OrganizationalUnit, Tags } of open) {
    const tags = Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]));
    all.set(Id, { id: Id, name: Name, ou: OrganizationalUnit, tags, roles: new Set(roles), contact: null });
  }
  for (const { id, name, ou, tags, roles: own, contact } of accounts) {
    const known = all.get(id);
    all.set(id, {
      id,
      name: name ?? known?.name ?? id,
      ou: ou ?? known?.ou ?? '/',
      tags: { ...known?.tags, ...tags },
      roles: new Set([...roles, ...(own ?? [])]),
      contact: contact ?? null,
    });
  }
  return all;
}

function assembleRule(
  fields: RuleFields,
  limits: Rule,
  accounts: ReadonlyMap<string, PolicyAccount>,
): PolicyRule {
  const { id, who, ticket, guardrails, breakGlass, endLiveSessions } = fields;
  return {
    who: { groups: who.groups ?? [], claims: who.claims ?? {}, conventions: who.conventions === true },
    what: whatOf(fields, accounts),
    rule: {
      ...limits,
      ...limitsOf(fields),
      id,
      approval: approvalOf(fields.approval ?? 'one'),
      ticket: ticket ?? null,
      guardrails: guardrails ?? [],
      endLiveSessions: endLiveSessions ?? false,
      breakGlass: breakGlass === undefined ? null : breakGlassOf(breakGlass),
    },
  };
}

function whatOf({ what, who }: RuleFields, accounts: ReadonlyMap<string, PolicyAccount>): What {
  const { accounts: selectors, roles } = what;
  // NB. Every account that is known; by convention a group may name one that is not.
  if (selectors === '*') {
    return { accounts: who.conventions ? null : new Set(accounts.keys()), selectors: ['*'], roles };
  }
  const meant = [...accounts.values()].filter((account) => selectors.some((one) => selects(one, account)));
  return { accounts: new Set(meant.map(({ id }) => id)), selectors: selectors.map(selectorInWords), roles };
}

/** Whether the selector means the account. An organisational unit means the ones below it too, by whole names. */
export function selects(selector: AccountSelector, account: PolicyAccount): boolean {
  if ('id' in selector) return selector.id === account.id;
  if ('name' in selector) return matchesPattern(selector.name, account.name);
  if ('ou' in selector) return selector.ou === '/' || `${account.ou}/`.startsWith(`${selector.ou}/`);
  return Object.entries(selector.tag).every(
    ([key, value]) => Object.hasOwn(account.tags, key) && account.tags[key] === value,
  );
}

function selectorInWords(selector: AccountSelector): string {
  if ('id' in selector) return selector.id;
  if ('name' in selector) return `name ${selector.name}`;
  if ('ou' in selector) return `in ${selector.ou}`;
  return `tagged ${Object.entries(selector.tag)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ')}`;
}

function limitsOf({
  maxDuration,
  pendingFor,
  sessionLength,
  startAhead,
  justification,
}: LimitFields): Partial<Rule> {
  return {
    ...(maxDuration !== undefined && { maxDurationMinutes: maxDuration }),
    ...(pendingFor !== undefined && { pendingMinutes: pendingFor }),
    ...(sessionLength !== undefined && { sessionMinutes: sessionLength }),
    ...(startAhead !== undefined && { startAheadMinutes: startAhead }),
    ...(justification !== undefined && { justificationLength: justification }),
  };
}

function approvalOf(fields: 'automatic' | 'one' | ApprovalFields): Approval {
  const standard = defaultRule.approval;
  if (fields === 'one') return standard;
  if (fields === 'automatic') return { ...standard, automatic: [always] };
  const { automatic, approvals, of, groups, apartBy, invitationCounts } = fields;
  return {
    automatic: automatic === true ? [always] : (automatic || []).map(conditionOf),
    approvals: approvals ?? standard.approvals,
    of: of ?? null,
    groups: groups ?? standard.groups,
    apartBy: apartBy === undefined ? null : { groups: apartBy.groups ?? [], claims: apartBy.claims ?? [] },
    invitationCounts: invitationCounts ?? false,
  };
}

const always: AutomaticCondition = {
  name: 'always',
  maxDurationMinutes: null,
  hours: null,
  groups: [],
  claims: {},
};

function conditionOf({ name, maxDuration, hours, groups, claims }: ConditionFields): AutomaticCondition {
  return {
    name,
    maxDurationMinutes: maxDuration ?? null,
    hours: hours ?? null,
    groups: groups ?? [],
    claims: claims ?? {},
  };
}

function breakGlassOf(fields: NonNullable<RuleFields['breakGlass']>): BreakGlass {
  return {
    groups: fields.groups,
    maxDurationMinutes: fields.maxDuration,
    justificationLength: fields.justification ?? 30,
    reviewMinutes: fields.reviewWithin ?? 4 * 60,
  };
}

/** A role that a rule names for an account exists there. */
function withRoles(accounts: ReadonlyMap<string, PolicyAccount>, rules: readonly PolicyRule[]) {
  const named = (id: string) =>
    rules
      .filter(({ what, who }) => what.accounts?.has(id) === true && !who.conventions)
      .flatMap(({ what }) => what.roles.filter((role) => !hasWildcard(role)));
  return new Map(
    [...accounts].map(([id, account]) => [
      id,
      { ...account, roles: new Set([...account.roles, ...named(id)]) },
    ]),
  );
}

function targetsOf(accounts: ReadonlyMap<string, PolicyAccount>): Target[] {
  const all = [...accounts.values()].flatMap(({ id, roles }) =>
    [...roles].map((role) => ({ account: id, role })),
  );
  const keyed = all.map((target) => ({ target, key: targetKey(target) }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ target }) => target);
}
