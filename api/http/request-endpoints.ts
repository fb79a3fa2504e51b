import type { APIGatewayProxyEvent } from 'aws-lambda';
import { changeRequest } from '../actions/change-request.ts';
import { type CreateTools, createRequests } from '../actions/create-request.ts';
import { explainTarget } from '../actions/explain-target.ts';
import { acceptInvitation } from '../actions/invite.ts';
import { listRoles, listTargets } from '../actions/list-targets.ts';
import { listActive, listInvitations, listOwn, readRequest } from '../actions/read-requests.ts';
import {
  acceptBody,
  type CreatedView,
  type CreateRequestBody,
  cancelBody,
  createRequestBody,
  type ExplanationView,
  explainQuery,
  idempotencyKey,
  type MeView,
  noQuery,
  type RequestDetailView,
  type RolePageView,
  requestsQuery,
  revokeBody,
  type TargetPageView,
  targetsQuery,
} from '../contract.ts';
import type { AccessRequest } from '../domain/access-request.ts';
import { allowedActions, maySee } from '../domain/allowed-actions.ts';
import { isAuditor, isOperator, isReviewer } from '../domain/eligibility.ts';
import type { Instant } from '../domain/instant.ts';
import { accountName, contactFor, type Policy } from '../domain/policy-document.ts';
import { explanationLines, isEngineer } from '../domain/rule-match.ts';
import type { User } from '../domain/user.ts';
import { limits } from '../limits.ts';
import { decodeCursor, decodeNumber, encodeNumber } from './cursor.ts';
import { headerOf } from './parse-request.ts';
import { entryView, pageView, personView, requestView, ruleView } from './present.ts';
import { json, Refused, refuse } from './respond.ts';
import { endpoint } from './router.ts';

export type RequestTools = CreateTools;

/**
 * A request as this user sees it now. NB. The ids of the same form are its requester's: reviewers of one of them may not
 * know that the others exist, and get those that they may see by themselves.
 */
export function seenBy(user: User, policy: Policy, now: Instant) {
  return (request: AccessRequest) => {
    const view = requestView(request, now, allowedActions(request, user, policy, now));
    return request.requester.id === user.id ? view : { ...view, together: [] };
  };
}

/** What a form asks for, but where. */
export function askOf(
  body: Pick<CreateRequestBody, 'durationMinutes' | 'justification' | 'ticket' | 'start'>,
) {
  const { durationMinutes, justification, ticket, start } = body;
  return {
    durationMinutes,
    justification,
    ticket: ticket ?? null,
    // The contract checked it for being an instant.
    start: (start ?? null) as Instant | null,
    breakGlass: false,
  };
}

/** The routes of the `requests` Lambda. */
export function requestEndpoints(tools: RequestTools) {
  const { store, world, policy } = tools;
  return {
    getMe: endpoint(noQuery, null, async ({ user }) => {
      const now = world.now();
      const [active, invitations] = await Promise.all([
        listActive(store, user, now),
        listInvitations(store, user, now),
      ]);
      const body: MeView = {
        user: personView(user),
        roles: {
          engineer: isEngineer(policy, user),
          reviewer: isReviewer(user, policy),
          auditor: isAuditor(user),
          operator: isOperator(user),
        },
        active: active.map(seenBy(user, policy, now)),
        invitations: invitations.map(seenBy(user, policy, now)),
        serverTime: now,
      };
      return json(200, body);
    }),
    listTargets: endpoint(targetsQuery, null, async ({ user, query }) => {
      const page = listTargets(policy, user, query.search ?? '', decodeNumber(query.cursor), limits.pageSize);
      const body: TargetPageView = {
        items: page.items.map(({ rule, ...target }) => ({ ...target, rule: ruleView(rule, user) })),
        cursor: page.next === null ? null : encodeNumber(page.next),
      };
      return json(200, body);
    }),
    listRoles: endpoint(targetsQuery, null, async ({ query }) => {
      const page = listRoles(policy, query.search ?? '', decodeNumber(query.cursor), limits.pageSize);
      const body: RolePageView = {
        items: page.items,
        cursor: page.next === null ? null : encodeNumber(page.next),
      };
      return json(200, body);
    }),
    explainTarget: endpoint(explainQuery, null, async ({ user, query }) => {
      const { extensionOf = null, ...target } = query;
      const { explanation, open } = await explainTarget(tools, user, target, extensionOf);
      const body: ExplanationView = {
        target: { ...target, accountName: accountName(policy, target.account) },
        because: explanationLines(explanation),
        rule: explanation.rule && ruleView(explanation.rule, user),
        open,
      };
      return json(200, body);
    }),
    createRequest: endpoint(noQuery, createRequestBody, async ({ user, body, event }) => {
      const { targets, breakGlass = false, extensionOf = null } = body;
      const form = { ...askOf(body), targets, breakGlass, extensionOf };
      const created = await createRequests(tools, user, form, idempotencyKeyOf(event));
      if (!created.ok) throw refuse(created.denial);
      const view: CreatedView = { requests: created.value.map(seenBy(user, policy, world.now())) };
      return json(201, view);
    }),
    acceptInvitation: endpoint(noQuery, acceptBody, async ({ user, id }) => {
      const accepted = await acceptInvitation(tools, user, id);
      if (!accepted.ok) throw refuse(accepted.denial);
      return json(200, seenBy(user, policy, world.now())(accepted.value));
    }),
    listRequests: endpoint(requestsQuery, null, async ({ user, query }) => {
      const now = world.now();
      const filter = { status: query.status, search: query.search?.trim().toLowerCase() || undefined };
      const asked = { size: limits.pageSize, place: decodeCursor(query.cursor), now };
      return json(200, pageView(await listOwn(store, user, filter, asked), seenBy(user, policy, now), now));
    }),
    getRequest: endpoint(noQuery, null, async ({ user, id }) => {
      const found = await readRequest(store, user, id);
      if (!found.ok) throw refuse(found.denial);
      const now = world.now();
      const seen = seenBy(user, policy, now);
      const { request, together, entries, earlier } = found.value;
      const body: RequestDetailView = {
        request: seen(request),
        together: together.map(seen),
        entries: entries.map(entryView),
        earlier: earlier.map(seen),
        contact: contactFor(policy, request.target.account),
        serverTime: now,
      };
      return json(200, body);
    }),
    cancelRequest: endpoint(noQuery, cancelBody, async ({ user, id }) => {
      const visible = (request: AccessRequest) => maySee(user, request);
      const command = { kind: 'cancel', by: user } as const;
      const changed = await changeRequest(store, world, id, visible, command, policy);
      if (!changed.ok) throw refuse(changed.denial);
      return json(200, seenBy(user, policy, world.now())(changed.value.request));
    }),
    revokeRequest: endpoint(noQuery, revokeBody, async ({ user, id, body }) => {
      const visible = (request: AccessRequest) => maySee(user, request);
      const command = { kind: 'revoke', by: user, comment: body.comment } as const;
      const changed = await changeRequest(store, world, id, visible, command, policy);
      if (!changed.ok) throw refuse(changed.denial);
      return json(200, seenBy(user, policy, world.now())(changed.value.request));
    }),
  };
}

/** @throws Refused 400 where it is malformed */
export function idempotencyKeyOf(event: APIGatewayProxyEvent): string | null {
  const header = headerOf(event, 'Idempotency-Key');
  if (header === undefined) return null;
  const parsed = idempotencyKey.safeParse(header);
  if (parsed.success) return parsed.data;
  throw new Refused({
    status: 400,
    code: 'invalid-input',
    detail: 'The Idempotency-Key header cannot be accepted.',
    evidence: { 'header.Idempotency-Key': parsed.error.issues[0]?.message ?? 'malformed' },
  });
}
