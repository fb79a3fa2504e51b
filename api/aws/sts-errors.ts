import { STSServiceException } from '@aws-sdk/client-sts';
import { BrokerRefused, type RefusalReason, TargetRefused, Throttled } from '../actions/aws-refusals.ts';
import { Unavailable } from '../actions/ports.ts';
import type { Target } from '../domain/eligibility.ts';

/**
 * What STS means by an error. STS API Reference, AssumeRole, "Errors", and "Common Error Types"; the names with which
 * services ask to be asked less often are those of the SDKs and Tools Reference Guide, "Retry behavior".
 */

/** Also of IAM: the common errors are the same. */
const throttling = new Set([
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestThrottled',
  'RequestThrottledException',
  'RequestLimitExceeded',
  'TooManyRequestsException',
  'PriorRequestNotComplete',
  'SlowDown',
]);

/** The broker's own credentials are not taken, whatever role is asked for. */
const brokersOwn = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'MissingAuthenticationToken',
  'IncompleteSignature',
  'SignatureDoesNotMatch',
  'RequestExpired',
  'OptInRequired',
]);

const reasons: Record<string, RefusalReason> = {
  AccessDenied: 'access-denied',
  AccessDeniedException: 'access-denied',
  RegionDisabledException: 'region-disabled',
  PackedPolicyTooLargeException: 'policy-too-large',
  PackedPolicyTooLarge: 'policy-too-large',
  MalformedPolicyDocumentException: 'malformed-policy',
  MalformedPolicyDocument: 'malformed-policy',
  ValidationError: 'invalid-input',
  ValidationException: 'invalid-input',
};

/** Why AWS refuses, by the name of its error; undefined where that is no refusal of what was asked. */
export function reasonNamed(name: string): RefusalReason | undefined {
  return Object.hasOwn(reasons, name) ? reasons[name] : undefined;
}

/** Whether an error of this name asks to be asked less often. */
export function isThrottlingNamed(name: string): boolean {
  return throttling.has(name);
}

/**
 * What a failed AssumeRole is for whoever asked. NB. The message of the SDK's error names the broker's role and the
 * target; it stays in the cause, for the log.
 */
export function assumeRoleError(target: Target, error: unknown): Error {
  const { name, $metadata } = error instanceof STSServiceException ? error : { name: '', $metadata: {} };
  const reason = reasonNamed(name);
  if (reason !== undefined) return new TargetRefused(target, reason, { cause: error });
  if (isThrottlingNamed(name) || $metadata.httpStatusCode === 429)
    return new Throttled('STS is throttling', { cause: error });
  if (brokersOwn.has(name)) return new BrokerRefused('STS does not take our credentials', { cause: error });
  return new Unavailable('STS failed', { cause: error });
}
