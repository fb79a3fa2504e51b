import type { RequestView } from '../../../api/contract.ts';
import { formatAccount, formatDuration } from '../../lib/format.ts';
import { paths } from '../../lib/paths.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { BreakGlassMark } from '../../ui/break-glass-mark.tsx';
import { ClampedText } from '../../ui/clamped-text.tsx';
import { Countdown } from '../../ui/countdown.tsx';
import type { Column } from '../../ui/data-table.tsx';
import { Instant } from '../../ui/instant.tsx';
import { approvalsInWords } from '../../ui/reviews-list.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { Unbroken } from '../../ui/unbroken.tsx';

export const columns: readonly Column<RequestView>[] = [
  {
    id: 'target',
    header: 'Role and account',
    names: true,
    cell: (request) => (
      <>
        <AppLink to={paths.request(request.id)}>{request.target.role}</AppLink>
        <div className="quiet wraps">{formatAccount(request.target)}</div>
        {request.breakGlass && <BreakGlassMark />}
      </>
    ),
  },
  { id: 'status', header: 'Status', cell: (request) => <StatusNow request={request} /> },
  {
    id: 'justification',
    header: 'Justification',
    cell: (request) => (
      <ClampedText text={request.justification} what={`justification for ${request.target.role}`} />
    ),
  },
  {
    id: 'duration',
    header: 'Duration',
    cell: (request) => <Unbroken>{formatDuration(request.durationMinutes)}</Unbroken>,
  },
  {
    id: 'created',
    header: 'Created',
    cell: (request) => (
      <Unbroken>
        <Instant at={request.createdAt} />
      </Unbroken>
    ),
  },
];

/** The status, and how long it lasts where it ends by itself. */
function StatusNow({ request }: { request: RequestView }) {
  const { status, window, reviewBy, approvalsNeeded } = request;
  return (
    <div>
      <StatusBadge request={request} />
      {status === 'active' && window && (
        <div className="small">
          <Unbroken>
            <Countdown until={window.until} /> left
          </Unbroken>
        </div>
      )}
      {status === 'scheduled' && window && (
        <div className="small">
          begins in{' '}
          <Unbroken>
            <Countdown until={window.from} />
          </Unbroken>
        </div>
      )}
      {status === 'pending' && approvalsNeeded > 1 && (
        <div className="small">{approvalsInWords(request)}</div>
      )}
      {(status === 'pending' || status === 'invited') && (
        <div className="small quiet">
          expires in{' '}
          <Unbroken>
            <Countdown until={reviewBy} />
          </Unbroken>
        </div>
      )}
    </div>
  );
}
