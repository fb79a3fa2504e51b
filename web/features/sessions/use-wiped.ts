import { useEffect, useState } from 'react';
import type { Secret } from './secret.ts';

/** Why a secret is gone: the page was left or hidden, or it has been there for long enough. */
export type Gone = 'left' | 'time';

/**
 * Wipes the secret as soon as the page is hidden (another tab, another window before it, a locked screen), frozen or
 * left, when its time is over, and with the component. NB. At once and not with the next rendering: a page that is
 * frozen for the history does not render any more.
 * @param keptMs how long it may stay, milliseconds
 * @returns why it is gone, or null while it is there and where there is none
 */
export function useWiped(secret: Secret<unknown> | null, keptMs: number): Gone | null {
  const [wiped, setWiped] = useState<{ secret: Secret<unknown>; why: Gone } | null>(null);
  useEffect(() => {
    if (secret === null) return;
    const wipe = (why: Gone) => {
      if (secret.read() !== null) setWiped({ secret, why });
      secret.wipe();
    };
    const leave = () => wipe('left');
    const look = () => {
      if (document.visibilityState === 'hidden') leave();
    };
    const timer = setTimeout(() => wipe('time'), keptMs);
    document.addEventListener('visibilitychange', look);
    document.addEventListener('freeze', leave);
    window.addEventListener('pagehide', leave);
    // The answer may have come when the person had gone already.
    look();
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', look);
      document.removeEventListener('freeze', leave);
      window.removeEventListener('pagehide', leave);
      secret.wipe();
    };
  }, [secret, keptMs]);
  return wiped !== null && wiped.secret === secret ? wiped.why : null;
}
