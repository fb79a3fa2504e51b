import { Link } from 'react-router-dom';
import type { RequestView } from '../../api/contract.ts';
import { useNow } from '../lib/clock.ts';
import { formatAccount, formatNear } from '../lib/format.ts';
import { paths } from '../lib/paths.ts';
import { Countdown } from '../ui/countdown.tsx';

/** On every page while access lasts, and gone in the second in which it ends. */
export function ActiveBanner({ requests }: { requests: readonly RequestView[] }) {
  const now = useNow(1000);
  const lasting = requests.flatMap(({ id, target, window }) =>
    window && Date.parse(window.until) > now ? [{ id, target, until: window.until }] : [],
  );
  if (lasting.length === 0) return null;
  return (
    <section className="active-banner" aria-label="Active access">
      {lasting.map(({ id, target, until }) => (
        <p key={id}>
          <span className="active-banner-what">
            You have <strong>{target.role}</strong> in <strong>{formatAccount(target)}</strong> until{' '}
            {formatNear(until, now)} (<Countdown until={until} /> left).
          </span>{' '}
          <span>Your actions are on record.</span> <Link to={paths.request(id)}>Open the request</Link>
        </p>
      ))}
    </section>
  );
}
