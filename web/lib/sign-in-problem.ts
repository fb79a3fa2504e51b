import { ErrorResponse } from 'oidc-client-ts';
import { asProblem, Problem } from './problem.ts';

/** What went wrong while signing in, in words for the person. */
export function signInProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof ErrorResponse) {
    return said('sign-in-refused', 'Sign-in was refused', error.error_description ?? error.error ?? '');
  }
  if (error instanceof TypeError) {
    return said('offline', 'Sign-in is not available', 'The sign-in provider could not be reached.');
  }
  return said('sign-in-failed', 'Sign-in did not work', asProblem(error).detail);
}

/** The person is signed out here; the provider could not be told. */
export function signOutProblem(error: unknown): Problem {
  const why = signInProblem(error).detail;
  return said(
    'sign-out-incomplete',
    'You are signed out of Stepladder only',
    `Your session at the sign-in provider may go on (${why}). Close the browser, or sign out there.`,
  );
}

function said(code: string, title: string, detail: string): Problem {
  return new Problem({ status: 0, code, title, detail, evidence: {}, correlationId: '' });
}
