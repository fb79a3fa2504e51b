import type { Page } from '../actions/collect.ts';
import type { IssuedSession } from '../actions/issue-session.ts';
import type {
  EntryView,
  IssuedSessionView,
  PageView,
  PersonView,
  RequestView,
  SessionView,
} from '../contract.ts';
import type { AccessRequest, Closure, Review } from '../domain/access-request.ts';
import type { AllowedAction } from '../domain/allowed-actions.ts';
import type { Entry } from '../domain/audit.ts';
import type { Instant } from '../domain/instant.ts';
import { statusAt } from '../domain/lifecycle.ts';
import type { SessionRecord } from '../domain/session.ts';
import type { Person } from '../domain/user.ts';
import { encodeCursor } from './cursor.ts';

/** From the domain to what the API answers. NB. Field by field: what is not named here is not shown. */

export function personView({ id, name, email }: Person): PersonView {
  return { id, name, email };
}

export function requestView(request: AccessRequest, now: Instant, allowed: AllowedAction[]): RequestView {
  const { id, version, target, accountName, requester, justification, durationMinutes, createdAt, reviewBy } =
    request;
  return {
    id,
    version,
    status: statusAt(request, now),
    target: { ...target, accountName },
    requester: personView(requester),
    justification,
    durationMinutes,
    createdAt,
    reviewBy,
    window: 'window' in request ? { from: request.window.from, until: request.window.until } : null,
    review: 'review' in request ? reviewView(request.review) : null,
    closure: 'closure' in request ? closureView(request.closure) : null,
    sessions: 'sessions' in request ? { ...request.sessions } : { issued: 0, credentialsEndAt: null },
    allowedActions: allowed,
  };
}

function reviewView({ reviewer, decision, comment, at }: Review) {
  return { reviewer: personView(reviewer), decision, comment, at };
}

function closureView({ by, at, comment }: Closure) {
  return { by: personView(by), at, comment };
}

export function entryView({ requestId, version, at, kind, actor, text, session }: Entry): EntryView {
  return { requestId, version, at, kind, actor: actor && personView(actor), text, session };
}

export function sessionView(session: SessionRecord): SessionView {
  const { user, target, accountName, id, requestId, kind, state, at, endsAt, accessKeyId } = session;
  const { sessionName, sourceIdentity, sourceIp, userAgent } = session;
  return {
    id,
    requestId,
    kind,
    state,
    user: personView(user),
    target: { ...target, accountName },
    at,
    endsAt,
    accessKeyId,
    sessionName,
    sourceIdentity,
    sourceIp,
    userAgent,
  };
}

export function issuedView(issued: IssuedSession): IssuedSessionView {
  const session = sessionView(issued.session);
  if (issued.kind === 'console') return { kind: 'console', session, url: issued.url };
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = issued.credentials;
  return { kind: 'cli', session, credentials: { accessKeyId, secretAccessKey, sessionToken, expiration } };
}

export function pageView<T, V>(page: Page<T>, view: (item: T) => V, now: Instant): PageView<V> {
  return {
    items: page.items.map(view),
    cursor: encodeCursor(page.next),
    searchedBackTo: page.searchedBackTo,
    serverTime: now,
  };
}
