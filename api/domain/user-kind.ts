import { conventionGroup, type Target } from './eligibility.ts';
import { type Claims, claimNames, type Policy, type PolicyRule, type Who } from './policy-document.ts';
import { type Asker, hasClaims, isInAny, ruleFor } from './rule-match.ts';

/**
 * Users who stand for all others, so that questions about everybody can be answered by trying a few. NB. Nobody loses
 * a match by more groups or claims: whoever a rule is about has all that one of `kindsOf(who)` has.
 */
export interface UserKind {
  readonly groups: readonly string[];
  readonly claims: Claims;
  /** also a member of the group that names the target */
  readonly conventions: boolean;
}

/** An account that no file knows. NB. Not twelve digits, so that no selector and no group can mean it. */
export const otherAccount = 'other';

/** Users who have just what is asked for: one of the groups, one value of each claim. As many as they combine to. */
export function* kindsOf({ groups, claims, conventions }: Who): Generator<UserKind> {
  for (const group of groups.length === 0 ? [[]] : groups.map((one) => [one])) {
    for (const combination of combinations(Object.entries(claims))) {
      yield { groups: group, claims: Object.fromEntries(combination), conventions };
    }
  }
}

function* combinations(
  claims: readonly (readonly [string, readonly string[]])[],
): Generator<[string, string[]][]> {
  const [first, ...others] = claims;
  if (first === undefined) return yield [];
  const [name, values] = first;
  for (const rest of combinations(others)) for (const value of values) yield [[name, [value]], ...rest];
}

/** Whether the rule can be about users of that kind, for some target. */
export function isOf({ groups, claims, conventions }: UserKind, who: Who): boolean {
  return isInAny(groups, who.groups) && hasClaims(claims, who.claims) && (conventions || !who.conventions);
}

/** A user of that kind, as far as it concerns one target; of every other claim the tokens say that there is nothing. */
export function askerOf(policy: Policy, { groups, claims, conventions }: UserKind, target: Target): Asker {
  const empty = Object.fromEntries(claimNames(policy).map((name) => [name, []]));
  return {
    groups: conventions ? [...groups, conventionGroup(target)] : groups,
    claims: { ...empty, ...claims },
  };
}

/** Whoever is of both kinds, and of no other. */
export function together(one: UserKind, other: UserKind): UserKind {
  const claims = new Map<string, readonly string[]>();
  for (const [name, values] of [...Object.entries(one.claims), ...Object.entries(other.claims)]) {
    claims.set(name, [...(claims.get(name) ?? []), ...values]);
  }
  return {
    groups: [...one.groups, ...other.groups],
    claims: Object.fromEntries(claims),
    conventions: one.conventions || other.conventions,
  };
}

/** A question about targets: what the rule is about, whoever asks. */
export function whatOf(policy: Policy, rule: PolicyRule): (target: Target) => boolean {
  const anybody = { groups: [], claims: {}, conventions: rule.who.conventions };
  const alone = { ...policy, rules: [{ ...rule, who: anybody }] };
  return (target) => ruleFor(alone, askerOf(alone, anybody, target), target) !== null;
}

/** Kinds of user, and whom each stands for: any of these groups, any of these values. */
export interface KindFor {
  readonly kind: UserKind;
  readonly stands: Who;
}

/**
 * The kinds that any of the rules can tell apart, `most` at the most. Groups that are always named together make one
 * kind, and so do values of a claim.
 */
export function kindsApart(whos: readonly Who[], most: number): { kinds: KindFor[]; complete: boolean } {
  const alike = alikeIn(whos);
  const kinds = new Map<string, KindFor>();
  for (const who of whos) {
    const claims = Object.entries(who.claims).map(([name, values]) => [name, alike.first(values, name)]);
    const plain = { ...who, groups: alike.first(who.groups), claims: Object.fromEntries(claims.sort()) };
    for (const kind of kindsOf(plain)) {
      const key = JSON.stringify(kind);
      if (!kinds.has(key) && kinds.size === most) return { kinds: [...kinds.values()], complete: false };
      const values = Object.entries(kind.claims).map(([name, some]) => [name, alike.all(some, name)]);
      const stands = { ...kind, groups: alike.all(kind.groups), claims: Object.fromEntries(values) };
      kinds.set(key, { kind, stands });
    }
  }
  return { kinds: [...kinds.values()], complete: true };
}

/** Finds the groups, and the values of a claim, that stand in the same rules. */
function alikeIn(whos: readonly Who[]) {
  const places = new Map<string, number[]>();
  const note = (index: number, values: readonly string[], claim?: string) => {
    for (const value of new Set(values)) {
      const key = JSON.stringify([value, claim]);
      places.set(key, [...(places.get(key) ?? []), index]);
    }
  };
  for (const [index, { groups, claims }] of whos.entries()) {
    note(index, groups);
    for (const [name, values] of Object.entries(claims)) note(index, values, name);
  }
  const sets = new Map<string, Set<string>>();
  const setOf = (value: string, claim?: string) => {
    const key = JSON.stringify([claim, places.get(JSON.stringify([value, claim]))]);
    const found = sets.get(key) ?? new Set();
    sets.set(key, found);
    return found.add(value);
  };
  for (const { groups, claims } of whos) {
    for (const group of groups) setOf(group);
    for (const [name, values] of Object.entries(claims)) for (const value of values) setOf(value, name);
  }
  const all = (values: readonly string[], claim?: string) => [
    ...new Set(values.flatMap((value) => [...setOf(value, claim)])),
  ];
  return {
    all,
    first: (values: readonly string[], claim?: string) => [
      ...new Set(values.flatMap((value) => all([value], claim).slice(0, 1))),
    ],
  };
}
