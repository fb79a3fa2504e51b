import { Problem } from './problem.ts';

/** The API's code for an action that needs a newer or stronger sign-in. */
export const stepUpCode = 'insufficient-user-authentication';
/** A new sign-in did not help. */
export const notEnoughCode = 'sign-in-not-enough';

export type Evidence = Problem['evidence'];

/** A list in the evidence; nothing where there is none. */
export function listOf(value: Evidence[string] | undefined): readonly string[] {
  return Array.isArray(value) ? value : [];
}

/** The person would rather not sign in just now. */
export function notConfirmed({ detail, correlationId, status }: Problem): Problem {
  return new Problem({
    status,
    code: stepUpCode,
    title: 'Not done yet',
    detail: `${detail} Nothing was sent, and what you typed is still here: try again when you can sign in.`,
    evidence: {},
    correlationId,
  });
}

/** What of a sign-in the evidence may name as missing. */
const lacking: ReadonlyMap<string, string> = new Map([
  ['maxAge', 'that it was just now'],
  ['amr', 'how you did it'],
  ['acr', 'at which level it was'],
]);

/** The person did sign in, and the provider still does not say what is asked for. */
export function notEnough({ detail, evidence, correlationId, status }: Problem): Problem {
  const lacks = listOf(evidence.missing).flatMap((what) => lacking.get(what) ?? []);
  return new Problem({
    status,
    code: notEnoughCode,
    title: 'Your new sign-in is not enough',
    detail: `${detail} You signed in again, but your sign-in provider did not confirm ${lacks.join(', ')}. Nothing was done. Ask whoever manages sign-in for you whether your account can give that.`,
    evidence: {},
    correlationId,
  });
}
