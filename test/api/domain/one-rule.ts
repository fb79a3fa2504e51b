import type { AccessRequest } from '../../../api/domain/access-request.ts';
import { create } from '../../../api/domain/creation.ts';
import { type Instant, instantOf, plusMinutes } from '../../../api/domain/instant.ts';
import { apply, type Command, type ReviewDecision } from '../../../api/domain/lifecycle.ts';
import { type Approval, defaultRule, type Policy, type Rule } from '../../../api/domain/policy-document.ts';
import { defaultQuotas } from '../../../api/domain/quota.ts';
import type { User } from '../../../api/domain/user.ts';
import { ada, allowed, alone, askFor } from '../people.ts';

/** Policies of one rule, and short ways to what became of a request under it. */

export const start = instantOf(Date.UTC(2026, 10, 23, 9, 30));
export const later = (minutes: number): Instant => plusMinutes(start, minutes);

/** The rule of the conventions, but for what the test is about. */
export function ruleWith(approval: Partial<Approval> = {}, more: Partial<Rule> = {}): Rule {
  return { ...defaultRule, ...more, approval: { ...defaultRule.approval, ...approval } };
}

/** That rule and no other, for whoever is in the group that names a target. */
export function policyOf(rule: Rule): Policy {
  const who = { groups: [], claims: {}, conventions: true };
  return {
    accounts: new Map(),
    targets: [],
    rules: [{ who, what: { accounts: null, selectors: ['*'], roles: ['*'] }, rule }],
    contact: null,
    quotas: defaultQuotas,
    stepUp: noStepUp,
  };
}

/** Any sign-in will do. */
export const noStepUp = { review: null, revoke: null, issue: null } as const;

/** Any rule that lets through at once whatever it is asked. */
export const always = {
  name: 'always',
  maxDurationMinutes: null,
  hours: null,
  groups: [],
  claims: {},
} as const;

/** As many teams as a test needs: whoever is in `team-...` is of that team. */
export const byTeam = { groups: ['team-*'], claims: [] } as const;

export function inGroups(user: User, ...groups: string[]): User {
  return { ...user, groups: [...user.groups, ...groups] };
}

/** Ada's request under that rule, made at the start. */
export function madeUnder(rule: Rule, by: User = ada, ask = askFor()): AccessRequest {
  return allowed(create(ask, by, policyOf(rule), start, alone('a'.repeat(26)))).request;
}

export function reviewBy(by: User, decision: ReviewDecision = 'approve', version = 1): Command {
  return { kind: 'review', by, decision, comment: '', version };
}

/** What the request is after these commands, a minute apart. */
export function become(request: AccessRequest, ...commands: Command[]): AccessRequest {
  return commands.reduce(
    (so, command, index) => allowed(apply(so, command, later(index + 1))).request,
    request,
  );
}
