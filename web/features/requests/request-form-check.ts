import type {
  CreateRequestBody,
  EligibleTargetView,
  ExplanationView,
  RequestView,
  RuleView,
} from '../../../api/contract.ts';
import { type AskDraft, type AskErrors, checkAsk, defaultDuration, fitting, limitsOf } from './ask-check.ts';

/** A place for one role; `key` tells places apart while they come and go. */
export interface Slot {
  readonly key: number;
  readonly target: EligibleTargetView | null;
}

/** The whole form as it stands. */
export interface Draft extends AskDraft {
  readonly slots: readonly Slot[];
  /** wanted; counts only where it is offered */
  readonly breakGlass: boolean;
  /** the request that this one is to extend */
  readonly extensionOf: string | null;
}

/** @property slots a sentence by the key of the slot that it is about */
export type FormErrors = AskErrors & { slots?: Readonly<Record<number, string>> };

export const emptyDraft: Draft = {
  slots: [{ key: 0, target: null }],
  minutes: defaultDuration,
  justification: '',
  ticket: '',
  start: null,
  breakGlass: false,
  extensionOf: null,
};

/** The form filled in as an earlier request was, as far as its role is still offered. */
export function draftLike(earlier: RequestView, { target, rule }: ExplanationView, extend: boolean): Draft {
  return withFittingTime({
    ...emptyDraft,
    slots: [{ key: 0, target: rule && { ...target, rule } }],
    minutes: String(earlier.durationMinutes),
    // Why somebody goes on is another reason than why they began.
    justification: extend ? '' : earlier.justification,
    ticket: earlier.ticket ?? '',
    extensionOf: extend ? earlier.id : null,
  });
}

export function rulesIn({ slots }: Draft): RuleView[] {
  return slots.flatMap(({ target }) => (target ? [target.rule] : []));
}

/** What breaking the glass would give, where it is offered: for one role alone, and never to extend. */
export function glassOffered({ slots, extensionOf }: Draft): RuleView['breakGlass'] {
  return slots.length === 1 && extensionOf === null ? (slots[0]?.target?.rule.breakGlass ?? null) : null;
}

export function breaksGlass(draft: Draft): boolean {
  return draft.breakGlass && glassOffered(draft) !== null;
}

export function limitsIn(draft: Draft) {
  const found = limitsOf(rulesIn(draft), breaksGlass(draft));
  return draft.extensionOf === null ? found : { ...found, startAheadMinutes: 0 };
}

/** After the roles or the way have changed: no longer than what now applies. */
export function withFittingTime(draft: Draft): Draft {
  return { ...draft, minutes: fitting(draft.minutes, limitsIn(draft)) };
}

/** Whether two targets are the same role in the same account. */
export function isSame(one: EligibleTargetView, other: EligibleTargetView): boolean {
  return one.account === other.account && one.role === other.role;
}

/** What the form sends, or what is missing. @param nowMs epoch ms by the server's clock */
export function checkForm(
  draft: Draft,
  nowMs: number,
): { body: CreateRequestBody | null; errors: FormErrors } {
  const { ask, errors: found } = checkAsk(draft, limitsIn(draft), nowMs);
  const slots = slotErrors(draft.slots);
  const errors: FormErrors = Object.keys(slots).length === 0 ? found : { ...found, slots };
  if (Object.keys(errors).length > 0) return { body: null, errors };
  const targets = draft.slots.flatMap(({ target }) =>
    target ? [{ account: target.account, role: target.role }] : [],
  );
  const body = {
    targets,
    ...ask,
    ...(breaksGlass(draft) ? { breakGlass: true } : {}),
    ...(draft.extensionOf === null ? {} : { extensionOf: draft.extensionOf }),
  };
  return { body, errors };
}

function slotErrors(slots: readonly Slot[]): Record<number, string> {
  const errors: Record<number, string> = {};
  for (const [index, { key, target }] of slots.entries()) {
    const before = slots.slice(0, index);
    if (target === null) {
      errors[key] =
        slots.length === 1
          ? 'Choose a role and account from the list.'
          : 'Choose a role and account from the list, or remove this one.';
    } else if (before.some((slot) => slot.target && isSame(slot.target, target))) {
      errors[key] = 'This role is chosen above already. Choose another, or remove this one.';
    }
  }
  return errors;
}
