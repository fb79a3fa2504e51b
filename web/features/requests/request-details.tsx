import type { RequestView } from '../../../api/contract.ts';
import { useNow } from '../../lib/clock.ts';
import { formatDuration } from '../../lib/format.ts';
import { paths } from '../../lib/paths.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { Countdown } from '../../ui/countdown.tsx';
import { DecisionFacts, DecisionsInFull } from '../../ui/decision-facts.tsx';
import { Fact, Written } from '../../ui/fact.tsx';
import { Instant } from '../../ui/instant.tsx';
import { PersonName } from '../../ui/person-name.tsx';
import { RequestTarget } from '../../ui/request-target.tsx';
import { RevocationState, revocationName } from '../../ui/revocation-state.tsx';
import { hasRule, RuleTerms } from '../../ui/rule-terms.tsx';
import { isEndedEarly } from '../../ui/status-badge.tsx';
import { RequestActions } from './request-actions.tsx';

interface RequestDetailsProps {
  request: RequestView;
  /** the id of who looks at it, once that is known: only the wording and the order of the buttons depend on it */
  viewerId: string | undefined;
  /** whom to ask about the account; null: nobody is named */
  contact: string | null;
}

/** Everything that is known of a request, and what can be done with it. */
export function RequestDetails({ request, viewerId, contact }: RequestDetailsProps) {
  const { closure, sessions, window, ticket } = request;
  return (
    <section className="panel stack" aria-labelledby="details">
      <div className="row-apart">
        <h2 id="details">Details</h2>
        <RequestActions request={request} viewerId={viewerId} />
      </div>
      <dl className="facts">
        <WhatAndWho request={request} />
        <When request={request} />
        <DecisionFacts request={request} />
        {closure && (
          <Fact name={closedBy(request)}>
            <PersonName person={closure.by} />, <Instant at={closure.at} />
          </Fact>
        )}
        {request.status === 'revoked' && (
          <Fact name={revocationName(request)} wide>
            <RevocationState request={request} />
          </Fact>
        )}
        {request.status === 'void' && (
          <Fact name="Why it is void" wide>
            Stepladder was restored from a backup in which this was still open. What became of it afterwards
            is not known, so it counts no more: ask again if it is still needed.
          </Fact>
        )}
        {window && <Fact name="Sessions issued">{sessions.issued}</Fact>}
        {sessions.credentialsEndAt && request.enforcement?.state !== 'enforced' && (
          <Fact name="Credentials end, at the latest">
            <Instant at={sessions.credentialsEndAt} />
          </Fact>
        )}
        {ticket !== null && (
          <Fact name="Ticket">
            <span className="code">{ticket}</span>
          </Fact>
        )}
        <Written name="Justification" text={request.justification} />
        <DecisionsInFull request={request} />
        <Written name="Comment at the end" text={closure?.comment ?? ''} />
        {hasRule(request) && (
          <Fact name="Rule" wide>
            <RuleTerms rule={request.rule} />
          </Fact>
        )}
        {contact !== null && <Fact name="Whom to ask about the account">{contact}</Fact>}
        <Fact name="Request id">
          <span className="code">{request.id}</span>
        </Fact>
      </dl>
    </section>
  );
}

function closedBy(request: RequestView): string {
  if (request.status === 'cancelled') return 'Cancelled by';
  return isEndedEarly(request) ? 'Ended early by' : 'Revoked by';
}

function WhatAndWho({ request }: { request: RequestView }) {
  const { invitation, extensionOf } = request;
  return (
    <>
      <Fact name="Role and account">
        <RequestTarget request={request} />
      </Fact>
      <Fact name={invitation ? 'On behalf of' : 'Requested by'}>
        <PersonName person={request.requester} />
      </Fact>
      {invitation && (
        <Fact name="Invited by">
          <PersonName person={invitation.by} />, <Instant at={invitation.at} />
        </Fact>
      )}
      {extensionOf !== null && (
        <Fact name="Extends">
          <AppLink to={paths.request(extensionOf)}>the access before it</AppLink>
        </Fact>
      )}
    </>
  );
}

function When({ request }: { request: RequestView }) {
  const { status, window, start, reviewBy } = request;
  const open = status === 'invited' || status === 'pending';
  return (
    <>
      <Fact name="Duration">{formatDuration(request.durationMinutes)}</Fact>
      <Fact name="Created">
        <Instant at={request.createdAt} />
      </Fact>
      {open && (
        <Fact name={status === 'invited' ? 'To be accepted by' : 'To be reviewed by'}>
          <Instant at={reviewBy} /> (<Countdown until={reviewBy} /> left)
        </Fact>
      )}
      {start !== null && (
        <Fact name="Start">{open ? <StartAhead start={start} /> : <Instant at={start} />}</Fact>
      )}
      {window && (
        <Fact name="Window">
          <Instant at={window.from} /> until <Instant at={window.until} />
          {status === 'active' && (
            <>
              {' ('}
              <Countdown until={window.until} /> left)
            </>
          )}
        </Fact>
      )}
    </>
  );
}

/** When access will start, which is the approval where that is later. @param start RFC 3339 */
function StartAhead({ start }: { start: string }) {
  const now = useNow(1000);
  if (Date.parse(start) <= now) {
    return (
      <>
        At the approval: <Instant at={start} />, which was asked for, has passed
      </>
    );
  }
  return (
    <>
      <Instant at={start} />, if approved before
    </>
  );
}
