import { expect, test } from 'vitest';
import { type AutomaticCondition, defaultRule, type Rule } from '../../../api/domain/policy-document.ts';
import { conditionInWords, isAlways, termsInWords, termsOf } from '../../../api/domain/terms-in-words.ts';

const always: AutomaticCondition = {
  name: 'always',
  maxDurationMinutes: null,
  hours: null,
  groups: [],
  claims: {},
};
const { approval } = defaultRule;
const approvalLine = 'One approval, by members of "aws-temp#Reviewer".';
const rest = [
  'At most 8 h; each session at most 1 h.',
  'A request waits at most 1 d for its approval.',
  'A start may be chosen up to 7 d ahead.',
  'A justification of at least 10 characters.',
];

test.each<[string, Partial<Rule>, string[]]>([
  ['the defaults', {}, [approvalLine, ...rest]],
  [
    'two of three of another team',
    {
      approval: {
        ...approval,
        approvals: 2,
        of: 3,
        groups: ['a', 'b'],
        apartBy: { groups: ['team-*'], claims: ['department'] },
        invitationCounts: true,
      },
    },
    [
      '2 approvals by different people (of 3 who can), by members of "a" or "b"; of another team than the requester, by "team-*" or "department"; a reviewer\'s invitation counts as an approval.',
      ...rest,
    ],
  ],
  [
    'nobody needed',
    { approval: { ...approval, automatic: [always] } },
    ['Approved automatically (always).', ...rest],
  ],
  [
    'a condition that only is called so',
    { approval: { ...approval, automatic: [{ ...always, maxDurationMinutes: 45 }] } },
    [
      'Approved automatically (always): at most 45 min.',
      'Otherwise: One approval, by members of "aws-temp#Reviewer".',
      ...rest,
    ],
  ],
  [
    'other limits',
    {
      maxDurationMinutes: 90,
      sessionMinutes: 15,
      pendingMinutes: 1530,
      startAheadMinutes: 0,
      justificationLength: 40,
    },
    [
      approvalLine,
      'At most 1 h 30 min; each session at most 15 min.',
      'A request waits at most 1 d 1 h 30 min for its approval.',
      'Access starts at the approval.',
      'A justification of at least 40 characters.',
    ],
  ],
  [
    'ticket, guardrails and break-glass',
    {
      ticket: { pattern: '[A-Z]+-\\d+', required: true },
      guardrails: ['create-users', 'assume-roles'],
      breakGlass: {
        groups: ['on-call'],
        maxDurationMinutes: 30,
        justificationLength: 50,
        reviewMinutes: 240,
      },
    },
    [
      approvalLine,
      ...rest,
      'A ticket such as ABC-123, by the pattern [A-Z]+-\\d+.',
      'Sessions may not: create-users, assume-roles.',
      'Break-glass access of at most 30 min for members of "on-call", with a justification of at least 50 characters, to be reviewed within 4 h.',
    ],
  ],
  [
    'the end of live sessions',
    { endLiveSessions: true },
    [approvalLine, ...rest, 'A revocation also ends the sessions that are alive.'],
  ],
  [
    'a ticket that may be left out',
    { ticket: { pattern: 'A', required: false } },
    [approvalLine, ...rest, 'A ticket such as A, by the pattern A, if one is named.'],
  ],
  [
    'a ticket of which there is no example',
    { ticket: { pattern: '[äöü]', required: true } },
    [approvalLine, ...rest, 'A ticket written as [äöü].'],
  ],
])('%s', (_what, fields, lines) => {
  expect(termsInWords({ ...defaultRule, ...fields })).toEqual(lines);
});

test.each<[Partial<AutomaticCondition>, string, boolean]>([
  [{}, '.', true],
  [{ maxDurationMinutes: 60 }, ': at most 1 h.', false],
  [
    { hours: { days: ['mon', 'fri'], from: 545, until: 1440, zone: 'Europe/Berlin' } },
    ': mon, fri 09:05 to 24:00 Europe/Berlin.',
    false,
  ],
  [{ groups: ['a', 'b'] }, ': for members of "a" or "b".', false],
  [{ claims: { team: ['a', 'b'], level: ['3'] } }, ': with team "a" or "b" and level "3".', false],
  [{ maxDurationMinutes: 60, groups: ['a'] }, ': at most 1 h; for members of "a".', false],
])('the condition %j', (fields, words, anybody) => {
  const condition = { ...always, name: 'x', ...fields };
  expect(conditionInWords(condition)).toBe(`Approved automatically (x)${words}`);
  expect(isAlways(condition)).toBe(anybody);
});

test('every field of a rule but its id is in the value of a term', () => {
  const { id, approval: asked, maxDurationMinutes, sessionMinutes, ...others } = defaultRule;
  const { automatic, ...review } = asked;
  const values = [automatic, review, [maxDurationMinutes, sessionMinutes], ...Object.values(others)];
  const texts = termsOf({ ...defaultRule, id: `not ${id}` }).map(({ value }) => JSON.stringify(value));
  expect(new Set(texts)).toEqual(new Set(values.map((value) => JSON.stringify(value))));
});
