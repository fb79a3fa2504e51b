import type { Page } from '../actions/collect.ts';
import type { IssuedSession } from '../actions/issue-session.ts';
import type {
  ApprovalView,
  EntryView,
  IssuedSessionView,
  PageView,
  PersonView,
  RequestView,
  RuleView,
  SessionView,
} from '../contract.ts';
import type { AccessRequest, Closure, Enforcement, OnceApproved, Review } from '../domain/access-request.ts';
import type { AllowedAction } from '../domain/allowed-actions.ts';
import { mayBreakGlass } from '../domain/ask.ts';
import type { Entry } from '../domain/audit.ts';
import { enforcementAt } from '../domain/enforcement.ts';
import type { Instant } from '../domain/instant.ts';
import type { Rule } from '../domain/policy-document.ts';
import type { SessionRecord } from '../domain/session.ts';
import { statusAt } from '../domain/status.ts';
import { termsInWords } from '../domain/terms-in-words.ts';
import { ticketExample } from '../domain/ticket-pattern.ts';
import type { Person, User } from '../domain/user.ts';
import { encodeCursor } from './cursor.ts';

/** From the domain to what the API answers. NB. Field by field: what is not named here is not shown. */

export function personView({ id, name, email }: Person): PersonView {
  return { id, name, email };
}

export function requestView(request: AccessRequest, now: Instant, allowed: AllowedAction[]): RequestView {
  const { id, version, target, accountName, requester, justification, durationMinutes, createdAt, reviewBy } =
    request;
  const { ticket, start, breakGlass, extensionOf, together, invitation, rule, because } = request;
  return {
    id,
    version,
    status: statusAt(request, now),
    target: { ...target, accountName },
    requester: personView(requester),
    justification,
    ticket,
    durationMinutes,
    start,
    breakGlass,
    extensionOf,
    together: [...together],
    invitation: invitation && { by: personView(invitation.by), at: invitation.at },
    createdAt,
    reviewBy,
    window: 'window' in request ? { from: request.window.from, until: request.window.until } : null,
    approval: 'approvedBy' in request ? approvalView(request) : null,
    reviews: request.reviews.map(reviewView),
    approvalsNeeded: rule.approval.approvals,
    reviewerGroups: [...rule.approval.groups],
    rule: { id: rule.id, terms: termsInWords(rule), because: [...because] },
    closure: 'closure' in request ? closureView(request.closure) : null,
    enforcement: 'enforcement' in request ? enforcementView(request.enforcement) : null,
    sessions: sessionsView(request, now),
    allowedActions: allowed,
  };
}

function approvalView({ approvedAt, approvedBy }: OnceApproved): ApprovalView {
  const glass = approvedBy.kind === 'break-glass' ? approvedBy : null;
  const after = glass?.afterReview ?? null;
  return {
    kind: approvedBy.kind,
    at: approvedAt,
    condition: approvedBy.kind === 'automatic' ? approvedBy.condition : null,
    reviewDue: glass?.reviewDue ?? null,
    afterReview: after && {
      reviewer: personView(after.reviewer),
      decision: after.decision,
      comment: after.comment,
      at: after.at,
    },
  };
}

/** What of a rule the user has to know before asking. */
export function ruleView(rule: Rule, user: User): RuleView {
  const { id, maxDurationMinutes, justificationLength, startAheadMinutes, ticket, breakGlass } = rule;
  return {
    id,
    maxDurationMinutes,
    justificationLength,
    startAheadMinutes,
    ticket: ticket && {
      pattern: ticket.pattern,
      example: ticketExample(ticket.pattern),
      required: ticket.required,
    },
    breakGlass:
      breakGlass !== null && mayBreakGlass(breakGlass, user)
        ? {
            maxDurationMinutes: breakGlass.maxDurationMinutes,
            justificationLength: breakGlass.justificationLength,
            reviewMinutes: breakGlass.reviewMinutes,
          }
        : null,
    terms: termsInWords(rule),
  };
}

function enforcementView(enforcement: Enforcement | null): RequestView['enforcement'] {
  return enforcement && { state: enforcement.state, at: enforcement.at };
}

function sessionsView(request: AccessRequest, now: Instant): RequestView['sessions'] {
  if (!('sessions' in request)) return { issued: 0, credentialsEndAt: null, endable: false };
  const { issued, credentialsEndAt } = request.sessions;
  return { issued, credentialsEndAt, endable: enforcementAt(request, now) !== null };
}

function reviewView({ reviewer, decision, comment, at }: Review) {
  return { reviewer: personView(reviewer), decision, comment, at };
}

function closureView({ by, at, comment }: Closure) {
  return { by: personView(by), at, comment };
}

export function entryView(entry: Entry): EntryView {
  const { requestId, version, at, kind, actor, text, note, session } = entry;
  return { requestId, version, at, kind, actor: actor && personView(actor), text, note, session };
}

export function sessionView(session: SessionRecord): SessionView {
  const { user, target, accountName, id, requestId, kind, state, at, endsAt, accessKeyId } = session;
  const { ending, narrowedFrom, notNarrowed, assumedRoleId } = session;
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
    narrowedFrom,
    ending,
    notNarrowed,
    assumedRoleId,
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
