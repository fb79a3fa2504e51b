import Button from '@cloudscape-design/components/button';
import { useEffect, useId, useRef, useState } from 'react';
import { useNavigate } from 'react-router-dom';
import type { RequestView } from '../../../api/contract.ts';
import { formatAccount, formatDuration } from '../../lib/format.ts';
import { paths } from '../../lib/paths.ts';
import { Countdown } from '../../ui/countdown.tsx';
import { Instant } from '../../ui/instant.tsx';
import { PersonName } from '../../ui/person-name.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { isForViewer, WithdrawDialog } from './close-actions.tsx';
import { useAccept } from './use-accept.ts';

interface AcceptPanelProps {
  request: RequestView;
  viewerId: string | undefined;
}

/** Where an invited person says yes or no. NB. Always rendered: it stays to say what came of the answer. */
export function AcceptPanel({ request, viewerId }: AcceptPanelProps) {
  const { accepted, running, problem, accept } = useAccept(request.id);
  const [declining, setDeclining] = useState(false);
  const headingId = useId();
  const navigate = useNavigate();
  if (accepted) return <Accepted request={accepted} />;
  if (!isForViewer(request, viewerId) || !request.invitation)
    return problem && <ProblemAlert problem={problem} />;
  const { by } = request.invitation;
  return (
    <section className="panel stack" aria-labelledby={headingId}>
      <div className="row-apart">
        <h2 id={headingId}>You are invited</h2>
        <span className="quiet">
          Expires in <Countdown until={request.reviewBy} />
        </span>
      </div>
      <div className="wraps">
        <PersonName person={by} /> asks for <strong>{request.target.role}</strong> in{' '}
        <strong>{formatAccount(request.target)}</strong> on your behalf, for{' '}
        {formatDuration(request.durationMinutes)}
        {request.start && (
          <>
            , not before <Instant at={request.start} />
          </>
        )}
        .
      </div>
      <ul className="lines">
        <li>Nothing is active before you accept.</li>
        <li>
          When you accept it becomes your own request, under the rule that applies to you. Where that rule
          says so, the invitation counts as an approval, and access may start at once; else reviewers decide.
        </li>
        <li>What you do with the access is on record under your name.</li>
      </ul>
      {problem && <ProblemAlert problem={problem} />}
      <div className="row">
        <Button variant="primary" loading={running} loadingText="Accepting" onClick={accept}>
          Accept
        </Button>
        <Button disabled={running} onClick={() => setDeclining(true)}>
          Decline
        </Button>
      </div>
      {declining && (
        <WithdrawDialog
          request={request}
          how="decline"
          // Whoever is known by e-mail alone can no longer see what they declined.
          onDone={request.requester.id === viewerId ? undefined : () => navigate(paths.myRequests)}
          onClose={() => setDeclining(false)}
        />
      )}
    </section>
  );
}

/** The buttons are gone, so the focus comes here. */
function Accepted({ request }: { request: RequestView }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.focus(), []);
  return (
    <div ref={place} className="panel" role="status" tabIndex={-1}>
      You accepted the invitation.{' '}
      {request.status === 'pending' && 'Now reviewers decide on it, as on a request of your own.'}
      {request.status === 'active' && 'Your access is active.'}
      {request.status === 'scheduled' && request.window && (
        <>
          Your access starts at <Instant at={request.window.from} />.
        </>
      )}
    </div>
  );
}
