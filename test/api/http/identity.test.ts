import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIdentity, type Identity } from '../../../api/http/identity.ts';
import {
  audience,
  type Claims,
  clientId,
  createIssuer,
  createKey,
  hashOf,
  headersOf,
  type PairOverrides,
  subject,
  type TestIssuer,
} from '../../support/tokens.ts';

const clock = Date.UTC(2026, 10, 24, 9);
const now = clock / 1000;
let issuer: TestIssuer;
let identity: Identity;

beforeAll(async () => {
  issuer = await createIssuer(() => clock);
  identity = createIdentity({ ...issuer.options, claims: [] });
});
afterAll(() => issuer[Symbol.asyncDispose]());

async function identified(overrides: PairOverrides) {
  return identity.identify(headersOf(await issuer.pair(overrides)));
}

describe('accepts', () => {
  const variants: [string, PairOverrides][] = [
    ['an access token of type JWT', { accessHeader: { typ: 'JWT' } }],
    ['an access token of its type in full', { accessHeader: { typ: 'application/AT+JWT' } }],
    ['tokens without a type', { accessHeader: { typ: undefined }, idHeader: { typ: undefined } }],
    ['tokens without a key id, while one key fits', both({}, { kid: undefined })],
    ['an access token for several APIs', { access: { aud: ['https://other.example', audience] } }],
    ['an ID token for a list of one', { id: { aud: [clientId] } }],
    ['an ID token for several clients, for this one', { id: { aud: [clientId, 'other'], azp: clientId } }],
    ['the client as azp', { access: { client_id: undefined, azp: clientId } }],
    ['an issuer whose clock is a minute ahead', both({ iat: now + 60, nbf: now + 60 })],
    ['a token in its last second', both({ exp: now + 1 })],
    ['an ID token without at_hash', { id: { at_hash: undefined } }],
  ];
  it.each(variants)('%s', async (_, overrides) => {
    expect(await identified(overrides)).toMatchObject({ id: `${issuer.url}#${subject}` });
  });

  it.each([
    ['RS256', 256],
    ['RS384', 384],
    ['RS512', 512],
    ['PS256', 256],
    ['PS384', 384],
    ['PS512', 512],
    ['ES256', 256],
    ['ES384', 384],
    ['EdDSA', 512],
  ])('%s, with its hash of the access token', async (alg, bits) => {
    await using other = await createIssuer(() => clock);
    const key = await createKey('own', alg);
    other.published.push(key.jwk);
    const { access } = await other.pair({ accessKey: key });
    const { id } = await other.pair({ idKey: key, id: { at_hash: hashOf(access, bits) } });
    const user = await createIdentity({ ...other.options, claims: [] }).identify(headersOf({ access, id }));
    expect(user.id).toBe(`${other.url}#${subject}`);
  });
});

/** RFC 5321, section 4.5.3.1.3 */
const longest = `${'x'.repeat(244)}@b.example`;

describe('the user', () => {
  it('has the groups of the access token where it has any, as they are spelled', async () => {
    const user = await identified({ access: { groups: ['Zürich', 'b'] }, id: { groups: ['c'] } });
    expect(user.groups).toEqual(['Zürich', 'b']);
  });
  it('has the groups of the ID token where the access token says nothing of groups', async () => {
    const user = await identified({ id: { groups: ['c'] } });
    expect(user.groups).toEqual(['c']);
  });
  it('has no groups where no token says anything of groups', async () => {
    for (const elsewhere of [{ photo: 'src1' }, {}, null, 'groups']) {
      const user = await identified({ id: { hasgroups: false, _claim_names: elsewhere } });
      expect(user.groups).toEqual([]);
    }
  });

  const displays: [string, Claims, { name: string; email: string }][] = [
    ['as given', { name: 'Zoë Ångström' }, { name: 'Zoë Ångström', email: 'ada@example.com' }],
    [
      'without a name',
      { name: undefined, preferred_username: 'ada' },
      { name: 'ada', email: 'ada@example.com' },
    ],
    ['with an e-mail only', { name: '' }, { name: 'ada@example.com', email: 'ada@example.com' }],
    [
      'with a long e-mail only',
      { name: '', email: longest },
      { name: longest.slice(0, 128), email: longest },
    ],
    ['without space around it', { name: ' Ada  ' }, { name: 'Ada', email: 'ada@example.com' }],
    ['on one line', { name: 'Ada\r\n  Engineer\u0000' }, { name: 'Ada Engineer', email: 'ada@example.com' }],
    [
      'in words, though unseen',
      { name: 'Ada\u2028Engineer' },
      { name: 'Ada Engineer', email: 'ada@example.com' },
    ],
    ['the way it is read', { name: 'Ada \u202Eecila' }, { name: 'Ada ecila', email: 'ada@example.com' }],
    ['cut', { name: 'x'.repeat(200) }, { name: 'x'.repeat(128), email: 'ada@example.com' }],
    [
      'cut between characters',
      { name: `${'x'.repeat(127)}😀` },
      { name: 'x'.repeat(127), email: 'ada@example.com' },
    ],
    ['if it is a text', { name: { first: 'Ada' } }, { name: 'ada@example.com', email: 'ada@example.com' }],
  ];
  it.each(displays)('is shown %s', async (_, id, shown) => {
    expect(await identified({ id })).toMatchObject(shown);
  });
});

describe('is nobody without a usable e-mail:', () => {
  it.each([
    ['none, as when the client leaves out the scope', undefined],
    ['an empty one', ''],
    ['no text', 7],
    ['two', 'a@b.example,c@d.example'],
    ['no address', 'ada'],
    ['two lines', 'a@b.example\nBcc: c'],
    ['an unseen character', 'a\u200b@b.example'],
    ['a path', 'a@b.example/login?x=1'],
    ['a link', 'mailto:a@b.example'],
    ['an address with a name', 'Ada <a@b.example>'],
    ['a space more', 'a@b.example '],
    ['a too long one', `x${longest}`],
  ])('%s', async (_, email) => {
    await expect(identified({ id: { email } })).rejects.toMatchObject({ code: 'email-missing' });
  });
});

it.each([false, 'false'])(
  'is nobody by an e-mail that the provider has not verified: %o',
  async (verified) => {
    await expect(identified({ id: { email_verified: verified } })).rejects.toMatchObject({
      code: 'email-missing',
    });
  },
);

describe('is not made from settings that prove nothing:', () => {
  it('one audience for both kinds of token', () => {
    expect(() => createIdentity({ ...issuer.options, claims: [], audience: clientId })).toThrow(
      'must differ',
    );
  });
  it.each(['#x', '?x=1'])('an issuer with %s', (end) => {
    expect(() => createIdentity({ ...issuer.options, claims: [], issuer: `${issuer.url}${end}` })).toThrow(
      'no fragment',
    );
  });
});

function both(claims: Claims, header: Claims = {}): PairOverrides {
  return { access: claims, id: claims, accessHeader: header, idHeader: header };
}
