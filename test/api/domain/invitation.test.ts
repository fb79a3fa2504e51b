import { describe, expect, test } from 'vitest';
import type { AccessRequest } from '../../../api/domain/access-request.ts';
import { accept, invite, isInvitee } from '../../../api/domain/invitation.ts';
import { apply, type Command } from '../../../api/domain/lifecycle.ts';
import { type Approval, type Policy, type Rule, reviewerGroup } from '../../../api/domain/policy-document.ts';
import { type Person, personOf, type User } from '../../../api/domain/user.ts';
import { ada, allowed, askFor, codeOf, eve, nemo, otto, policy, production, ravi, rosa } from '../people.ts';
import { always, byTeam, inGroups, later, policyOf, reviewBy, ruleWith, start } from './one-rule.ts';

const id = 'c'.repeat(26);
const bound = personOf(ada);
const byEmail: Person = { id: '', name: '', email: 'Ada@Example.com' };
const invitationOf = (invitee: Person = bound, by: User = ravi, rules: Policy = policy, ask = askFor()) =>
  allowed(invite(ask, by, invitee, rules, start, id)).request;
/** What an invitation of Ravi's becomes when Ada accepts it under that rule. */
const accepted = (rule: Rule, by: User = ada, invitee: Person = bound, inviter: User = ravi) =>
  allowed(accept(invitationOf(invitee, inviter, policyOf(rule)), by, policyOf(rule), later(10)));

describe('inviting', () => {
  const twin: User = { ...ravi, id: 'https://other.example.com#twin', email: 'ADA@Example.com' };
  const leads = policyOf(ruleWith({ groups: ['leads'] }));
  test.each([
    ['a reviewer', ravi, bound, policy, 'allowed'],
    ['a reviewer, by e-mail', ravi, byEmail, policy, 'allowed'],
    ['a reviewer by the group of a rule', inGroups(nemo, 'leads'), bound, leads, 'allowed'],
    ['that group, where no rule names it', inGroups(nemo, 'leads'), bound, policy, 'not-reviewer'],
    ['an engineer', eve, bound, policy, 'not-reviewer'],
    ['an auditor', otto, bound, policy, 'not-reviewer'],
    ['nobody', nemo, bound, policy, 'not-reviewer'],
    ['an engineer, themselves', ada, bound, policy, 'not-reviewer'],
    ['a reviewer, themselves', inGroups(ada, reviewerGroup), bound, policy, 'own-invitation'],
    ['a reviewer, their own e-mail', inGroups(ada, reviewerGroup), byEmail, policy, 'own-invitation'],
    ['a reviewer, somebody with their e-mail', twin, bound, policy, 'own-invitation'],
  ] as [string, User, Person, Policy, string][])('%s: %#', (_name, by, invitee, rules, code) => {
    expect(codeOf(invite(askFor(), by, invitee, rules, start, id))).toBe(code);
  });

  test('makes a request that gives nothing, and tells the invited person', () => {
    const { request, entry, messages } = allowed(invite(askFor(), ravi, bound, policy, start, id));
    expect(request).toMatchObject({
      status: 'invited',
      version: 1,
      requester: bound,
      accountName: 'Production',
      reviewBy: later(24 * 60),
      rule: { id: 'not-yet-known', maxDurationMinutes: 0, approval: { groups: [], automatic: [] } },
      reviews: [],
      teams: [],
      together: [],
      because: [],
    });
    const groups = [reviewerGroup];
    const review = {
      reviewer: personOf(ravi),
      decision: 'approve',
      comment: '',
      version: 1,
      at: start,
      groups,
      teams: [],
    };
    expect(request.invitation).toEqual({ by: personOf(ravi), at: start, inviteeId: ada.id, review });
    expect(entry).toMatchObject({ kind: 'invited', actor: personOf(ravi), text: askFor().justification });
    expect(messages.map(({ kind, audience }) => [kind, audience])).toEqual([['invited', 'requester']]);
  });

  test('by e-mail alone binds nobody and is nobody’s review', () => {
    expect(invitationOf(byEmail).invitation).toEqual({
      by: personOf(ravi),
      at: start,
      inviteeId: null,
      review: null,
    });
  });

  test('never breaks the glass', () => {
    const ask = askFor('Admin', production, { breakGlass: true });
    expect(invitationOf(bound, ravi, policy, ask).breakGlass).toBe(false);
  });
});

describe('accepting', () => {
  const request = invitationOf();
  const open = invitationOf(byEmail);
  const adaElsewhere: User = { ...ada, id: 'https://other.example.com#ada' };
  const reviewingAda = inGroups(ada, reviewerGroup);
  /** No invitation is made like this one: it shows that the acceptance asks again. */
  const ravisOwn: AccessRequest = { ...request, invitation: { ...request.invitation, inviteeId: ravi.id } };
  test.each([
    ['the invited person', request, ada, 10, 'allowed'],
    ['somebody else who is eligible', request, eve, 10, 'not-invited'],
    ['the inviter', request, ravi, 10, 'not-invited'],
    ['another reviewer', request, rosa, 10, 'not-invited'],
    ['another account with that e-mail, where one is bound', request, adaElsewhere, 10, 'not-invited'],
    ['the bound person with another e-mail', request, { ...ada, email: 'new@example.com' }, 10, 'allowed'],
    ['the bound person without the group', request, { ...ada, groups: [] }, 10, 'not-eligible'],
    ['whoever has the e-mail', open, ada, 10, 'allowed'],
    ['another account that has it', open, adaElsewhere, 10, 'allowed'],
    ['who has another e-mail', open, eve, 10, 'not-invited'],
    ['the invited person, a reviewer too', request, reviewingAda, 10, 'allowed'],
    ['the inviter, found to be invited', ravisOwn, inGroups(ravi, ...ada.groups), 10, 'own-invitation'],
    ['the millisecond before it expires', request, ada, 24 * 60 - 1 / 60_000, 'allowed'],
    ['when it expires', request, ada, 24 * 60, 'wrong-status'],
  ] as [string, AccessRequest, User, number, string][])('%s: %#', (_name, invitation, by, minutes, code) => {
    expect(codeOf(accept(invitation, by, policy, later(minutes)))).toBe(code);
  });

  const short = { maxDurationMinutes: 59 };
  const ticket = { ticket: { pattern: 'OPS-1', required: true } };
  test.each([
    ['its longest', ruleWith({}, short), 'duration-too-long'],
    ['its justification', ruleWith({}, { justificationLength: 100 }), 'justification-too-short'],
    ['its ticket', ruleWith({}, ticket), 'ticket-needed'],
    ['its separation of teams', ruleWith({ apartBy: byTeam }), 'team-unknown'],
    ['nothing else', ruleWith(), 'allowed'],
  ])('is held to the rule of the invited person: %s', (_name, rule, code) => {
    expect(codeOf(accept(invitationOf(), ada, policyOf(rule), later(10)))).toBe(code);
  });

  test('makes it a request of that person, under their rule, and reviewers hear of it', () => {
    const {
      request: made,
      entry,
      messages,
    } = accepted(ruleWith({ apartBy: byTeam }), inGroups(ada, 'team-a'));
    expect(made).toMatchObject({
      status: 'pending',
      version: 2,
      requester: bound,
      teams: ['team-a'],
      reviewBy: later(10 + 24 * 60),
      rule: ruleWith({ apartBy: byTeam }),
      reviews: [],
    });
    expect(made.because).toHaveLength(1);
    expect(entry).toMatchObject({ kind: 'accepted', actor: bound, note: '0 of 1 approvals.' });
    expect(messages.map(({ kind, audience }) => [kind, audience])).toEqual([
      ['created', 'reviewers'],
      ['review-reminder', 'reviewers'],
    ]);
  });

  test('by e-mail takes the id of who accepted', () => {
    expect(accepted(ruleWith(), adaElsewhere, byEmail).request.requester).toEqual(personOf(adaElsewhere));
  });

  test('twice is refused', () => {
    const { request: made } = accepted(ruleWith());
    expect(codeOf(accept(made, ada, policy, later(11)))).toBe('wrong-status');
  });

  test('is let through where a condition lets it through', () => {
    const { request: made, entry } = accepted(ruleWith({ automatic: [always] }));
    expect(made).toMatchObject({
      status: 'approved',
      approvedBy: { kind: 'automatic', condition: 'always' },
    });
    expect(entry).toMatchObject({ kind: 'approved-automatically', actor: bound });
  });
});

describe('the act of the inviter', () => {
  const counts = { invitationCounts: true };
  const team = (user: User, name: string) => inGroups(user, `team-${name}`);
  test.each([
    ['is the approval where the rule says so', counts, ada, bound, ravi, 'approved', 1],
    ['is one of two', { ...counts, approvals: 2 }, ada, bound, ravi, 'pending', 1],
    ['is none where the rule does not say so', {}, ada, bound, ravi, 'pending', 0],
    ['is none where the e-mail was all that was known', counts, ada, byEmail, ravi, 'pending', 0],
    ['is none where other groups review', { ...counts, groups: ['leads'] }, ada, bound, ravi, 'pending', 1],
    [
      'is the approval of a member of the group of the rule',
      { ...counts, groups: ['leads'] },
      ada,
      bound,
      inGroups(nemo, 'leads'),
      'approved',
      1,
    ],
    [
      'is none where teams are kept apart, for nobody has asked for theirs',
      { ...counts, apartBy: byTeam },
      team(ada, 'a'),
      bound,
      team(ravi, 'b'),
      'pending',
      1,
    ],
  ] as [string, Partial<Approval>, User, Person, User, string, number][])(
    '%s',
    (_name, approval, by, invitee, inviter, status, reviews) => {
      const { request } = accepted(ruleWith(approval), by, invitee, inviter);
      expect([request.status, request.reviews.length]).toEqual([status, reviews]);
    },
  );

  test('opens the window at the acceptance, not at the invitation', () => {
    expect(accepted(ruleWith(counts)).request).toMatchObject({
      approvedBy: { kind: 'reviewers' },
      approvedAt: later(10),
      window: { from: later(10), until: later(70) },
    });
  });

  test('says in the entry how many approvals there are', () => {
    expect(accepted(ruleWith({ ...counts, approvals: 2 })).entry.note).toBe('1 of 2 approvals.');
    expect(accepted(ruleWith(counts)).entry.note).toMatch(
      /^Approved by the invitation, as the rule ".*" allows\.$/,
    );
  });

  test('is not repeated by a review, and another reviewer makes it two', () => {
    const { request } = accepted(ruleWith({ ...counts, approvals: 2 }));
    expect(codeOf(apply(request, reviewBy(ravi, 'approve', 2), later(11)))).toBe('already-reviewed');
    expect(allowed(apply(request, reviewBy(rosa, 'approve', 2), later(11))).request.status).toBe('approved');
  });

  test('is no bar to a review where it does not count', () => {
    const { request } = accepted(ruleWith());
    expect(codeOf(apply(request, reviewBy(ravi, 'approve', 2), later(11)))).toBe('allowed');
  });
});

/** Who may do what with an invitation that nobody has accepted: little. */
describe('before it is accepted', () => {
  const request = invitationOf();
  const open = invitationOf(byEmail);
  test.each([
    ['the invited person declines', request, { kind: 'cancel', by: ada }, 1, 'allowed'],
    ['whoever has the e-mail declines', open, { kind: 'cancel', by: ada }, 1, 'allowed'],
    ['the inviter withdraws it', request, { kind: 'cancel', by: ravi }, 1, 'allowed'],
    ['another reviewer withdraws it', request, { kind: 'cancel', by: rosa }, 1, 'not-requester'],
    ['another engineer declines', request, { kind: 'cancel', by: eve }, 1, 'not-requester'],
    ['the invited person declines too late', request, { kind: 'cancel', by: ada }, 24 * 60, 'wrong-status'],
    ['the inviter approves', request, reviewBy(ravi), 1, 'not-reviewer'],
    ['another reviewer approves', request, reviewBy(rosa), 1, 'not-reviewer'],
    ['a reviewer rejects', request, reviewBy(rosa, 'reject'), 1, 'not-reviewer'],
    ['the invited person approves', request, reviewBy(inGroups(ada, reviewerGroup)), 1, 'not-reviewer'],
    ['a reviewer revokes', request, { kind: 'revoke', by: ravi, comment: '' }, 1, 'not-reviewer'],
    ['the invited person revokes', request, { kind: 'revoke', by: ada, comment: '' }, 1, 'wrong-status'],
    ['time has not closed it', request, { kind: 'close' }, 24 * 60 - 1, 'wrong-status'],
    ['time closes it', request, { kind: 'close' }, 24 * 60, 'allowed'],
    ['the invited person accepts', request, { kind: 'accept', by: ada, policy }, 1, 'allowed'],
    ['the inviter accepts', request, { kind: 'accept', by: ravi, policy }, 1, 'not-invited'],
  ] as [string, AccessRequest, Command, number, string][])(
    '%s: %#',
    (_name, invitation, command, minutes, code) => {
      expect(codeOf(apply(invitation, command, later(minutes)))).toBe(code);
    },
  );

  test.each([
    ['the bound person', request, ada, true],
    ['another with that e-mail', request, { ...eve, email: ada.email }, false],
    ['whoever has the e-mail', open, { ...eve, email: ada.email }, true],
    ['the inviter', request, ravi, false],
    ['who has the e-mail, once declined', cancelledBy(open), { ...eve, email: ada.email }, true],
    ['who has the e-mail, once accepted', takenUp(open), { ...eve, email: ada.email }, false],
    ['the bound person, also once accepted', accepted(ruleWith()).request, ada, true],
  ] as [string, AccessRequest, User, boolean][])('%s is invited: %#', (_name, invitation, user, invited) => {
    expect(isInvitee(invitation, user)).toBe(invited);
  });

  function cancelledBy(invitation: AccessRequest): AccessRequest {
    return allowed(apply(invitation, { kind: 'cancel', by: ravi }, later(1))).request;
  }
  function takenUp(invitation: AccessRequest): AccessRequest {
    return allowed(accept(invitation, ada, policy, later(1))).request;
  }

  test('whoever declined or withdrew is on record, and it never comes back', () => {
    const declined = allowed(apply(request, { kind: 'cancel', by: ada }, later(1)));
    expect(declined.request).toMatchObject({ status: 'cancelled', closure: { by: personOf(ada) } });
    expect(declined.messages).toEqual([]);
    expect(codeOf(accept(declined.request, ada, policy, later(2)))).toBe('wrong-status');
  });
});
