import type { AccessRequest } from './access-request.ts';
import { isAuditor, isReviewer } from './eligibility.ts';
import type { Instant } from './instant.ts';
import { apply, type Command } from './lifecycle.ts';
import type { Rule } from './policy-document.ts';
import { planSession } from './session.ts';
import type { User } from './user.ts';

export type AllowedAction = 'cancel' | 'review' | 'revoke' | 'issue';

/** Whether the user may know of the request: its requester, and those whose part it is to read all of them. */
export function maySee(user: User, request: AccessRequest): boolean {
  return request.requester.id === user.id || isReviewer(user) || isAuditor(user);
}

/**
 * What the user may do with the request at `now`, found by asking the deciding functions themselves, so that the
 * buttons and the decisions cannot drift apart.
 */
export function allowedActions(
  request: AccessRequest,
  user: User,
  ruleNow: Rule,
  now: Instant,
): AllowedAction[] {
  const may = (command: Command) => apply(request, command, now).ok;
  const trials: [AllowedAction, boolean][] = [
    ['cancel', may({ kind: 'cancel', by: user })],
    ['review', may({ kind: 'review', by: user, decision: 'reject', comment: '', version: request.version })],
    ['revoke', may({ kind: 'revoke', by: user, comment: '' })],
    ['issue', planSession(request, user, ruleNow, now, () => '').ok],
  ];
  return trials.filter(([, allowed]) => allowed).map(([action]) => action);
}
