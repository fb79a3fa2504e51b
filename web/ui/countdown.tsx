import { useNow } from '../lib/clock.ts';
import { formatCountdown, formatInstant } from '../lib/format.ts';

/**
 * Time left until an instant (RFC 3339), each second anew.
 * NB. A `timer` is not read out by itself; a screen reader would speak every second.
 */
export function Countdown({ until }: { until: string }) {
  const now = useNow(1000);
  return (
    <time role="timer" dateTime={until} title={formatInstant(until)}>
      {formatCountdown(Date.parse(until) - now)}
    </time>
  );
}
