import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { conventionGroup, type Target } from '../../../api/domain/eligibility.ts';
import { type Difference, diffPolicies, mostKinds } from '../../../api/domain/policy-diff.ts';
import type { Policy, Who } from '../../../api/domain/policy-document.ts';
import { type Asker, hasClaims, isInAny, ruleFor } from '../../../api/domain/rule-match.ts';
import { termsInWords } from '../../../api/domain/terms-in-words.ts';
import { otherAccount } from '../../../api/domain/user-kind.ts';
import { exampleOf } from '../../../api/domain/wildcard.ts';
import { compilePolicy } from '../../../api/policy.ts';
import { fileOf, production, ruleOf, sandbox } from '../policy-documents.ts';

/** `change targets of users`, with the lines of terms that change. */
function told({ users, change, before, after, targets }: Difference): unknown[] {
  const where = targets.map(({ account, role }) => `${role}@${account}`);
  const whom = users.map(({ groups, claims, conventions }) =>
    [
      ...groups,
      ...Object.entries(claims).map(([name, values]) => `${name}=${values.join('/')}`),
      ...(conventions ? ['named'] : []),
    ].join(' '),
  );
  return change === 'changed' ? [whom, change, where, before, after] : [whom, change, where];
}

const inProduction = { what: { accounts: production.id, roles: 'Admin' } };
const inSandbox = { what: { accounts: sandbox.id, roles: 'Admin' } };
const p = `Admin@${production.id}`;
const s = `Admin@${sandbox.id}`;
const group = (...groups: string[]) => ({ who: { groups } });
const onlyFor = (claims: object) => ({ approval: { automatic: [{ name: 'some', claims }] } });
const eight = 'At most 8 h; each session at most 1 h.';
const two = 'At most 2 h; each session at most 1 h.';

describe('two policies', () => {
  test.each<[string, object, object, unknown[][]]>([
    ['the same', fileOf(ruleOf('a')), fileOf(ruleOf('a')), []],
    ['the same under another name', fileOf(ruleOf('a')), fileOf(ruleOf('b')), []],
    [
      'the same groups in another order',
      fileOf(ruleOf('a', group('x', 'y'))),
      fileOf(ruleOf('a', group('y', 'x'))),
      [],
    ],
    [
      'the same terms in another order',
      fileOf(ruleOf('a', { guardrails: ['create-users', 'assume-roles'], approval: { groups: ['x', 'y'] } })),
      fileOf(ruleOf('a', { guardrails: ['assume-roles', 'create-users'], approval: { groups: ['y', 'x'] } })),
      [],
    ],
    [
      'the same claims in another order',
      fileOf(ruleOf('a', onlyFor({ team: 'x', country: 'y' }))),
      fileOf(ruleOf('a', onlyFor({ country: 'y', team: 'x' }))),
      [],
    ],
    [
      'the same in two rules',
      fileOf(ruleOf('a')),
      fileOf(ruleOf('a', inProduction), ruleOf('b', inSandbox)),
      [],
    ],
    ['a new rule', fileOf(), fileOf(ruleOf('a', inSandbox)), [[['engineers'], 'gained', [s]]]],
    ['a rule that is gone', fileOf(ruleOf('a')), fileOf(), [[['engineers'], 'lost', [p, s]]]],
    [
      'fewer accounts',
      fileOf(ruleOf('a')),
      fileOf(ruleOf('a', inProduction)),
      [[['engineers'], 'lost', [s]]],
    ],
    [
      'a group more',
      fileOf(ruleOf('a')),
      fileOf(ruleOf('a', group('engineers', 'x'))),
      [[['x'], 'gained', [p, s]]],
    ],
    [
      'groups in the place of others: those that are always together are told together',
      fileOf(ruleOf('a', group('x', 'y', 'z'))),
      fileOf(ruleOf('a', group('z', 'v', 'w'))),
      [
        [['x y'], 'lost', [p, s]],
        [['v w'], 'gained', [p, s]],
      ],
    ],
    [
      'a shorter duration',
      fileOf(ruleOf('a')),
      fileOf(ruleOf('a', { maxDuration: '2h' })),
      [[['engineers'], 'changed', [p, s], [eight], [two]]],
    ],
    [
      'a term that was not there',
      fileOf(ruleOf('a')),
      fileOf(ruleOf('a', { guardrails: 'assume-roles' })),
      [[['engineers'], 'changed', [p, s], ['No guardrails.'], ['Sessions may not: assume-roles.']]],
    ],
    [
      'another value of a claim',
      fileOf(ruleOf('a', { who: { claims: { team: ['a', 'b'] } } })),
      fileOf(ruleOf('a', { who: { claims: { team: ['b', 'c'] } } })),
      [
        [['team=a'], 'lost', [p, s]],
        [['team=c'], 'gained', [p, s]],
      ],
    ],
    [
      'a claim more to have',
      fileOf(ruleOf('a')),
      fileOf(ruleOf('a', { who: { groups: 'engineers', claims: { team: 'a' } } })),
      [[['engineers'], 'lost', [p, s]]],
    ],
    [
      'another order, which only who is in both notices',
      fileOf(ruleOf('a', group('x')), ruleOf('b', { ...group('y'), maxDuration: '2h' })),
      fileOf(ruleOf('b', { ...group('y'), maxDuration: '2h' }), ruleOf('a', group('x'))),
      [[['x', 'y'], 'changed', [p, s], [eight], [two]]],
    ],
    [
      'a rule that asks for group and claim, which two kinds have together',
      fileOf(ruleOf('a', group('x')), ruleOf('b', { who: { claims: { team: 'a' } }, maxDuration: '2h' })),
      fileOf(
        ruleOf('c', { who: { groups: 'x', claims: { team: 'a' } }, maxDuration: '4h' }),
        ruleOf('a', group('x')),
        ruleOf('b', { who: { claims: { team: 'a' } }, maxDuration: '2h' }),
      ),
      [[['x team=a'], 'changed', [p, s], [eight], ['At most 4 h; each session at most 1 h.']]],
    ],
    [
      'another account',
      { accounts: [production], rules: [ruleOf('a')] },
      fileOf(ruleOf('a')),
      [[['engineers'], 'gained', [s]]],
    ],
    [
      'an account more in front of one with other terms: in the order of the accounts',
      fileOf(ruleOf('a', inSandbox)),
      fileOf(ruleOf('a', inProduction), ruleOf('b', { ...inSandbox, maxDuration: '2h' })),
      [
        [['engineers'], 'gained', [p]],
        [['engineers'], 'changed', [s], [eight], [two]],
      ],
    ],
    [
      'an account less, and one with other terms behind it: in the order of the accounts',
      fileOf(ruleOf('a')),
      fileOf(ruleOf('b', { ...inSandbox, maxDuration: '2h' })),
      [
        [['engineers'], 'lost', [p]],
        [['engineers'], 'changed', [s], [eight], [two]],
      ],
    ],
    [
      'the same for accounts of two rules: told together, in the order of the accounts',
      fileOf(),
      {
        accounts: [production, sandbox, { id: '999988887777', name: 'Tools' }],
        rules: [
          ruleOf('a', { what: { accounts: [production.id, '999988887777'], roles: 'Admin' } }),
          ruleOf('b', inSandbox),
        ],
      },
      [[['engineers'], 'gained', [p, s, 'Admin@999988887777']]],
    ],
    [
      'a role that an account has now',
      fileOf(ruleOf('a', { what: { accounts: '*', roles: ['Admin', '*'] } })),
      { ...fileOf(ruleOf('a', { what: { accounts: '*', roles: ['Admin', '*'] } })), roles: 'New' },
      [[['engineers'], 'gained', [`New@${production.id}`, `New@${sandbox.id}`]]],
    ],
    [
      'conventions no longer in force: also for what no file knows',
      fileOf(),
      { ...fileOf(), conventions: true },
      [
        [
          ['named'],
          'gained',
          [production.id, sandbox.id, otherAccount].map((account) => `${exampleOf('*')}@${account}`),
        ],
      ],
    ],
    [
      'conventions for a role only',
      {
        accounts: [production],
        rules: [ruleOf('a', { who: { conventions: true }, what: { accounts: '*', roles: '*' } })],
      },
      {
        accounts: [production],
        rules: [ruleOf('a', { who: { conventions: true }, what: { accounts: '*', roles: 'Admin' } })],
      },
      [[['named'], 'lost', [production.id, otherAccount].map((account) => `${exampleOf('*')}@${account}`)]],
    ],
  ])('%s', (_what, before, after, want) => {
    const { differences, complete } = diffPolicies(compilePolicy(before), compilePolicy(after));
    expect(differences.map(told)).toEqual(want);
    expect(complete).toBe(true);
  });

  test.each<[string, object]>([
    ['automatic approval', { approval: 'automatic' }],
    ['ticket', { ticket: { pattern: 'OPS-[0-9]+' } }],
    ['guardrails', { guardrails: 'assume-roles' }],
    ['end of live sessions', { endLiveSessions: true }],
    ['break-glass', { breakGlass: { groups: 'on-call', maxDuration: '30m' } }],
  ])('a term that is gone is named: %s', (name, fields) => {
    const [with_, without] = [ruleOf('a', fields), ruleOf('a')].map((rule) => compilePolicy(fileOf(rule)));
    const diff = (...two: (Policy | undefined)[]) => {
      const [before = expect.unreachable(), after = expect.unreachable()] = two;
      return diffPolicies(before, after).differences;
    };
    const none = [`No ${name}.`];
    expect(diff(with_, without)).toMatchObject([{ change: 'changed', after: none }]);
    expect(diff(without, with_)).toMatchObject([{ change: 'changed', before: none }]);
  });

  test('all terms of what is gained and lost', () => {
    const policy = compilePolicy(fileOf(ruleOf('a', { ...inProduction, maxDuration: '2h' })));
    const terms = termsInWords(policy.rules[0]?.rule ?? expect.unreachable());
    const none = compilePolicy(fileOf());
    expect(diffPolicies(none, policy).differences).toMatchObject([{ before: null, after: terms }]);
    expect(diffPolicies(policy, none).differences).toMatchObject([{ before: terms, after: null }]);
  });

  test('of more kinds of user than are compared: says so', () => {
    const rules = (count: number) =>
      Array.from({ length: count }, (_, at) => ruleOf(`r${at}`, group(`g${at}`)));
    const of = (count: number) =>
      diffPolicies(compilePolicy(fileOf()), compilePolicy(fileOf(...rules(count))));
    expect([of(mostKinds).complete, of(mostKinds + 1).complete]).toEqual([true, false]);
  });
});

const groups = ['g', 'h', 'i'];
const teams = ['a', 'b'];
const accounts = [production, sandbox];
const who = fc.oneof(
  fc.record({ groups: fc.subarray(groups, { minLength: 1 }) }),
  fc.record({ claims: fc.record({ team: fc.subarray(teams, { minLength: 1 }) }) }),
  fc.record({
    groups: fc.subarray(groups, { minLength: 1 }),
    claims: fc.record({ team: fc.subarray(teams, { minLength: 1 }) }),
  }),
  fc.record({ conventions: fc.constant(true) }),
);
const rule = fc.record({
  who,
  what: fc.record({
    accounts: fc.constantFrom('*', production.id, sandbox.id),
    roles: fc.constantFrom('*', 'Admin', 'ReadOnly'),
  }),
  maxDuration: fc.constantFrom('1h', '2h'),
});
const document = fc.array(rule, { maxLength: 4 }).map((rules) => ({
  roles: ['Admin', 'ReadOnly'],
  accounts,
  rules: rules.map((one, at) => ({ ...one, id: `r${at}` })),
}));
const targets = accounts.flatMap(({ id }) => ['Admin', 'ReadOnly'].map((role) => ({ account: id, role })));
const user = fc.record({
  groups: fc.subarray([...groups, ...targets.map(conventionGroup)]),
  claims: fc.record({ team: fc.subarray(teams) }),
});

/** The policy, unless lint finds that one of its rules never applies. */
function compiledOr(file: object): Policy | undefined {
  try {
    return compilePolicy(file);
  } catch {
    return undefined;
  }
}

function outcome(policy: Policy, asker: Asker, target: Target): readonly string[] | null {
  const found = ruleFor(policy, asker, target);
  return found === null ? null : termsInWords(found);
}

function isOneOf(asker: Asker, { groups: any, claims, conventions }: Who, target: Target): boolean {
  const named = !conventions || asker.groups.includes(conventionGroup(target));
  return named && isInAny(asker.groups, any) && hasClaims(asker.claims, claims);
}

const has = (all: readonly Target[], { account, role }: Target) =>
  all.some((one) => one.account === account && one.role === role);

test('whoever gets anything else is told of, whatever groups and claims they have', () => {
  fc.assert(
    fc.property(document, document, user, fc.constantFrom(...targets), (one, other, asker, target) => {
      const [before, after] = [compiledOr(one), compiledOr(other)];
      fc.pre(before !== undefined && after !== undefined);
      const [then, now] = [outcome(before, asker, target), outcome(after, asker, target)];
      fc.pre(JSON.stringify(then) !== JSON.stringify(now));
      const { differences } = diffPolicies(before, after);
      const about = differences.filter(
        (one) =>
          has(one.targets, target) &&
          one.users.every((kind) => isOneOf(asker, kind, target)) &&
          one.change === (then === null ? 'gained' : now === null ? 'lost' : 'changed'),
      );
      expect(about.map((found) => [found.before ?? [], found.after ?? []])).toContainEqual(
        then === null || now === null
          ? [then ?? [], now ?? []]
          : [then.filter((line) => !now.includes(line)), now.filter((line) => !then.includes(line))],
      );
    }),
    { numRuns: 300 },
  );
});

test('whatever is told is so for those users', () => {
  fc.assert(
    fc.property(document, document, (one, other) => {
      const [before, after] = [compiledOr(one), compiledOr(other)];
      fc.pre(before !== undefined && after !== undefined);
      for (const { users, change, targets: where } of diffPolicies(before, after).differences) {
        for (const target of where) {
          const asker = {
            groups: users.flatMap((kind) => [
              ...kind.groups.slice(0, 1),
              ...(kind.conventions ? [conventionGroup(target)] : []),
            ]),
            claims: { team: users.flatMap(({ claims }) => claims.team?.slice(0, 1) ?? []) },
          };
          const [then, now] = [outcome(before, asker, target), outcome(after, asker, target)];
          expect(then).not.toEqual(now);
          expect(change).toBe(then === null ? 'gained' : now === null ? 'lost' : 'changed');
        }
      }
    }),
    { numRuns: 200 },
  );
});

test('quotas that change, and no others', () => {
  const of = (quotas: object) => compilePolicy({ ...fileOf(ruleOf('a')), quotas });
  const before = of({ sessionsPerHour: 10, requestsPerDay: 20 });
  expect(diffPolicies(before, of({ requestsPerDay: 20, sessionsPerHour: 10 })).quotas).toEqual([]);
  expect(diffPolicies(before, of({ sessionsPerHour: 10, requestsPerDay: 7 }))).toEqual({
    differences: [],
    complete: true,
    stepUp: [],
    quotas: [{ quota: 'requestsPerDay', before: 20, after: 7 }],
  });
});
