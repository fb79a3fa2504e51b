import { checkPolicy } from './assume-role-input.ts';
import type { QueryInput } from './aws-query.ts';
import { AwsRefusal, invalid } from './aws-refusal.ts';

/** A checked GetScopedCredentials input. */
export interface ScopedCredentialsInput {
  readonly durationSeconds: number | undefined;
  readonly policy: string | undefined;
  readonly description: string | undefined;
}

const known = /^(Action|Version|Policy|DurationSeconds|MinimumSessionTokenSize|ScopedSessionDescription)$/;

/**
 * Checks the parameters as the STS API Reference, GetScopedCredentials, documents them.
 * @throws AwsRefusal ValidationError, MalformedPolicyDocument, PackedPolicyTooLarge
 */
export function parseScopedCredentials(input: QueryInput): ScopedCredentialsInput {
  for (const name of input.keys()) if (!known.test(name)) throw invalid(`${name} is not a parameter here`);
  const policy = input.get('Policy');
  const durationSeconds = within(input, 'DurationSeconds', 1, 129_600);
  within(input, 'MinimumSessionTokenSize', 0, 4096);
  const description = input.get('ScopedSessionDescription');
  if (policy === undefined && durationSeconds === undefined) {
    throw invalid('At least one of Policy and DurationSeconds must be given');
  }
  if (policy !== undefined) checkPolicy(policy);
  if (description !== undefined && description.length > 256) {
    throw invalid("Value at 'scopedSessionDescription' failed to satisfy constraint: at most 256 characters");
  }
  return { durationSeconds, policy, description };
}

function within(input: QueryInput, name: string, least: number, most: number): number | undefined {
  const text = input.get(name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d{1,6}$/.test(text) && value >= least && value <= most) return value;
  throw invalid(
    `1 validation error detected: Value '${text}' at '${name}' failed to satisfy constraint: Member must have value between ${least} and ${most}`,
  );
}

/** When the narrowed session ends, in epoch milliseconds. @throws AwsRefusal where that would be later than it does */
export function scopedEnd(
  { durationSeconds }: ScopedCredentialsInput,
  session: { readonly expiresAt: number },
  now: number,
): number {
  if (durationSeconds === undefined) return session.expiresAt;
  const end = Math.floor(now / 1000 + durationSeconds) * 1000;
  if (end <= session.expiresAt) return end;
  throw new AwsRefusal(
    400,
    'InsufficientSessionLifetimeException',
    'DurationSeconds is greater than the remaining lifetime of the calling session',
  );
}
