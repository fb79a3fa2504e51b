import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { SessionView } from '../../../api/contract.ts';
import { call } from '../../lib/api.ts';
import { keys } from '../../lib/query-client.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { BrokenWell } from '../../ui/broken-well.tsx';
import type { Column } from '../../ui/data-table.tsx';
import { Instant } from '../../ui/instant.tsx';
import { PersonName } from '../../ui/person-name.tsx';
import { TargetName } from '../../ui/target-name.tsx';
import { Unbroken } from '../../ui/unbroken.tsx';
import { fieldErrorsIn, queryOf } from './audit-filter.ts';
import type { Choice } from './audit-filter-form.tsx';
import { AuditFrame } from './audit-frame.tsx';
import { AuditList } from './audit-list.tsx';
import { sessionFilterNames, useAuditFilter, withDetails } from './use-audit-filter.ts';
import { useAuditPages } from './use-audit-pages.ts';

const kinds = { console: 'Console', cli: 'CLI' } as const;
const choices: readonly Choice[] = [
  {
    name: 'kind',
    label: 'Kind',
    hint: 'What it was for',
    any: 'All',
    options: Object.entries(kinds).map(([value, label]) => ({ value, label })),
  },
];

const states: Record<SessionView['state'], { word: string; type: StatusIndicatorProps.Type }> = {
  intended: { word: 'Asked for', type: 'pending' },
  issued: { word: 'Issued', type: 'success' },
  failed: { word: 'Failed', type: 'error' },
};

/** All sessions ever issued or tried, for auditors, with the names under which AWS CloudTrail knows them. */
export function AuditSessionsPage() {
  const { filter, key, apply } = useAuditFilter(sessionFilterNames);
  const query = queryOf(filter);
  const pages = useAuditPages<SessionView>(keys.audit('sessions', query), (cursor, signal) =>
    call('listAuditSessions', { query: cursor === null ? query : { ...query, cursor }, signal }),
  );
  const refused = fieldErrorsIn(pages.problem?.evidence ?? {});
  return (
    <AuditFrame
      of="sessions"
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
        what="sessions"
        columns={columns}
        problemShown={Object.keys(refused).length > 0}
      />
    </AuditFrame>
  );
}

const columns: readonly Column<SessionView>[] = [
  { id: 'at', header: 'Asked for', names: true, cell: (session) => <Instant at={session.at} /> },
  { id: 'person', header: 'Person', cell: (session) => <PersonName person={session.user} /> },
  { id: 'target', header: 'Role and account', cell: (session) => <TargetName target={session.target} /> },
  { id: 'kind', header: 'Kind', cell: (session) => kinds[session.kind] },
  {
    id: 'state',
    header: 'State',
    cell: ({ state }) => (
      <Unbroken>
        <StatusIndicator type={states[state].type}>{states[state].word}</StatusIndicator>
      </Unbroken>
    ),
  },
  {
    id: 'ends',
    header: 'Ends',
    cell: (session) => (
      <>
        <Instant at={session.endsAt} />
        <div className="quiet small wraps">{endingInWords(session)}</div>
      </>
    ),
  },
  { id: 'names', header: 'In CloudTrail', cell: (session) => <CloudTrailNames session={session} /> },
  {
    id: 'from',
    header: 'From',
    cell: (session) => (
      <>
        <Address ip={session.sourceIp} />
        <div className="quiet small wraps">{session.userAgent}</div>
      </>
    ),
  },
  {
    id: 'request',
    header: 'Request',
    cell: (session) => (
      <AppLink to={withDetails({}, session.requestId)}>
        Show<span className="visually-hidden"> request {session.requestId}</span>
      </AppLink>
    ),
  },
];

function Address({ ip }: { ip: string }) {
  if (ip === '') return 'Address not known';
  return (
    <span className="code">
      <BrokenWell text={ip} />
    </span>
  );
}

/** What ends the credentials; '' where there are none. */
function endingInWords({ ending, notNarrowed }: SessionView): string {
  if (ending === null) return '';
  if (ending === 'expiry') return 'They expire';
  return notNarrowed
    ? `The session policy ends them; narrowing: ${notNarrowed}`
    : 'The session policy ends them';
}

/** AWS CloudTrail User Guide, "CloudTrail userIdentity element". */
function CloudTrailNames({ session }: { session: SessionView }) {
  const names = [
    ['Session name', session.sessionName],
    ['Source identity', session.sourceIdentity],
    ['Access key id', session.accessKeyId ?? 'none'],
    ...(session.narrowedFrom ? [['Narrowed from', session.narrowedFrom] as const] : []),
  ] as const;
  return (
    <dl className="audit-names">
      {names.map(([name, value]) => (
        <div key={name}>
          <dt className="quiet small">{name}</dt>
          <dd className="code">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
