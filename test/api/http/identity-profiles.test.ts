import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIdentity } from '../../../api/http/identity.ts';
import { identityProfiles, type ProfileName } from '../../../api/http/identity-profiles.ts';
import {
  createProvider,
  reviewers,
  shapes,
  type TestProvider,
  tenant,
} from '../../support/provider-tokens.ts';
import { createIssuer, headersOf, type PairOverrides } from '../../support/tokens.ts';

const clock = Date.UTC(2026, 10, 24, 9);
const names = Object.keys(shapes) as ProfileName[];

describe.each(names)('%s', (name) => {
  const { path, person, groups } = shapes[name];
  let provider: TestProvider;
  beforeAll(async () => {
    provider = await createProvider(name, () => clock);
  });
  afterAll(() => provider[Symbol.asyncDispose]());

  it('makes tokens that name one person', async () => {
    expect(await provider.identify()).toMatchObject({
      id: `${provider.url}#${person}`,
      name: 'Ada Engineer',
      email: 'ada@example.com',
      groups: [],
    });
  });
  it('names groups as policies do', async () => {
    const written = [groups.written, groups.written.replace('Reviewer', 'Auditor')];
    const user = await provider.identify({ access: { [groups.claim]: written } });
    expect(user.groups).toEqual([reviewers, 'aws-temp#Auditor']);
  });
  it.each([true, 'true', 1, '1'])('vouches for an e-mail by %o', async (verified) => {
    const { claim } = identityProfiles[name].emailVerified;
    expect((await provider.identify({ id: { [claim]: verified } })).email).toBe('ada@example.com');
  });
  it('is not taken for a provider whose issuers look otherwise', async () => {
    await using other = await createIssuer(() => clock, '/elsewhere');
    const options = { ...other.options, profile: name, claims: [] };
    if (path === '') expect(() => createIdentity(options)).not.toThrow();
    else expect(() => createIdentity(options)).toThrow("none of this provider's");
  });
});

describe('an issuer that is refused at the start', () => {
  it.each<[string, ProfileName, string]>([
    ['Keycloak, without the realm', 'keycloak', 'https://id.example.com'],
    ['Keycloak, at a page of the realm', 'keycloak', 'https://id.example.com/realms/staff/account'],
    ['Cognito, by its sign-in pages', 'cognito', 'https://acme.auth.eu-central-1.amazoncognito.com'],
    [
      'Cognito, with a slash more',
      'cognito',
      'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_A/',
    ],
    ['Okta, the server of the organisation', 'okta', 'https://acme.okta.com'],
    ['Okta, without the server', 'okta', 'https://acme.okta.com/oauth2/'],
    ['Okta, at an endpoint of the server', 'okta', 'https://acme.okta.com/oauth2/default/v1'],
    ['Okta, below another path', 'okta', 'https://acme.okta.com/x/oauth2/default'],
    ['Cognito, below another path', 'cognito', 'https://id.example.com/x/eu-central-1_A'],
    ['Entra ID, for every tenant', 'entra', 'https://login.microsoftonline.com/common/v2.0'],
    ['Entra ID, for every organisation', 'entra', 'https://login.microsoftonline.com/organizations/v2.0'],
    ['Entra ID, by the name of a tenant', 'entra', 'https://login.microsoftonline.com/acme.example/v2.0'],
    ['Entra ID, with tokens of version 1.0', 'entra', `https://sts.windows.net/${tenant}/`],
    ['Entra ID, with the version forgotten', 'entra', `https://login.microsoftonline.com/${tenant}`],
  ])('%s', async (_, name, issuer) => {
    await using any = await createIssuer(() => clock);
    const options = { ...any.options, issuer, profile: name, claims: [] };
    expect(() => createIdentity(options)).toThrow("none of this provider's");
  });
  it.each<[ProfileName, string]>([
    ['keycloak', 'https://id.example.com/realms/staff'],
    ['keycloak', 'https://id.example.com/auth/realms/staff'],
    ['cognito', 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_A'],
    ['cognito', 'https://issuer-cognito-idp.eu-central-1.amazonaws.com/eu-central-1_A'],
    ['cognito', 'https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_A'],
    ['okta', 'https://acme.okta.com'],
    ['okta', 'https://acme.okta.com/oauth2/default'],
    ['okta', 'https://acme.oktapreview.com/oauth2/default'],
    ['okta', 'https://acme.okta-emea.com/oauth2/default'],
    ['okta', 'https://acme.okta-gov.com/oauth2/default'],
    ['okta', 'https://acme.okta.mil/oauth2/default'],
    ['entra', `https://login.microsoftonline.com/${tenant}/v2.0`],
    ['entra', `https://login.microsoftonline.us/${tenant}/v2.0`],
    ['entra', `https://login.partner.microsoftonline.cn/${tenant}/v2.0`],
    ['entra', `https://login.chinacloudapi.cn/${tenant}/v2.0`],
    ['entra', `https://sts.windows.net/${tenant}/`],
  ])('any provider, where it is plainly of %s: %s', async (name, issuer) => {
    await using any = await createIssuer(() => clock);
    const options = { ...any.options, issuer, claims: [] };
    expect(() => createIdentity(options)).toThrow(`set OIDC_PROFILE to ${name}.`);
  });
  it.each([
    'https://id.example.com/realms',
    'https://id.example.com/realms/staff/account',
    'https://id.example.com/oauth2/default',
    'https://id.example.com/cognito-idp.eu-central-1.amazonaws.com/a',
    'https://cognito-idp.eu-central-1.amazonaws.com.example.com/a',
    'https://id.eu-central-1.amazonaws.com/a',
    'https://acme.okta.com.example.com/oauth2/default',
    'https://id.example.com/acme.okta.com/a',
    'https://id.example.com/acme.okta.mil/a',
    'https://notokta.com/oauth2/default',
    'https://login.microsoftonline.com.example.com/a/v2.0',
    'https://id.example.com/login.microsoftonline.com/v2.0',
    `https://login.example.com/${tenant}/v2.0`,
    'https://id.example.com/api/auth',
    'http://127.0.0.1:3001',
  ])('but not, of any provider, %s', async (issuer) => {
    await using any = await createIssuer(() => clock);
    const options = { ...any.options, issuer, claims: [] };
    expect(() => createIdentity(options)).not.toThrow();
  });
  it.each<[ProfileName, string]>([
    ['keycloak', 'https://id.example.com/auth/realms/staff'],
    ['cognito', 'https://cognito-idp.us-gov-west-1.amazonaws.com/us-gov-west-1_AbC123xyZ'],
    ['okta', 'https://acme.okta.com/oauth2/default'],
    ['entra', `https://login.microsoftonline.us/${tenant}/v2.0`],
  ])('but not, of %s, %s', async (name, issuer) => {
    await using any = await createIssuer(() => clock);
    const options = { ...any.options, issuer, profile: name, claims: [] };
    expect(() => createIdentity(options)).not.toThrow();
  });
});

describe('the groups of Entra ID', () => {
  const id = 'c9b1a2f0-5a86-4d0e-9a4f-6a1f0f4bd001';
  let provider: TestProvider;
  beforeAll(async () => {
    provider = await createProvider('entra', () => clock);
  });
  afterAll(() => provider[Symbol.asyncDispose]());

  it('are app roles and object ids together', async () => {
    const user = await provider.identify({ access: { roles: [reviewers], groups: [id] } });
    expect(user.groups).toEqual([reviewers, id]);
  });
  it('are object ids alone', async () => {
    expect((await provider.identify({ access: { groups: [id] } })).groups).toEqual([id]);
  });
});

it('Okta is believed up to 99 groups', async () => {
  await using provider = await createProvider('okta', () => clock);
  const groups = Array.from({ length: 99 }, (_, number) => `aws-temp#Role${number}#111122223333`);
  expect((await provider.identify({ access: { groups } })).groups).toEqual(groups);
});

it.each<[ProfileName, PairOverrides]>([
  ['keycloak', { accessHeader: { typ: 'at+jwt' } }],
  ['okta', { access: { email_verified: undefined } }],
])('%s may also write %j', async (name, overrides) => {
  await using provider = await createProvider(name, () => clock);
  const user = await provider.identity.identify(headersOf(await provider.pair(overrides)));
  expect(user.email).toBe('ada@example.com');
});
