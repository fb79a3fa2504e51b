import { changeRequest } from '../actions/change-request.ts';
import { createRequest } from '../actions/create-request.ts';
import { listTargets } from '../actions/list-targets.ts';
import type { RequestReader, RequestWriter, World } from '../actions/ports.ts';
import { listActive, listOwn, readRequest } from '../actions/read-requests.ts';
import {
  cancelBody,
  createRequestBody,
  idempotencyKey,
  type MeView,
  noQuery,
  type RequestDetailView,
  requestsQuery,
  revokeBody,
  type TargetPageView,
  targetsQuery,
} from '../contract.ts';
import type { AccessRequest } from '../domain/access-request.ts';
import { allowedActions, maySee } from '../domain/allowed-actions.ts';
import { eligibleTargets, isAuditor, isReviewer } from '../domain/eligibility.ts';
import type { Instant } from '../domain/instant.ts';
import { type Policy, ruleFor } from '../domain/policy-document.ts';
import type { User } from '../domain/user.ts';
import { limits } from '../limits.ts';
import { decodeCursor, decodeNumber, encodeNumber } from './cursor.ts';
import { headerOf } from './parse-request.ts';
import { entryView, pageView, personView, requestView } from './present.ts';
import { json, Refused, refuse } from './respond.ts';
import { endpoint } from './router.ts';

export interface RequestTools {
  readonly store: RequestReader & RequestWriter;
  readonly world: World;
  readonly policy: Policy;
}

/** A request as this user sees it now. */
export function seenBy(user: User, policy: Policy, now: Instant) {
  return (request: AccessRequest) =>
    requestView(request, now, allowedActions(request, user, ruleFor(policy, request.target), now));
}

/** The routes of the `requests` Lambda. */
export function requestEndpoints({ store, world, policy }: RequestTools) {
  return {
    getMe: endpoint(noQuery, null, async ({ user }) => {
      const now = world.now();
      const active = await listActive(store, user, now);
      const body: MeView = {
        user: personView(user),
        roles: {
          engineer: eligibleTargets(user).length > 0,
          reviewer: isReviewer(user),
          auditor: isAuditor(user),
        },
        active: active.map(seenBy(user, policy, now)),
        serverTime: now,
      };
      return json(200, body);
    }),
    listTargets: endpoint(targetsQuery, null, async ({ user, query }) => {
      const page = listTargets(policy, user, query.search ?? '', decodeNumber(query.cursor), limits.pageSize);
      const body: TargetPageView = {
        items: page.items,
        cursor: page.next === null ? null : encodeNumber(page.next),
      };
      return json(200, body);
    }),
    createRequest: endpoint(noQuery, createRequestBody, async ({ user, body, event }) => {
      const ask = {
        target: { account: body.account, role: body.role },
        durationMinutes: body.durationMinutes,
        justification: body.justification,
      };
      const created = await createRequest(
        store,
        world,
        policy,
        user,
        ask,
        keyOf(headerOf(event, 'Idempotency-Key')),
      );
      if (!created.ok) throw refuse(created.denial);
      return json(201, seenBy(user, policy, world.now())(created.value));
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
      const { request, entries, earlier } = found.value;
      const body: RequestDetailView = {
        request: seen(request),
        entries: entries.map(entryView),
        earlier: earlier.map(seen),
        serverTime: now,
      };
      return json(200, body);
    }),
    cancelRequest: endpoint(noQuery, cancelBody, async ({ user, id }) => {
      const visible = (request: AccessRequest) => maySee(user, request);
      const changed = await changeRequest(store, world, id, visible, { kind: 'cancel', by: user });
      if (!changed.ok) throw refuse(changed.denial);
      return json(200, seenBy(user, policy, world.now())(changed.value.request));
    }),
    revokeRequest: endpoint(noQuery, revokeBody, async ({ user, id, body }) => {
      const visible = (request: AccessRequest) => maySee(user, request);
      const command = { kind: 'revoke', by: user, comment: body.comment } as const;
      const changed = await changeRequest(store, world, id, visible, command);
      if (!changed.ok) throw refuse(changed.denial);
      return json(200, seenBy(user, policy, world.now())(changed.value.request));
    }),
  };
}

function keyOf(header: string | undefined): string | null {
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
