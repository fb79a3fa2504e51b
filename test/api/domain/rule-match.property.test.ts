import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { conventionGroup, sameTarget, type Target, targetKey } from '../../../api/domain/eligibility.ts';
import { assemblePolicy } from '../../../api/domain/policy-assembly.ts';
import { claimNames, type Policy } from '../../../api/domain/policy-document.ts';
import type { RuleFields } from '../../../api/domain/policy-fields.ts';
import { type Asker, eligibleTargets, explain, isEngineer, ruleFor } from '../../../api/domain/rule-match.ts';

/** Whatever the policy says and whoever asks. */

const some = <T>(...items: T[]) => fc.subarray(items, { minLength: 1 });
const perhaps = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined });

const ids = ['111111111111', '222222222222', '333333333333', '444444444444'];
const units = ['/', '/A', '/A/B', '/A/Bc', '/C'];
const accounts = ids.map((id, index) => ({
  id,
  name: ['One', 'Two', 'One of two', 'Three'][index],
  ou: units[index + 1],
  tags: { stage: index % 2 === 0 ? 'live' : 'test' },
  roles: index === 0 ? ['Deploy'] : [],
}));
const roles = ['Admin', 'ReadOnly', 'Deploy', 'Special', 'Unheard'];
/** Every target that is asked about: with roles and an account that no file knows. */
const universe: Target[] = [...ids, '999999999999'].flatMap((account) =>
  roles.map((role) => ({ account, role })),
);

const claims = fc.dictionary(fc.constantFrom('department', 'country'), some('x', 'y', 'z'), { maxKeys: 2 });
const who = fc.oneof(
  fc.record({ groups: some('g1', 'g2', 'g3') }),
  fc.record({ claims }),
  fc.record({ conventions: fc.constant(true as const), groups: perhaps(some('g1', 'g2')) }),
  fc.record({ groups: some('g1', 'g2', 'g3'), claims }),
);
const selector = fc.oneof(
  fc.constantFrom(...ids).map((id) => ({ id })),
  fc.constantFrom('One', 'One*', '*o*').map((name) => ({ name })),
  fc.constantFrom(...units).map((ou) => ({ ou })),
  fc.constantFrom('live', 'test', 'none').map((stage) => ({ tag: { stage } })),
);
const what = fc.record({
  accounts: fc.oneof(fc.constant('*' as const), fc.array(selector, { minLength: 1, maxLength: 3 })),
  roles: some('*', 'Admin', 'Read*', '*y', 'Special'),
});
const policy = fc
  .record({
    rules: fc.array(fc.record({ who, what }), { maxLength: 6 }),
    conventions: fc.boolean(),
  })
  .map(({ rules, conventions }) =>
    assemblePolicy({
      limits: {},
      conventions,
      roles: ['Admin', 'ReadOnly'],
      accounts,
      rules: rules.map((rule, index): RuleFields => ({ id: `rule-${index}`, ...rule })),
      stepUp: {},
      quotas: {},
    }),
  );
const user = fc.record({
  groups: fc.subarray(['g1', 'g2', 'g3', 'aws-temp#Reviewer', ...universe.map(conventionGroup)]),
  claims,
});
const world = fc.tuple(policy, user);

/** Whose tokens say of every claim what its values are, be it none. */
const known = world.map(([rules, asker]): [Policy, Asker] => [
  rules,
  {
    ...asker,
    claims: { ...Object.fromEntries(claimNames(rules).map((name) => [name, []])), ...asker.claims },
  },
]);

describe('whatever the policy and whoever asks', () => {
  test('the explanation is about the very rule that applies, and about every one before it', () => {
    fc.assert(
      fc.property(world, fc.constantFrom(...universe), ([rules, asker], target) => {
        const { steps, rule } = explain(rules, asker, target);
        const order = rules.rules.map((one) => one.rule.id);
        expect(rule).toEqual(ruleFor(rules, asker, target));
        expect(steps.map((step) => step.rule)).toEqual(order.slice(0, steps.length));
        expect(steps.filter(({ applies }) => applies).map((step) => step.rule)).toEqual(
          rule ? [rule.id] : [],
        );
        // Behind a claim that is not known, no later rule is tried.
        const stopped = steps.at(-1)?.reason.endsWith('so no later rule is tried') === true;
        if (!stopped) expect(steps.length).toBe(rule === null ? order.length : order.indexOf(rule.id) + 1);
      }),
      { numRuns: 500 },
    );
  });

  test('the list is every target for which a rule applies, with that rule, in order', () => {
    fc.assert(
      fc.property(world, ([rules, asker]) => {
        const want = universe
          .map((target) => ({ target, rule: ruleFor(rules, asker, target) }))
          .filter(({ rule }) => rule !== null)
          .sort((a, b) => (targetKey(a.target) < targetKey(b.target) ? -1 : 1));
        expect(eligibleTargets(rules, asker)).toEqual(want);
        expect(isEngineer(rules, asker)).toBe(want.length > 0);
      }),
      { numRuns: 500 },
    );
  });

  test('whoever loses a group or a value of a claim gains nothing', () => {
    const less = known.chain(([rules, asker]) =>
      fc.record({
        rules: fc.constant(rules),
        before: fc.constant(asker),
        after: fc.record({
          groups: fc.subarray([...asker.groups]),
          claims: fc
            .tuple(
              ...Object.entries(asker.claims).map(([name, of]) =>
                fc.subarray([...of]).map((kept): [string, string[]] => [name, kept]),
              ),
            )
            .map((left) => Object.fromEntries(left)),
        }),
      }),
    );
    fc.assert(
      fc.property(less, ({ rules, before, after }) => {
        const had = eligibleTargets(rules, before).map(({ target }) => target);
        for (const { target } of eligibleTargets(rules, after)) {
          expect(had.some((one) => sameTarget(one, target))).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('whoever signs in without a claim comes under no other rule by it', () => {
    const hiding = known.chain(([rules, asker]) =>
      fc.tuple(fc.constant(rules), fc.constant(asker), fc.subarray(Object.entries(asker.claims))),
    );
    fc.assert(
      fc.property(hiding, ([rules, asker, shown]) => {
        for (const target of universe) {
          const rule = ruleFor(rules, { ...asker, claims: Object.fromEntries(shown) }, target);
          expect([null, ruleFor(rules, asker, target)?.id]).toContain(rule === null ? null : rule.id);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('a rule less gives nobody a target more', () => {
    fc.assert(
      fc.property(known, fc.nat(), ([all, asker], index) => {
        const rules = all.rules.filter((_, at) => at !== index % Math.max(1, all.rules.length));
        const had = eligibleTargets(all, asker).map(({ target }) => target);
        for (const { target } of eligibleTargets({ ...all, rules }, asker)) {
          expect(had.some((one) => sameTarget(one, target))).toBe(true);
        }
      }),
    );
  });
});
