import type { EntryView } from '../../api/contract.ts';
import { Instant } from './instant.tsx';
import { PersonName } from './person-name.tsx';
import './timeline.css';

const happened: Record<EntryView['kind'], string> = {
  created: 'Request created',
  approved: 'Approved',
  rejected: 'Rejected',
  cancelled: 'Cancelled',
  revoked: 'Revoked',
  expired: 'Expired: nobody reviewed it in time',
  ended: 'Access ended',
  'session-intended': 'Session asked for',
  'session-issued': 'Session issued',
  'session-failed': 'Session failed',
};

/** What an entry says happened, for tables as well. */
export function entryWord(entry: EntryView): string {
  const kind = entry.session ? ` (${entry.session.kind === 'cli' ? 'CLI' : 'console'})` : '';
  return `${happened[entry.kind]}${kind}`;
}

/** The entries of one request in the order given. */
export function Timeline({ entries }: { entries: readonly EntryView[] }) {
  return (
    <ol className="timeline">
      {entries.map((entry) => (
        <li key={entry.version}>
          <div>
            <strong>{entryWord(entry)}</strong>
            {entry.actor && (
              <>
                {' by '}
                <PersonName person={entry.actor} />
              </>
            )}
          </div>
          <div className="quiet small">
            <Instant at={entry.at} />
            {entry.session?.endsAt && (
              <>
                {', credentials end '}
                <Instant at={entry.session.endsAt} />
              </>
            )}
          </div>
          {entry.text !== '' && <blockquote className="written">{entry.text}</blockquote>}
        </li>
      ))}
    </ol>
  );
}
