import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Review } from '../../../api/domain/access-request.ts';
import { checkReviewer, type Decision, decide, teamsOf } from '../../../api/domain/approval.ts';
import type { Approval } from '../../../api/domain/policy-document.ts';
import { maybeSamePerson, type Person, personOf, type User } from '../../../api/domain/user.ts';
import { ada, codeOf, eve, nemo, otto, ravi, rosa, userOf } from '../people.ts';
import { byTeam, inGroups, ruleWith, start } from './one-rule.ts';

const group = 'aws-temp#Reviewer';
const request = { requester: personOf(ada), teams: ['team-a'] };

function review(by: Person, more: Partial<Review> = {}): Review {
  const reviewer = personOf(by);
  return {
    reviewer,
    decision: 'approve',
    comment: '',
    version: 1,
    at: start,
    groups: [group],
    teams: [],
    ...more,
  };
}
const spelled = (by: Person, email: string, id = by.id): Person => ({ ...by, id, email });
const no = (by: Person) => review(by, { decision: 'reject' });
const ofTeam = (by: Person, ...teams: string[]) => review(by, { teams });
const rita = userOf('rita', 'Rita Reviewer', [group]);
const approved: Decision = { state: 'approved' };
const rejected: Decision = { state: 'rejected' };
const missing = (count: number): Decision => ({ state: 'waiting', missing: count });

describe('what the reviews amount to', () => {
  const two = { approvals: 2 };
  const three = { approvals: 3 };
  const apart = { apartBy: byTeam };
  test.each([
    ['none', {}, [], missing(1)],
    ['none, where three are wanted', three, [], missing(3)],
    ['none, where none is wanted: one is', { approvals: 0 }, [], missing(1)],
    ['one', {}, [review(ravi)], approved],
    ['a rejection', {}, [no(ravi)], rejected],
    ['an approval and a rejection', {}, [review(ravi), no(rosa)], rejected],
    ['a rejection and an approval', {}, [no(rosa), review(ravi)], rejected],
    ['enough approvals and a rejection', two, [review(ravi), review(rosa), no(rita)], rejected],
    ['a rejection by somebody of no group', {}, [{ ...no(nemo), groups: [] }], rejected],
    ['one of two', two, [review(ravi)], missing(1)],
    ['two of two', two, [review(ravi), review(rosa)], approved],
    ['two of three', three, [review(ravi), review(rosa)], missing(1)],
    ['more than wanted', two, [review(ravi), review(rosa), review(rita)], approved],
    ['one person twice', two, [review(ravi), review(ravi)], missing(1)],
    ['one id, two e-mails', two, [review(ravi), review(spelled(ravi, 'x@example.com'))], missing(1)],
    ['two ids, one e-mail', two, [review(ravi), review(spelled(rosa, ravi.email))], missing(1)],
    [
      'two ids, one e-mail in other letters',
      two,
      [review(ravi), review(spelled(rosa, ' RAVI@Example.COM'))],
      missing(1),
    ],
    [
      'three who are one over two steps',
      two,
      [review(ravi), review(spelled(rosa, 'x@example.com')), review(spelled(rosa, ravi.email))],
      missing(1),
    ],
    [
      'the step between two comes last',
      two,
      [review(ravi), review(rosa), review(spelled(ravi, rosa.email))],
      missing(1),
    ],
    [
      'and one more beside them',
      two,
      [review(ravi), review(rosa), review(spelled(ravi, rosa.email)), review(rita)],
      approved,
    ],
    [
      'the step between two counts not, and tells all the same',
      two,
      [review(ravi), review(rosa), review(spelled(ravi, rosa.email), { groups: [] })],
      missing(1),
    ],
    ['the requester over two steps', {}, [review(spelled(ravi, ada.email)), review(ravi)], missing(1)],
    ['two without an e-mail', two, [review(spelled(ravi, '')), review(spelled(rosa, ''))], missing(1)],
    ['the requester', {}, [review(ada)], missing(1)],
    ["the requester's e-mail", {}, [review(spelled(ravi, 'ADA@example.com'))], missing(1)],
    ['the requester as one of two', two, [review(ravi), review(ada)], missing(1)],
    ['of no group', {}, [review(ravi, { groups: [] })], missing(1)],
    ['of another group', {}, [review(ravi, { groups: ['leads'] })], missing(1)],
    ['of the group in other letters', {}, [review(ravi, { groups: ['AWS-temp#Reviewer'] })], missing(1)],
    ['of a group that begins alike', {}, [review(ravi, { groups: [`${group}s`] })], missing(1)],
    ['one of its groups', { groups: ['a', 'b'] }, [review(ravi, { groups: ['b'] })], approved],
    ['a rule without groups', { groups: [] }, [review(ravi)], missing(1)],
    ['one of two of another group', two, [review(ravi), review(rosa, { groups: ['leads'] })], missing(1)],
    ['another team', apart, [ofTeam(ravi, 'team-b')], approved],
    ['the same team', apart, [ofTeam(ravi, 'team-a')], missing(1)],
    ['the same team among others', apart, [ofTeam(ravi, 'team-b', 'team-a')], missing(1)],
    ['a team that begins alike', apart, [ofTeam(ravi, 'team-a2')], approved],
    ['no known team', apart, [ofTeam(ravi)], missing(1)],
    ['the same team, where nobody asks', {}, [ofTeam(ravi, 'team-a')], approved],
    [
      'one of two of the same team',
      { ...two, ...apart },
      [ofTeam(ravi, 'team-b'), ofTeam(rosa, 'team-a')],
      missing(1),
    ],
  ] as [string, Partial<Approval>, Review[], Decision][])('%s', (_name, approval, reviews, want) => {
    expect(decide(ruleWith(approval).approval, request, reviews)).toEqual(want);
  });

  test('a requester without a known team cannot be kept apart from anybody', () => {
    const { approval } = ruleWith(apart);
    expect(decide(approval, { ...request, teams: [] }, [ofTeam(ravi, 'team-b')])).toEqual(missing(1));
  });
});

describe('whatever the rule and the reviews', () => {
  const some = <T>(...items: T[]) => fc.subarray(items);
  const person = fc.record({
    id: fc.constantFrom('1', '2', '3', '4', ada.id),
    name: fc.constant('R'),
    email: fc.constantFrom('a@x', 'b@x', 'B@X', 'c@x', 'd@x', 'e@x', ada.email),
  });
  const approval = fc
    .record({
      approvals: fc.integer({ min: 1, max: 4 }),
      groups: some('f', 'g', 'h'),
      apartBy: fc.constantFrom(null, byTeam),
    })
    .map((parts) => ruleWith(parts).approval);
  const made = fc
    .record({ reviewer: person, groups: some('f', 'g', 'h'), teams: some('team-a', 'team-b', 'team-c') })
    .map(({ reviewer, ...rest }) => review(reviewer, rest));
  const reviews = fc.array(made, { maxLength: 8 });
  const lacking = (decision: Decision) => (decision.state === 'waiting' ? decision.missing : 0);

  test('their order does not matter, nor that one is said twice', () => {
    const mixed = fc.tuple(reviews, fc.boolean()).map(([all, end]) => (end ? [...all, no(rita)] : all));
    const shuffled = mixed.chain((all) =>
      fc.tuple(
        fc.constant(all),
        fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }),
        fc.subarray(all),
      ),
    );
    fc.assert(
      fc.property(approval, shuffled, (rule, [all, otherOrder, again]) => {
        expect(decide(rule, request, [...otherOrder, ...again])).toEqual(decide(rule, request, all));
      }),
    );
  });

  test('a rejection ends it, wherever it stands and whoever it is by', () => {
    fc.assert(
      fc.property(approval, reviews, reviews, made, (rule, before, after, one) => {
        const all: Review[] = [...before, { ...one, decision: 'reject' }, ...after];
        expect(decide(rule, request, all)).toEqual(rejected);
      }),
    );
  });

  test('one more approval of somebody new never takes away', () => {
    fc.assert(
      fc.property(approval, reviews, made, (rule, all, one) => {
        fc.pre(!all.some((other) => maybeSamePerson(other.reviewer, one.reviewer)));
        expect(lacking(decide(rule, request, [...all, one]))).toBeLessThanOrEqual(
          lacking(decide(rule, request, all)),
        );
      }),
    );
  });

  test('fewer groups of a reviewer, or of the rule, and a separation of teams never grant', () => {
    const fewer = fc.subarray(['f', 'g', 'h']);
    fc.assert(
      fc.property(approval, reviews, fewer, (rule, all, kept) => {
        const before = lacking(decide(rule, request, all));
        const left = (groups: readonly string[]) => groups.filter((one) => kept.includes(one));
        const less = all.map((one) => ({ ...one, groups: left(one.groups) }));
        expect(lacking(decide(rule, request, less))).toBeGreaterThanOrEqual(before);
        const narrower = { ...rule, groups: left(rule.groups) };
        expect(lacking(decide(narrower, request, all))).toBeGreaterThanOrEqual(before);
        expect(lacking(decide({ ...rule, apartBy: byTeam }, request, all))).toBeGreaterThanOrEqual(before);
      }),
    );
  });

  test('it is approved only by as many distinct people, none of them the requester', () => {
    fc.assert(
      fc.property(approval, reviews, (rule, all) => {
        if (decide(rule, request, all).state !== 'approved') return;
        const others = all.filter(({ reviewer }) => !maybeSamePerson(reviewer, ada));
        expect(new Set(others.map(({ reviewer }) => reviewer.id)).size).toBeGreaterThanOrEqual(
          rule.approvals,
        );
        expect(
          new Set(others.map(({ reviewer }) => reviewer.email.toLowerCase())).size,
        ).toBeGreaterThanOrEqual(rule.approvals);
      }),
    );
  });
});

describe('who may review', () => {
  const leads = ruleWith({ groups: ['leads', 'security'] }).approval;
  const standard = ruleWith().approval;
  const apart = ruleWith({ apartBy: byTeam }).approval;
  const twin: User = { ...ravi, id: 'https://other.example.com#twin', email: 'ADA@Example.com' };
  test.each([
    ['a reviewer', standard, ravi, 'allowed'],
    ['an engineer', standard, eve, 'not-reviewer'],
    ['an auditor', standard, otto, 'not-reviewer'],
    ['nobody', standard, nemo, 'not-reviewer'],
    ['the requester', standard, ada, 'not-reviewer'],
    ['the requester, a reviewer too', standard, inGroups(ada, group), 'own-request'],
    ["a reviewer with the requester's e-mail", standard, twin, 'own-request'],
    ['a reviewer of another group', leads, ravi, 'not-reviewer'],
    ['a member of one of its groups', leads, inGroups(nemo, 'security'), 'allowed'],
    ['a member of the group in other letters', leads, inGroups(nemo, 'Leads'), 'not-reviewer'],
    ['anybody, where the rule names no group', ruleWith({ groups: [] }).approval, ravi, 'not-reviewer'],
    ['a reviewer of another team', apart, inGroups(ravi, 'team-b'), 'allowed'],
    ['a reviewer of the same team', apart, inGroups(ravi, 'team-a'), 'same-team'],
    ['a reviewer of the same and another team', apart, inGroups(ravi, 'team-b', 'team-a'), 'same-team'],
    ['a reviewer of no known team', apart, ravi, 'same-team'],
  ] as const)('%s: %#', (_name, approval, by, code) => {
    expect(codeOf(checkReviewer(approval, request, by))).toBe(code);
  });

  test('is kept with the groups and the teams that counted, and no others', () => {
    const by = inGroups(nemo, 'x', 'security', 'leads', 'team-c', 'team-b');
    expect(checkReviewer({ ...leads, apartBy: byTeam }, request, by)).toEqual({
      ok: true,
      value: { reviewer: personOf(nemo), groups: ['leads', 'security'], teams: ['team-b', 'team-c'] },
    });
    expect(checkReviewer(leads, request, by)).toMatchObject({ value: { teams: [] } });
  });

  test('a refusal names the groups or the teams that it was based on', () => {
    expect(checkReviewer(leads, request, ravi)).toMatchObject({
      denial: { evidence: { groups: ['leads', 'security'] } },
    });
    expect(checkReviewer(apart, request, inGroups(ravi, 'team-a'))).toMatchObject({
      denial: { evidence: { requester: ['team-a'], reviewer: ['team-a'] } },
    });
  });
});

test.each([
  ['groups by pattern', { groups: ['team-*'], claims: [] }, ['team-a', 'team-b']],
  ['a group by name', { groups: ['staff'], claims: [] }, ['staff']],
  ['each value of a claim', { groups: [], claims: ['department'] }, ['department=it', 'department=ops']],
  ['both', { groups: ['staff'], claims: ['country'] }, ['country=de', 'staff']],
  ['a claim that every object has', { groups: [], claims: ['constructor'] }, []],
  ['a part of a name', { groups: ['team'], claims: ['depart'] }, []],
  ['one of two patterns', { groups: ['team-*', 'squad-*'], claims: [] }, ['team-a', 'team-b']],
  ['a group where a claim is wanted too', { groups: ['staff'], claims: ['city'] }, []],
  ['a claim where a group is wanted too', { groups: ['squad-*'], claims: ['country'] }, []],
  ['a claim that says nothing', { groups: [], claims: ['blank'] }, []],
  ['what a claim says beside nothing', { groups: [], claims: ['half'] }, ['half=x']],
])('teams by %s', (_name, teams, want) => {
  const user = {
    groups: ['team-b', 'staff', 'team-a', 'my-team-a'],
    claims: { department: ['ops', 'it'], country: ['de'], blank: ['', ' '], half: [' ', 'x'] },
  };
  expect(teamsOf(user, teams)).toEqual(want);
});
