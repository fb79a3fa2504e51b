import { afterAll, describe, expect, test } from 'vitest';
import { domain, network, own, type Parts, problems, removeFolder, us } from './deployment-text.ts';

afterAll(removeFolder);

describe('fields that do not fit together', () => {
  const cognito = 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEf123';
  const id = (profile: string, issuer: string, more: string) => ({
    identity: `{ profile: ${profile}, issuer: "${issuer}", clientId: web, ${more} }`,
  });
  const pool = 'origins: "https://acme.auth.eu-central-1.amazoncognito.com"';
  const noIssuer = (profile: string, means = '') =>
    `identity.issuer: no issuer of ${profile} is written like that${means}: see infra/identity/README.md`;
  const saml = '{ metadata: metadata.xml, domain: acme }';
  const zones = (first: string, second: string) =>
    network().replace('eu-central-1a', first).replace('eu-central-1b', second);
  test.each<[string, Parts, ...string[]]>([
    [
      'no provider',
      { identity: '' },
      'the file: write identity, the OpenID provider, or saml, where there is only SAML',
    ],
    ['two providers', { saml }, 'saml: people sign in at one provider: write identity or saml, not both'],
    [
      "another provider's issuer",
      id('okta', 'https://id.example.com/realms/staff', 'audience: api'),
      noIssuer('okta', '; this one is of keycloak'),
    ],
    [
      'an issuer of no tenant',
      id(
        'entra',
        'https://login.microsoftonline.com/common/v2.0',
        'audience: "01234567-89ab-cdef-0123-456789abcdef"',
      ),
      noIssuer('entra'),
    ],
    ["Okta's own server", id('okta', 'https://example.okta.com', 'audience: api'), noIssuer('okta')],
    [
      'a provider that asks for more, as any',
      id('generic', 'https://id.example.com/realms/staff', 'audience: api'),
      "identity.profile: this issuer's tokens have a profile of their own: write keycloak",
    ],
    [
      'an audience that is the client id',
      id('generic', 'https://id.example.com', 'audience: web'),
      'identity.audience: has to be another than clientId, or an ID token could pass for an access token',
    ],
    [
      'scopes without an e-mail',
      id('generic', 'https://id.example.com', 'audience: api, scope: openid profile'),
      'identity.scope: without email nobody is recognised: add it',
    ],
    [
      'offline sessions of Keycloak',
      id('keycloak', 'https://id.example.com/realms/a', 'audience: api, scope: openid email offline_access'),
      'identity.scope: keycloak gives a refresh token without offline_access: leave it out',
    ],
    [
      'a resource that the provider may refuse',
      id('okta', 'https://example.okta.com/oauth2/a', 'audience: api, resource: true'),
      'identity.resource: okta does not know it, and may refuse people for it: leave it out',
    ],
    [
      'Amazon Cognito without a resource',
      id('cognito', cognito, `audience: "https://api.example.com", resource: false, ${pool}`),
      'identity.resource: without it the access tokens of Amazon Cognito are for no API in particular: leave it out',
    ],
    [
      'Amazon Cognito without its domain',
      id('cognito', cognito, 'audience: "https://api.example.com"'),
      "identity: Amazon Cognito's token endpoint is at the user pool's domain: write it as origins",
    ],
    [
      'an audience that Amazon Cognito takes for no resource',
      id('cognito', cognito, `audience: api, ${pool}`),
      'identity.audience: a resource server of Amazon Cognito is asked for by an https address',
    ],
    [
      'an audience of Entra ID that is no client id',
      id(
        'entra',
        'https://login.microsoftonline.com/01234567-89ab-cdef-0123-456789abcdef/v2.0',
        'audience: "api://stepladder"',
      ),
      "identity.audience: has to be the client id of the API's registration, a UUID in lower case",
    ],
    [
      'a partition that is not known',
      { region: 'us-iso-east-1' },
      'region: Stepladder knows the partitions aws, aws-us-gov and aws-cn: take a region of theirs',
    ],
    [
      'the European sovereign cloud',
      { region: 'eusc-de-east-1' },
      'region: Stepladder knows the partitions aws, aws-us-gov and aws-cn: take a region of theirs',
    ],
    [
      'GovCloud without a network',
      { region: 'us-gov-east-1' },
      'region: in us-gov-east-1 there is no CloudFront to put in front: add network, and the pages are served in a VPC',
    ],
    [
      'a certificate of the own region for CloudFront',
      { domain: domain(own) },
      'domain.certificate: CloudFront takes certificates of us-east-1 alone: make one there',
    ],
    [
      'a certificate of us-east-1 for a load balancer elsewhere',
      { domain: domain(us), network: network() },
      'domain.certificate: the load balancer takes certificates of eu-central-1 alone: make one there',
    ],
    [
      "another account's certificate",
      { domain: domain(us.replace('999988887777', '111122223333')) },
      'domain.certificate: is of another account: make one in 999988887777',
    ],
    [
      "another partition's certificate",
      { domain: domain(us.replace('arn:aws:', 'arn:aws-cn:')) },
      'domain.certificate: is of another partition: eu-central-1 is in aws',
    ],
    [
      'a network without a name',
      { network: network() },
      'network: in a network of your own the pages need a name and its certificate: add domain',
    ],
    [
      'subnets of one zone',
      { network: zones('eu-central-1a', 'eu-central-1a'), domain: domain(own) },
      'network.subnets: all in one zone: name subnets of two zones, a load balancer needs them',
    ],
    [
      'a subnet of another region',
      { network: zones('eu-central-1a', 'eu-west-1b'), domain: domain(own) },
      'network.subnets.1.zone: is no zone of eu-central-1',
    ],
    [
      'one subnet twice',
      { network: network().replace('abcdef1', 'abcdef0'), domain: domain(own) },
      'network.subnets.1.id: the same subnet twice',
    ],
    [
      'nobody who is told',
      { notifications: '{}' },
      'notifications: nobody would hear that a request waits: name reviewers, or chat',
    ],
    [
      'a rule that ends live sessions, without the boundary',
      { policy: 'ending.yaml' },
      'targets: the rule a ends live sessions: set up the target accounts for it (infra/revocation/README.md), then write endLiveSessions: true',
    ],
    [
      'a revoker among the target roles, whom the Lambda that issues sessions could become',
      {
        policy: 'ending.yaml',
        targets: '{ path: /stepladder-control/, externalId: abc, endLiveSessions: true, boundary: /b }',
      },
      'targets.revoker: lies below /stepladder-control/, where the target roles are, and who becomes those must not reach it: give it another path',
    ],
    [
      'a boundary among the target roles',
      { targets: '{ path: /a/, externalId: abc, endLiveSessions: true, boundary: /a/b/c }' },
      'targets.boundary: lies below /a/, where the target roles are, and who becomes those must not reach it: give it another path',
    ],
  ])('%s', (_, parts, ...expected) => {
    expect(problems(parts)).toEqual(expected);
  });
  test('are found beside others that are wrong in themselves', () => {
    expect(
      problems({ ...id('generic', 'https://id.example.com', 'audience: web, profiles: a'), name: 'A' }),
    ).toEqual([
      expect.stringMatching(/^identity.audience: has to be another/),
      'identity.profiles: there is no such field',
      'name: a name has up to 20 lower-case letters, digits and hyphens',
    ]);
  });
});
