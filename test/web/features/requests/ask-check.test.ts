import { describe, expect, test } from 'vitest';
import { createRequestBody } from '../../../../api/contract.ts';
import {
  type AskDraft,
  type AskLimits,
  checkAsk,
  fitting,
  limitsOf,
  refusedFields,
  type TicketLimit,
  widestLimits,
} from '../../../../web/features/requests/ask-check.ts';
import { localTimeOf } from '../../../../web/lib/local-time.ts';
import { Problem } from '../../../../web/lib/problem.ts';
import { glass, now, rule, why } from './rules.ts';

const draft: AskDraft = { minutes: '90', justification: why, ticket: '', start: null };
const asked: AskLimits = { longest: 240, least: 10, startAheadMinutes: 60, tickets: [] };
const inMinutes = (minutes: number) => localTimeOf(now + minutes * 60_000);
const ticket = (pattern: string, required = true, example: string | null = null) => ({
  rule: 'databases',
  pattern,
  example,
  required,
});

describe('what the chosen rules take together', () => {
  const strict = {
    ...rule,
    id: 'databases',
    maxDurationMinutes: 120,
    justificationLength: 30,
    startAheadMinutes: 0,
    ticket: { pattern: 'OPS-[0-9]+', example: 'OPS-123', required: true },
  };
  const wanted = { rule: 'databases', pattern: 'OPS-[0-9]+', example: 'OPS-123', required: true };
  test.each([
    ['nothing chosen', [], false, { longest: 720, least: 10, startAheadMinutes: 0, tickets: [] }],
    ['one', [rule], false, { longest: 240, least: 10, startAheadMinutes: 1440, tickets: [] }],
    [
      'the stricter of two, in whatever order',
      [rule, strict],
      false,
      { longest: 120, least: 30, startAheadMinutes: 0, tickets: [wanted] },
    ],
    [
      'the stricter of two, the other way round',
      [strict, rule],
      false,
      { longest: 120, least: 30, startAheadMinutes: 0, tickets: [wanted] },
    ],
    [
      'broken glass: its own time and length, at once, and no ticket needed',
      [{ ...strict, breakGlass: glass }],
      true,
      { longest: 30, least: 40, startAheadMinutes: 0, tickets: [{ ...wanted, required: false }] },
    ],
    [
      'broken glass where the rule has none',
      [rule],
      true,
      { longest: 240, least: 10, startAheadMinutes: 1440, tickets: [] },
    ],
  ])('%s', (_, rules, breakGlass, want) => {
    expect(limitsOf(rules, breakGlass)).toEqual(want);
  });
});

test.each([
  ['60', '60'],
  ['240', '240'],
  ['241', '240'],
  ['9999', '240'],
  ['', ''],
  ['many', 'many'],
])('%j minutes become %j where 240 are the most', (given, want) => {
  expect(fitting(given, asked)).toBe(want);
});

describe('the fields', () => {
  test.each<[string, Partial<AskDraft>, object]>([
    ['nothing but what is needed', {}, { durationMinutes: 90, justification: why }],
    [
      'a ticket without the spaces around it',
      { ticket: ' OPS-7 ' },
      { durationMinutes: 90, justification: why, ticket: 'OPS-7' },
    ],
    [
      'a start as an instant',
      { start: inMinutes(60) },
      { durationMinutes: 90, justification: why, start: '2026-11-24T10:00:00.000Z' },
    ],
  ])('send %s, as the API takes it', (_, change, want) => {
    const { ask, errors } = checkAsk({ ...draft, ...change }, asked, now);
    expect(errors).toEqual({});
    expect(ask).toEqual(want);
    const targets = [{ account: '111122223333', role: 'Admin' }];
    expect(createRequestBody.parse({ targets, ...ask })).toEqual({ targets, ...want });
  });

  const range = 'Give whole minutes from 15 to 240 (4 h).';
  const noTime = 'Give date and time, for example 24 November 2026, 09:30.';
  const passed = 'This has passed. Choose a later time, or let it start at the approval.';
  test.each<[Partial<AskDraft>, Partial<AskLimits>, object]>([
    ...['', '14', '241', '1e2', '60.5', '-60', ' 60', '00060'].map(
      (minutes): [Partial<AskDraft>, Partial<AskLimits>, object] => [{ minutes }, {}, { duration: range }],
    ),
    [{ justification: '         x' }, {}, { justification: 'Write at least 10 characters.' }],
    [{ justification: why }, { least: 40 }, { justification: 'Write at least 40 characters.' }],
    [
      { justification: 'x'.repeat(1003) },
      {},
      { justification: 'Shorten it by 3 characters: at most 1000 are kept.' },
    ],
    [{ ticket: 'x'.repeat(65) }, {}, { ticket: 'Give at most 64 characters.' }],
    [{ start: '' }, {}, { start: noTime }],
    [{ start: '2026-02-30' }, {}, { start: noTime }],
    [{ start: inMinutes(0) }, {}, { start: passed }],
    [{ start: inMinutes(-1) }, {}, { start: passed }],
    [
      { minutes: '', justification: '', start: '' },
      {},
      { duration: range, justification: 'Write at least 10 characters.', start: noTime },
    ],
  ])('%j with %j is told: %j', (change, limits, want) => {
    expect(checkAsk({ ...draft, ...change }, { ...asked, ...limits }, now).errors).toEqual(want);
  });

  test('a start too far ahead is refused at its field, and ignored where none can be chosen', () => {
    const far = { ...draft, start: inMinutes(61) };
    expect(Object.keys(checkAsk(far, asked, now).errors)).toEqual(['start']);
    expect(checkAsk(far, { ...asked, startAheadMinutes: 0 }, now)).toEqual({
      ask: { durationMinutes: 90, justification: why },
      errors: {},
    });
  });

  const unlike = (pattern: string) => `The rule "databases" takes only tickets that match ${pattern}`;
  test.each<[string, TicketLimit[], string | undefined]>([
    ['OPS-7', [ticket('OPS-[0-9]+')], undefined],
    ['', [ticket('OPS-[0-9]+', false)], undefined],
    [
      '',
      [ticket('OPS-[0-9]+')],
      'Name the ticket that this work belongs to: the rule "databases" needs one.',
    ],
    ['OPS-', [ticket('OPS-[0-9]+', false)], unlike('OPS-[0-9]+')],
    ['xOPS-7', [ticket('OPS-[0-9]+')], unlike('OPS-[0-9]+')],
    ['OPS-7x', [ticket('OPS-[0-9]+')], unlike('OPS-[0-9]+')],
    // Anchored around the whole pattern, so that no part of an alternative is enough.
    ['OPS-7', [ticket('INC|OPS')], unlike('INC|OPS')],
    ['OPS', [ticket('INC|OPS')], undefined],
    ['Ä-1', [ticket('\\p{Lu}-[0-9]')], undefined],
    ['OPS-7', [ticket('OPS-[0-9]+'), ticket('INC-[0-9]+')], unlike('INC-[0-9]+')],
    ['anything', [ticket('[')], undefined],
    [
      'ops-7',
      [ticket('OPS-[0-9]+', true, 'OPS-123')],
      'The rule "databases" takes only tickets written as in OPS-123. The whole pattern: OPS-[0-9]+',
    ],
  ])('ticket %j with %j', (given, tickets, want) => {
    const { errors } = checkAsk({ ...draft, ticket: given }, { ...asked, tickets }, now);
    expect(errors).toEqual(want === undefined ? {} : { ticket: want });
  });

  test('before a rule is known, as long and as far ahead as the API takes', () => {
    expect(
      checkAsk({ ...draft, minutes: '720', start: inMinutes(14 * 24 * 60) }, widestLimits, now).errors,
    ).toEqual({});
  });
});

describe('a refusal stands at the field that it is about', () => {
  const problem = (code: string, evidence: Problem['evidence']) =>
    new Problem({ status: 422, code, title: 'No', detail: 'Do this.', evidence, correlationId: 'c' });
  test.each<[Problem | null, object]>([
    [null, {}],
    [problem('not-eligible', { account: '111122223333' }), {}],
    [problem('duration-too-long', { durationMinutes: 600 }), { duration: 'Do this.' }],
    [problem('justification-too-short', {}), { justification: 'Do this.' }],
    [problem('ticket-needed', {}), { ticket: 'Do this.' }],
    [problem('ticket-malformed', {}), { ticket: 'Do this.' }],
    [problem('start-out-of-range', {}), { start: 'Do this.' }],
    [
      problem('invalid-input', {
        'body.durationMinutes': 'too big',
        'body.justification': 'too short',
        'body.ticket': 'one line',
        'body.start': 'no such time',
      }),
      { duration: 'Too big', justification: 'Too short', ticket: 'One line', start: 'No such time' },
    ],
  ])('%#', (given, want) => {
    expect(refusedFields(given)).toEqual(want);
  });
});
