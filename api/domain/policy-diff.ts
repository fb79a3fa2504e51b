import { type Target, targetKey } from './eligibility.ts';
import type { Policy, PolicyRule, Rule, Who } from './policy-document.ts';
import { diffQuotas, type QuotaDifference } from './quota-diff.ts';
import { diffStepUp, type StepUpDifference } from './step-up-diff.ts';
import { type Term, termsInWords, termsOf } from './terms-in-words.ts';
import { isOf, kindsApart, otherAccount, together, type UserKind, whatOf } from './user-kind.ts';
import { exampleOf } from './wildcard.ts';

/** Who gains or loses what when one policy takes the place of another, and whose terms change. */
export interface PolicyDiff {
  /** what is true of one kind of user first, then what is true only of who is of two */
  readonly differences: readonly Difference[];
  /** NB. Where there are more than `mostKinds` kinds of user, the rest was not compared. */
  readonly complete: boolean;
  /** of what is asked of sign-ins, which is the same for every user */
  readonly stepUp: readonly StepUpDifference[];
  /** of the most that one person may have, which is the same for every user, too */
  readonly quotas: readonly QuotaDifference[];
}

export interface Difference {
  /** one kind of user; two: whoever is of both */
  readonly users: readonly Who[];
  readonly change: 'gained' | 'lost' | 'changed';
  /** what the terms were and are: all of them, or those that change; null for no access */
  readonly before: readonly string[] | null;
  readonly after: readonly string[] | null;
  /** NB. A role may be a pattern's example, an account `otherAccount`: what the file does not know, groups may name. */
  readonly targets: readonly Target[];
}

export const mostKinds = 400;

/** Targets that the same rules are about, of both policies. What is true of one of them is true of all. */
interface TargetClass {
  readonly targets: Target[];
  readonly before: readonly PolicyRule[];
  readonly after: readonly PolicyRule[];
}

/** Which rules apply to some user and some class of targets, before and after. */
interface Ruling {
  readonly before: Rule | null;
  readonly after: Rule | null;
  readonly targets: readonly Target[];
  /** equal for rulings with the same terms; both numbers are the same where nothing changes */
  readonly terms: readonly [number, number];
  /** equal for the same terms on the same class */
  readonly key: string;
}

/**
 * Compares the rules that apply, whatever they are called, for every kind of user and every two of them together. Two
 * are enough. The rule that applied to somebody before is about one kind that they are of, the rule that applies
 * afterwards about another; and whatever came before these for the two together would come first for that person too.
 */
export function diffPolicies(before: Policy, after: Policy): PolicyDiff {
  const rules = [...before.rules, ...after.rules];
  const terms = termsApart();
  const classes = classesOf(before, after).filter((one) => isTouched(one, terms));
  const rulingsOn = (kind: UserKind): Ruling[] => {
    const about = new Set(rules.filter(({ who }) => isOf(kind, who)));
    const first = (those: readonly PolicyRule[]) => those.find((rule) => about.has(rule))?.rule ?? null;
    return classes.map((one, index) => {
      const [then, now] = [first(one.before), first(one.after)];
      const both = [terms(then), terms(now)] as const;
      return { before: then, after: now, targets: one.targets, terms: both, key: `${index} ${both}` };
    });
  };
  const { kinds, complete } = kindsApart(
    rules.map(({ who }) => who),
    mostKinds,
  );
  const alone = kinds.map(({ kind, stands }) => {
    const rulings = rulingsOn(kind);
    return { kind, user: stands, rulings, keys: new Set(rulings.map(({ key }) => key)) };
  });
  const singles = alone.flatMap(({ user, rulings }) => grouped([user], rulings));
  const pairs = alone.flatMap((one, index) =>
    alone.slice(index + 1).flatMap((other) => {
      const both = together(one.kind, other.kind);
      const own = rulingsOn(both).filter(({ key }) => !one.keys.has(key) && !other.keys.has(key));
      if (own.length === 0) return [];
      // A third kind may be just these two: what is so for one kind alone was told there.
      const told = alone.filter(({ kind }) => isOf(both, kind));
      const left = own.filter(({ key }) => !told.some(({ keys }) => keys.has(key)));
      return grouped([one.user, other.user], left);
    }),
  );
  return {
    differences: [...singles, ...pairs],
    complete,
    stepUp: diffStepUp(before, after),
    quotas: diffQuotas(before, after),
  };
}

type Terms = (rule: Rule | null) => number;

/** Numbers rules by their terms: equal where those are. NB. The order of groups and the rule's id say nothing. */
function termsApart(): Terms {
  const numbers = new Map<string, number>();
  const known = new Map<Rule, number>();
  return (rule) => {
    if (rule === null) return 0;
    const found = known.get(rule);
    if (found !== undefined) return found;
    const text = plain(termsOf(rule).map(({ value }) => value));
    const number = numbers.get(text) ?? numbers.size + 1;
    numbers.set(text, number);
    known.set(rule, number);
    return number;
  };
}

/** JSON with sorted keys and, where a list is of texts, sorted items. */
function plain(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (Array.isArray(part)) return part.every((item) => typeof item === 'string') ? part.toSorted() : part;
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

function classesOf(before: Policy, after: Policy): TargetClass[] {
  const classes = new Map<string, TargetClass>();
  const sided = (policy: Policy) => policy.rules.map((rule) => ({ rule, isAbout: whatOf(policy, rule) }));
  const sides = { before: sided(before), after: sided(after) };
  const about = (side: typeof sides.before, target: Target) =>
    side.filter(({ isAbout }) => isAbout(target)).map(({ rule }) => rule);
  const ids = (rules: readonly PolicyRule[]) => rules.map(({ rule }) => rule.id);
  for (const target of allTargets(before, after)) {
    const rules = { before: about(sides.before, target), after: about(sides.after, target) };
    const key = JSON.stringify([ids(rules.before), ids(rules.after)]);
    const found = classes.get(key) ?? { ...rules, targets: [] };
    found.targets.push(target);
    classes.set(key, found);
  }
  return [...classes.values()];
}

/** What either file knows, and examples of what groups may name beyond that. */
function allTargets(before: Policy, after: Policy): Target[] {
  const all = new Map([...before.targets, ...after.targets].map((target) => [targetKey(target), target]));
  const named = [...before.rules, ...after.rules].filter(({ who }) => who.conventions);
  const roles = new Set(named.flatMap(({ what }) => what.roles.map(exampleOf)));
  for (const account of [...before.accounts.keys(), ...after.accounts.keys(), otherAccount]) {
    for (const role of roles) all.set(targetKey({ account, role }), { account, role });
  }
  return [...all.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, target]) => target);
}

/** Whether the rules about these targets differ at all, for anybody. */
function isTouched({ before, after }: TargetClass, terms: Terms): boolean {
  const text = (rules: readonly PolicyRule[]) => plain(rules.map(({ who, rule }) => [who, terms(rule)]));
  return text(before) !== text(after);
}

/** The differences for these users, one for each two sets of terms. */
function grouped(users: readonly Who[], rulings: readonly Ruling[]): Difference[] {
  const found = new Map<string, { ruling: Ruling; targets: Target[] }>();
  for (const ruling of rulings) {
    const [then, now] = ruling.terms;
    if (then === now) continue;
    const alike = found.get(`${then} ${now}`) ?? { ruling, targets: [] };
    alike.targets.push(...ruling.targets);
    found.set(`${then} ${now}`, alike);
  }
  return [...found.values()].map(({ ruling, targets }) => ({
    users,
    ...inWords(ruling),
    targets: targets.sort(byKey),
  }));
}

function byKey(a: Target, b: Target): number {
  return targetKey(a) < targetKey(b) ? -1 : 1;
}

function inWords({ before, after }: Ruling): Pick<Difference, 'change' | 'before' | 'after'> {
  if (before === null || after === null) {
    const words = (rule: Rule | null) => (rule === null ? null : termsInWords(rule));
    return { change: before === null ? 'gained' : 'lost', before: words(before), after: words(after) };
  }
  const [then, now] = [termsOf(before), termsOf(after)];
  const same = new Set(then.map(nameAndValue));
  const kept = new Set(now.map(nameAndValue).filter((term) => same.has(term)));
  const changed = (terms: readonly Term[]) =>
    terms.filter((term) => !kept.has(nameAndValue(term))).flatMap(wordsOf);
  return { change: 'changed', before: changed(then), after: changed(now) };
}

function nameAndValue({ name, value }: Term): string {
  return plain({ name, value });
}

function wordsOf({ name, words }: Term): readonly string[] {
  return words.length > 0 ? words : [`No ${name}.`];
}
