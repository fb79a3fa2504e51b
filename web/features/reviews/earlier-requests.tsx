import { useId } from 'react';
import type { PersonView, RequestView } from '../../../api/contract.ts';
import { formatAccount, formatDuration } from '../../lib/format.ts';
import { paths } from '../../lib/paths.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { BreakGlassMark } from '../../ui/break-glass-mark.tsx';
import { Instant } from '../../ui/instant.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import './earlier-requests.css';

/** What this person asked for before: a hint at what is usual for them. */
export function EarlierRequests({
  requester,
  earlier,
}: {
  requester: PersonView;
  earlier: readonly RequestView[];
}) {
  const headingId = useId();
  const name = requester.name || requester.email || requester.id;
  return (
    <div className="stack-close">
      <h3 className="earlier-heading" id={headingId}>
        What {name} asked for before
      </h3>
      {earlier.length === 0 ? (
        <span className="quiet">Nothing: this is their first request.</span>
      ) : (
        <ul className="earlier" aria-labelledby={headingId}>
          {earlier.map((request) => (
            <li key={request.id}>
              <span>
                <AppLink to={paths.request(request.id)}>{request.target.role}</AppLink>
                <span className="quiet wraps">
                  {' '}
                  in {formatAccount(request.target)} for {formatDuration(request.durationMinutes)}
                </span>
              </span>
              <span>
                <StatusBadge request={request} />
                {request.breakGlass && (
                  <>
                    {' '}
                    <BreakGlassMark />
                  </>
                )}
              </span>
              <span className="quiet">
                <Instant at={request.createdAt} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
