import type { InboundFederationTriggerEvent, PreTokenGenerationV2TriggerEvent } from 'aws-lambda';
import { keptForm, readKept, SignInRefused, valuesOf } from './groups.ts';

/** What becomes of a SAML assertion at the user pool, and of the user's attributes in the tokens. */

/** how the assertion calls them */
export interface SamlAttributes {
  readonly email: string;
  readonly emailVerified: string;
  readonly name: string;
  readonly groups: string;
}

/** The provider's name in the user pool. */
export const providerName = 'saml';
/** Where groups are kept: an attribute of the pool. */
export const groupsAttribute = 'custom:groups';
/** With it an access token could change attributes, those above among them. */
export const selfServiceScope = 'aws.cognito.signin.user.admin';
/** seconds: how long Cognito's own session spares people the provider ("Managed login session", one hour), and a margin */
const mostSinceAssertion = 65 * 60;
/** seconds: beyond that a refresh token has ended */
export const refreshTokenHours = 8;
const mostSinceRefresh = mostSinceAssertion + refreshTokenHours * 3600;

/**
 * An assertion's attributes under the names of the pool. NB. Each is written at every sign-in, also where the assertion
 * says nothing: Cognito keeps what it once mapped and does not find again, so whoever left their last group would
 * keep it.
 * @throws SignInRefused, which ends the sign-in
 */
export function mapAssertion(
  { request }: InboundFederationTriggerEvent,
  names: SamlAttributes,
  seconds: number,
): Record<string, string> {
  const { samlResponse } = request.attributes;
  if (
    request.providerType !== 'SAML' ||
    request.providerName !== providerName ||
    samlResponse === undefined
  ) {
    throw new SignInRefused('This is no assertion of the provider that Stepladder was set up with.');
  }
  const one = (name: string) => {
    const [value = '', ...more] = valuesOf(samlResponse[name]);
    if (more.length > 0) throw new SignInRefused(`The assertion has several values of ${name}.`);
    return value;
  };
  const email = one(names.email);
  if (!/^[^\s@<>]+@[^\s@<>]+$/.test(email)) {
    throw new SignInRefused(`The assertion has no mail address under ${names.email}.`);
  }
  return {
    email,
    email_verified: one(names.emailVerified).toLowerCase() === 'true' ? 'true' : 'false',
    name: one(names.name) || email,
    [groupsAttribute]: keptForm(valuesOf(samlResponse[names.groups]), seconds),
  };
}

/** What tokens say beside what the pool would have them say. */
export function tokenClaims(event: PreTokenGenerationV2TriggerEvent, seconds: number) {
  return {
    idTokenGeneration: { claimsToSuppress: [groupsAttribute] },
    accessTokenGeneration: { scopesToSuppress: [selfServiceScope] },
    // NB. In place of whatever groups the pool itself has.
    groupOverrideDetails: { groupsToOverride: groupsOf(event, seconds) },
  };
}

/** The groups of the last assertion; none where the user is not the provider's, or that was too long ago. */
function groupsOf({ request, triggerSource }: PreTokenGenerationV2TriggerEvent, seconds: number): string[] {
  const { userAttributes, scopes = [] } = request;
  if (scopes.includes(selfServiceScope) || !isFromProvider(userAttributes)) return [];
  const kept = readKept(userAttributes[groupsAttribute]);
  const most = mostSince[triggerSource];
  if (kept === null || most === undefined) return [];
  const age = seconds - kept.at;
  return age >= -60 && age <= most ? kept.groups : [];
}

const mostSince: Readonly<Record<string, number>> = {
  TokenGeneration_HostedAuth: mostSinceAssertion,
  TokenGeneration_RefreshTokens: mostSinceRefresh,
};

function isFromProvider({ identities, ...attributes }: Readonly<Record<string, string>>): boolean {
  if (attributes['cognito:user_status'] !== 'EXTERNAL_PROVIDER' || identities === undefined) return false;
  try {
    const listed: unknown = JSON.parse(identities);
    return (
      Array.isArray(listed) &&
      listed.length === 1 &&
      listed[0]?.providerName === providerName &&
      listed[0]?.providerType === 'SAML'
    );
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
