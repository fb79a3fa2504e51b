import { describe, expect, test } from 'vitest';
import { type Ask, checkAsk } from '../../../api/domain/ask.ts';
import type { Approval, Rule } from '../../../api/domain/policy-document.ts';
import type { User } from '../../../api/domain/user.ts';
import { ada, askFor, codeOf, nemo, ravi, userOf } from '../people.ts';
import { byTeam, inGroups, later, ruleWith, start } from './one-rule.ts';

/** Whether a rule takes an ask: every limit, at it and one beyond it. */

const ticket = { pattern: '[A-Z]{2,5}-[0-9]{1,4}', required: true };
const glass = { groups: ['on-call'], maxDurationMinutes: 30, justificationLength: 30, reviewMinutes: 240 };
const onCall = inGroups(ada, 'on-call');
const long = 'x'.repeat(30);
const millisecond = 1 / 60_000;

const rules: Record<string, Rule> = {
  plain: ruleWith({}, { maxDurationMinutes: 60, justificationLength: 20, startAheadMinutes: 120 }),
  ticket: ruleWith({}, { ticket }),
  perhaps: ruleWith({}, { ticket: { ...ticket, required: false } }),
  apart: ruleWith({ apartBy: byTeam }),
  byClaim: ruleWith({ apartBy: { groups: [], claims: ['team'] } }),
  now: ruleWith({}, { startAheadMinutes: 0 }),
  glass: ruleWith({}, { breakGlass: glass, maxDurationMinutes: 480, ticket }),
  glassApart: ruleWith({ apartBy: byTeam } satisfies Partial<Approval>, { breakGlass: glass }),
  nobodysGlass: ruleWith({}, { breakGlass: { ...glass, groups: [] } }),
};
const broken = { breakGlass: true, durationMinutes: 30, justification: long };

describe('an ask', () => {
  test.each([
    ['plain', 'the longest', { durationMinutes: 60 }, ada, 'allowed'],
    ['plain', 'a minute more', { durationMinutes: 61 }, ada, 'duration-too-long'],
    ['plain', 'the shortest justification', { justification: 'x'.repeat(20) }, ada, 'allowed'],
    ['plain', 'a letter less', { justification: 'x'.repeat(19) }, ada, 'justification-too-short'],
    [
      'plain',
      'spaces around it',
      { justification: `  ${'x'.repeat(19)}\n ` },
      ada,
      'justification-too-short',
    ],
    ['plain', 'no start', { start: null }, ada, 'allowed'],
    ['plain', 'a start that has passed', { start: later(-1e4) }, ada, 'allowed'],
    ['plain', 'the latest start', { start: later(120) }, ada, 'allowed'],
    ['plain', 'a later one', { start: later(120 + millisecond) }, ada, 'start-out-of-range'],
    ['plain', 'any ticket', { ticket: 'whatever' }, ada, 'allowed'],
    ['plain', 'break-glass', { ...broken, durationMinutes: 15 }, onCall, 'break-glass-not-allowed'],
    ['now', 'a start now', { start }, ada, 'allowed'],
    ['now', 'a start later', { start: later(1) }, ada, 'start-out-of-range'],
    ['ticket', 'a ticket', { ticket: 'OPS-12' }, ada, 'allowed'],
    ['ticket', 'none', {}, ada, 'ticket-needed'],
    ['ticket', 'an empty one', { ticket: '' }, ada, 'ticket-malformed'],
    ['ticket', 'more before it', { ticket: 'XOPS-12OPS-12' }, ada, 'ticket-malformed'],
    ['ticket', 'a line after it', { ticket: 'OPS-12\n' }, ada, 'ticket-malformed'],
    ['ticket', 'other letters', { ticket: 'ops-12' }, ada, 'ticket-malformed'],
    ['ticket', 'other digits', { ticket: 'OPS-１２' }, ada, 'ticket-malformed'],
    ['perhaps', 'no ticket', {}, ada, 'allowed'],
    ['perhaps', 'a ticket', { ticket: 'OPS-12' }, ada, 'allowed'],
    ['perhaps', 'a malformed ticket', { ticket: '12' }, ada, 'ticket-malformed'],
    ['apart', 'somebody of a team', {}, inGroups(ada, 'team-a'), 'allowed'],
    ['apart', 'somebody of no team', {}, ada, 'team-unknown'],
    ['byClaim', 'somebody of a team', {}, userOf('u', 'U', [], { team: ['a'] }), 'allowed'],
    ['byClaim', 'somebody of none', {}, userOf('u', 'U', ['team'], { teams: ['a'] }), 'team-unknown'],
    ['byClaim', 'a claim without a value', {}, userOf('u', 'U', [], { team: [] }), 'team-unknown'],
    ['glass', 'break-glass by who may', broken, onCall, 'allowed'],
    ['glass', 'by somebody else', broken, ada, 'break-glass-not-allowed'],
    ['glass', 'by a reviewer', broken, ravi, 'break-glass-not-allowed'],
    ['glass', 'by nobody', broken, nemo, 'break-glass-not-allowed'],
    ['glass', 'by the group in other letters', broken, inGroups(ada, 'On-Call'), 'break-glass-not-allowed'],
    ['glass', 'a minute too long', { ...broken, durationMinutes: 31 }, onCall, 'duration-too-long'],
    [
      'glass',
      'a letter too short',
      { ...broken, justification: 'x'.repeat(29) },
      onCall,
      'justification-too-short',
    ],
    ['glass', 'a start now', { ...broken, start }, onCall, 'allowed'],
    ['glass', 'a later start', { ...broken, start: later(millisecond) }, onCall, 'start-out-of-range'],
    ['glass', 'a ticket', { ...broken, ticket: 'OPS-12' }, onCall, 'allowed'],
    ['glass', 'a malformed ticket', { ...broken, ticket: 'x' }, onCall, 'ticket-malformed'],
    ['glass', 'the same without break-glass', { ...broken, breakGlass: false }, onCall, 'ticket-needed'],
    ['nobodysGlass', 'break-glass where no group may', broken, onCall, 'break-glass-not-allowed'],
    ['glassApart', 'break-glass by somebody of no team', broken, onCall, 'team-unknown'],
    ['glassApart', 'by somebody of a team', broken, inGroups(onCall, 'team-a'), 'allowed'],
  ] as [string, string, Partial<Ask>, User, string][])('%s: %s', (name, _what, more, user, code) => {
    const ask = { ...askFor(), ...more };
    expect(codeOf(checkAsk(rules[name] ?? ruleWith(), ask, user, start))).toBe(code);
  });

  test.each([
    [{ durationMinutes: 61 }, { durationMinutes: 61, maxDurationMinutes: 60, rule: 'conventions' }],
    [{ justification: ' no ' }, { length: 2, justificationLength: 20, rule: 'conventions' }],
    [{ start: later(121) }, { start: later(121), latest: later(120), rule: 'conventions' }],
    [broken, { rule: 'conventions', groups: [] }],
  ])('refused with the limit: %j', (more, evidence) => {
    const refused = checkAsk(rules.plain ?? ruleWith(), { ...askFor(), ...more }, ada, start);
    expect(refused.ok ? null : refused.denial.evidence).toEqual(evidence);
  });

  test('may name its ticket by any one character, also by one beyond the first plane', () => {
    const rule = ruleWith({}, { ticket: { pattern: '.', required: true } });
    expect(codeOf(checkAsk(rule, askFor('Admin', '1', { ticket: '\u{1f4ce}' }), ada, start))).toBe('allowed');
  });

  test.each([
    ['OPS-[0-9]+', 'The ticket is not written as it has to be here. Write it as in OPS-123.'],
    ['[äöü]+', 'The ticket is not written as it has to be here. Check it.'],
  ])('refused for its ticket by %s says how to write it', (pattern, sentence) => {
    const refused = checkAsk(
      ruleWith({}, { ticket: { pattern, required: true } }),
      askFor('Admin', '1', { ticket: 'DEV' }),
      ada,
      start,
    );
    expect(refused.ok ? null : refused.denial.sentence).toBe(sentence);
  });

  test('of break-glass access is taken under its terms, any other under none', () => {
    const rule = rules.glass ?? ruleWith();
    expect(checkAsk(rule, { ...askFor(), ...broken }, onCall, start)).toEqual({ ok: true, value: glass });
    expect(checkAsk(rule, askFor('Admin', '1', { ticket: 'OPS-1' }), ada, start)).toEqual({
      ok: true,
      value: null,
    });
  });
});
