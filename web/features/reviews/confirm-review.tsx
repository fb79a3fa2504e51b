import type { RequestView, ReviewBody } from '../../../api/contract.ts';
import { useNow } from '../../lib/clock.ts';
import { formatAccount, formatDuration, formatNear } from '../../lib/format.ts';
import type { Problem } from '../../lib/problem.ts';
import { PersonName } from '../../ui/person-name.tsx';
import { TwoStepDialog } from '../../ui/two-step-dialog.tsx';

interface ConfirmReviewProps {
  request: RequestView;
  decision: ReviewBody['decision'];
  comment: string;
  running: boolean;
  problem: Problem | null;
  onConfirm: () => void;
  onDismiss: () => void;
}

/** The second step: who gets which role in which account for how long, or that the request ends. */
export function ConfirmReview({ request, decision, comment, ...dialog }: ConfirmReviewProps) {
  const approve = decision === 'approve';
  return (
    <TwoStepDialog
      title={approve ? 'Approve this request?' : 'Reject this request?'}
      confirmLabel={approve ? 'Approve' : 'Reject'}
      {...dialog}
    >
      <dl className="facts">
        <div className="wide">
          <dt>Who</dt>
          <dd>
            <PersonName person={request.requester} />
          </dd>
        </div>
        <div>
          <dt>Role</dt>
          <dd>
            <strong>{request.target.role}</strong>
          </dd>
        </div>
        <div>
          <dt>Account</dt>
          <dd>
            <strong>{formatAccount(request.target)}</strong>
          </dd>
        </div>
        <div className="wide">
          <dt>How long</dt>
          <dd>
            <strong>{formatDuration(request.durationMinutes)}</strong>
            {approve && <WindowEnd minutes={request.durationMinutes} />}
          </dd>
        </div>
        {comment !== '' && (
          <div className="wide">
            <dt>Your comment</dt>
            <dd className="written">{comment}</dd>
          </div>
        )}
      </dl>
      <p>
        {approve
          ? 'Your approval, with your name and comment, is on record. Access can be revoked at any time.'
          : 'Nobody gets access. A rejection is final: the requester would have to make a new request.'}
      </p>
    </TwoStepDialog>
  );
}

function WindowEnd({ minutes }: { minutes: number }) {
  const now = useNow(10_000);
  const until = new Date(now + minutes * 60_000).toISOString();
  return <>, from the moment you approve: until about {formatNear(until, now)}</>;
}
