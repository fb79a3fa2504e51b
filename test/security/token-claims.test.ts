import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimNames } from '../../api/domain/policy-document.ts';
import { ruleFor } from '../../api/domain/rule-match.ts';
import { createIdentity, type Identity } from '../../api/http/identity.ts';
import { compilePolicy } from '../../api/policy.ts';
import { production } from '../api/people.ts';
import {
  type Claims,
  createIssuer,
  headersOf,
  type PairOverrides,
  sign,
  type TestIssuer,
} from '../support/tokens.ts';

/** Rules may ask for claims. What the tokens do not say in a way that can be read gives nothing. */

const policy = compilePolicy({
  accounts: [{ id: production, name: 'Production' }],
  rules: [
    {
      id: 'seniors',
      who: { claims: { department: 'platform', level: ['senior', 'true'] } },
      what: { accounts: production, roles: 'Admin' },
      approval: {
        automatic: [{ name: 'on call', claims: { 'https://example.com/on-call': 'true' } }],
        apartBy: { claims: 'team' },
      },
    },
    {
      id: 'odd-names',
      who: { claims: { toString: 'x', constructor: 'x' } },
      what: { accounts: production, roles: 'Admin' },
    },
  ],
});
const target = { account: production, role: 'Admin' };
const clock = Date.UTC(2026, 10, 24, 9);
let issuer: TestIssuer;
let identity: Identity;

beforeAll(async () => {
  issuer = await createIssuer(() => clock);
  identity = createIdentity({ ...issuer.options, claims: claimNames(policy) });
});
afterAll(() => issuer[Symbol.asyncDispose]());

const identified = async (overrides: PairOverrides) =>
  identity.identify(headersOf(await issuer.pair(overrides)));

it('reads the claims that the policy asks for, and no others', () => {
  expect(claimNames(policy)).toEqual([
    'constructor',
    'department',
    'https://example.com/on-call',
    'level',
    'team',
    'toString',
  ]);
});

describe('the user', () => {
  it.each<[string, PairOverrides, Record<string, string[]>]>([
    ['has one value as a list', { access: { department: 'platform' } }, { department: ['platform'] }],
    ['has a value as long as any may be', { access: { team: 'x'.repeat(256) } }, { team: ['x'.repeat(256)] }],
    ['has several values', { access: { team: ['a', 'b'] } }, { team: ['a', 'b'] }],
    [
      'has truth values in words',
      { access: { level: true, team: [false] } },
      { level: ['true'], team: ['false'] },
    ],
    ['has those of the ID token', { id: { department: 'platform' } }, { department: ['platform'] }],
    [
      'has those of the access token before the ID token’s',
      { access: { department: 'payments' }, id: { department: 'platform' } },
      { department: ['payments'] },
    ],
    [
      'has each from where it is said',
      { access: { department: 'platform' }, id: { level: 'senior' } },
      { department: ['platform'], level: ['senior'] },
    ],
    [
      'has an empty list as one',
      { access: { department: [] }, id: { department: 'platform' } },
      { department: [] },
    ],
    ['has no claim that the policy does not ask for', { access: { salary: 'a lot', groups: ['x'] } }, {}],
    [
      'has a claim whose name is an address',
      { id: { 'https://example.com/on-call': true } },
      {
        'https://example.com/on-call': ['true'],
      },
    ],
    ['has no claims where the tokens have none', {}, {}],
  ])('%s', async (_what, overrides, claims) => {
    expect((await identified(overrides)).claims).toEqual(claims);
  });
});

// NB. Not even as somebody without the claim: behind a rule that asks for it, that could be the laxer rule.
describe('nobody is recognised by a claim that', () => {
  it.each<[string, unknown]>([
    ['is a number', 7],
    ['is null', null],
    ['is an object', { platform: true }],
    ['looks like a list', { 0: 'platform', length: 1 }],
    ['holds a number', ['platform', 7]],
    ['holds null', ['platform', null]],
    ['holds an object', ['platform', { a: 1 }]],
    ['holds a list', [['platform']]],
    ['is too long', 'platform'.padEnd(257, '!')],
    ['holds what is too long', ['platform', 'x'.repeat(257)]],
  ])('%s', async (_shape, department) => {
    for (const overrides of [{ access: { department } }, { id: { department } }]) {
      await expect(identified(overrides as PairOverrides)).rejects.toMatchObject({
        code: 'claims-unreadable',
      });
    }
  });

  it('cannot be read in the access token, whatever the ID token says', async () => {
    const overrides = { access: { department: 7 }, id: { department: 'platform' } };
    await expect(identified(overrides)).rejects.toMatchObject({ code: 'claims-unreadable' });
  });
});

describe('a claim gives nothing that', () => {
  const shapes: [string, unknown][] = [
    ['joins two by a comma', 'platform,payments'],
    ['joins two by a line feed', 'platform\npayments'],
    ['has a space more', 'platform '],
    ['has other letters', 'Platform'],
    ['has a letter more', 'platforms'],
    ['has full-width letters', 'ｐlatform'],
    ['is a pattern', '*'],
    ['is empty', ''],
  ];
  it.each(shapes)('%s', async (_shape, department) => {
    for (const overrides of [{ access: { department } }, { id: { department } }]) {
      const user = await identified({
        ...overrides,
        access: { level: 'senior', ...overrides.access },
      } as PairOverrides);
      expect(user.claims.level).toEqual(['senior']);
      expect(ruleFor(policy, user, target)).toBeNull();
    }
  });
});

describe('nobody is let in by', () => {
  it.each<[string, Claims]>([
    ['one claim of two', { department: 'platform' }],
    ['the other one of two', { level: 'senior' }],
    ['the values at each other’s place', { department: 'senior', level: 'platform' }],
    ['claims in a claim', { claims: { department: ['platform'], level: ['senior'] } }],
    ['claims inside groups', { groups: ['department=platform', 'level=senior'] }],
  ])('%s', async (_what, access) => {
    expect(ruleFor(policy, await identified({ access }), target)).toBeNull();
  });

  it('names that every object has', async () => {
    const user = await identified({ access: { department: 'x' } });
    expect(Object.keys(user.claims)).toEqual(['department']);
    expect(ruleFor(policy, user, target)).toBeNull();
  });

  it('__proto__ in a token', async () => {
    const payload = JSON.stringify({
      ...issuer.claims(),
      aud: issuer.options.audience,
      client_id: issuer.options.clientId,
    });
    const hostile = `{"__proto__":{"department":"platform","level":"senior"},${payload.slice(1)}`;
    const { id } = await issuer.pair({ id: { at_hash: undefined } });
    const access = await sign(issuer.key, hostile, { typ: 'at+jwt' });
    const user = await identity.identify(headersOf({ access, id }));
    expect(user.claims).toEqual({});
    expect(ruleFor(policy, user, target)).toBeNull();
  });

  it('a policy that asks for __proto__', async () => {
    const asked = createIdentity({ ...issuer.options, claims: ['__proto__', 'department'] });
    const user = await asked.identify(headersOf(await issuer.pair({ access: { department: 'platform' } })));
    expect(Object.entries(user.claims)).toEqual([['department', ['platform']]]);
    expect(Object.getPrototypeOf(user.claims)).toBe(Object.prototype);
  });

  it('headers that are called like claims', async () => {
    const headers = headersOf(await issuer.pair());
    const user = await identity.identify({
      ...headers,
      department: ['platform'],
      'X-Claims': ['{"level":"senior"}'],
    });
    expect(user.claims).toEqual({});
  });
});

it('lets in by both claims together', async () => {
  const user = await identified({ access: { department: 'platform', level: ['junior', 'senior'] } });
  expect(ruleFor(policy, user, target)?.id).toBe('seniors');
});
