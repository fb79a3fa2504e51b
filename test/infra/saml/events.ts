import type { InboundFederationTriggerEvent, PreTokenGenerationV2TriggerEvent } from 'aws-lambda';

/** Events as Amazon Cognito sends them to the trigger. */

const common = {
  version: '2',
  region: 'eu-central-1',
  userPoolId: 'eu-central-1_AbCdEf123',
  userName: 'saml_erin',
  callerContext: { awsSdkVersion: '3', clientId: '1example23456789' },
};

export function assertion(
  attributes: Record<string, string>,
  request: Partial<InboundFederationTriggerEvent['request']> = {},
): InboundFederationTriggerEvent {
  return {
    ...common,
    triggerSource: 'InboundFederation_ExternalProvider',
    request: {
      providerName: 'saml',
      providerType: 'SAML',
      attributes: { samlResponse: attributes },
      ...request,
    },
    response: { userAttributesToMap: {} },
  };
}

const identities = JSON.stringify([
  { userId: 'erin', providerName: 'saml', providerType: 'SAML', primary: 'true' },
]);

/** @param attributes of the user, beside those of somebody from the provider; undefined: not there */
export function tokens(
  attributes: Record<string, string | undefined>,
  more: { scopes?: string[]; triggerSource?: PreTokenGenerationV2TriggerEvent['triggerSource'] } = {},
): PreTokenGenerationV2TriggerEvent {
  const all = {
    'cognito:user_status': 'EXTERNAL_PROVIDER',
    identities,
    email: 'erin@example.com',
    ...attributes,
  };
  const given = Object.entries(all).filter((one): one is [string, string] => one[1] !== undefined);
  return {
    ...common,
    triggerSource: more.triggerSource ?? 'TokenGeneration_HostedAuth',
    request: {
      userAttributes: Object.fromEntries(given),
      groupConfiguration: {
        groupsToOverride: ['eu-central-1_AbCdEf123_saml', 'aws-temp#Reviewer'],
        iamRolesToOverride: [],
      },
      scopes: more.scopes ?? ['openid', 'email', 'profile'],
    },
    response: { claimsAndScopeOverrideDetails: {} },
  } as PreTokenGenerationV2TriggerEvent;
}
