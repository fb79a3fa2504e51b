import { useNavigate, useSearchParams } from 'react-router-dom';
import type { RequestStatus, RequestView } from '../../../api/contract.ts';
import { call } from '../../lib/api.ts';
import { formatDuration } from '../../lib/format.ts';
import { keys } from '../../lib/query-client.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { ClampedText } from '../../ui/clamped-text.tsx';
import type { Column } from '../../ui/data-table.tsx';
import { Instant } from '../../ui/instant.tsx';
import { PersonName } from '../../ui/person-name.tsx';
import { StatusBadge, statusWord } from '../../ui/status-badge.tsx';
import { TargetName } from '../../ui/target-name.tsx';
import { Unbroken } from '../../ui/unbroken.tsx';
import { type AuditFilter, fieldErrorsIn, queryOf } from './audit-filter.ts';
import type { Choice } from './audit-filter-form.tsx';
import { AuditFrame } from './audit-frame.tsx';
import { AuditList } from './audit-list.tsx';
import { RequestDialog } from './request-dialog.tsx';
import { requestFilterNames, useAuditFilter, withDetails } from './use-audit-filter.ts';
import { useAuditPages } from './use-audit-pages.ts';

const statuses: readonly RequestStatus[] = [
  'pending',
  'active',
  'ended',
  'revoked',
  'rejected',
  'cancelled',
  'expired',
];
const choice: Choice = {
  name: 'status',
  label: 'Status',
  hint: 'As it is now',
  options: statuses.map((status) => ({ value: status, label: statusWord(status) })),
};

/** All requests ever made, for auditors; `?request=<id>` shows one with all its entries. */
export function AuditRequestsPage() {
  const { filter, key, apply } = useAuditFilter(requestFilterNames);
  const query = queryOf(filter);
  const pages = useAuditPages<RequestView>(keys.audit('requests', query), (cursor, signal) =>
    call('listAuditRequests', { query: cursor === null ? query : { ...query, cursor }, signal }),
  );
  const refused = fieldErrorsIn(pages.problem?.evidence ?? {});
  const [address] = useSearchParams();
  const shown = address.get('request');
  const navigate = useNavigate();
  return (
    <AuditFrame
      of="requests"
      filter={filter}
      filterKey={key}
      choice={choice}
      refused={refused}
      onApply={(next) => {
        if (!apply(next)) pages.reload();
      }}
    >
      <AuditList
        pages={pages}
        what="requests"
        columns={columnsWith(filter)}
        problemShown={Object.keys(refused).length > 0}
      />
      {shown && <RequestDialog key={shown} id={shown} onClose={() => navigate({ search: `?${key}` })} />}
    </AuditFrame>
  );
}

function columnsWith(filter: AuditFilter): readonly Column<RequestView>[] {
  return [
    { id: 'at', header: 'Created', names: true, cell: (request) => <Instant at={request.createdAt} /> },
    { id: 'person', header: 'Person', cell: (request) => <PersonName person={request.requester} /> },
    { id: 'target', header: 'Role and account', cell: (request) => <TargetName target={request.target} /> },
    {
      id: 'duration',
      header: 'For',
      cell: (request) => <Unbroken>{formatDuration(request.durationMinutes)}</Unbroken>,
    },
    {
      id: 'why',
      header: 'Why',
      cell: (request) => (
        <ClampedText text={request.justification} what={`justification of ${request.requester.name}`} />
      ),
    },
    {
      id: 'status',
      header: 'Status',
      cell: (request) => (
        <Unbroken>
          <StatusBadge status={request.status} />
        </Unbroken>
      ),
    },
    { id: 'review', header: 'Reviewer', cell: (request) => <Reviewer request={request} /> },
    { id: 'sessions', header: 'Sessions', cell: (request) => request.sessions.issued },
    {
      id: 'entries',
      header: 'Entries',
      cell: (request) => (
        <AppLink to={withDetails(filter, request.id)}>
          Show<span className="visually-hidden"> the entries of request {request.id}</span>
        </AppLink>
      ),
    },
  ];
}

function Reviewer({ request: { review } }: { request: RequestView }) {
  return review === null ? <span className="quiet">None</span> : <PersonName person={review.reviewer} />;
}
