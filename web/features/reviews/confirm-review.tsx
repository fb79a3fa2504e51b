import type { RequestView } from '../../../api/contract.ts';
import { formatAccount, formatDuration } from '../../lib/format.ts';
import type { Problem } from '../../lib/problem.ts';
import { Fact, Written } from '../../ui/fact.tsx';
import { PersonName } from '../../ui/person-name.tsx';
import { TwoStepDialog } from '../../ui/two-step-dialog.tsx';
import { WindowInWords } from './effect-in-words.tsx';
import { OutcomeList } from './outcome-list.tsx';
import { decisionWords } from './review-words.ts';
import type { Decided, Outcomes } from './send-reviews.ts';

interface ConfirmReviewProps {
  decided: Decided;
  /** the request whose page it is */
  first: RequestView;
  outcomes: Outcomes;
  running: boolean;
  problem: Problem | null;
  onConfirm: () => void;
  onDismiss: () => void;
}

/** The second step: who gets which role in which account for how long, or what else the decision means. */
export function ConfirmReview({ decided, first, outcomes, ...dialog }: ConfirmReviewProps) {
  const { requests, decision, comment } = decided;
  const { label, title, meaning } = decisionWords[decision];
  const several = requests.length > 1;
  const what = first.breakGlass ? 'this break-glass access' : 'this request';
  return (
    <TwoStepDialog
      title={`${title} ${several ? `these ${requests.length} requests` : what}?`}
      confirmLabel={several ? labelOf(label, requests.length, outcomes.size) : label}
      {...dialog}
    >
      <dl className="facts">
        <Fact name="Who" wide>
          <PersonName person={first.requester} />
        </Fact>
        {!several && (
          <>
            <Fact name="Role">
              <strong>{first.target.role}</strong>
            </Fact>
            <Fact name="Account">
              <strong>{formatAccount(first.target)}</strong>
            </Fact>
          </>
        )}
        <Fact name="How long" wide>
          <strong>{formatDuration(first.durationMinutes)}</strong>
          {several && ' each'}
          {!several && decision === 'approve' && <WindowInWords request={first} />}
        </Fact>
        <Written name="Your comment" text={comment} />
      </dl>
      {several && <OutcomeList requests={requests} outcomes={outcomes} decision={decision} />}
      <div>{meaning}</div>
      {several && dialog.running && (
        <div role="status">
          Sending {outcomes.size} of {requests.length}
        </div>
      )}
    </TwoStepDialog>
  );
}

/** @param sent how many were sent before it stopped, or are being sent */
function labelOf(label: string, all: number, sent: number): string {
  return sent === 0 ? `${label} all ${all}` : `${label} the rest`;
}
