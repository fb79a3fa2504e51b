import { describe, expect, test } from 'vitest';
import { keptForm } from '../../../infra/saml/groups.ts';
import { mapAssertion, tokenClaims } from '../../../infra/saml/sign-in.ts';
import { assertion, tokens } from './events.ts';

const names = { email: 'mail', emailVerified: 'verified', name: 'display', groups: 'memberOf' };
const now = 1_780_000_000;
const erin = { mail: 'erin@example.com', verified: 'true', display: 'Erin', memberOf: 'aws-temp#Reviewer' };
const mapped = (attributes: Record<string, string>) => mapAssertion(assertion(attributes), names, now);
const groupsOf = (memberOf: string) =>
  JSON.parse(mapped({ ...erin, memberOf })['custom:groups'] ?? '').groups;
const groupsIn = (event: Parameters<typeof tokenClaims>[0], seconds = now) =>
  tokenClaims(event, seconds).groupOverrideDetails.groupsToOverride;

describe('an assertion', () => {
  test("comes under the pool's names, with when it came", () => {
    expect(mapped(erin)).toEqual({
      email: 'erin@example.com',
      email_verified: 'true',
      name: 'Erin',
      'custom:groups': `{"at":${now},"groups":["aws-temp#Reviewer"]}`,
    });
  });
  test.each<[string, string[]]>([
    ['[]', []],
    ['engineers', ['engineers']],
    ['aws-temp#Reviewer', ['aws-temp#Reviewer']],
    ['[aws-temp%23Reviewer,aws-temp%23Auditor]', ['aws-temp#Reviewer', 'aws-temp#Auditor']],
    ['[a, b]', ['a', 'b']],
    ['[on+call,CN%3DLeads%2COU%3DGroups]', ['on call', 'CN=Leads,OU=Groups']],
    ['[%5Ba%2Cb%5D,c]', ['[a,b]', 'c']],
    ['[Zo%C3%AB,a%21%27%28%29%7E]', ['Zoë', "a!'()~"]],
  ])('with the groups %s', (written, groups) => {
    expect(groupsOf(written)).toEqual(groups);
  });
  test('without groups writes down that there are none, or the last ones would stay', () => {
    const { memberOf: _, ...others } = erin;
    expect(mapped(others)['custom:groups']).toBe(`{"at":${now},"groups":[]}`);
  });
  test('without a name has the e-mail for one', () => {
    expect(mapped({ ...erin, display: '' }).name).toBe('erin@example.com');
  });
  test.each(['false', '1', 'yes', '', 'truely', 'TRUE '])(
    'that says %j of the e-mail leaves it unverified',
    (said) => {
      expect(mapped({ ...erin, verified: said }).email_verified).toBe('false');
    },
  );
  test.each(['', 'erin', '[a@example.com,b@example.com]', 'a@b@c', 'Erin <erin@example.com>'])(
    'with the e-mail %j ends the sign-in',
    (mail) => {
      expect(() => mapped({ ...erin, mail })).toThrow();
    },
  );
  test('with more groups than an attribute holds ends the sign-in, and loses none of them silently', () => {
    const many = Array.from({ length: 90 }, (_, index) => `aws-temp%23Role-of-some-length-${index}`);
    expect(() => groupsOf(`[${many.join(',')}]`)).toThrow(/names 90 groups, more than fit/);
  });
  test.each([
    { providerName: 'other' },
    { providerType: 'OIDC' as const },
    { attributes: { idToken: erin } },
  ])('of another provider ends the sign-in: %j', (request) => {
    expect(() => mapAssertion(assertion(erin, request), names, now)).toThrow(/no assertion of the provider/);
  });
});

describe('tokens', () => {
  const kept = keptForm(['engineers', 'a,b', '[c]'], now - 100);
  test('name the groups of the assertion, and none of those that the pool has', () => {
    expect(groupsIn(tokens({ 'custom:groups': kept }))).toEqual(['engineers', 'a,b', '[c]']);
  });
  test('never say how groups are kept, and never may change attributes', () => {
    expect(tokenClaims(tokens({ 'custom:groups': kept }), now)).toMatchObject({
      idTokenGeneration: { claimsToSuppress: ['custom:groups'] },
      accessTokenGeneration: { scopesToSuppress: ['aws.cognito.signin.user.admin'] },
    });
  });
  test('that are renewed name them for a working day', () => {
    const renewed = tokens({ 'custom:groups': kept }, { triggerSource: 'TokenGeneration_RefreshTokens' });
    expect(groupsIn(renewed, now + 8 * 3600)).toHaveLength(3);
    expect(groupsIn(renewed, now + 10 * 3600)).toEqual([]);
  });
  test('of a sign-in name no groups that are older than the session of the pool', () => {
    expect(groupsIn(tokens({ 'custom:groups': kept }), now + 3600)).toHaveLength(3);
    expect(groupsIn(tokens({ 'custom:groups': kept }), now + 2 * 3600)).toEqual([]);
  });
});
