import { describe, expect, test } from 'vitest';
import type { AccessRequest } from '../../../api/domain/access-request.ts';
import { type AllowedAction, allowedActions, maySee } from '../../../api/domain/allowed-actions.ts';
import { create } from '../../../api/domain/creation.ts';
import { accept, invite } from '../../../api/domain/invitation.ts';
import { apply } from '../../../api/domain/lifecycle.ts';
import { type Policy, reviewerGroup } from '../../../api/domain/policy-document.ts';
import { personOf, type User } from '../../../api/domain/user.ts';
import { ada, allowed, alone, askFor, eve, nemo, otto, ravi, rosa } from '../people.ts';
import { become, inGroups, later, policyOf, reviewBy, ruleWith, start } from './one-rule.ts';

/** Who is offered what, and who may know: the buttons and the decisions are one. */

const breakGlass = {
  groups: ['on-call'],
  maxDurationMinutes: 60,
  justificationLength: 10,
  reviewMinutes: 240,
};
const policy = policyOf(ruleWith({ approvals: 2, invitationCounts: true }, { breakGlass }));
const make = (more: Partial<ReturnType<typeof askFor>> = {}, by: User = ada) =>
  allowed(create({ ...askFor(), ...more }, by, policy, start, alone('a'.repeat(26)))).request;

const lead = inGroups(nemo, 'leads');
const onCall = inGroups(ada, 'on-call');
const pending = make();
const half = become(pending, reviewBy(ravi));
/** The window is [2, 62). */
const approved = allowed(apply(half, reviewBy(rosa), later(2))).request;
const scheduled = become(make({ start: later(60) }), reviewBy(ravi), reviewBy(rosa));
const revoked = become(approved, { kind: 'revoke', by: ravi, comment: '' });
const glass = make({ breakGlass: true }, onCall);
const confirmed = become(glass, reviewBy(ravi, 'confirm'));
const invited = allowed(invite(askFor(), ravi, personOf(ada), policy, start, 'b'.repeat(26))).request;
const byEmail = allowed(
  invite(askFor(), ravi, { id: '', name: '', email: ada.email }, policy, start, 'c'.repeat(26)),
).request;
const accepted = allowed(accept(invited, ada, policy, later(1))).request;
const extension = allowed(
  create(askFor(), ada, policy, later(3), alone('e'.repeat(26), { extending: approved })),
).request;

describe('what a person is offered', () => {
  const none = { ...policy, rules: [] };
  const two = policyOf(ruleWith({ approvals: 3 }));
  test.each([
    ['pending, its requester', pending, ada, 1, policy, ['cancel']],
    ['pending, its requester, a reviewer too', pending, inGroups(ada, reviewerGroup), 1, policy, ['cancel']],
    ['pending, a reviewer', pending, ravi, 1, policy, ['review']],
    ['pending, a reviewer of another group', pending, lead, 1, policy, []],
    ['pending, another engineer', pending, eve, 1, policy, []],
    ['pending, an auditor', pending, otto, 1, policy, []],
    ['pending, its requester at the deadline', pending, ada, 24 * 60, policy, []],
    ['pending, a reviewer at the deadline', pending, ravi, 24 * 60, policy, []],
    ['approved in part, who approved', half, ravi, 2, policy, []],
    ['approved in part, another reviewer', half, rosa, 2, policy, ['review']],
    ['approved in part, its requester', half, ada, 2, policy, ['cancel']],
    ['active, its requester', approved, ada, 3, policy, ['revoke', 'issue', 'extend']],
    ['active, a reviewer', approved, ravi, 3, policy, ['revoke']],
    ['active, a reviewer who is eligible too', approved, rosa, 3, policy, ['revoke']],
    ['active, a reviewer of another group', approved, lead, 3, policy, []],
    ['active, another engineer', approved, eve, 3, policy, []],
    ['active, an auditor', approved, otto, 3, policy, []],
    ['active, its requester who lost the group', approved, { ...ada, groups: [] }, 3, policy, ['revoke']],
    ['active, its requester without a rule', approved, ada, 3, none, ['revoke']],
    ['active, its requester under a stricter rule', approved, ada, 3, two, ['revoke', 'extend']],
    ['scheduled, its requester', scheduled, ada, 3, policy, ['revoke', 'extend']],
    ['ended, its requester', approved, ada, 62, policy, []],
    ['ended, a reviewer', approved, ravi, 62, policy, []],
    ['revoked, its requester', revoked, ada, 6, policy, []],
    ['revoked, a reviewer', revoked, ravi, 6, policy, []],
    ['an extension, its requester', extension, ada, 4, policy, ['cancel']],
    ['an extension, a reviewer', extension, ravi, 4, policy, ['review']],
    ['break-glass, its requester', glass, onCall, 1, policy, ['revoke', 'issue', 'extend']],
    ['break-glass, its requester off call', glass, ada, 1, policy, ['revoke', 'extend']],
    ['break-glass, a reviewer', glass, ravi, 1, policy, ['review-after', 'revoke']],
    ['break-glass, a reviewer of another group', glass, lead, 1, policy, []],
    ['break-glass, an auditor', glass, otto, 1, policy, []],
    ['break-glass that is over, a reviewer', glass, ravi, 100, policy, ['review-after']],
    ['break-glass that is over, its requester', glass, onCall, 100, policy, []],
    ['break-glass that was reviewed, another reviewer', confirmed, rosa, 100, policy, []],
    ['an invitation, who is invited', invited, ada, 1, policy, ['accept', 'cancel']],
    ['an invitation, who is invited and has no rule', invited, ada, 1, none, ['cancel']],
    ['an invitation, who invited', invited, ravi, 1, policy, ['cancel']],
    ['an invitation, another reviewer', invited, rosa, 1, policy, []],
    ['an invitation, another engineer', invited, eve, 1, policy, []],
    ['an invitation by e-mail, who has it', byEmail, ada, 1, policy, ['accept', 'cancel']],
    ['an invitation that expired, who is invited', invited, ada, 24 * 60, policy, []],
    ['an accepted one, who accepted', accepted, ada, 2, policy, ['cancel']],
    ['an accepted one, who invited and thereby approved', accepted, ravi, 2, policy, []],
    ['an accepted one, another reviewer', accepted, rosa, 2, policy, ['review']],
  ] as [string, AccessRequest, User, number, Policy, AllowedAction[]][])(
    '%s',
    (_name, request, user, minutes, rules, actions) => {
      expect(allowedActions(request, user, rules, later(minutes))).toEqual(actions);
    },
  );
});

describe('who may know of it', () => {
  const leads = allowed(
    create(askFor(), ada, policyOf(ruleWith({ groups: ['leads'] })), start, alone('f'.repeat(26))),
  ).request;
  const declined = allowed(apply(invited, { kind: 'cancel', by: ada }, later(1))).request;
  const adasTwin = { ...nemo, email: ada.email };
  test.each([
    ['the requester', pending, ada, true],
    ['a reviewer', pending, ravi, true],
    ['an auditor', pending, otto, true],
    ['another engineer', pending, eve, false],
    ['nobody', pending, nemo, false],
    ["somebody with the requester's e-mail", pending, adasTwin, false],
    ['a reviewer of another group', pending, lead, false],
    ['a reviewer of its group', leads, lead, true],
    ['a reviewer of the convention, where the rule names others', leads, ravi, false],
    ['who invited', invited, ravi, true],
    ['who is invited', invited, ada, true],
    ['another reviewer of an invitation', invited, rosa, false],
    ['an auditor of an invitation', invited, otto, true],
    ['another engineer of an invitation', invited, eve, false],
    ['somebody with the e-mail of who is bound', invited, adasTwin, false],
    ['who has the e-mail of an open invitation', byEmail, ada, true],
    ['another, of an open invitation', byEmail, eve, false],
    ['who invited, once it is accepted', accepted, inGroups({ ...ravi, groups: [] }), true],
    ['another reviewer, once it is accepted', accepted, rosa, true],
    ['who declined', declined, ada, true],
    ['who invited, once it is declined', declined, ravi, true],
  ] as [string, AccessRequest, User, boolean][])('%s: %#', (_name, request, user, may) => {
    expect(maySee(user, request)).toBe(may);
  });
});
