import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Unauthenticated } from '../../api/http/identity-errors.ts';
import { readTokens, type Tokens } from '../../api/http/token-headers.ts';

/** The header parser against its grammar, said a second time without regular expressions. */

type Headers = Record<string, string[] | undefined>;

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_';
const isToken = (text: string) => {
  const parts = text.split('.');
  return (
    parts.length === 3 &&
    parts.every((part) => part !== '' && [...part].every((one) => letters.includes(one)))
  );
};

/** ASCII letters only: no other character is the capital or the small form of these names' letters. */
const isNamed = (header: string, name: string) =>
  header.length === name.length &&
  [...header].every((letter, at) => letter === name[at] || letter === name[at]?.toUpperCase());

/** What the headers mean, or null where they mean nothing or more than one thing. */
function meaning(headers: Headers): Tokens | null {
  const valuesOf = (name: string) =>
    Object.entries(headers).flatMap(([header, values]) => (isNamed(header, name) ? (values ?? []) : []));
  const [access, ...otherAccess] = valuesOf('authorization');
  const [id, ...otherIds] = valuesOf('x-id-token');
  if (access === undefined || id === undefined || otherAccess.length + otherIds.length > 0) return null;
  if (access.length > 10_240 || id.length > 10_240 || !isNamed(access.slice(0, 7), 'bearer ')) return null;
  const token = access.slice(7);
  return isToken(token) && isToken(id) && token !== id ? { access: token, id } : null;
}

const part = fc.oneof(
  { weight: 8, arbitrary: fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/) },
  fc.constantFrom(
    '',
    'eyJhbGciOiJub25lIn0',
    '=',
    'ä',
    '\u212a',
    '\n',
    ' ',
    '\0',
    '%2e',
    'a,b',
    '\ud83d\ude00',
    '\ud800',
  ),
  fc.string({ unit: 'binary', maxLength: 4 }),
);
const token = fc
  .oneof(
    { weight: 6, arbitrary: fc.tuple(part, part, part) },
    fc.array(part, { maxLength: 6 }),
    fc.integer({ min: 10_220, max: 10_245 }).map((length) => ['a', 'b'.repeat(length), 'c']),
  )
  .map((parts) => parts.join('.'));
const scheme = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('Bearer ', 'bearer ', 'BEARER ', 'bEARER ') },
  fc.constantFrom(
    '',
    'Bearer',
    'Bearer  ',
    'Bearer\t',
    ' Bearer ',
    'Basic ',
    'DPoP ',
    '\uff22earer ',
    'Bearer\u00a0',
    'Bearer Bearer ',
  ),
);
const named = (good: string[], other: string[]) =>
  fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...good) }, fc.constantFrom(...other));
const accessName = named(
  ['Authorization', 'authorization', 'AUTHORIZATION'],
  ['Authorizat\u0131on', 'Authorization ', 'Proxy-Authorization'],
);
const idName = named(
  ['X-Id-Token', 'x-id-token', 'X-ID-TOKEN'],
  ['X-\u0130d-Token', 'X-Id-To\u212aen', 'X_Id_Token'],
);
const times = <T>(value: fc.Arbitrary<T>) =>
  fc.oneof(
    { weight: 8, arbitrary: value.map((one) => [one]) },
    fc.array(value, { maxLength: 3 }),
    fc.constant(undefined),
  );
const accessValue = fc.tuple(scheme, token).map(([before, after]) => `${before}${after}`);
const pair = (name: fc.Arbitrary<string>, value: fc.Arbitrary<string>, most: number) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.tuple(name, times(value)).map((one) => [one]) },
    fc.array(fc.tuple(name, times(value)), { maxLength: most }),
  );
const headers = fc
  .tuple(
    pair(accessName, accessValue, 2),
    pair(idName, token, 2),
    fc.array(
      fc.tuple(
        fc.constantFrom('Cookie', '__proto__', 'constructor', 'X-Forwarded-Authorization'),
        times(accessValue),
      ),
      {
        maxLength: 2,
      },
    ),
  )
  .map((parts): Headers => Object.fromEntries(parts.flat()));

test('headers mean exactly one pair of tokens, or nobody', () => {
  const seen = { pairs: 0, refused: 0 };
  fc.assert(
    fc.property(headers, (given) => {
      const want = meaning(given);
      if (want === null) {
        seen.refused += 1;
        expect(() => readTokens(given)).toThrow(Unauthenticated);
      } else {
        seen.pairs += 1;
        expect(readTokens(given)).toEqual(want);
      }
    }),
    { numRuns: 2000 },
  );
  // Or it would have tried nothing.
  expect(Math.min(seen.pairs, seen.refused)).toBeGreaterThan(50);
});

test.each(['X-Id-To\u212aen', '\u00c5uthorization', 'X-Id-Token ', 'X\u2010Id\u2010Token'])(
  'a name that only looks like one of ours is another: %j',
  (name) => {
    const given = { Authorization: ['Bearer a.b.c'], 'X-Id-Token': ['d.e.f'] };
    expect(readTokens({ ...given, [name]: ['x.y.z'] })).toEqual({ access: 'a.b.c', id: 'd.e.f' });
    expect(() => readTokens({ Authorization: ['Bearer a.b.c'], [name]: ['x.y.z'] })).toThrow(Unauthenticated);
  },
);

test('the order of the headers means nothing', () => {
  fc.assert(
    fc.property(headers, (given) => {
      const turned = Object.fromEntries(Object.entries(given).reverse());
      expect(outcomeOf(turned)).toEqual(outcomeOf(given));
    }),
    { numRuns: 300 },
  );
});

function outcomeOf(given: Headers): Tokens | 'nobody' {
  try {
    return readTokens(given);
  } catch (error) {
    expect(error).toBeInstanceOf(Unauthenticated);
    return 'nobody';
  }
}
