import { describe, expect, test } from 'vitest';
import { keptForm } from '../../infra/saml/groups.ts';
import { mapAssertion, tokenClaims } from '../../infra/saml/sign-in.ts';
import { assertion, tokens } from '../infra/saml/events.ts';

/** Who signs in with SAML and wants groups that the provider did not give them. */

const names = { email: 'email', emailVerified: 'email_verified', name: 'name', groups: 'groups' };
const now = 1_780_000_000;
const wanted = 'aws-temp#Reviewer';
const mapped = (attributes: Record<string, string>) =>
  mapAssertion(assertion({ email: 'eve@example.com', ...attributes }), names, now);
const groupsFrom = (groups: string): unknown => JSON.parse(mapped({ groups })['custom:groups'] ?? '').groups;
const groupsIn = (event: Parameters<typeof tokenClaims>[0]) =>
  tokenClaims(event, now).groupOverrideDetails.groupsToOverride;
const good = keptForm([wanted], now);

describe('the name of one group', () => {
  test.each([
    `a,${wanted}`,
    `a, ${wanted}`,
    `["${wanted}"`,
    `x[a,${wanted}]`,
    `[a,${wanted}]x`,
    ` [a,${wanted}]`,
    `{"at":${now},"groups":["${wanted}"]}`,
    `${wanted}-of-another-product`,
    `a","${wanted}`,
  ])('that looks like more stays one: %s', (name) => {
    expect(groupsFrom(name)).toEqual([name]);
  });
  test.each([
    `[a,${wanted}]`,
    `[${wanted}]`,
    '[a,aws-temp%23Reviewer,]',
    '[aws-temp%2523Reviewer,%]',
    '[a,aws-temp%23Review%65r]',
    '[a,%FF]',
    '[a,aws-temp%23reviewer b]',
    '["a","aws-temp%23Reviewer"]',
    '[a%2cb]',
    '[,]',
    '[[a],b]',
  ])('that looks like a list, but not like one of Cognito, ends the sign-in: %s', (name) => {
    expect(() => groupsFrom(name)).toThrow(/not written as Amazon Cognito writes a list/);
  });
  test('is encoded once, and decoded once', () => {
    expect(groupsFrom('[a,aws-temp%2523Reviewer]')).toEqual(['a', 'aws-temp%23Reviewer']);
  });
});

describe('an assertion', () => {
  test("that has the pool's own attribute gains nothing by it", () => {
    expect(mapped({ 'custom:groups': good, groups: 'a' })['custom:groups']).toBe(keptForm(['a'], now));
  });
  test('that says nothing of the e-mail any more takes back that it was verified', () => {
    expect(mapped({}).email_verified).toBe('false');
  });
});

describe('no groups come of', () => {
  test('groups that somebody wrote down who could change attributes: the token that could has none', () => {
    const scopes = ['openid', 'aws.cognito.signin.user.admin'];
    expect(groupsIn(tokens({ 'custom:groups': good }, { scopes }))).toEqual([]);
  });
  test.each<[string, Record<string, string | undefined>]>([
    ['a user of the pool itself', { identities: undefined }],
    ['a user with a password', { 'cognito:user_status': 'CONFIRMED' }],
    ['a user of another provider', { identities: '[{"providerName":"other","providerType":"SAML"}]' }],
    [
      'a user whose provider begins alike',
      { identities: '[{"providerName":"saml2","providerType":"SAML"}]' },
    ],
    [
      'a user of a provider of that name, but of OpenID',
      { identities: '[{"providerName":"saml","providerType":"OIDC"}]' },
    ],
    [
      'a user who is linked to another',
      {
        identities:
          '[{"providerName":"saml","providerType":"SAML"},{"providerName":"other","providerType":"SAML"}]',
      },
    ],
    ['identities that are none', { identities: 'saml' }],
    ['no assertion yet', { 'custom:groups': undefined }],
    ['what the assertion says, as it says it', { 'custom:groups': wanted }],
    ['a list', { 'custom:groups': `["${wanted}"]` }],
    ['no time', { 'custom:groups': `{"groups":["${wanted}"]}` }],
    ['a time that is none', { 'custom:groups': `{"at":"${now}","groups":["${wanted}"]}` }],
    ['groups that are none', { 'custom:groups': `{"at":${now},"groups":["${wanted}",1]}` }],
    ['a time to come', { 'custom:groups': keptForm([wanted], now + 3600) }],
    ['an assertion of yesterday', { 'custom:groups': keptForm([wanted], now - 86_400) }],
  ])('%s', (_, attributes) => {
    expect(groupsIn(tokens({ 'custom:groups': good, ...attributes }))).toEqual([]);
  });
  test.each([
    'TokenGeneration_Authentication',
    'TokenGeneration_NewPasswordChallenge',
    'TokenGeneration_AuthenticateDevice',
  ] as const)('a sign-in that was not at the provider: %s', (triggerSource) => {
    expect(groupsIn(tokens({ 'custom:groups': good }, { triggerSource }))).toEqual([]);
  });
});
