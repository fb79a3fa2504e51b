import { type Policy, type SteppedUpAction, type StepUp, steppedUpActions } from './policy-document.ts';
import { stepUpInWords } from './step-up.ts';

/** What a policy asks of sign-ins otherwise than another one, for an action. */
export interface StepUpDifference {
  readonly action: SteppedUpAction;
  /** stricter: every sign-in that is enough now was enough before; laxer: the other way round; else neither */
  readonly change: 'stricter' | 'laxer' | 'different';
  /** in words; null where nothing was or is asked */
  readonly before: string | null;
  readonly after: string | null;
}

/** The actions for which not the same sign-ins are enough any more. */
export function diffStepUp(before: Policy, after: Policy): StepUpDifference[] {
  return steppedUpActions.flatMap((action): StepUpDifference[] => {
    const [then, now] = [before.stepUp[action], after.stepUp[action]];
    const [kept, given] = [isAtLeast(now, then), isAtLeast(then, now)];
    if (kept && given) return [];
    const change = kept ? 'stricter' : given ? 'laxer' : 'different';
    return [{ action, change, before: inWords(then), after: inWords(now) }];
  });
}

/** Whether whatever is enough for the one is enough for the other. */
function isAtLeast(one: StepUp | null, other: StepUp | null): boolean {
  if (other === null) return true;
  if (one === null) return false;
  const young = other.maxAgeMinutes ?? Number.POSITIVE_INFINITY;
  return (
    (one.maxAgeMinutes ?? Number.POSITIVE_INFINITY) <= young &&
    (other.acr.length === 0 || (one.acr.length > 0 && one.acr.every((level) => other.acr.includes(level)))) &&
    other.amr.every((method) => one.amr.includes(method))
  );
}

function inWords(stepUp: StepUp | null): string | null {
  return stepUp === null ? null : `A sign-in ${stepUpInWords(stepUp)}.`;
}
