import type { AccessRequest } from './access-request.ts';
import { isAuditor } from './eligibility.ts';
import type { Instant } from './instant.ts';
import { isInvitee } from './invitation.ts';
import { apply, type Command } from './lifecycle.ts';
import type { Policy } from './policy-document.ts';
import { ruleFor } from './rule-match.ts';
import { planSession } from './session.ts';
import type { User } from './user.ts';

export type AllowedAction = 'accept' | 'cancel' | 'review' | 'review-after' | 'revoke' | 'issue' | 'extend';

/**
 * Whether the user may know of the request: requester, inviter and invitee, those who may review it, and auditors,
 * whose part it is to read all of them.
 */
export function maySee(user: User, request: AccessRequest): boolean {
  const { groups } = request.rule.approval;
  return (
    request.requester.id === user.id ||
    request.invitation?.by.id === user.id ||
    isInvitee(request, user) ||
    user.groups.some((group) => groups.includes(group)) ||
    isAuditor(user)
  );
}

/**
 * What the user may do with the request at `now`, found by asking the deciding functions themselves, so that the
 * buttons and the decisions cannot drift apart.
 */
export function allowedActions(
  request: AccessRequest,
  user: User,
  policy: Policy,
  now: Instant,
): AllowedAction[] {
  const may = (command: Command) => apply(request, command, now).ok;
  const { version } = request;
  const ruleNow = ruleFor(policy, user, request.target);
  const mine = request.requester.id === user.id;
  const trials: [AllowedAction, boolean][] = [
    ['accept', may({ kind: 'accept', by: user, policy })],
    ['cancel', may({ kind: 'cancel', by: user })],
    ['review', may({ kind: 'review', by: user, decision: 'approve', comment: '', version })],
    ['review-after', may({ kind: 'review', by: user, decision: 'confirm', comment: '', version })],
    ['revoke', may({ kind: 'revoke', by: user, comment: '' })],
    ['issue', planSession(request, user, ruleNow, now, () => '').ok],
    // Whoever may revoke their own access still has some; a rule of today has to take the extension.
    ['extend', mine && ruleNow !== null && may({ kind: 'revoke', by: user, comment: '' })],
  ];
  return trials.filter(([, allowed]) => allowed).map(([action]) => action);
}
