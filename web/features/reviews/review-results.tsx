import Button from '@cloudscape-design/components/button';
import { useEffect, useRef } from 'react';
import { approvalsInWords } from '../../ui/reviews-list.tsx';
import { OutcomeList } from './outcome-list.tsx';
import { decisionWords } from './review-words.ts';
import type { Decided, Outcomes } from './send-reviews.ts';

interface ReviewResultsProps {
  decided: Decided;
  outcomes: Outcomes;
  /** to the form again, for what was refused */
  onAgain: () => void;
}

/** What came of a decision. The form and its buttons are gone, so the focus comes here. */
export function ReviewResults({ decided, outcomes, onAgain }: ReviewResultsProps) {
  const place = useRef<HTMLElement>(null);
  useEffect(() => place.current?.focus(), []);
  const { requests, decision } = decided;
  const done = requests.filter(({ id }) => outcomes.get(id)?.state === 'done').length;
  return (
    <section ref={place} className="panel stack-close" role="status" tabIndex={-1}>
      {requests.length === 1 ? (
        <OneResult decided={decided} outcomes={outcomes} />
      ) : (
        <>
          <div>
            You {decisionWords[decision].done} {done} of {requests.length} requests.
          </div>
          <OutcomeList requests={requests} outcomes={outcomes} decision={decision} over />
        </>
      )}
      {done < requests.length && (
        <div>
          <Button onClick={() => onAgain()}>Reload the request</Button>
        </div>
      )}
    </section>
  );
}

function OneResult({ decided: { requests, decision }, outcomes }: Omit<ReviewResultsProps, 'onAgain'>) {
  const outcome = outcomes.get(requests[0]?.id ?? '');
  if (outcome?.state !== 'done') return null;
  const { breakGlass, status } = outcome.request;
  return (
    <div>
      You {decisionWords[decision].done} {breakGlass ? 'this break-glass access' : 'this request'}.
      {status === 'pending' && ` ${approvalsInWords(outcome.request)}: it waits for other reviewers.`}
    </div>
  );
}
