import type { ReactNode } from 'react';
import type { RequestView } from '../../../api/contract.ts';
import { formatDuration } from '../../lib/format.ts';
import { Countdown } from '../../ui/countdown.tsx';
import { Instant } from '../../ui/instant.tsx';
import { PersonName } from '../../ui/person-name.tsx';
import { TargetName } from '../../ui/target-name.tsx';
import { CloseActions } from './close-actions.tsx';

interface RequestDetailsProps {
  request: RequestView;
  /** the viewer's own: only the wording depends on it */
  mine: boolean;
}

/** Everything that is known of a request, and what ends it. */
export function RequestDetails({ request, mine }: RequestDetailsProps) {
  const { window, review, closure, sessions } = request;
  return (
    <section className="panel stack" aria-labelledby="details">
      <div className="row-apart">
        <h2 id="details">Details</h2>
        <CloseActions request={request} mine={mine} />
      </div>
      <dl className="facts">
        <Fact name="Role and account">
          <TargetName target={request.target} />
        </Fact>
        <Fact name="Requested by">
          <PersonName person={request.requester} />
        </Fact>
        <Fact name="Duration">{formatDuration(request.durationMinutes)}</Fact>
        <Fact name="Created">
          <Instant at={request.createdAt} />
        </Fact>
        {request.status === 'pending' && (
          <Fact name="To be reviewed by">
            <Instant at={request.reviewBy} /> (<Countdown until={request.reviewBy} /> left)
          </Fact>
        )}
        {window && (
          <Fact name="Window">
            <Instant at={window.from} /> until <Instant at={window.until} />
            {request.status === 'active' && (
              <>
                {' ('}
                <Countdown until={window.until} /> left)
              </>
            )}
          </Fact>
        )}
        {review && (
          <Fact name={review.decision === 'approve' ? 'Approved by' : 'Rejected by'}>
            <PersonName person={review.reviewer} />, <Instant at={review.at} />
          </Fact>
        )}
        {closure && (
          <Fact name={request.status === 'cancelled' ? 'Cancelled by' : 'Revoked by'}>
            <PersonName person={closure.by} />, <Instant at={closure.at} />
          </Fact>
        )}
        {window && <Fact name="Sessions issued">{sessions.issued}</Fact>}
        {sessions.credentialsEndAt && (
          <Fact name="Credentials end, at the latest">
            <Instant at={sessions.credentialsEndAt} />
          </Fact>
        )}
        <Written name="Justification" text={request.justification} />
        <Written name="Comment of the review" text={review?.comment ?? ''} />
        <Written name="Comment at the end" text={closure?.comment ?? ''} />
        <Fact name="Request id">
          <span className="code">{request.id}</span>
        </Fact>
      </dl>
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Written({ name, text }: { name: string; text: string }) {
  if (text === '') return null;
  return (
    <div className="wide">
      <dt>{name}</dt>
      <dd className="written">{text}</dd>
    </div>
  );
}
