import type { RequestView } from '../../../api/contract.ts';
import { formatAccount } from '../../lib/format.ts';
import { approvalsInWords } from '../../ui/reviews-list.tsx';
import { EffectInWords } from './effect-in-words.tsx';
import { type Decision, decisionWords } from './review-words.ts';
import type { Outcome, Outcomes } from './send-reviews.ts';

interface OutcomeListProps {
  requests: readonly RequestView[];
  outcomes: Outcomes;
  decision: Decision;
  /** Nothing more is sent. */
  over?: boolean;
}

/** Each request of one decision, and what has become of it. */
export function OutcomeList({ requests, outcomes, decision, over = false }: OutcomeListProps) {
  return (
    <ul className="lines">
      {requests.map((request) => (
        <li key={request.id}>
          <strong>{request.target.role}</strong> in {formatAccount(request.target)}
          <div>
            {over && !outcomes.has(request.id) ? (
              'Not sent: it is as it was.'
            ) : (
              <OutcomeInWords request={request} outcome={outcomes.get(request.id)} decision={decision} />
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}

interface OutcomeProps {
  request: RequestView;
  /** undefined: not sent yet */
  outcome: Outcome | undefined;
  decision: Decision;
}

function OutcomeInWords({ request, outcome, decision }: OutcomeProps) {
  switch (outcome?.state) {
    case 'sending':
      return <span className="quiet">Sending</span>;
    case 'done':
      return <DoneInWords request={outcome.request} decision={decision} />;
    case 'refused':
      return (
        <span role="alert">
          <strong className="alarm">Refused.</strong> {outcome.problem.detail}
        </span>
      );
    default:
      return (
        <span className="quiet">
          {decision === 'approve' ? <EffectInWords request={request} /> : 'Not sent yet'}
        </span>
      );
  }
}

/** @param request as the answer has it */
function DoneInWords({ request, decision }: { request: RequestView; decision: Decision }) {
  const { done } = decisionWords[decision];
  return (
    <>
      <strong>{done.charAt(0).toUpperCase() + done.slice(1)}.</strong>
      {request.status === 'pending' && ` ${approvalsInWords(request)}: it waits for other reviewers.`}
    </>
  );
}
