import type { APIGatewayProxyResult } from 'aws-lambda';
import { Unavailable } from '../actions/ports.ts';
import type { ProblemView } from '../contract.ts';
import type { Denial, DenialCode } from '../domain/denial.ts';
import { answerHeaders } from '../routes.ts';
import { awsProblem } from './aws-problems.ts';
import { InvalidCursor } from './cursor.ts';
import { IdentityUnavailable, Unauthenticated } from './identity-errors.ts';

/** The one file that knows which refusal is which HTTP status. */

const statusOf: Record<DenialCode, number> = {
  'insufficient-user-authentication': 401,
  'not-found': 404,
  'not-eligible': 403,
  'not-reviewer': 403,
  'own-request': 403,
  'own-invitation': 403,
  'same-team': 403,
  'not-invited': 403,
  'break-glass-not-allowed': 403,
  'team-unknown': 403,
  'rule-changed': 403,
  'not-requester': 403,
  'duration-too-long': 422,
  'justification-too-short': 422,
  'ticket-needed': 422,
  'ticket-malformed': 422,
  'start-out-of-range': 422,
  'idempotency-key-reused': 422,
  'already-open': 409,
  'already-reviewed': 409,
  'break-glass-unreviewed': 409,
  'extension-not-possible': 409,
  'version-changed': 409,
  'wrong-status': 409,
  'from-backup': 409,
  conflict: 409,
  'session-discarded': 409,
  'too-many-sessions': 429,
  'too-many-requests': 429,
  'too-many-invitations': 429,
  'too-many-preflights': 429,
  'account-unknown': 422,
};

const titles: Record<number, string> = {
  400: 'Bad request',
  401: 'Sign in needed',
  403: 'Not allowed',
  404: 'Not found',
  409: 'Not possible now',
  415: 'Not JSON',
  422: 'Not possible',
  429: 'Too many',
  500: 'Something went wrong',
  502: 'AWS refused',
  503: 'Not available now',
};

/** What to answer when nothing may be said but that it failed. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly evidence?: ProblemView['evidence'];
  /** when doing the same again may help; a 503 that does not say it: soon */
  readonly retryAfterSeconds?: number;
}

/** Refuses a request in the middle of handling it. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.code);
    this.problem = problem;
  }
}

export function refuse(denial: Denial): Refused {
  const { retryAfterSeconds } = denial.evidence;
  return new Refused({
    status: statusOf[denial.code],
    code: denial.code,
    detail: denial.sentence,
    evidence: denial.evidence,
    ...(typeof retryAfterSeconds === 'number' && { retryAfterSeconds }),
  });
}

export function json(status: number, body: unknown): APIGatewayProxyResult {
  return answer(status, 'application/json', JSON.stringify(body), {});
}

export function text(body: string, contentType: string, more: Record<string, string>): APIGatewayProxyResult {
  return answer(200, contentType, body, more);
}

function answer(
  statusCode: number,
  contentType: string,
  body: string,
  more: Record<string, string>,
): APIGatewayProxyResult {
  return { statusCode, headers: { ...answerHeaders, 'content-type': contentType, ...more }, body };
}

/** RFC 9457 problem document; 503 and 429 say when to try again (RFC 9110, Retry-After, in seconds). */
export function problem(
  { status, code, detail, evidence, retryAfterSeconds }: Problem,
  correlationId: string,
): APIGatewayProxyResult {
  const body: ProblemView = {
    type: 'about:blank',
    title: titles[status] ?? 'Not possible',
    status,
    detail,
    code,
    evidence: evidence ?? {},
    correlationId,
  };
  const retryAfter = retryAfterSeconds ?? (status === 503 ? 2 : undefined);
  const retry = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  const more = code === 'insufficient-user-authentication' ? challenge(body.evidence) : retry;
  return answer(status, 'application/problem+json', JSON.stringify(body), more);
}

/**
 * RFC 9470, section 3: what a new sign-in has to be like. Methods have no place in it, and are in the evidence only.
 * NB. API Gateway passes it on under another name (API Gateway Developer Guide, "Amazon API Gateway important notes"), so
 * our own pages go by the body. The policy admits no word that would end the quotes.
 */
function challenge({ maxAgeSeconds, acr }: ProblemView['evidence']): Record<string, string> {
  const parts = [
    'error="insufficient_user_authentication"',
    ...(typeof maxAgeSeconds === 'number' ? [`max_age="${maxAgeSeconds}"`] : []),
    ...(Array.isArray(acr) && acr.length > 0 ? [`acr_values="${acr.join(' ')}"`] : []),
  ];
  return { 'www-authenticate': `Bearer ${parts.join(', ')}` };
}

/** What any error becomes on the way out. Only a `Refused` says more than that something failed. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Refused) return error.problem;
  if (error instanceof InvalidCursor)
    return { status: 400, code: 'invalid-cursor', detail: sentences.cursor };
  if (error instanceof Unauthenticated) return { status: 401, code: error.code, detail: error.message };
  if (error instanceof IdentityUnavailable)
    return { status: 503, code: 'unavailable', detail: sentences.identity };
  const refusedByAws = awsProblem(error);
  if (refusedByAws !== undefined) return refusedByAws;
  if (error instanceof Unavailable)
    return { status: 503, code: 'unavailable', detail: sentences.unavailable };
  return { status: 500, code: 'internal', detail: sentences.internal };
}

const sentences = {
  cursor: 'This page of the list cannot be found. Start from the first page.',
  identity: 'Who you are could not be checked just now. Try again in a moment.',
  // NB. A write may have been committed without an answer, so this may not say that nothing was done.
  unavailable:
    'Something that Stepladder needs did not answer, so this may be done or not. Try again in a moment: nothing is done twice.',
  internal: 'This should not have happened. Tell your operators the correlation id.',
};
