import type { RequestCore, Review, Window } from './access-request.ts';
import { allow, deny, type Outcome } from './denial.ts';
import { epochMs } from './instant.ts';
import type { Approval, AutomaticCondition, OpenHours, Teams } from './policy-document.ts';
import { type Asker, hasClaims, isInAny } from './rule-match.ts';
import { maybeSamePerson, type Person, personOf, type User } from './user.ts';
import { matchesPattern } from './wildcard.ts';

/** From rule and reviews to a decision. */

/** Whose request it is, as far as approval asks. */
export type Requested = Pick<RequestCore, 'requester' | 'teams'>;

export type Decision =
  | { readonly state: 'approved' }
  | { readonly state: 'rejected' }
  | { readonly state: 'waiting'; missing: number };

/**
 * What the reviews amount to under the rule. One rejection ends it; approvals count by distinct people, of the rule's
 * groups and of another team than the requester's, whatever their order. NB. A review that the rule (today's, perhaps)
 * would not have allowed does not count as an approval; as a rejection it does.
 */
export function decide(approval: Approval, request: Requested, reviews: readonly Review[]): Decision {
  if (reviews.some((review) => review.decision === 'reject')) return { state: 'rejected' };
  const counting = reviews.filter(
    (review) =>
      review.groups.some((group) => approval.groups.includes(group)) &&
      (approval.apartBy === null || apart(request.teams, review.teams)),
  );
  // Also a review that does not count tells who is one person with whom.
  const people = circles([request.requester, ...reviews.map((review) => review.reviewer)]);
  const approving = people.filter(
    (circle) =>
      !circle.includes(request.requester) && counting.some((review) => circle.includes(review.reviewer)),
  );
  const missing = Math.max(1, approval.approvals) - approving.length;
  return missing > 0 ? { state: 'waiting', missing } : { state: 'approved' };
}

/** The people who are different ones for certain: who may be the same, over however many steps, is in one circle. */
function circles(people: readonly Person[]): Person[][] {
  const found: Person[][] = [];
  for (const person of people) {
    const same = found.filter((circle) => circle.some((other) => maybeSamePerson(person, other)));
    for (const circle of same) found.splice(found.indexOf(circle), 1);
    found.push([person, ...same.flat()]);
  }
  return found;
}

/** Whether this person may review this request, and as what. The answer becomes part of the review. */
export function checkReviewer(
  approval: Approval,
  request: Requested,
  by: User,
): Outcome<Pick<Review, 'reviewer' | 'groups' | 'teams'>> {
  const groups = approval.groups.filter((group) => by.groups.includes(group));
  if (groups.length === 0) {
    return deny(
      'not-reviewer',
      'You are not a reviewer of this request. Only members of the groups named here may decide; ask one of them.',
      { groups: [...approval.groups] },
    );
  }
  if (maybeSamePerson(by, request.requester)) {
    return deny('own-request', 'Nobody reviews their own request. Ask another reviewer to decide.', {
      requester: request.requester.id,
      reviewer: by.id,
    });
  }
  const teams = approval.apartBy === null ? [] : teamsOf(by, approval.apartBy);
  if (approval.apartBy !== null && !apart(request.teams, teams)) {
    return deny(
      'same-team',
      'The rule wants a reviewer of another team than the requester. Ask a reviewer who shares none of these teams.',
      { requester: [...request.teams], reviewer: teams },
    );
  }
  return allow({ reviewer: personOf(by), groups, teams });
}

/**
 * The user's teams, as the rule finds them. NB. None at all where one of the ways to find them finds nothing: people
 * choose what they sign in with, and whoever leaves a claim out must not seem to be of another team.
 */
export function teamsOf(user: Asker, { groups, claims }: Teams): string[] {
  const said = new Map(Object.entries(user.claims));
  const ofClaims = claims.map((name) =>
    (said.get(name) ?? []).filter((value) => value.trim() !== '').map((value) => `${name}=${value}`),
  );
  const ofGroups = user.groups.filter((group) => groups.some((pattern) => matchesPattern(pattern, group)));
  const ways = groups.length === 0 ? ofClaims : [ofGroups, ...ofClaims];
  return ways.some((found) => found.length === 0) ? [] : ways.flat().sort();
}

// NB. Whoever has no known team cannot be shown to be of another one: closed.
function apart(requester: readonly string[], reviewer: readonly string[]): boolean {
  return requester.length > 0 && reviewer.length > 0 && !reviewer.some((team) => requester.includes(team));
}

/**
 * The first condition that lets the window through without a reviewer, or undefined. NB. A condition that limits the
 * duration never lets an extension through: a window and its extension would be longer than it says.
 */
export function automaticCondition(
  approval: Approval,
  user: Asker,
  window: Window,
  isExtension: boolean,
): AutomaticCondition | undefined {
  const minutes = (epochMs(window.until) - epochMs(window.from)) / 60_000;
  return approval.automatic.find(
    ({ maxDurationMinutes, hours, groups, claims }) =>
      (maxDurationMinutes === null || (minutes <= maxDurationMinutes && !isExtension)) &&
      (hours === null || liesIn(hours, window)) &&
      isInAny(user.groups, groups) &&
      hasClaims(user.claims, claims),
  );
}

/** Whether the whole window lies in the open hours of one day. A window longer than a day never does. */
function liesIn({ days, from, until, zone }: OpenHours, window: Window): boolean {
  const begin = epochMs(window.from);
  // The end is not part of the window: 17:00 is in time for hours until 17:00.
  const end = epochMs(window.until) - 1;
  if (end - begin >= 24 * 3_600_000 - 1) return false;
  // Clocks are put forward and back on quarter hours. Between two of them they only run, so the ends tell of the rest.
  const moments = [begin, end];
  const quarter = 15 * 60_000;
  for (let at = (Math.floor(begin / quarter) + 1) * quarter; at <= end; at += quarter) {
    moments.push(at - 1, at);
  }
  const shown = moments.map(clockIn(zone));
  return shown.every(
    ({ day, minute }) =>
      day === shown[0]?.day && days.some((one) => one === day) && minute >= from && minute < until,
  );
}

/** What a clock on the wall of that zone shows at a moment, in milliseconds since 1970. */
function clockIn(zone: string): (ms: number) => { day: string; minute: number } {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return (ms) => {
    const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, value]));
    const day = String(parts.get('weekday')).toLowerCase();
    return { day, minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')) };
  };
}
