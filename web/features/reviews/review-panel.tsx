import { type ReactNode, useId, useState } from 'react';
import type { RequestView } from '../../../api/contract.ts';
import { BreakGlassMark } from '../../ui/break-glass-mark.tsx';
import { Countdown } from '../../ui/countdown.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { approvalsInWords, ReviewsList } from '../../ui/reviews-list.tsx';
import { AfterReviewIntro } from './after-review-intro.tsx';
import { ConfirmReview } from './confirm-review.tsx';
import { EarlierRequests } from './earlier-requests.tsx';
import { ReviewForm } from './review-form.tsx';
import { ReviewResults } from './review-results.tsx';
import type { Decided } from './send-reviews.ts';
import { mayReview } from './together-table.tsx';
import { useReview } from './use-review.ts';

interface ReviewPanelProps {
  request: RequestView;
  /** the others of the same form */
  together: readonly RequestView[];
  /** what this person asked for before, newest first */
  earlier: readonly RequestView[];
  /** Requests have changed, or have to be read again. */
  onReviewed: () => void;
}

/**
 * Where a reviewer decides: first the decision and its comment, then a confirmation that says what it means.
 * NB. Always rendered: it stays to say what came of it when nothing is left to be decided.
 */
export function ReviewPanel({ request, together, earlier, onReviewed }: ReviewPanelProps) {
  const [confirming, setConfirming] = useState<Decided | null>(null);
  const [answered, setAnswered] = useState<Decided | null>(null);
  const { outcomes, running, stoppedBy, send, forget } = useReview(() => {
    setAnswered(confirming);
    setConfirming(null);
    onReviewed();
  });
  const only = answered?.requests.length === 1 ? outcomes.get(request.id) : undefined;
  const refusal = only?.state === 'refused' ? only.problem : null;
  const again = () => {
    forget();
    setAnswered(null);
    onReviewed();
  };

  if (answered && !refusal) return <ReviewResults decided={answered} outcomes={outcomes} onAgain={again} />;
  const problem = refusal && (
    <ProblemAlert problem={refusal} onRetry={again} retryLabel="Reload the request" />
  );
  // Break-glass access is never reviewed before.
  const afterwards = request.breakGlass;
  const mayDecide = mayReview(request) || request.allowedActions.includes('review-after');
  if (!mayDecide && !confirming) return problem;
  return (
    <Frame request={request} afterwards={afterwards}>
      {!afterwards && <ApprovalsSoFar request={request} />}
      <EarlierRequests requester={request.requester} earlier={earlier} />
      <ReviewForm
        request={request}
        together={together}
        afterwards={afterwards}
        problem={refusal}
        onContinue={(decided) => {
          forget();
          setAnswered(null);
          setConfirming(decided);
        }}
      />
      {problem}
      {confirming && (
        <ConfirmReview
          decided={confirming}
          first={confirming.requests[0] ?? request}
          outcomes={outcomes}
          running={running}
          problem={stoppedBy}
          onConfirm={() => send(confirming)}
          onDismiss={() => {
            // Some were sent before it stopped: what came of them has to be seen.
            if (outcomes.size > 0) setAnswered(confirming);
            else forget();
            setConfirming(null);
            onReviewed();
          }}
        />
      )}
    </Frame>
  );
}

interface FrameProps {
  request: RequestView;
  afterwards: boolean;
  children: ReactNode;
}

function Frame({ request, afterwards, children }: FrameProps) {
  const headingId = useId();
  return (
    <section className="panel stack" aria-labelledby={headingId}>
      <div className="row-apart">
        <h2 id={headingId}>{afterwards ? 'Review afterwards' : 'Your review'}</h2>
        {afterwards ? (
          <BreakGlassMark />
        ) : (
          <span className="quiet">
            Expires in <Countdown until={request.reviewBy} />
          </span>
        )}
      </div>
      {afterwards && <AfterReviewIntro request={request} />}
      {children}
    </section>
  );
}

/** Where one approval is enough, there is nothing to say before it. */
function ApprovalsSoFar({ request }: { request: RequestView }) {
  const { reviews, approvalsNeeded, invitation } = request;
  if (approvalsNeeded === 1) return null;
  return (
    <div className="stack-close">
      <strong>{approvalsInWords(request)}, by different reviewers</strong>
      {reviews.length > 0 && <ReviewsList reviews={reviews} inviter={invitation?.by} />}
    </div>
  );
}
