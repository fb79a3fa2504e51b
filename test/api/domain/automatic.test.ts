import { describe, expect, test } from 'vitest';
import type { Window } from '../../../api/domain/access-request.ts';
import { automaticCondition } from '../../../api/domain/approval.ts';
import { type Instant, plusMinutes } from '../../../api/domain/instant.ts';
import type { AutomaticCondition, OpenHours, Weekday } from '../../../api/domain/policy-document.ts';
import { ada, nemo, userOf } from '../people.ts';
import { always, inGroups, later, ruleWith, start } from './one-rule.ts';

/** What lets a request through without a reviewer. */

const millisecond = 1 / 60_000;
const letsThrough = (
  condition: Partial<AutomaticCondition>,
  user = ada,
  minutes = 60,
  isExtension = false,
) => {
  const { approval } = ruleWith({ automatic: [{ ...always, ...condition }] });
  return (
    automaticCondition(approval, user, { from: start, until: later(minutes) }, isExtension) !== undefined
  );
};

describe('a condition', () => {
  const onCall = inGroups(nemo, 'on-call');
  const german = userOf('g', 'G', [], { country: ['fr', 'de'], shift: ['on'] });
  test.each([
    ['that asks nothing', {}, nemo, 60, true],
    ['of the longest, at it', { maxDurationMinutes: 60 }, ada, 60, true],
    ['of the longest, a millisecond above', { maxDurationMinutes: 60 }, ada, 60 + millisecond, false],
    ['of a group: a member', { groups: ['on-call'] }, onCall, 60, true],
    ['of groups: a member of one', { groups: ['x', 'on-call'] }, onCall, 60, true],
    ['of a group: no member', { groups: ['on-call'] }, nemo, 60, false],
    ['of a group: a member of one in other letters', { groups: ['On-call'] }, onCall, 60, false],
    ['of a group: a member of one that begins alike', { groups: ['on-call-eu'] }, onCall, 60, false],
    ['of a group: a pattern is no pattern here', { groups: ['on-*'] }, onCall, 60, false],
    ['of a claim: with the value', { claims: { country: ['de'] } }, german, 60, true],
    ['of a claim: with one of the values', { claims: { country: ['at', 'fr'] } }, german, 60, true],
    ['of a claim: with another value', { claims: { country: ['at'] } }, german, 60, false],
    ['of a claim: without it', { claims: { country: ['de'] } }, nemo, 60, false],
    ['of a claim that every object has', { claims: { constructor: ['x'] } }, german, 60, false],
    ['of two claims: both', { claims: { country: ['de'], shift: ['on'] } }, german, 60, true],
    ['of two claims: one', { claims: { country: ['de'], shift: ['off'] } }, german, 60, false],
    [
      'of group and claim: the claim only',
      { groups: ['on-call'], claims: { shift: ['on'] } },
      german,
      60,
      false,
    ],
    ['of group and length: both', { groups: ['on-call'], maxDurationMinutes: 60 }, onCall, 60, true],
    [
      'of group and length: the group only',
      { groups: ['on-call'], maxDurationMinutes: 60 },
      onCall,
      61,
      false,
    ],
  ] as [string, Partial<AutomaticCondition>, typeof ada, number, boolean][])(
    '%s',
    (_name, condition, user, minutes, through) => {
      expect(letsThrough(condition, user, minutes)).toBe(through);
    },
  );

  test.each([
    ['whose length is limited', { maxDurationMinutes: 240 }, false],
    ['whose length is not', { groups: [] }, true],
  ])('on an extension %s', (_name, condition, through) => {
    expect(letsThrough(condition, ada, 60, true)).toBe(through);
  });

  test('that holds first is the one that is named; none is none', () => {
    const [no, yes, too] = [
      { ...always, name: 'no', groups: ['nobody'] },
      { ...always, name: 'yes' },
      { ...always, name: 'too' },
    ];
    const found = (...automatic: AutomaticCondition[]) =>
      automaticCondition(ruleWith({ automatic }).approval, ada, { from: start, until: later(60) }, false);
    expect(found(no, yes, too)).toEqual(yes);
    expect(found(too, yes)).toEqual(too);
    expect(found(no)).toBeUndefined();
    expect(found()).toBeUndefined();
  });
});

const workdays: Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri'];
const everyDay: Weekday[] = [...workdays, 'sat', 'sun'];
const minuteOf = (clock: string) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
function openHours(text: string, zone: string, days: Weekday[]): OpenHours {
  const [from = '', until = ''] = text.split('-');
  return { days, zone, from: minuteOf(from), until: minuteOf(until) };
}
function inHours(hours: OpenHours, from: string, minutes: number): boolean {
  const begin = from as Instant;
  const window: Window = { from: begin, until: plusMinutes(begin, minutes) };
  const { approval } = ruleWith({ automatic: [{ ...always, hours }] });
  return automaticCondition(approval, nemo, window, false) !== undefined;
}

describe('open hours in Berlin', () => {
  test.each([
    ['a Monday, from the first minute', '09:00-17:00', workdays, '2026-11-23T08:00:00.000Z', 60, true],
    ['a millisecond before it', '09:00-17:00', workdays, '2026-11-23T07:59:59.999Z', 60, false],
    ['to the end exactly', '09:00-17:00', workdays, '2026-11-23T15:00:00.000Z', 60, true],
    ['a millisecond beyond it', '09:00-17:00', workdays, '2026-11-23T15:00:00.001Z', 60, false],
    ['from the end on', '09:00-17:00', workdays, '2026-11-23T16:00:00.000Z', 15, false],
    ['all of them', '09:00-17:00', workdays, '2026-11-23T08:00:00.000Z', 480, true],
    ['a Saturday', '09:00-17:00', workdays, '2026-11-28T10:00:00.000Z', 60, false],
    ['a Sunday in UTC that is a Monday there', '00:00-24:00', ['mon'], '2026-11-22T23:30:00.000Z', 60, true],
    ['and not a Sunday', '00:00-24:00', ['sun'], '2026-11-22T23:30:00.000Z', 60, false],
    ['up to midnight', '00:00-24:00', everyDay, '2026-11-23T22:00:00.000Z', 60, true],
    ['across midnight', '00:00-24:00', everyDay, '2026-11-23T22:30:00.000Z', 60, false],
    ['all but a minute of a day', '00:00-24:00', everyDay, '2026-11-22T23:00:00.000Z', 1439, true],
    ['a whole day', '00:00-24:00', everyDay, '2026-11-22T23:00:00.000Z', 1440, false],
    ['over a week, from Monday to Monday', '00:00-24:00', ['mon'], '2026-11-23T10:00:00.000Z', 10_140, false],
    // 29 March 2026: 02:00 is 03:00, at 01:00 UTC.
    ['over the lost hour', '01:00-04:00', ['sun'], '2026-03-29T00:30:00.000Z', 60, true],
    ['over the lost hour, an hour too late', '01:00-03:00', ['sun'], '2026-03-29T00:30:00.000Z', 60, false],
    ['in hours that this day has not', '02:00-03:00', ['sun'], '2026-03-29T01:00:00.000Z', 15, false],
    ['the day before, by winter time', '09:00-17:00', everyDay, '2026-03-28T08:00:00.000Z', 60, true],
    ['the day before, by summer time', '09:00-17:00', everyDay, '2026-03-28T07:00:00.000Z', 60, false],
    ['that day, by summer time', '09:00-17:00', everyDay, '2026-03-29T07:00:00.000Z', 480, true],
    ['that day, by winter time', '09:00-17:00', everyDay, '2026-03-29T15:00:00.000Z', 60, false],
    // 25 October 2026: 03:00 is 02:00, at 01:00 UTC.
    ['the hour that comes twice, both times', '02:00-03:00', ['sun'], '2026-10-25T00:00:00.000Z', 120, true],
    ['and a minute more', '02:00-03:00', ['sun'], '2026-10-25T00:00:00.000Z', 121, false],
    ['from its first half to its second', '02:00-03:00', ['sun'], '2026-10-25T00:50:00.000Z', 20, true],
    ['out of the hours and in again, late', '01:00-02:30', ['sun'], '2026-10-24T23:30:00.000Z', 100, false],
    ['out of the hours and in again, early', '02:30-04:00', ['sun'], '2026-10-25T00:50:00.000Z', 65, false],
    [
      'out of the hours just before the second time',
      '02:00-02:50',
      ['sun'],
      '2026-10-25T00:46:00.000Z',
      30,
      false,
    ],
    ['that day, by winter time', '09:00-17:00', everyDay, '2026-10-25T08:00:00.000Z', 480, true],
    ['that day, by summer time', '09:00-17:00', everyDay, '2026-10-25T07:00:00.000Z', 60, false],
    ['the day before, by summer time', '09:00-17:00', everyDay, '2026-10-24T07:00:00.000Z', 60, true],
  ] as [string, string, Weekday[], string, number, boolean][])(
    '%s: %#',
    (_name, hours, days, from, minutes, open) => {
      expect(inHours(openHours(hours, 'Europe/Berlin', days), from, minutes)).toBe(open);
    },
  );
});

describe('open hours elsewhere, 09:00 to 17:00 from Monday to Friday', () => {
  test.each([
    ['America/New_York', 'a Friday in winter', '2026-03-06T14:00:00.000Z', true],
    ['America/New_York', 'an hour earlier', '2026-03-06T13:00:00.000Z', false],
    ['America/New_York', 'the Monday after, in summer', '2026-03-09T13:00:00.000Z', true],
    ['America/New_York', 'a minute earlier', '2026-03-09T12:59:00.000Z', false],
    ['America/New_York', 'the Monday after summer', '2026-11-02T14:00:00.000Z', true],
    ['America/New_York', 'by summer time', '2026-11-02T13:00:00.000Z', false],
    ['America/New_York', 'to the end of a Friday', '2026-11-06T21:00:00.000Z', true],
    ['America/New_York', 'beyond it', '2026-11-06T21:01:00.000Z', false],
    ['Asia/Kathmandu', 'five hours and 45 minutes ahead', '2026-11-23T03:15:00.000Z', true],
    ['Asia/Kathmandu', 'a minute earlier', '2026-11-23T03:14:00.000Z', false],
    ['Asia/Kathmandu', 'to the end exactly', '2026-11-23T10:15:00.000Z', true],
    ['Asia/Kathmandu', 'a minute later', '2026-11-23T10:16:00.000Z', false],
    ['Pacific/Kiritimati', 'a Sunday in UTC that is a Monday there', '2026-11-22T19:00:00.000Z', true],
    ['Pacific/Kiritimati', 'a Friday in UTC that is a Saturday there', '2026-11-27T19:00:00.000Z', false],
    ['UTC', 'by the clock of nowhere', '2026-11-23T09:00:00.000Z', true],
  ] as const)('%s, %s', (zone, _name, from, open) => {
    expect(inHours(openHours('09:00-17:00', zone, workdays), from, 60)).toBe(open);
  });

  test('where clocks go back by half an hour, what they passed through counts', () => {
    const until = (end: string) => openHours(`01:00-${end}`, 'Australia/Lord_Howe', ['sun']);
    expect(inHours(until('01:45'), '2026-04-04T14:20:00.000Z', 45)).toBe(false);
    expect(inHours(until('02:00'), '2026-04-04T14:20:00.000Z', 45)).toBe(true);
  });
});
