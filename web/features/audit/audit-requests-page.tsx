import { useNavigate, useSearchParams } from 'react-router-dom';
import type { RequestView } from '../../../api/contract.ts';
import { call } from '../../lib/api.ts';
import { formatDuration } from '../../lib/format.ts';
import { keys } from '../../lib/query-client.ts';
import { AfterReview } from '../../ui/after-review.tsx';
import { AppLink } from '../../ui/app-link.tsx';
import { ClampedText } from '../../ui/clamped-text.tsx';
import type { Column } from '../../ui/data-table.tsx';
import { Instant } from '../../ui/instant.tsx';
import { PersonName } from '../../ui/person-name.tsx';
import { RequestTarget } from '../../ui/request-target.tsx';
import { hasRule } from '../../ui/rule-terms.tsx';
import { StatusBadge, statuses, statusWord } from '../../ui/status-badge.tsx';
import { Unbroken } from '../../ui/unbroken.tsx';
import { type AuditFilter, fieldErrorsIn, queryOf } from './audit-filter.ts';
import type { Choice } from './audit-filter-form.tsx';
import { AuditFrame } from './audit-frame.tsx';
import { AuditList } from './audit-list.tsx';
import { RequestDialog } from './request-dialog.tsx';
import { requestFilterNames, useAuditFilter, withDetails } from './use-audit-filter.ts';
import { useAuditPages } from './use-audit-pages.ts';

const choices: readonly Choice[] = [
  {
    name: 'status',
    label: 'Status',
    hint: 'As it is now',
    any: 'All',
    options: statuses.map((status) => ({ value: status, label: statusWord(status) })),
  },
  {
    name: 'breakGlass',
    label: 'Break-glass',
    hint: 'Taken without an approval',
    any: 'Any',
    options: [
      { value: 'yes', label: 'Only break-glass' },
      { value: 'no', label: 'Without' },
    ],
  },
];

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
      choices={choices}
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
    { id: 'target', header: 'Role and account', cell: (request) => <RequestTarget request={request} /> },
    {
      id: 'duration',
      header: 'For',
      cell: (request) => <Unbroken>{formatDuration(request.durationMinutes)}</Unbroken>,
    },
    {
      id: 'why',
      header: 'Why',
      cell: (request) => (
        <>
          <ClampedText text={request.justification} what={`justification of ${request.requester.name}`} />
          <RuleAndTicket request={request} />
        </>
      ),
    },
    {
      id: 'status',
      header: 'Status',
      cell: (request) => (
        <Unbroken>
          <StatusBadge request={request} />
        </Unbroken>
      ),
    },
    { id: 'decision', header: 'Decision', cell: (request) => <DecisionBrief request={request} /> },
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

function RuleAndTicket({ request }: { request: RequestView }) {
  const { ticket, rule } = request;
  return (
    <div className="quiet small wraps">
      {hasRule(request) && `Rule ${rule.id}`}
      {ticket !== null && (
        <>
          {hasRule(request) && ', '}ticket {ticket}
        </>
      )}
    </div>
  );
}

/** What let it through, or who did not; the dialog has it in full. */
function DecisionBrief({ request: { approval, reviews } }: { request: RequestView }) {
  if (approval?.kind === 'break-glass') return <AfterReview approval={approval} />;
  if (approval?.kind === 'automatic') return `Automatically: ${approval.condition}`;
  if (reviews.length === 0) return <span className="quiet">None</span>;
  return (
    <>
      {reviews.map(({ reviewer, decision }) => (
        <div key={`${reviewer.id} ${decision}`}>
          {decision === 'approve' ? 'Approved' : 'Rejected'} by <PersonName person={reviewer} />
        </div>
      ))}
    </>
  );
}
