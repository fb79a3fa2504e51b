import { useRef, useState } from 'react';
import type { RequestView, ReviewBody } from '../../../api/contract.ts';
import { call } from '../../lib/api.ts';
import { asProblem, type Problem } from '../../lib/problem.ts';

/**
 * Sends a review, once at a time.
 * @param onSettled it is over: decided, or refused in a way that doing the same again cannot help
 */
export function useReview(onSettled: (decided: boolean) => void) {
  const [decided, setDecided] = useState<ReviewBody['decision'] | null>(null);
  const [running, setRunning] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const busy = useRef(false);

  const send = async (request: RequestView, decision: ReviewBody['decision'], comment: string) => {
    if (busy.current) return;
    busy.current = true;
    setRunning(true);
    setProblem(null);
    try {
      await call('reviewRequest', { id: request.id, body: { decision, comment, version: request.version } });
      setDecided(decision);
      onSettled(true);
    } catch (error) {
      const found = asProblem(error);
      setProblem(found);
      if (!mayPass(found)) onSettled(false);
    } finally {
      busy.current = false;
      setRunning(false);
    }
  };

  return {
    running,
    decided,
    problem,
    send: (...review: Parameters<typeof send>) => void send(...review),
    forget: () => setProblem(null),
  };
}

/** No answer, or one that says to try again: the confirmation stays open for that. */
function mayPass({ status, code }: Problem): boolean {
  return code === 'offline' || status === 429 || status === 503;
}
