import type { RequestView } from '../../../api/contract.ts';
import { formatDuration } from '../../lib/format.ts';
import { paths } from '../../lib/paths.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { ClampedText } from '../../ui/clamped-text.tsx';
import { Countdown } from '../../ui/countdown.tsx';
import type { Column } from '../../ui/data-table.tsx';
import { Instant } from '../../ui/instant.tsx';
import { PersonName } from '../../ui/person-name.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { TargetName } from '../../ui/target-name.tsx';
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
  cell: (request) => <TargetName target={request.target} />,
};
const duration: Column<RequestView> = {
  id: 'duration',
  header: 'For',
  cell: (request) => <Unbroken>{formatDuration(request.durationMinutes)}</Unbroken>,
};
const justification: Column<RequestView> = {
  id: 'justification',
  header: 'Why',
  cell: (request) => (
    <ClampedText text={request.justification} what={`justification of ${request.requester.name}`} />
  ),
};

/** What a reviewer needs to see which request comes first. */
export const pendingColumns: readonly Column<RequestView>[] = [
  requester,
  target,
  duration,
  justification,
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
  {
    id: 'open',
    header: 'Decide',
    cell: (request) => (
      <Unbroken>
        <AppLink to={paths.request(request.id)}>
          Review<span className="visually-hidden"> {nameOf(request)}</span>
        </AppLink>
      </Unbroken>
    ),
  },
];

/** What was decided, by whom and why, and what has become of it. */
export const decidedColumns: readonly Column<RequestView>[] = [
  requester,
  target,
  duration,
  { id: 'decision', header: 'Decision', cell: (request) => <Decision request={request} /> },
  {
    id: 'comment',
    header: 'Comment',
    cell: ({ review, requester: person }) =>
      review?.comment ? (
        <ClampedText text={review.comment} what={`comment on the request of ${person.name}`} />
      ) : (
        <span className="quiet">None</span>
      ),
  },
  {
    id: 'status',
    header: 'Status now',
    cell: (request) => (
      <Unbroken>
        <StatusBadge status={request.status} />
      </Unbroken>
    ),
  },
  {
    id: 'open',
    header: 'Request',
    cell: (request) => (
      <Unbroken>
        <AppLink to={paths.request(request.id)}>
          Open<span className="visually-hidden"> {nameOf(request)}</span>
        </AppLink>
      </Unbroken>
    ),
  },
];

function Decision({ request }: { request: RequestView }) {
  const { review } = request;
  if (review === null) return null;
  return (
    <>
      <strong>{review.decision === 'approve' ? 'Approved' : 'Rejected'}</strong> by{' '}
      <PersonName person={review.reviewer} />
      <br />
      <span className="quiet">
        <Instant at={review.at} />
      </span>
    </>
  );
}

/** Tells the links of a table apart for whoever hears them one by one. */
function nameOf({ requester: person, target: { role, account } }: RequestView): string {
  return `the request of ${person.name} for ${role} in ${account}`;
}
