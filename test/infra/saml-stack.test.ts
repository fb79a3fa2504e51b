import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { afterAll, describe, expect, test } from 'vitest';
import { identityProfiles } from '../../api/http/identity-profiles.ts';
import { BrokerStack } from '../../infra/broker-stack.ts';
import { bundleSamlTrigger } from '../../infra/bundles.ts';
import { exampleOf } from './deployment-text.ts';
import { assertion, tokens } from './saml/events.ts';
import { shipped, type Template } from './synthesized.ts';

const folder = mkdtempSync(join(tmpdir(), 'stepladder-saml-'));
const { bundles, pages, remove } = shipped();
afterAll(() => {
  remove();
  rmSync(folder, { recursive: true });
});

const config = exampleOf('saml');
if (config.identity.kind !== 'saml') throw new Error('The example of SAML is none.');
const samlBundle = await bundleSamlTrigger(folder, config.identity.attributes);
const app = new App({ outdir: join(folder, 'assembly') });
const stack = new BrokerStack(app, 'Broker', { deployment: config, bundles, pages, samlBundle });
const template = app.synth().getStackArtifact(stack.artifactId).template as Template;
const of = (type: string) => {
  const found = Object.values(template.Resources).filter(({ Type }) => Type === `AWS::Cognito::${type}`);
  expect(found).toHaveLength(1);
  return found[0]?.Properties;
};
/** What a distribution without a domain has for an address. */
const url = (path: string) => ({
  'Fn::Join': [
    '',
    ['https://', { 'Fn::GetAtt': [expect.stringMatching(/^SiteDistribution/), 'DomainName'] }, path],
  ],
});

describe('the user pool', () => {
  test('knows nobody but who comes from the provider', () => {
    expect(of('UserPool')).toMatchObject({
      UserPoolTier: 'ESSENTIALS',
      DeletionProtection: 'ACTIVE',
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'admin_only', Priority: 1 }] },
    });
    expect(of('UserPoolClient')?.SupportedIdentityProviders).toEqual(['saml']);
  });
  test('asks the trigger of every assertion and of every token', () => {
    const { LambdaConfig } = of('UserPool') ?? {};
    const LambdaArn = { 'Fn::GetAtt': [expect.stringMatching(/^SamlTrigger/), 'Arn'] };
    expect(LambdaConfig).toEqual({
      InboundFederation: { LambdaArn, LambdaVersion: 'V1_0' },
      PreTokenGenerationConfig: { LambdaArn, LambdaVersion: 'V2_0' },
    });
  });
  test('takes what the trigger has named, and only sign-ins that the pages began', () => {
    const attributes = ['email', 'name', 'email_verified', 'custom:groups'];
    expect(of('UserPoolIdentityProvider')).toMatchObject({
      ProviderName: 'saml',
      ProviderType: 'SAML',
      ProviderDetails: { MetadataURL: 'https://id.example.com/saml/metadata', IDPInit: 'false' },
      AttributeMapping: Object.fromEntries(attributes.map((name) => [name, name])),
    });
  });
});

describe('the client of the pages', () => {
  const client = of('UserPoolClient') ?? {};
  test('has no secret, no flow but the code, and no password', () => {
    expect(client).toMatchObject({
      GenerateSecret: false,
      AllowedOAuthFlows: ['code'],
      ExplicitAuthFlows: ['ALLOW_CUSTOM_AUTH'],
      CallbackURLs: [url('/callback'), url('/popup-callback')],
      LogoutURLs: [url('/signed-out')],
      PreventUserExistenceErrors: 'ENABLED',
      EnableTokenRevocation: true,
    });
  });
  test('may not ask for the scope by which people change their attributes', () => {
    expect(client.AllowedOAuthScopes).toEqual(['openid', 'email', 'profile']);
  });
  test('has tokens that live for minutes, and a refresh token that rotates and lasts a working day', () => {
    expect(client).toMatchObject({
      AccessTokenValidity: 10,
      IdTokenValidity: 10,
      RefreshTokenValidity: 8,
      TokenValidityUnits: { AccessToken: 'minutes', IdToken: 'minutes', RefreshToken: 'hours' },
      RefreshTokenRotation: { Feature: 'ENABLED' },
    });
  });
});

describe('what the Lambdas and the pages are told', () => {
  const variables = Object.values(template.Resources)
    .filter(({ Properties }) => Properties.Description === 'Says who is calling')
    .map(({ Properties }) => (Properties.Environment as { Variables: Record<string, unknown> }).Variables)
    .at(0);
  test('is the pool as a provider of the profile cognito', () => {
    expect(variables).toMatchObject({
      OIDC_PROFILE: 'cognito',
      OIDC_ISSUER: { 'Fn::GetAtt': [expect.stringMatching(/^SamlPool/), 'ProviderURL'] },
      OIDC_CLIENT_ID: { Ref: expect.stringMatching(/^SamlClient/) },
    });
  });
  test('is the audience that the pool knows as a resource', () => {
    expect(of('UserPoolResourceServer')?.Identifier).toEqual(url('/api'));
    expect(variables?.OIDC_AUDIENCE).toEqual(url('/api'));
  });
  test('is whom the pages may call', () => {
    const policies = JSON.stringify(template.Resources);
    expect(policies).toContain(
      "connect-src 'self' https://cognito-idp.eu-central-1.amazonaws.com https://stepladder-example.auth.eu-central-1.amazoncognito.com;",
    );
  });
  test('the profile asks for no more than the pool sends', () => {
    const { groups, emailVerified, client } = identityProfiles.cognito;
    expect(groups.claims.map(({ claim }) => claim)).toEqual(['cognito:groups']);
    expect(client).toEqual(['client_id']);
    expect(of('UserPoolClient')?.ReadAttributes).toEqual(
      expect.arrayContaining([emailVerified.claim, 'email', 'name']),
    );
  });
});

describe('the bundle of the trigger', () => {
  test('reads the names that the deployment file has', async () => {
    const { handler } = await import(join(samlBundle, 'index.mjs'));
    const claims = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/';
    const { response } = await handler(
      assertion({
        [`${claims}emailaddress`]: 'erin@example.com',
        email_verified: 'true',
        'http://schemas.microsoft.com/ws/2008/06/identity/claims/groups': '[a,aws-temp%23Reviewer]',
      }),
    );
    expect(response.userAttributesToMap).toMatchObject({ email: 'erin@example.com', email_verified: 'true' });
    const answered = await handler(tokens(response.userAttributesToMap));
    expect(answered.response.claimsAndScopeOverrideDetails.groupOverrideDetails).toEqual({
      groupsToOverride: ['a', 'aws-temp#Reviewer'],
    });
  });
});

test('what the SAML provider is told stands in the outputs', () => {
  const pool = { Ref: expect.stringMatching(/^SamlPool/) };
  expect(template.Outputs).toMatchObject({
    SamlReply: { Value: 'https://stepladder-example.auth.eu-central-1.amazoncognito.com/saml2/idpresponse' },
    SamlEntity: { Value: { 'Fn::Join': ['', ['urn:amazon:cognito:sp:', pool]] } },
  });
});

test('cdk-nag finds nothing that is not answered', () => {
  const { violations } = new AwsSolutionsChecks().validateScope(stack.node.findChild('Saml'));
  expect(
    violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) => `${ruleName} at ${constructPath}`),
    ),
  ).toEqual([]);
});

test('an alarm tells of its failing, which nobody but Amazon Cognito would notice', () => {
  const alarms = Object.values(template.Resources).filter(
    ({ Properties }) => Properties.AlarmName === `${config.name}: A Lambda fails (saml)`,
  );
  expect(alarms).toMatchObject([
    {
      Properties: {
        MetricName: 'Errors',
        Dimensions: [{ Value: { Ref: expect.stringMatching(/^SamlTrigger/) } }],
      },
    },
  ]);
});
