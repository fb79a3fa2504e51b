import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIdentity, type Identity } from '../../api/http/identity.ts';
import { Unauthenticated } from '../../api/http/identity-errors.ts';
import { readTokens } from '../../api/http/token-headers.ts';
import { createIssuer, headersOf, type TestIssuer, type TokenPair } from '../support/tokens.ts';

const clock = Date.UTC(2026, 10, 24, 9);
let issuer: TestIssuer;
let identity: Identity;
let pair: TokenPair;

beforeAll(async () => {
  issuer = await createIssuer(() => clock);
  identity = createIdentity({ ...issuer.options, claims: [] });
  pair = await issuer.pair();
});
afterAll(() => issuer[Symbol.asyncDispose]());

async function refused(headers: Record<string, string[] | undefined>, code = 'unauthenticated') {
  await expect(identity.identify(headers)).rejects.toMatchObject({ name: 'Unauthenticated', code });
}

describe('accepts', () => {
  it.each(['Bearer', 'bearer', 'BEARER'])('the scheme written %s', async (scheme) => {
    await identity.identify({ ...headersOf(pair), Authorization: [`${scheme} ${pair.access}`] });
  });
  it.each([
    ['authorization', 'x-id-token'],
    ['AUTHORIZATION', 'X-ID-TOKEN'],
  ])('the headers written %s and %s', async (authorization, id) => {
    await identity.identify({ [authorization]: [`Bearer ${pair.access}`], [id]: [pair.id] });
  });
});

describe('refuses an Authorization header that', () => {
  it.each<[string, (token: string) => string[] | undefined]>([
    ['is missing', () => undefined],
    ['has no value', () => []],
    ['is empty', () => ['']],
    ['is a bare token', (token) => [token]],
    ['is a bare scheme', () => ['Bearer ']],
    ['is of another scheme', (token) => [`Basic ${token}`]],
    ['has two spaces', (token) => [`Bearer  ${token}`]],
    ['has a tab', (token) => [`Bearer\t${token}`]],
    ['begins with a space', (token) => [` Bearer ${token}`]],
    ['ends with a space', (token) => [`Bearer ${token} `]],
    ['ends with a line feed', (token) => [`Bearer ${token}\n`]],
    ['has a word more', (token) => [`Bearer ${token} admin`]],
    ['has a word more in front', (token) => [`Bearer Bearer ${token}`]],
    ['has a parameter', (token) => [`Bearer ${token}, scope="all"`]],
    ['is two joined by a comma', (token) => [`Bearer ${token}, Bearer ${token}`]],
    ['is two values', (token) => [`Bearer ${token}`, `Bearer ${token}`]],
    ['is a good and an empty value', (token) => [`Bearer ${token}`, '']],
    ['has a quoted token', (token) => [`Bearer "${token}"`]],
    ['has padding', (token) => [`Bearer ${token}=`]],
    ['has a part more', (token) => [`Bearer ${token}.x`]],
    ['has a part less', (token) => [`Bearer ${token.slice(0, token.lastIndexOf('.'))}`]],
    ['has the five parts of an encrypted token', () => ['Bearer a.b.c.d.e']],
    ['has a zero byte', (token) => [`Bearer ${token}\0`]],
    ['has full-width letters', (token) => [`Ｂearer ${token}`]],
  ])('%s', async (_, make) => {
    await refused({ ...headersOf(pair), Authorization: make(pair.access) });
  });

  it('is there twice, in two casings', async () => {
    await refused({ ...headersOf(pair), authorization: [`Bearer ${pair.access}`] });
  });
  it('is there twice, once without a usable value', async () => {
    await refused({ ...headersOf(pair), AUTHORIZATION: [''] });
  });
  it('holds a token of 100 KB', async () => {
    await refused(
      { ...headersOf(pair), Authorization: [`Bearer a.${'b'.repeat(100_000)}.c`] },
      'token-too-large',
    );
  });
});

describe('refuses an X-Id-Token header that', () => {
  it.each<[string, (token: string) => string[] | undefined]>([
    ['is missing', () => undefined],
    ['is empty', () => ['']],
    ['has a scheme', (token) => [`Bearer ${token}`]],
    ['is two joined by a comma', (token) => [`${token},${token}`]],
    ['is two values', (token) => [token, token]],
    ['ends with a space', (token) => [`${token} `]],
    ['ends with a line feed', (token) => [`${token}\n`]],
    ['has a word more', (token) => [`${token} admin`]],
  ])('%s', async (_, make) => refused({ ...headersOf(pair), 'X-Id-Token': make(pair.id) }));

  it('is there twice, in two casings', async () => refused({ ...headersOf(pair), 'x-id-token': [pair.id] }));
  it('holds a token of 100 KB', async () => {
    await refused({ ...headersOf(pair), 'X-Id-Token': [`a.${'b'.repeat(100_000)}.c`] }, 'token-too-large');
  });
});

it('takes no token from any other header', async () => {
  await refused({
    'X-Forwarded-Authorization': [`Bearer ${pair.access}`],
    Cookie: [`access_token=${pair.access}`],
    'X-Id-Token': [pair.id],
  });
});

describe('whatever the headers are', () => {
  const name = fc.oneof(
    fc.constantFrom('Authorization', 'authorization', 'X-Id-Token', 'x-id-token', '__proto__', 'constructor'),
    fc.string(),
  );
  const word = fc.constantFrom('Bearer', 'bearer', ' ', ',', '.', 'a.b.c', 'eyJhbGciOiJub25lIn0', '=', '\n');
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(word).map((words) => words.join('')),
  );
  const headers = fc.dictionary(name, fc.array(value, { maxLength: 3 }));

  it('the only error of the parser is Unauthenticated', () => {
    fc.assert(
      fc.property(headers, (given) => {
        try {
          const { access, id } = readTokens(given);
          expect([access, id].join(' ')).toMatch(/^[\w.-]+ [\w.-]+$/);
        } catch (error) {
          expect(error).toBeInstanceOf(Unauthenticated);
        }
      }),
    );
  });
  it('nobody is recognised without tokens of the issuer', async () => {
    await fc.assert(
      fc.asyncProperty(headers, async (given) => {
        await expect(identity.identify(given)).rejects.toBeInstanceOf(Unauthenticated);
      }),
    );
  });
  it('nobody is recognised when one character of a token is another', async () => {
    const change = fc.record({
      which: fc.constantFrom<'access' | 'id'>('access', 'id'),
      at: fc.nat(),
      to: fc.string({ minLength: 1, maxLength: 1 }),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ which, at, to }) => {
        const token = pair[which];
        // NB. Not the last character: the bits that base64url leaves unused there belong to no byte.
        const index = at % (token.length - 1);
        fc.pre(token[index] !== to);
        const changed = `${token.slice(0, index)}${to}${token.slice(index + 1)}`;
        await refused(headersOf({ ...pair, [which]: changed }));
      }),
    );
  });
});
