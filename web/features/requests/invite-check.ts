import type { InviteBody } from '../../../api/contract.ts';
import type { Problem } from '../../lib/problem.ts';
import { readTarget } from '../../lib/typed-target.ts';
import { fieldError } from '../../ui/evidence.ts';
import {
  type AskDraft,
  type AskErrors,
  checkAsk,
  defaultDuration,
  refusedFields,
  widestLimits,
} from './ask-check.ts';

/** An invitation as it stands in the form. Whose rule will apply is not known before somebody accepts. */
export interface InviteDraft extends AskDraft {
  readonly email: string;
  readonly account: string;
  readonly role: string;
}

export type InviteErrors = AskErrors & Partial<Record<'email' | 'account' | 'role', string>>;

export const emptyInvitation: InviteDraft = {
  email: '',
  account: '',
  role: '',
  minutes: defaultDuration,
  justification: '',
  ticket: '',
  start: null,
};

/** What the form sends, or what is missing. @param nowMs epoch ms by the server's clock */
export function checkInvitation(
  draft: InviteDraft,
  nowMs: number,
): { body: InviteBody | null; errors: InviteErrors } {
  const { ask, errors: found } = checkAsk(draft, widestLimits, nowMs);
  const { target, errors: wrongTarget } = readTarget(draft.account, draft.role);
  const email = draft.email.trim();
  const errors: InviteErrors = { ...found, ...wrongTarget };
  if (!/^[^\s@]+@[^\s@]+$/.test(email))
    errors.email = 'Give the whole e-mail address that they sign in with.';
  if (target === null || Object.keys(errors).length > 0) return { body: null, errors };
  return { body: { email, ...target, ...ask }, errors };
}

/** What the server says about each field, to stand beside it. */
export function refusedInvitation(problem: Problem | null): InviteErrors {
  const errors: InviteErrors = refusedFields(problem);
  for (const name of ['email', 'account', 'role'] as const) {
    const error = fieldError(problem, name);
    if (error !== undefined) errors[name] = error;
  }
  return errors;
}
