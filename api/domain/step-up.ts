import type { AccessRequest } from './access-request.ts';
import { allow, deny, type Outcome } from './denial.ts';
import { epochMs, type Instant } from './instant.ts';
import type { Command } from './lifecycle.ts';
import type { Policy, SteppedUpAction, StepUp } from './policy-document.ts';
import { minutesInWords } from './terms-in-words.ts';
import type { Authentication } from './user.ts';

/** Whether a sign-in is new and strong enough for an action: RFC 9470, with `amr` (RFC 8176) beside `acr`. */

const doing: Record<SteppedUpAction, string> = {
  review: 'Reviewing',
  revoke: "Revoking another person's access",
  issue: 'Starting a session',
};

/** RFC 8176, section 2, as far as somebody might ask for it. */
const methods: ReadonlyMap<string, string> = new Map([
  ['face', 'face recognition'],
  ['fpt', 'a fingerprint'],
  ['hwk', 'a hardware key'],
  ['mfa', 'a second factor'],
  ['otp', 'a one-time password'],
  ['pin', 'a PIN'],
  ['pwd', 'a password'],
  ['sc', 'a smart card'],
  ['sms', 'a code by text message'],
  ['swk', 'a software key'],
]);

/**
 * Compares what is asked of the action with the sign-in. NB. No grace: the age is counted with the server's clock, and
 * in the last second it is still young enough, as OpenID Connect Core 1.0, section 3.1.2.1 has it (max_age). A sign-in
 * of a provider whose clock is ahead has no age yet. What is not known is not enough.
 */
export function checkStepUp(
  policy: Pick<Policy, 'stepUp'>,
  action: SteppedUpAction,
  { at, acr, amr }: Authentication,
  now: Instant,
): Outcome<null> {
  const wanted = policy.stepUp[action];
  if (wanted === null) return allow(null);
  const { maxAgeMinutes } = wanted;
  const missing = [
    ...(maxAgeMinutes === null || (at !== null && ageMs(at, now) <= maxAgeMinutes * 60_000)
      ? []
      : ['maxAge']),
    ...(wanted.acr.length === 0 || (acr !== null && wanted.acr.includes(acr)) ? [] : ['acr']),
    ...(wanted.amr.every((method) => amr.includes(method)) ? [] : ['amr']),
  ];
  if (missing.length === 0) return allow(null);
  return deny(
    'insufficient-user-authentication',
    `${doing[action]} needs a new sign-in: ${stepUpInWords(wanted)}.`,
    {
      action,
      maxAgeSeconds: maxAgeMinutes === null ? null : maxAgeMinutes * 60,
      authenticatedAt: at,
      acr: [...wanted.acr],
      amr: [...wanted.amr],
      missing,
    },
  );
}

function ageMs(at: Instant, now: Instant): number {
  return epochMs(now) - epochMs(at);
}

/** After "a sign-in": how old it may be, by which methods, at which level. */
export function stepUpInWords({ maxAgeMinutes, acr, amr }: StepUp): string {
  const levels = acr.map((level) => `"${level}"`);
  const ways = amr.map((method) => methods.get(method) ?? `the method "${method}"`);
  return [
    ...(maxAgeMinutes === null ? [] : [`of the last ${minutesInWords(maxAgeMinutes)}`]),
    ...(amr.length === 0 ? [] : [`with ${ways.join(' and ')}`]),
    ...(acr.length === 0 ? [] : [`at the level ${levels.join(' or ')}`]),
  ].join(', ');
}

/**
 * The same for a command that was found to be allowed. NB. Ending one's own access early never asks for
 * more: whoever gives something up, at night and in a hurry, must not be held up by a provider that does not answer.
 */
export function checkCommandStepUp(
  policy: Pick<Policy, 'stepUp'>,
  request: AccessRequest,
  command: Command,
  now: Instant,
): Outcome<null> {
  if (command.kind === 'review') return checkStepUp(policy, 'review', command.by.authentication, now);
  if (command.kind === 'revoke' && request.requester.id !== command.by.id) {
    return checkStepUp(policy, 'revoke', command.by.authentication, now);
  }
  return allow(null);
}
