import type { RequestView } from '../../../api/contract.ts';
import { formatDuration } from '../../lib/format.ts';
import { paths } from '../../lib/paths.ts';
import { AfterReview } from '../../ui/after-review.tsx';
import { AppLink } from '../../ui/app-link.tsx';
import { ClampedText } from '../../ui/clamped-text.tsx';
import { Countdown } from '../../ui/countdown.tsx';
import type { Column } from '../../ui/data-table.tsx';
import { Instant } from '../../ui/instant.tsx';
import { PersonName } from '../../ui/person-name.tsx';
import { RequestTarget } from '../../ui/request-target.tsx';
import { approvalsOf, ReviewsList } from '../../ui/reviews-list.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { Unbroken } from '../../ui/unbroken.tsx';

const requester: Column<RequestView> = {
  id: 'requester',
  header: 'Requester',
  names: true,
  cell: (request) => <PersonName person={request.requester} />,
};
const target: Column<RequestView> = {
  id: 'target',
  header: 'Role and account',
  cell: (request) => <RequestTarget request={request} />,
};
const duration: Column<RequestView> = {
  id: 'duration',
  header: 'For',
  cell: ({ durationMinutes, start }) => (
    <>
      <Unbroken>{formatDuration(durationMinutes)}</Unbroken>
      {start !== null && (
        <div className="small quiet">
          from <Instant at={start} />
        </div>
      )}
    </>
  ),
};
const justification: Column<RequestView> = {
  id: 'justification',
  header: 'Why',
  cell: (request) => (
    <ClampedText text={request.justification} what={`justification of ${request.requester.name}`} />
  ),
};

const statusNow: Column<RequestView> = {
  id: 'status',
  header: 'Status now',
  cell: (request) => <StatusBadge request={request} />,
};

function open(header: string, verb: string): Column<RequestView> {
  return {
    id: 'open',
    header,
    cell: (request) => (
      <Unbroken>
        <AppLink to={paths.request(request.id)}>
          {verb}
          <span className="visually-hidden"> {nameOf(request)}</span>
        </AppLink>
      </Unbroken>
    ),
  };
}

/** What a reviewer needs to see which request comes first. */
export const pendingColumns: readonly Column<RequestView>[] = [
  requester,
  target,
  duration,
  justification,
  {
    id: 'approvals',
    header: 'Approvals',
    cell: (request) => <Unbroken>{approvalsOf(request)}</Unbroken>,
  },
  { id: 'created', header: 'Created', cell: (request) => <Instant at={request.createdAt} /> },
  {
    id: 'expires',
    header: 'Expires in',
    cell: (request) => (
      <Unbroken>
        <Countdown until={request.reviewBy} />
      </Unbroken>
    ),
  },
  open('Decide', 'Review'),
];

/** Break-glass access that nobody has looked at yet. */
export const unreviewedColumns: readonly Column<RequestView>[] = [
  requester,
  target,
  duration,
  justification,
  { id: 'taken', header: 'Taken', cell: (request) => <Instant at={request.createdAt} /> },
  statusNow,
  {
    id: 'due',
    header: 'Review',
    cell: ({ approval }) => approval && <AfterReview approval={approval} />,
  },
  open('Decide', 'Review'),
];

/** What was decided, by whom and why, and what has become of it. */
export const decidedColumns: readonly Column<RequestView>[] = [
  requester,
  target,
  duration,
  { id: 'decision', header: 'Decision', cell: (request) => <Decision request={request} /> },
  statusNow,
  open('Request', 'Open'),
];

function Decision({ request: { approval, reviews, invitation } }: { request: RequestView }) {
  if (approval?.kind === 'automatic') {
    return (
      <>
        <strong>Approved</strong> automatically: {approval.condition}
        <div className="quiet small">
          <Instant at={approval.at} />
        </div>
      </>
    );
  }
  if (approval?.kind !== 'break-glass') return <ReviewsList reviews={reviews} inviter={invitation?.by} />;
  const { afterReview } = approval;
  return (
    <>
      <AfterReview approval={approval} />
      {afterReview && <div className="written">{afterReview.comment}</div>}
    </>
  );
}

/** Tells the links of a table apart for whoever hears them one by one. */
function nameOf({ requester: person, target: { role, account } }: RequestView): string {
  return `the request of ${person.name} for ${role} in ${account}`;
}
