import { useRef, useState } from 'react';
import type { Problem } from '../../lib/problem.ts';
import { type Decided, type Outcomes, sendReviews } from './send-reviews.ts';

const none: Outcomes = new Map();

/**
 * Sends a decision, once at a time; after no answer, `send` goes on with what is left.
 * @param onAnswered every request has its answer
 */
export function useReview(onAnswered: () => void) {
  const [outcomes, setOutcomes] = useState(none);
  const [running, setRunning] = useState(false);
  const [stoppedBy, setStoppedBy] = useState<Problem | null>(null);
  const busy = useRef(false);

  const send = async (decided: Decided) => {
    if (busy.current) return;
    busy.current = true;
    setRunning(true);
    setStoppedBy(null);
    try {
      const stop = await sendReviews(decided, outcomes, setOutcomes);
      setStoppedBy(stop);
      if (stop === null) onAnswered();
    } finally {
      busy.current = false;
      setRunning(false);
    }
  };

  return {
    outcomes,
    running,
    stoppedBy,
    send: (decided: Decided) => void send(decided),
    forget: () => {
      setOutcomes(none);
      setStoppedBy(null);
    },
  };
}
