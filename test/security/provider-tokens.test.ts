import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UnauthenticatedCode } from '../../api/http/identity-errors.ts';
import type { ProfileName } from '../../api/http/identity-profiles.ts';
import { createProvider, reviewers, shapes, type TestProvider, tenant } from '../support/provider-tokens.ts';
import { audience, type Claims, clientId, headersOf, type PairOverrides } from '../support/tokens.ts';

/** Tokens that a provider really makes, for somebody else or for something else. */

const clock = Date.UTC(2026, 10, 24, 9);
const other = '11111111-2222-4333-8444-555555555555';
const names = Object.keys(shapes) as ProfileName[];
const providers = new Map<ProfileName, TestProvider>();

beforeAll(async () => {
  for (const name of names) providers.set(name, await createProvider(name, () => clock));
});
afterAll(async () => {
  for (const provider of providers.values()) await provider[Symbol.asyncDispose]();
});

function of(name: ProfileName): TestProvider {
  const provider = providers.get(name);
  if (provider === undefined) throw new Error(`${name} was not started.`);
  return provider;
}

async function refused(
  name: ProfileName,
  overrides: PairOverrides,
  code: UnauthenticatedCode = 'unauthenticated',
) {
  await expect(of(name).identify(overrides)).rejects.toMatchObject({ name: 'Unauthenticated', code });
}

function both(claims: Claims): PairOverrides {
  return { access: claims, id: claims };
}

type Attack = [what: string, overrides: PairOverrides, code?: UnauthenticatedCode];

describe.each(names)('%s refuses', (name) => {
  it('its ID token as the access token', async () => {
    const pair = await of(name).pair();
    const again = await of(name).pair({ id: { jti: 'another' } });
    await expect(
      of(name).identity.identify(headersOf({ access: pair.id, id: again.id })),
    ).rejects.toMatchObject({ code: 'unauthenticated' });
  });
  it('its access token as the ID token', async () => {
    const pair = await of(name).pair();
    const again = await of(name).pair({ access: { jti: 'another' } });
    await expect(
      of(name).identity.identify(headersOf({ access: pair.access, id: again.access })),
    ).rejects.toMatchObject({ code: 'unauthenticated' });
  });
  it('an access token without an audience', async () => refused(name, { access: { aud: undefined } }));
  it('an access token for another API', async () => refused(name, { access: { aud: 'account' } }));
  it('an access token that was made for another client', async () => {
    const made = { client_id: 'other', azp: 'other', cid: 'other', appid: 'other' };
    const own = Object.keys(shapes[name].tokens.access ?? {});
    const client = own.find((claim) => ['azp', 'cid'].includes(claim)) ?? 'client_id';
    await refused(name, { access: { [client]: made.client_id } });
  });
  it('an access token that is bound to a key', async () => {
    await refused(name, { access: { cnf: { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' } } });
  });
  it("one person's access token with another's ID token", async () => {
    await refused(name, { id: { sub: other, oid: other, at_hash: undefined } });
    await refused(name, { access: { sub: other, oid: other, uid: other } });
  });
  it('an e-mail that it says nobody checked', async () => {
    for (const unchecked of [false, 'false', 0, '0', null, '', 'yes', [true], {}]) {
      await refused(name, { id: { email_verified: unchecked, xms_edov: unchecked } }, 'email-missing');
    }
  });
  it.each([
    ['one text', reviewers],
    ['an object', { 0: reviewers, length: 1 }],
    ['a list with a number', [reviewers, 7]],
    ['null', null],
  ])('groups that are %s', async (_, groups) => {
    await refused(name, { access: { [shapes[name].groups.claim]: groups } }, 'groups-unreadable');
  });
  it.each([
    ['are elsewhere', (claim: string) => ({ _claim_names: { [claim]: 'src1' } })],
    ['are too many', () => ({ hasgroups: true })],
    [
      'are elsewhere in part',
      (claim: string) => ({ [claim]: [shapes[name].groups.written], _claim_names: { [claim]: 'src1' } }),
    ],
  ])('groups that %s', async (_, make) => {
    await refused(name, { access: make(shapes[name].groups.claim) }, 'groups-overage');
  });
});

describe('groups in a claim of another provider are no groups:', () => {
  const all = ['groups', 'cognito:groups', 'roles', 'wids', 'realm_access', 'scp', 'memberOf'];
  it.each(names)('%s', async (name) => {
    const own: string[] = [shapes[name].groups.claim, ...(name === 'entra' ? ['groups'] : [])];
    const foreign = Object.fromEntries(
      all.filter((claim) => !own.includes(claim)).map((claim) => [claim, [reviewers, `/${reviewers}`]]),
    );
    expect((await of(name).identify({ access: foreign, id: foreign })).groups).toEqual([]);
  });
});

describe('groups that only the ID token names are no groups:', () => {
  it.each(names.filter((name) => name !== 'generic'))('%s', async (name) => {
    const { claim, written } = shapes[name].groups;
    expect((await of(name).identify({ id: { [claim]: [written] } })).groups).toEqual([]);
  });
});

describe('Keycloak', () => {
  it.each<Attack>([
    ['an ID token made out to the API, as Bearer', { access: { typ: 'ID' } }],
    ['a refresh token', { access: { typ: 'Refresh' } }],
    ['an offline token', { access: { typ: 'Offline' } }],
    ['a token that needs a proof', { access: { typ: 'DPoP' } }],
    ['a logout token in place of the ID token', { id: { typ: 'Logout' } }],
    ['an access token in place of the ID token', { id: { typ: 'Bearer' } }],
    ['tokens without their kind', both({ typ: undefined })],
    ['a kind in other letters', { access: { typ: 'bearer' } }],
    [
      'an access token that has the client only as client_id',
      { access: { azp: undefined, client_id: clientId } },
    ],
    ['a lightweight access token, which names nobody', { access: { sub: undefined } }],
    ['an e-mail of which it says nothing', { id: { email_verified: undefined } }, 'email-missing'],
    ['an e-mail that a user typed', { id: { email_verified: false } }, 'email-missing'],
    ['groups without their path', { access: { groups: [reviewers] } }, 'groups-unreadable'],
    ['one group of two without its path', { access: { groups: ['/a', reviewers] } }, 'groups-unreadable'],
  ])('refuses %s', async (_, overrides, code) => refused('keycloak', overrides, code));

  it('takes nobody for a reviewer by a group below another one', async () => {
    const groups = [`/team-a/${reviewers}`, `//${reviewers}`, `/${reviewers}/team-a`, `/ ${reviewers}`];
    const user = await of('keycloak').identify({ access: { groups } });
    expect(user.groups).toEqual(groups.map((group) => group.slice(1)));
    expect(user.groups).not.toContain(reviewers);
  });
});

describe('Cognito', () => {
  it.each<Attack>([
    ['an ID token made out to the API', { access: { token_use: 'id' } }],
    ['an access token in place of the ID token', { id: { token_use: 'access' } }],
    ['tokens without their use', both({ token_use: undefined })],
    ['a list of uses', { access: { token_use: ['access'] } }],
    [
      "a token of the user pool's own API, which has no audience",
      { access: { aud: undefined, scope: 'aws.cognito.signin.user.admin' } },
    ],
    ['a scope in place of the audience', { access: { aud: undefined, scope: `${audience}/access` } }],
    ['the client as the audience', { access: { aud: clientId } }],
    ['a client only as azp', { access: { client_id: undefined, azp: clientId } }],
    ['an e-mail of which it says nothing', { id: { email_verified: undefined } }, 'email-missing'],
    ['an e-mail that the user has just changed', { id: { email_verified: 'false' } }, 'email-missing'],
  ])('refuses %s', async (_, overrides, code) => refused('cognito', overrides, code));

  it('refuses a token of another user pool, under a key of ours', async () => {
    const iss = of('cognito').url.replace('AbCdEf123', 'Xyz987654');
    await refused('cognito', { access: { iss } });
    await refused('cognito', { id: { iss } });
  });
});

describe('Okta', () => {
  const { uid } = shapes.okta.tokens.access ?? {};
  it.each<Attack>([
    ["a token of the organisation's server", { accessHeader: { typ: 'application/okta-internal-at+jwt' } }],
    ["one person's uid with another's sub", { id: { sub: '00uOTHER' } }],
    ["another's uid with one's own login", { access: { uid: '00uOTHER' } }],
    ['a login in both, in place of the user', { access: { uid: undefined }, id: { sub: 'ada@example.com' } }],
    ['the user only as sub', { access: { uid: undefined, sub: uid } }],
    ['the token of a service, which has no user', { access: { uid: undefined, sub: clientId } }],
    ['a client only as client_id', { access: { cid: undefined, client_id: clientId } }],
    ['a client only as azp', { access: { cid: undefined, azp: clientId } }],
    ['the audience of a server that nobody named', { access: { aud: 'api://default' } }],
  ])('refuses %s', async (_, overrides, code) => refused('okta', overrides, code));

  it.each([100, 101])('refuses %i groups, behind which it may have cut', async (length) => {
    const groups = Array.from({ length }, (_, number) => `group-${number}`);
    await refused('okta', { access: { groups } }, 'groups-overage');
  });
  it("refuses tokens of the organisation's issuer", async () => {
    const iss = new URL(of('okta').url).origin;
    await refused('okta', both({ iss }));
  });
});

describe('Entra ID', () => {
  const group = 'c9b1a2f0-5a86-4d0e-9a4f-6a1f0f4bd001';
  const consumers = '9188040d-6c67-4c5b-b112-36a304b66dad';
  it.each<Attack>([
    ['tokens of another tenant', both({ tid: other })],
    ['an access token of another tenant', { access: { tid: other } }],
    ['an ID token of another tenant', { id: { tid: other } }],
    ['tokens of nobody’s tenant', both({ tid: undefined })],
    ['a personal account', both({ tid: consumers })],
    ['a tenant in capital letters', both({ tid: tenant.toUpperCase() })],
    ['tokens of version 1.0', both({ ver: '1.0' })],
    ['an access token of version 1.0', { access: { ver: '1.0', azp: undefined, appid: clientId } }],
    ['a version that is a number', both({ ver: 2 })],
    [
      "the token of an application, whose oid is its service principal's",
      { access: { oid: other, idtyp: 'app' } },
    ],
    ['one subject, which is pairwise, in place of the object id', both({ oid: undefined, sub: 'same' })],
    ['a client only as appid', { access: { azp: undefined, appid: clientId } }],
    ['a client only as client_id', { access: { azp: undefined, client_id: clientId } }],
    ['a token for Microsoft Graph', { access: { aud: '00000003-0000-0000-c000-000000000000' } }],
    ['the address of the API in place of its client id', { access: { aud: `api://${audience}` } }],
    ['an e-mail that a directory made up', { id: { xms_edov: undefined } }, 'email-missing'],
    [
      'an e-mail that only says of itself that it is verified',
      { id: { xms_edov: undefined, email_verified: true } },
      'email-missing',
    ],
    ["a guest's e-mail whose domain nobody owns", { id: { xms_edov: false } }, 'email-missing'],
    ['a user name that looks like an e-mail', { id: { email: undefined } }, 'email-missing'],
    ['a group by its display name', { access: { groups: [reviewers] } }, 'groups-unreadable'],
    ['one group of two by its display name', { access: { groups: [group, reviewers] } }, 'groups-unreadable'],
    ['a display name that holds an object id', { access: { groups: [`${group} `] } }, 'groups-unreadable'],
    [
      'roles while the groups are elsewhere',
      { access: { roles: [reviewers], _claim_names: { groups: 'src1' } } },
      'groups-overage',
    ],
  ])('refuses %s', async (_, overrides, code) => refused('entra', overrides, code));

  it('takes nobody for a reviewer by a role of the app that signs in', async () => {
    expect((await of('entra').identify({ id: { roles: [reviewers] } })).groups).toEqual([]);
  });
});
