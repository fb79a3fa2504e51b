import { useSyncExternalStore } from 'react';
import { onSignedOut, type SignInWish, signInInWindow } from './auth.ts';
import type { Problem } from './problem.ts';
import { signInProblem } from './sign-in-problem.ts';
import { type Evidence, listOf } from './step-up-words.ts';

/**
 * A refused action waits here while the person signs in anew: `api.ts` asks, a dialog shows it, and the action goes on or
 * is given up. One at a time; others wait for their turn.
 */
export interface Challenge {
  /** the server's refusal: for what, and what is missing */
  readonly problem: Problem;
  /** what came of the last try, if it went wrong */
  readonly failure: Problem | null;
  /** a window was opened, and nothing has come back from it yet */
  readonly underway: boolean;
}

let challenge: Challenge | null = null;
let settle: ((confirmed: boolean) => void) | undefined;
let trying: AbortController | undefined;
let last: { problem: Problem; confirmed: Promise<boolean> } | undefined;
const listeners = new Set<() => void>();

/** What the person is being asked, for the dialog; null: nothing. */
export function useChallenge(): Challenge | null {
  return useSyncExternalStore(subscribe, () => challenge);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function become(next: Challenge | null): void {
  challenge = next;
  for (const listener of listeners) listener();
}

/** Ask the person to sign in as the refusal says; true once they did, false if they would rather not. */
export async function confirmIdentity(problem: Problem): Promise<boolean> {
  if (challenge !== null && last !== undefined) {
    // Of two calls that were refused for the same reason, one new sign-in helps both.
    if (last.problem.detail === problem.detail) return last.confirmed;
    await last.confirmed;
    return confirmIdentity(problem);
  }
  const confirmed = new Promise<boolean>((resolve) => {
    settle = resolve;
  });
  last = { problem, confirmed };
  become({ problem, failure: null, underway: false });
  return confirmed;
}

/** Open the window. Call it from a click; a window that was opened before is given up. */
export async function signInForChallenge(): Promise<void> {
  if (challenge === null) return;
  const { problem } = challenge;
  trying?.abort('another window');
  const attempt = new AbortController();
  trying = attempt;
  become({ problem, failure: null, underway: true });
  try {
    const same = await signInInWindow({ ...wishOf(problem), popupSignal: attempt.signal });
    if (!attempt.signal.aborted) end(same);
  } catch (error) {
    if (!attempt.signal.aborted) become({ problem, failure: signInProblem(error), underway: false });
  }
}

/** The person would rather not: the action is not done. */
export function giveUpChallenge(): void {
  end(false);
}

function end(confirmed: boolean): void {
  trying?.abort('given up');
  trying = undefined;
  become(null);
  settle?.(confirmed);
  settle = undefined;
}

onSignedOut(() => {
  if (challenge !== null) end(false);
});

/**
 * OpenID Connect Core 1.0, section 3.1.2.1. NB. There is no way to ask for a method, and not every provider looks at
 * `max_age`: so where it is not only the level that is missing, the person has to sign in from the start.
 */
function wishOf({ evidence }: { evidence: Evidence }): SignInWish {
  const { maxAgeSeconds } = evidence;
  const [levels, missing] = [listOf(evidence.acr), listOf(evidence.missing)];
  return {
    ...(typeof maxAgeSeconds === 'number' && { max_age: maxAgeSeconds }),
    ...(levels.length > 0 && { acr_values: levels.join(' ') }),
    ...(missing.some((what) => what !== 'acr') && { prompt: 'login' }),
  };
}
