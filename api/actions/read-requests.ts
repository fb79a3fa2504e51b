import type { AccessRequest } from '../domain/access-request.ts';
import { maySee } from '../domain/allowed-actions.ts';
import {
  type Entry,
  matchesRequest,
  matchesSession,
  type RequestFilter,
  type SessionFilter,
} from '../domain/audit.ts';
import { allow, notFound, type Outcome } from '../domain/denial.ts';
import { isReviewer } from '../domain/eligibility.ts';
import { earliest, type Instant, instantOf, latest, monthOf, plusMinutes } from '../domain/instant.ts';
import { statusAt } from '../domain/lifecycle.ts';
import type { SessionRecord } from '../domain/session.ts';
import { maybeSamePerson, type User } from '../domain/user.ts';
import { collect, type Page, type Place } from './collect.ts';
import type { Chunk, Partition, Range, RequestReader } from './ports.ts';

/** No record is older than the product. */
export const beginning = instantOf(Date.UTC(2026, 0, 1));
const end = instantOf(Date.UTC(9999, 11, 31));
const ever: Range = { from: beginning, until: end };

/** An approved request is at most this old: the longest that policy lets it wait and last, in minutes. */
const oldestActive = 8 * 24 * 60;
const most = { active: 10, earlier: 5, entries: 100 };

export interface Asked {
  readonly size: number;
  readonly place: Place | null;
  readonly now: Instant;
}

/** The user's own requests, newest first. */
export function listOwn(
  store: RequestReader,
  user: User,
  filter: RequestFilter,
  asked: Asked,
): Promise<Page<AccessRequest>> {
  return collect({
    fetch: (query) => store.listRequests(query),
    partition: { by: 'user', userId: user.id },
    range: ever,
    keep: (request) => matchesRequest(request, filter, asked.now),
    selective: filter.status !== undefined || filter.search !== undefined,
    ...asked,
  });
}

/** What is active for the user now. */
export async function listActive(
  store: RequestReader,
  user: User,
  now: Instant,
): Promise<readonly AccessRequest[]> {
  const page = await collect({
    fetch: (query) => store.listRequests(query),
    partition: { by: 'user', userId: user.id },
    range: { from: latest(beginning, plusMinutes(now, -oldestActive)), until: end },
    keep: (request) => statusAt(request, now) === 'active',
    selective: true,
    size: most.active,
    place: null,
  });
  return page.items;
}

/** Requests that await this reviewer (never their own), or that were decided lately. */
export function listReviews(
  store: RequestReader,
  reviewer: User,
  state: 'pending' | 'decided',
  asked: Asked,
): Promise<Page<AccessRequest>> {
  if (state === 'decided') {
    const all = { partition: { by: 'review' }, range: ever, keep: () => true, selective: false } as const;
    return collect({ fetch: (query) => store.listRequests(query), ...all, ...asked });
  }
  return collect({
    fetch: (query) => store.listRequests(query),
    partition: { by: 'deadline' },
    range: { from: asked.now, until: end },
    keep: (request) =>
      statusAt(request, asked.now) === 'pending' && !maybeSamePerson(request.requester, reviewer),
    selective: true,
    ...asked,
  });
}

export interface RequestDetail {
  readonly request: AccessRequest;
  readonly entries: readonly Entry[];
  /** what a reviewer should know of the requester; empty for everybody else */
  readonly earlier: readonly AccessRequest[];
}

/** One request with its history. */
export async function readRequest(
  store: RequestReader,
  user: User,
  id: string,
): Promise<Outcome<RequestDetail>> {
  const request = await store.readRequest(id);
  if (request === undefined || !maySee(user, request)) return notFound();
  const [entries, earlier] = await Promise.all([
    // Versions have no gap, so these are the latest.
    store.listEntries(id, Math.max(0, request.version - most.entries), most.entries),
    isReviewer(user) && request.requester.id !== user.id ? listEarlier(store, request) : [],
  ]);
  return allow({ request, entries: entries.items, earlier });
}

async function listEarlier(store: RequestReader, request: AccessRequest): Promise<readonly AccessRequest[]> {
  const { items } = await store.listRequests({
    partition: { by: 'user', userId: request.requester.id },
    range: { from: beginning, until: request.createdAt },
    after: null,
    limit: most.earlier + 1,
  });
  return items
    .map((listed) => listed.value)
    .filter((other) => other.id !== request.id)
    .slice(0, most.earlier);
}

/** All entries of a request, oldest first, behind that version. */
export async function listEntries(
  store: RequestReader,
  id: string,
  afterVersion: number,
): Promise<Outcome<Chunk<Entry>>> {
  if ((await store.readRequest(id)) === undefined) return notFound();
  return allow(await store.listEntries(id, afterVersion, most.entries));
}

export interface Period {
  readonly from: Instant | undefined;
  readonly until: Instant | undefined;
}

/** All requests ever made, newest first, for auditors. */
export function auditRequests(
  store: RequestReader,
  filter: RequestFilter,
  period: Period,
  asked: Asked,
): Promise<Page<AccessRequest>> {
  return collect({
    fetch: (query) => store.listRequests(query),
    ...narrowest(filter, period, asked.now),
    keep: (request) => matchesRequest(request, filter, asked.now),
    selective: Object.values(filter).some((value) => value !== undefined),
    ...asked,
  });
}

/** All sessions ever issued or tried, newest first, for auditors. */
export function auditSessions(
  store: RequestReader,
  filter: SessionFilter,
  period: Period,
  asked: Asked,
): Promise<Page<SessionRecord>> {
  return collect({
    fetch: (query) => store.listSessions(query),
    ...narrowest(filter, period, asked.now),
    keep: (session) => matchesSession(session, filter),
    selective: Object.values(filter).some((value) => value !== undefined),
    ...asked,
  });
}

/** The partition that leaves least to be looked at; what it does not decide, the filter does. */
function narrowest(
  filter: { email?: string | undefined; account?: string | undefined },
  period: Period,
  now: Instant,
) {
  // Clocks differ a little between Lambdas; what was written a moment ago is not in the future.
  const soon = plusMinutes(now, 1);
  const until = period.until === undefined ? soon : earliest(period.until, soon);
  const range: Range = { from: latest(period.from ?? beginning, beginning), until };
  const partition: Partition =
    filter.email !== undefined
      ? { by: 'email', email: filter.email.toLowerCase() }
      : filter.account !== undefined
        ? { by: 'account', account: filter.account }
        : { by: 'month', month: monthOf(until) };
  return { partition, range };
}
