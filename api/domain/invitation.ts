import type { AccessRequest, Invitation, InvitedRequest, RequestCore, Review } from './access-request.ts';
import { type Ask, checkAsk } from './ask.ts';
import { type Change, change } from './change.ts';
import { askedOf, letThrough, ruledBy, weigh } from './creation.ts';
import { allow, deny, type Outcome } from './denial.ts';
import { isReviewer, reviewerGroups } from './eligibility.ts';
import { type Instant, plusMinutes } from './instant.ts';
import { accountName, defaultRule, type Policy, type Rule } from './policy-document.ts';
import { checkEligible } from './rule-match.ts';
import { wrongStatus } from './status.ts';
import { maybeSamePerson, type Person, personOf, type User } from './user.ts';

/**
 * Until somebody accepts, no rule is known, for rules are about who asks. NB. Nobody reviews under this one, and it
 * gives no time.
 */
const noRuleYet: Rule = {
  ...defaultRule,
  id: 'not-yet-known',
  maxDurationMinutes: 0,
  approval: { ...defaultRule.approval, groups: [] },
};

/**
 * A reviewer asks on behalf of an engineer. Nothing is active before that person accepts.
 * @param invitee with the id where Stepladder knows exactly one user of that e-mail; '' leaves it to the e-mail, and
 * then the inviter's act never counts as a review
 */
export function invite(
  ask: Ask,
  by: User,
  invitee: Person,
  policy: Policy,
  now: Instant,
  id: string,
): Outcome<Change<InvitedRequest>> {
  if (!isReviewer(by, policy)) {
    return deny(
      'not-reviewer',
      'Only reviewers invite others. Ask one of them, or make a request of your own.',
    );
  }
  if (maybeSamePerson(by, invitee)) return ownInvitation();
  const request: InvitedRequest = {
    ...askedOf(ask),
    breakGlass: false,
    id,
    version: 0,
    status: 'invited',
    requester: invitee,
    teams: [],
    accountName: accountName(policy, ask.target.account),
    extensionOf: null,
    slot: 0,
    together: [],
    invitation: invitationOf(by, invitee, policy, now),
    createdAt: now,
    reviewBy: plusMinutes(now, noRuleYet.pendingMinutes),
    rule: noRuleYet,
    because: [],
    reviews: [],
  };
  return allow(change(request, 'invited', now, { actor: by, text: ask.justification }));
}

function invitationOf(by: User, invitee: Person, policy: Policy, at: Instant): Invitation {
  const bound = invitee.id !== '';
  const review: Review = {
    reviewer: personOf(by),
    decision: 'approve',
    comment: '',
    version: 1,
    at,
    groups: reviewerGroups(policy).filter((group) => by.groups.includes(group)),
    teams: [],
  };
  return { by: personOf(by), at, inviteeId: bound ? invitee.id : null, review: bound ? review : null };
}

/**
 * The invited person makes the request their own: from here on it is as if they had asked, under the rule that is
 * theirs. Where that rule says so, the invitation is the inviter's approval.
 */
export function accept(request: AccessRequest, by: User, policy: Policy, now: Instant): Outcome<Change> {
  if (request.status !== 'invited' || now >= request.reviewBy) return wrongStatus(request, now, ['invited']);
  if (!isInvitee(request, by)) {
    return deny('not-invited', 'This invitation is for somebody else. Make a request of your own.');
  }
  if (maybeSamePerson(request.invitation.by, by)) return ownInvitation();
  const eligible = checkEligible(policy, by, request.target);
  if (!eligible.ok) return eligible;
  const rule = eligible.value;
  const taken = checkAsk(rule, request, by, now);
  if (!taken.ok) return taken;
  const { review } = request.invitation;
  const core: RequestCore = {
    ...request,
    ...ruledBy(policy, by, request, rule),
    requester: personOf(by),
    reviewBy: plusMinutes(now, rule.pendingMinutes),
    reviews: rule.approval.invitationCounts && review !== null ? [review] : [],
  };
  const automatic = letThrough(core, by, now, { actor: by });
  if (automatic !== undefined) return allow(automatic);
  const { next, note: missing } = weigh(core, now);
  const note =
    next.status === 'approved' ? `Approved by the invitation, as the rule "${rule.id}" allows.` : missing;
  return allow(change(next, 'accepted', now, { actor: by, note }));
}

/**
 * Whom the invitation was sent to: the user where one was meant, else whoever has the e-mail. Once somebody accepted,
 * it is theirs, and nobody else's by an e-mail.
 */
export function isInvitee({ invitation, requester }: AccessRequest, user: User): boolean {
  if (invitation === null) return false;
  if (invitation.inviteeId !== null) return invitation.inviteeId === user.id;
  return requester.id === '' && maybeSamePerson(requester, user);
}

function ownInvitation() {
  return deny('own-invitation', 'Nobody invites themselves. Make a request of your own.');
}
