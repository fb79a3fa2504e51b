import type { RequestView } from '../../../api/contract.ts';
import { call } from '../../lib/api.ts';
import { asProblem, type Problem } from '../../lib/problem.ts';
import { notEnoughCode, stepUpCode } from '../../lib/step-up-words.ts';
import type { Decision } from './review-words.ts';

/** One decision for one request, or for several that were asked for together. */
export interface Decided {
  /** as they were when "Continue" was pressed: what is confirmed is what was read, whatever is fetched since */
  readonly requests: readonly RequestView[];
  readonly decision: Decision;
  readonly comment: string;
}

/** What has become of the review of one request; absent: not sent yet. */
export type Outcome =
  | { readonly state: 'sending' }
  | { readonly state: 'done'; readonly request: RequestView }
  | { readonly state: 'refused'; readonly problem: Problem };
export type Outcomes = ReadonlyMap<string, Outcome>;

/** Sends the review of one request. @throws Problem */
export type SendOne = (request: RequestView, decided: Decided) => Promise<RequestView>;

const sendOne: SendOne = ({ id, version }, { decision, comment }) =>
  call('reviewRequest', { id, body: { decision, comment, version } });

/**
 * Sends reviews, one after the other, of those requests that have no outcome yet. A refusal that doing the same again
 * cannot help does not stop the others; no answer does.
 * @returns what stopped it before every request had its outcome, or null
 */
export async function sendReviews(
  decided: Decided,
  before: Outcomes,
  onOutcomes: (outcomes: Outcomes) => void,
  send: SendOne = sendOne,
): Promise<Problem | null> {
  const outcomes = new Map(before);
  const told = () => onOutcomes(new Map(outcomes));
  for (const request of decided.requests) {
    if (outcomes.has(request.id)) continue;
    outcomes.set(request.id, { state: 'sending' });
    told();
    try {
      outcomes.set(request.id, { state: 'done', request: await send(request, decided) });
    } catch (error) {
      const problem = asProblem(error);
      if (mayPass(problem)) {
        outcomes.delete(request.id);
        told();
        return problem;
      }
      outcomes.set(request.id, { state: 'refused', problem });
    }
    told();
  }
  return null;
}

/** No answer, or one that says to try again; or a sign-in that is not enough for any of them. */
function mayPass({ status, code }: Problem): boolean {
  return (
    code === 'offline' || status === 429 || status === 503 || code === stepUpCode || code === notEnoughCode
  );
}
