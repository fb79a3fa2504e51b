import { changeRequest } from '../actions/change-request.ts';
import { inviteSomebody } from '../actions/invite.ts';
import { listReviews } from '../actions/read-requests.ts';
import { inviteBody, noQuery, reviewBody, reviewsQuery } from '../contract.ts';
import type { AccessRequest } from '../domain/access-request.ts';
import { maySee } from '../domain/allowed-actions.ts';
import { limits } from '../limits.ts';
import { decodeCursor } from './cursor.ts';
import { pageView } from './present.ts';
import { askOf, idempotencyKeyOf, type RequestTools, seenBy } from './request-endpoints.ts';
import { json, refuse } from './respond.ts';
import { endpoint } from './router.ts';

/** The routes of the `reviews` Lambda. */
export function reviewEndpoints(tools: RequestTools) {
  const { store, world, policy } = tools;
  return {
    invite: endpoint(noQuery, inviteBody, async ({ user, body, event }) => {
      const { email, account, role } = body;
      const ask = { ...askOf(body), target: { account, role } };
      const invited = await inviteSomebody(tools, user, email, ask, idempotencyKeyOf(event));
      if (!invited.ok) throw refuse(invited.denial);
      return json(201, seenBy(user, policy, world.now())(invited.value));
    }),
    listReviews: endpoint(reviewsQuery, null, async ({ user, query }) => {
      const now = world.now();
      const asked = { size: limits.pageSize, place: decodeCursor(query.cursor), now };
      const page = await listReviews(store, user, query.state, asked);
      return json(200, pageView(page, seenBy(user, policy, now), now));
    }),
    reviewRequest: endpoint(noQuery, reviewBody, async ({ user, id, body }) => {
      const command = { kind: 'review', by: user, ...body } as const;
      const visible = (request: AccessRequest) => maySee(user, request);
      const changed = await changeRequest(store, world, id, visible, command, policy);
      if (!changed.ok) throw refuse(changed.denial);
      return json(200, seenBy(user, policy, world.now())(changed.value.request));
    }),
  };
}
