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
import { earliest, type Instant, instantOf, latest, monthOf, plusMinutes } from '../domain/instant.ts';
import { isInvitee } from '../domain/invitation.ts';
import { apply } from '../domain/lifecycle.ts';
import type { SessionRecord } from '../domain/session.ts';
import { statusAt } from '../domain/status.ts';
import type { User } from '../domain/user.ts';
import { collect, type Page, type Place } from './collect.ts';
import type { Chunk, Partition, Range, RequestReader } from './ports.ts';

/** No record is older than the product. */
export const beginning = instantOf(Date.UTC(2026, 0, 1));
const end = instantOf(Date.UTC(9999, 11, 31));
const ever: Range = { from: beginning, until: end };

/**
 * An approved request is at most this old, in minutes: invited for a day, waiting for a week or for a start two weeks
 * ahead (whichever is longer), then active for half a day; and an extension begins where another one ends.
 */
const oldestActive = 17 * 24 * 60;
const oldestInvitation = 2 * 24 * 60;
/** of one form, which are shown beside and not among the earlier ones */
const limitOfForm = 10;
const most = { active: 10, invitations: 10, earlier: 5, entries: 100 };

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

/** What others have asked for on the user's behalf, and that waits for the user. */
export async function listInvitations(
  store: RequestReader,
  user: User,
  now: Instant,
): Promise<readonly AccessRequest[]> {
  const page = await collect({
    fetch: (query) => store.listRequests(query),
    partition: { by: 'email', email: user.email.toLowerCase() },
    range: { from: latest(beginning, plusMinutes(now, -oldestInvitation)), until: end },
    keep: (request) => isInvitee(request, user) && statusAt(request, now) === 'invited',
    selective: true,
    size: most.invitations,
    place: null,
  });
  return page.items;
}

/**
 * What this reviewer may decide (never their own), the next deadline first; break-glass access to be looked at; or
 * what was decided lately, of what they may review.
 */
export function listReviews(
  store: RequestReader,
  reviewer: User,
  state: 'pending' | 'decided' | 'unreviewed',
  asked: Asked,
): Promise<Page<AccessRequest>> {
  const may = (request: AccessRequest, decision: 'approve' | 'confirm') => {
    const { version } = request;
    return apply(request, { kind: 'review', by: reviewer, decision, comment: '', version }, asked.now).ok;
  };
  const lists = {
    pending: {
      partition: { by: 'deadline' },
      range: { from: asked.now, until: end },
      keep: (request: AccessRequest) => may(request, 'approve'),
    },
    unreviewed: {
      partition: { by: 'unreviewed' },
      range: ever,
      keep: (request: AccessRequest) => may(request, 'confirm'),
    },
    decided: {
      partition: { by: 'review' },
      range: ever,
      keep: (request: AccessRequest) => maySee(reviewer, request),
    },
  } as const;
  const fetch: RequestReader['listRequests'] = (query) => store.listRequests(query);
  return collect({ fetch, ...lists[state], selective: true, ...asked });
}

export interface RequestDetail {
  readonly request: AccessRequest;
  /** the others of the same form, as far as the user may see them */
  readonly together: readonly AccessRequest[];
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
  const reviewer = user.groups.some((group) => request.rule.approval.groups.includes(group));
  const others = request.together.filter((other) => other !== id);
  const [entries, earlier, together] = await Promise.all([
    // Versions have no gap, so these are the latest.
    store.listEntries(id, Math.max(0, request.version - most.entries), most.entries),
    reviewer && request.requester.id !== user.id ? listEarlier(store, user, request) : [],
    Promise.all(others.map((other) => store.readRequest(other))),
  ]);
  const seen = together.filter((other) => other !== undefined).filter((other) => maySee(user, other));
  return allow({ request, together: seen, entries: entries.items, earlier });
}

/** What the reviewer may see of what this person asked for before. */
async function listEarlier(
  store: RequestReader,
  reviewer: User,
  request: AccessRequest,
): Promise<readonly AccessRequest[]> {
  const { items } = await store.listRequests({
    partition: { by: 'user', userId: request.requester.id },
    range: { from: beginning, until: request.createdAt },
    after: null,
    limit: most.earlier + limitOfForm,
  });
  return items
    .map((listed) => listed.value)
    .filter((other) => other.id !== request.id && !request.together.includes(other.id))
    .filter((other) => maySee(reviewer, other))
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
