import { useEffect, useState } from 'react';

/**
 * The server's clock, as far as it can be known here: a countdown must not depend on how the viewer's clock is set.
 */
let offsetMs = 0;

/** Learn from a response. @param serverTime RFC 3339 @param sentAt epoch ms by this machine when the call was sent */
export function learnServerTime(serverTime: string, sentAt: number): void {
  const server = Date.parse(serverTime);
  // Half of the round trip has passed since the server looked at its clock.
  if (Number.isFinite(server)) offsetMs = server - (sentAt + Date.now()) / 2;
}

/** Server time in epoch ms. */
export function serverNow(): number {
  return Date.now() + offsetMs;
}

/** Server time in epoch ms, anew every `intervalMs` and when the page becomes visible. */
export function useNow(intervalMs: number): number {
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    const tick = () => setNow(serverNow());
    const timer = setInterval(tick, intervalMs);
    // Browsers slow down the timers of hidden pages.
    document.addEventListener('visibilitychange', tick);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', tick);
    };
  }, [intervalMs]);
  return now;
}
