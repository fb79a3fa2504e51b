import { Link } from 'react-router-dom';
import type { RequestView } from '../../api/contract.ts';
import { useNow } from '../lib/clock.ts';
import { formatAccount, formatNear } from '../lib/format.ts';
import { paths } from '../lib/paths.ts';
import { BreakGlassMark } from '../ui/break-glass-mark.tsx';
import { Countdown } from '../ui/countdown.tsx';

/** On every page while access lasts, and gone in the second in which it ends. */
export function ActiveBanner({ requests }: { requests: readonly RequestView[] }) {
  const now = useNow(1000);
  const lasting = requests.flatMap(({ window, ...request }) =>
    window && Date.parse(window.until) > now ? [{ ...request, until: window.until }] : [],
  );
  if (lasting.length === 0) return null;
  return (
    <section className="active-banner" aria-label="Active access">
      {lasting.map(({ id, target, until, breakGlass, allowedActions }) => (
        <p key={id}>
          {breakGlass && (
            <>
              <BreakGlassMark />{' '}
            </>
          )}
          <span className="active-banner-what">
            You have <strong>{target.role}</strong> in <strong>{formatAccount(target)}</strong> until{' '}
            {formatNear(until, now)} (<Countdown until={until} /> left).
          </span>{' '}
          <span>Your actions are on record.</span> <Link to={paths.request(id)}>Open the request</Link>
          {allowedActions.includes('extend') && (
            <>
              {' '}
              <Link to={paths.extend(id)}>
                Extend<span className="visually-hidden"> {target.role}</span>
              </Link>
            </>
          )}
        </p>
      ))}
    </section>
  );
}
