import { Fragment } from 'react';
import type { EntryView } from '../../api/contract.ts';
import { BreakGlassMark } from './break-glass-mark.tsx';
import { Instant } from './instant.tsx';
import { PersonName } from './person-name.tsx';
import './timeline.css';

/** NB. Each reads on with "by <person>", where a person did it. */
const happened: Record<EntryView['kind'], string> = {
  created: 'Request created',
  invited: 'Invited',
  accepted: 'Invitation accepted',
  'approved-automatically': 'Approved automatically, asked for',
  'break-glass': 'Access taken without an approval',
  'approved-in-part': 'One approval',
  approved: 'Approved',
  confirmed: 'Break-glass access confirmed',
  flagged: 'Break-glass access flagged',
  rejected: 'Rejected',
  cancelled: 'Cancelled',
  revoked: 'Revoked',
  expired: 'Expired: nobody decided in time',
  ended: 'Access ended',
  voided: 'Void: it comes from a backup',
  'session-intended': 'Session asked for',
  'session-issued': 'Session issued',
  'session-failed': 'Session failed',
  'sessions-ended': 'Live sessions ended',
  'sessions-ran-out': 'Live sessions ran out before AWS ended them',
};

/** What an entry says happened. @param requesterId whoever gives up their own access is revoked by nobody */
function entryWord(entry: EntryView, requesterId: string): string {
  if (entry.kind === 'revoked' && entry.actor?.id === requesterId) return 'Ended early';
  const kind = entry.session ? ` (${entry.session.kind === 'cli' ? 'CLI' : 'console'})` : '';
  return `${happened[entry.kind]}${kind}`;
}

interface TimelineProps {
  entries: readonly EntryView[];
  /** of the request */
  requesterId: string;
}

/** The entries of one request in the order given. */
export function Timeline({ entries, requesterId }: TimelineProps) {
  return (
    <ol className="timeline">
      {entries.map((entry) => (
        <li key={entry.version}>
          <div>
            {entry.kind === 'break-glass' && (
              <>
                <BreakGlassMark />{' '}
              </>
            )}
            <strong className={entry.kind === 'flagged' ? 'alarm' : undefined}>
              {entryWord(entry, requesterId)}
            </strong>
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
          {entry.note !== '' && (
            <div className="wraps">
              <Note text={entry.note} />
            </div>
          )}
          {entry.text !== '' && <blockquote className="written">{entry.text}</blockquote>}
        </li>
      ))}
    </ol>
  );
}

const instant = /(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)/;

/** What the server says of an entry, with the instants in it as the viewer writes them. */
function Note({ text }: { text: string }) {
  return text
    .split(instant)
    .map((part) =>
      instant.test(part) ? <Instant key={part} at={part} /> : <Fragment key={part}>{part}</Fragment>,
    );
}
