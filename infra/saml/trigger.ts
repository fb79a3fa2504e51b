import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InboundFederationTriggerEvent, PreTokenGenerationV2TriggerEvent } from 'aws-lambda';
import { mapAssertion, type SamlAttributes, tokenClaims } from './sign-in.ts';

/** What the user pool calls: when an assertion has come, and before it makes tokens. */

/** The names of the deployment file, which stand beside the bundle. */
const names = JSON.parse(
  readFileSync(join(import.meta.dirname, 'attributes.json'), 'utf8'),
) as SamlAttributes;

type Event = InboundFederationTriggerEvent | PreTokenGenerationV2TriggerEvent;

export async function handler(event: Event): Promise<Event> {
  const seconds = Math.floor(Date.now() / 1000);
  if (event.triggerSource === 'InboundFederation_ExternalProvider') {
    return { ...event, response: { userAttributesToMap: mapAssertion(event, names, seconds) } };
  }
  return { ...event, response: { claimsAndScopeOverrideDetails: tokenClaims(event, seconds) } };
}
