import { QueryClient } from '@tanstack/react-query';
import type { RequestView } from '../../api/contract.ts';
import { onSignedOut } from './auth.ts';
import { serverNow } from './clock.ts';
import { Problem } from './problem.ts';

/** What changes by itself is asked for again this often while the page is visible. */
export const refreshMs = 15_000;

/** The server's answers, kept in memory while a page shows them. NB. Never the credentials: they are no query. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (failures, error) => failures < 2 && isPassing(error),
      staleTime: 2_000,
      gcTime: 60_000,
      refetchOnWindowFocus: true,
      // A call that cannot be made has to fail and say so, not to wait unseen.
      networkMode: 'always',
    },
    mutations: { retry: false, networkMode: 'always' },
  },
});

onSignedOut(() => queryClient.clear());

/** Query keys. Everything under `requests` is asked for again after a change to any request. */
export const keys = {
  me: ['requests', 'me'],
  requests: (query: object) => ['requests', 'mine', query],
  request: (id: string) => ['requests', 'one', id],
  reviews: (query: object) => ['requests', 'reviews', query],
  explanation: (query: object) => ['requests', 'explanation', query],
  targets: (search: string) => ['targets', search],
  roles: (search: string) => ['roles', search],
  audit: (kind: string, query: object) => ['audit', kind, query],
} as const;

/** After a change: everything that shows requests is out of date. */
export function requestsChanged(): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: ['requests'] });
}

/**
 * When to ask again: every 15 s, and right after the earliest of these instants, because then a status changes.
 * @param instants RFC 3339; past ones are ignored
 * @returns ms
 */
export function refreshIn(instants: readonly (string | null | undefined)[]): number {
  const now = serverNow();
  const ahead = instants
    .map((instant) => (instant ? Date.parse(instant) - now : Number.NaN))
    .filter((ms) => ms > 0);
  // A little later, so that the server's clock is past it too.
  return Math.min(refreshMs, ...ahead.map((ms) => ms + 300));
}

/** How often to ask while AWS is told to end live sessions, which is soon over; false: not for that. Milliseconds. */
export function pollWhilePending(request: RequestView | undefined): number | false {
  return request?.enforcement?.state === 'pending' ? 3_000 : false;
}

function isPassing(error: unknown): boolean {
  return error instanceof Problem && (error.status === 503 || error.code === 'offline');
}
