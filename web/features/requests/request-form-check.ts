import type { CreateRequestBody, EligibleTargetView } from '../../../api/contract.ts';
import { limits } from '../../../api/limits.ts';
import { formatDuration } from '../../lib/format.ts';

export type FormErrors = Partial<Record<'target' | 'duration' | 'justification', string>>;

/**
 * What the form sends, or what is missing. A courtesy: it saves a round trip, and the server decides by the same limits.
 * @param minutes as typed
 */
export function checkForm(
  target: EligibleTargetView | null,
  minutes: string,
  justification: string,
): { body: CreateRequestBody | null; errors: FormErrors } {
  const errors: FormErrors = {};
  if (target === null) errors.target = 'Choose a role and account from the list.';
  const longest = target?.maxDurationMinutes ?? limits.duration.max;
  const durationMinutes = /^\d{1,4}$/.test(minutes) ? Number(minutes) : Number.NaN;
  if (!(durationMinutes >= limits.duration.min && durationMinutes <= longest)) {
    errors.duration = `Give whole minutes from ${limits.duration.min} to ${longest} (${formatDuration(longest)}).`;
  }
  const { min, max } = limits.justification;
  if (justification.trim().length < min) errors.justification = `Write at least ${min} characters.`;
  if (justification.length > max) {
    errors.justification = `Shorten it by ${justification.length - max} characters: at most ${max} are kept.`;
  }
  if (target === null || Object.keys(errors).length > 0) return { body: null, errors };
  const { account, role } = target;
  return { body: { account, role, durationMinutes, justification }, errors };
}
