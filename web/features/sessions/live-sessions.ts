import type { EntryView, SessionKind } from '../../../api/contract.ts';

/** What the trail of a request tells of the sessions that still work. Instants are RFC 3339. */

export interface Lives {
  console: number;
  cli: number;
  /** when the last of them ends; null where there is none */
  until: string | null;
}

/** The latest session of a kind, where it ends before the access does and its end is near or past. */
export interface Ending {
  kind: SessionKind;
  endsAt: string;
  over: boolean;
}

/** NB. AWS counts whole seconds, so a session may end a moment before the window: that is no reason for a new one. */
const worthTelling = 60_000;
/** A session of 15 minutes is the shortest there is. */
const near = 5 * 60_000;

/** Whether the access lasts so much longer than a session that a new one is worth having. */
export function outlasts(windowEnd: string, endsAt: string): boolean {
  return Date.parse(windowEnd) - Date.parse(endsAt) > worthTelling;
}

/** How many sessions are alive. @param now epoch ms */
export function livesOf(entries: readonly EntryView[], now: number): Lives {
  const alive = issuedOf(entries).filter(({ endsAt }) => Date.parse(endsAt) > now);
  const count = (kind: SessionKind) => alive.filter((session) => session.kind === kind).length;
  return { console: count('console'), cli: count('cli'), until: lastOf(alive)?.endsAt ?? null };
}

/** What to renew, now or soon: at most one of each kind, what ends first first. @param now epoch ms */
export function endingOf(entries: readonly EntryView[], windowEnd: string, now: number): Ending[] {
  const sessions = issuedOf(entries);
  const ending = (['console', 'cli'] as const).flatMap((kind) => {
    const last = lastOf(sessions.filter((session) => session.kind === kind));
    if (last === undefined || !outlasts(windowEnd, last.endsAt)) return [];
    const left = Date.parse(last.endsAt) - now;
    return left > near ? [] : [{ ...last, over: left <= 0 }];
  });
  return ending.sort((a, b) => Date.parse(a.endsAt) - Date.parse(b.endsAt));
}

function issuedOf(entries: readonly EntryView[]): { kind: SessionKind; endsAt: string }[] {
  return entries.flatMap(({ kind, session }) =>
    kind === 'session-issued' && session !== null && session.endsAt !== null
      ? [{ kind: session.kind, endsAt: session.endsAt }]
      : [],
  );
}

function lastOf<Session extends { endsAt: string }>(sessions: readonly Session[]): Session | undefined {
  return sessions.toSorted((a, b) => Date.parse(a.endsAt) - Date.parse(b.endsAt)).at(-1);
}
