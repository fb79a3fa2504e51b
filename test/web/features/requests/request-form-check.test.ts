import { describe, expect, test } from 'vitest';
import {
  createRequestBody,
  type EligibleTargetView,
  type ExplanationView,
  type RequestView,
} from '../../../../api/contract.ts';
import {
  breaksGlass,
  checkForm,
  type Draft,
  draftLike,
  emptyDraft,
  glassOffered,
  limitsIn,
  type Slot,
  withFittingTime,
} from '../../../../web/features/requests/request-form-check.ts';
import { localTimeOf } from '../../../../web/lib/local-time.ts';
import { admin, emergency, glass, now, reader, rule, why } from './rules.ts';

const slots = (...targets: (EligibleTargetView | null)[]): Slot[] =>
  targets.map((target, key) => ({ key: key + 10, target }));
const draft: Draft = { ...emptyDraft, slots: slots(admin), justification: why };
const id = '01h455vb4pex5vsknk084sn02q';
const long = 'The payment workers are down, customers cannot pay.';

describe('what the form sends', () => {
  const one = [{ account: '111122223333', role: 'Admin' }];
  test.each<[string, Partial<Draft>, object]>([
    ['one role', {}, { targets: one, durationMinutes: 60, justification: why }],
    [
      'several roles, in their order',
      { slots: slots(reader, admin) },
      {
        targets: [{ account: '111122223333', role: 'ReadOnly' }, ...one],
        durationMinutes: 60,
        justification: why,
      },
    ],
    [
      'break-glass access',
      { slots: slots(emergency), breakGlass: true, minutes: '30', justification: long },
      { targets: one, durationMinutes: 30, justification: long, breakGlass: true },
    ],
    [
      'no break-glass access where it is not offered',
      { breakGlass: true },
      { targets: one, durationMinutes: 60, justification: why },
    ],
    [
      'an extension, which has no start of its own',
      { extensionOf: id, start: localTimeOf(now + 3_600_000), slots: slots(emergency), breakGlass: true },
      { targets: one, durationMinutes: 60, justification: why, extensionOf: id },
    ],
  ])('%s, as the API takes it', (_, change, want) => {
    const { body, errors } = checkForm({ ...draft, ...change }, now);
    expect(errors).toEqual({});
    expect(body).toEqual(want);
    expect(createRequestBody.parse(body)).toEqual(want);
  });
});

describe('what the form is told', () => {
  const nothing = 'Choose a role and account from the list.';
  const nothingMore = 'Choose a role and account from the list, or remove this one.';
  const twice = 'This role is chosen above already. Choose another, or remove this one.';
  const minutes = 'Give whole minutes from 15 to 30 (30 min).';
  test.each<[string, Partial<Draft>, object]>([
    ['no role', { slots: slots(null) }, { slots: { 10: nothing } }],
    ['no second role', { slots: slots(admin, null) }, { slots: { 11: nothingMore } }],
    ['the same role twice', { slots: slots(admin, reader, admin) }, { slots: { 12: twice } }],
    [
      'everything that is missing, at once',
      { ...emptyDraft, slots: slots(null, null), minutes: '0' },
      {
        slots: { 10: nothingMore, 11: nothingMore },
        duration: 'Give whole minutes from 15 to 720 (12 h).',
        justification: 'Write at least 10 characters.',
      },
    ],
    [
      'the limits of broken glass',
      { slots: slots(emergency), breakGlass: true },
      { duration: minutes, justification: 'Write at least 40 characters.' },
    ],
  ])('%s', (_, change, want) => {
    expect(checkForm({ ...draft, ...change }, now)).toEqual({ body: null, errors: want });
  });
});

describe('break-glass access', () => {
  test.each<[string, Partial<Draft>, object | null]>([
    ['is offered for one role whose rule has it', { slots: slots(emergency) }, glass],
    ['is not offered before a role is chosen', { slots: slots(null) }, null],
    ['is not offered where the rule has none', {}, null],
    ['is not offered for two roles', { slots: slots(emergency, reader) }, null],
    ['is not offered while a second role is to be chosen', { slots: slots(emergency, null) }, null],
    ['is not offered to extend', { slots: slots(emergency), extensionOf: id }, null],
  ])('%s', (_, change, want) => {
    const whole = { ...draft, ...change };
    expect(glassOffered(whole)).toEqual(want);
    expect(breaksGlass({ ...whole, breakGlass: true })).toBe(want !== null);
    expect(breaksGlass(whole)).toBe(false);
  });
});

test.each<[string, Partial<Draft>, string]>([
  ['stays where it fits', {}, '60'],
  ['is cut to the longest', { slots: slots({ ...admin, rule: { ...rule, maxDurationMinutes: 45 } }) }, '45'],
  ['is cut to that of broken glass', { slots: slots(emergency), breakGlass: true }, '30'],
])('the duration %s', (_, change, want) => {
  expect(withFittingTime({ ...draft, ...change }).minutes).toBe(want);
});

test('an extension has no start to choose', () => {
  expect(limitsIn(draft).startAheadMinutes).toBe(1440);
  expect(limitsIn({ ...draft, extensionOf: id }).startAheadMinutes).toBe(0);
});

describe('the form filled in as an earlier request was', () => {
  const person = { id: 'https://idp.example.com#erin', name: 'Erin', email: 'erin@example.com' };
  const target = { account: '111122223333', accountName: 'Production', role: 'Admin' };
  const earlier: RequestView = {
    id,
    version: 4,
    status: 'active',
    target,
    requester: person,
    justification: why,
    ticket: 'OPS-7',
    durationMinutes: 480,
    start: '2026-11-24T08:00:00.000Z',
    breakGlass: true,
    extensionOf: null,
    together: [],
    invitation: null,
    createdAt: '2026-11-24T08:00:00.000Z',
    reviewBy: '2026-11-25T08:00:00.000Z',
    window: { from: '2026-11-24T08:00:00.000Z', until: '2026-11-24T16:00:00.000Z' },
    approval: null,
    reviews: [],
    approvalsNeeded: 1,
    reviewerGroups: [],
    rule: { id: 'old', terms: [], because: [] },
    closure: null,
    enforcement: null,
    sessions: { issued: 0, credentialsEndAt: null, endable: false },
    allowedActions: ['extend'],
  };
  const offered: ExplanationView = { target, because: [], rule, open: null };
  const filled = { ...emptyDraft, minutes: '240', ticket: 'OPS-7' };
  const place = [{ key: 0, target: admin }];
  test.each<[string, RequestView, ExplanationView, boolean, Draft]>([
    [
      'the same again, under the rule of today, at the approval and by the normal way',
      earlier,
      offered,
      false,
      { ...filled, slots: place, justification: why },
    ],
    [
      'an extension asks anew why',
      earlier,
      offered,
      true,
      { ...filled, slots: place, justification: '', extensionOf: id },
    ],
    [
      'a role that is no longer offered is left open',
      { ...earlier, ticket: null },
      { ...offered, rule: null },
      false,
      { ...emptyDraft, minutes: '480', justification: why },
    ],
  ])('%s', (_, from, explanation, extend, want) => {
    expect(draftLike(from, explanation, extend)).toEqual(want);
  });
});
