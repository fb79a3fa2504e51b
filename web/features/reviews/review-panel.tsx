import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import RadioGroup from '@cloudscape-design/components/radio-group';
import Textarea from '@cloudscape-design/components/textarea';
import { useId, useState } from 'react';
import type { RequestView, ReviewBody } from '../../../api/contract.ts';
import { limits } from '../../../api/limits.ts';
import { Countdown } from '../../ui/countdown.tsx';
import { fieldError } from '../../ui/evidence.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { ConfirmReview } from './confirm-review.tsx';
import { EarlierRequests } from './earlier-requests.tsx';
import { useReview } from './use-review.ts';

interface ReviewPanelProps {
  request: RequestView;
  /** what this person asked for before, newest first */
  earlier: readonly RequestView[];
  /** The request has changed, or has to be read again. */
  onReviewed: () => void;
}

type Decision = ReviewBody['decision'];
type Missing = { decision?: string; comment?: string };

/** Where a reviewer decides: first the decision and its comment, then a confirmation that says what it means. */
export function ReviewPanel({ request, earlier, onReviewed }: ReviewPanelProps) {
  const [decision, setDecision] = useState<Decision | null>(null);
  const [comment, setComment] = useState('');
  const [missing, setMissing] = useState<Missing>({});
  // The request as it was when "Continue" was pressed: what is confirmed is what was read, whatever is fetched since.
  const [confirming, setConfirming] = useState<RequestView | null>(null);
  const { running, decided, problem, send, forget } = useReview((done) => {
    setConfirming(null);
    if (done) onReviewed();
  });
  const headingId = useId();

  const goOn = () => {
    const found = missingIn(decision, comment);
    setMissing(found);
    forget();
    if (Object.keys(found).length === 0) setConfirming(request);
  };

  if (decided) {
    return (
      <p className="panel" role="status">
        {decided === 'approve' ? 'You approved this request.' : 'You rejected this request.'}
      </p>
    );
  }
  return (
    <section className="panel stack" aria-labelledby={headingId}>
      <div className="row-apart">
        <h2 id={headingId}>Your review</h2>
        <span className="quiet">
          Expires in <Countdown until={request.reviewBy} />
        </span>
      </div>
      <EarlierRequests requester={request.requester} earlier={earlier} />
      <FormField label="Decision" errorText={missing.decision} stretch>
        <RadioGroup
          value={decision}
          onChange={({ detail }) => {
            setDecision(detail.value === 'approve' ? 'approve' : 'reject');
            setMissing({});
          }}
          items={[
            { value: 'approve', label: 'Approve', description: 'Access starts as soon as you confirm.' },
            { value: 'reject', label: 'Reject', description: 'The request ends. Say what would be needed.' },
          ]}
        />
      </FormField>
      <FormField
        label={decision === 'reject' ? 'Comment' : <OptionalLabel />}
        description="The requester and auditors can read it."
        constraintText={`${comment.length} of ${limits.comment.max} characters`}
        errorText={missing.comment ?? fieldError(problem, 'comment')}
        stretch
      >
        <Textarea value={comment} rows={3} onChange={({ detail }) => setComment(detail.value)} />
      </FormField>
      <div className="row">
        <Button variant="primary" onClick={goOn}>
          Continue
        </Button>
        <span className="quiet">You confirm in the next step.</span>
      </div>
      {problem && !confirming && (
        <ProblemAlert problem={problem} onRetry={onReviewed} retryLabel="Reload the request" />
      )}
      {confirming && decision && (
        <ConfirmReview
          request={confirming}
          decision={decision}
          comment={comment.trim()}
          running={running}
          problem={problem}
          onConfirm={() => send(confirming, decision, comment.trim())}
          onDismiss={() => {
            forget();
            setConfirming(null);
          }}
        />
      )}
    </section>
  );
}

function OptionalLabel() {
  return (
    <>
      Comment <i>- optional</i>
    </>
  );
}

/** What keeps the form from going on. The server checks it all again. */
function missingIn(decision: Decision | null, comment: string): Missing {
  if (decision === null) return { decision: 'Choose whether to approve or to reject.' };
  if (decision === 'reject' && comment.trim() === '') {
    return { comment: 'Say why it is rejected, so that the requester knows what to change.' };
  }
  if (comment.length > limits.comment.max) {
    return { comment: `Shorten the comment to ${limits.comment.max} characters.` };
  }
  return {};
}
