import { Link } from 'react-router-dom';
import type { RequestView } from '../../api/contract.ts';
import { useNow } from '../lib/clock.ts';
import { formatAccount, formatDuration } from '../lib/format.ts';
import { paths } from '../lib/paths.ts';

/** On every page while somebody waits for the viewer to accept or decline. */
export function InvitationNotice({ requests }: { requests: readonly RequestView[] }) {
  const now = useNow(1000);
  const waiting = requests.filter(({ reviewBy }) => Date.parse(reviewBy) > now);
  if (waiting.length === 0) return null;
  return (
    <section className="invitation-notice" aria-label="Invitations">
      {waiting.map(({ id, target, durationMinutes, invitation }) => (
        <p key={id}>
          {invitation?.by.name || 'A reviewer'} invites you to use <strong>{target.role}</strong> in{' '}
          <strong>{formatAccount(target)}</strong> for {formatDuration(durationMinutes)}. Nothing is active
          before you accept. <Link to={paths.request(id)}>Open the invitation</Link>
        </p>
      ))}
    </section>
  );
}
