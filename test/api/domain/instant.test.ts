import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import * as instants from '../../../api/domain/instant.ts';

const { instantOf, parseInstant, plusMinutes, secondsBetween, wholeSecond, epochMs } = instants;
const someInstant = fc.integer({ min: Date.UTC(0, 0, 1), max: Date.UTC(9998, 0, 1) }).map(instantOf);

afterEach(() => vi.unstubAllEnvs());

describe.each(['UTC', 'America/New_York', 'Pacific/Kiritimati', 'Asia/Kathmandu'])(
  'with the clock of %s',
  (zone) => {
    test('the order of the texts is the order of time, over years, months, leap days and clock changes', () => {
      vi.stubEnv('TZ', zone);
      expect(new Date(Date.UTC(2026, 0, 1)).getTimezoneOffset()).toBe(
        { UTC: 0, 'America/New_York': 300, 'Pacific/Kiritimati': -840, 'Asia/Kathmandu': -345 }[zone],
      );
      fc.assert(
        fc.property(someInstant, fc.integer({ min: -1e9, max: 1e9 }), (at, ms) => {
          const other = instantOf(epochMs(at) + ms);
          expect(Math.sign(ms)).toBe(at < other ? 1 : at > other ? -1 : 0);
          expect(instants.earliest(at, other)).toBe(ms < 0 ? other : at);
          expect(instants.latest(at, other)).toBe(ms > 0 ? other : at);
          expect(secondsBetween(at, other)).toBe(Math.floor(ms / 1000));
        }),
      );
    });

    test.each([
      ['2027-12-31T23:30:00.000Z', 60, '2028-01-01T00:30:00.000Z'],
      ['2028-02-28T23:30:00.000Z', 60, '2028-02-29T00:30:00.000Z'],
      ['2027-02-28T23:30:00.000Z', 60, '2027-03-01T00:30:00.000Z'],
      ['2026-03-29T00:30:00.000Z', 60, '2026-03-29T01:30:00.000Z'],
      ['2026-11-01T05:30:00.000Z', 60, '2026-11-01T06:30:00.000Z'],
    ])('%s and %i minutes are %s', (from, minutes, to) => {
      vi.stubEnv('TZ', zone);
      expect(plusMinutes(from as instants.Instant, minutes)).toBe(to);
    });
  },
);

describe('reading', () => {
  test.each(['2026-11-23T09:30:00.000Z', '2028-02-29T23:59:59.999Z', '0000-01-01T00:00:00.000Z'])(
    '%s',
    (text) => {
      expect(parseInstant(text)).toBe(text);
    },
  );
  test.each([
    '2026-02-30T00:00:00.000Z',
    '2027-02-29T00:00:00.000Z',
    '2026-11-23T09:30:00Z',
    '+010000-01-01T00:00:00.000Z',
    '2026-11-23T09:30:00.000+01',
    '2026-11-23T24:00:00.000Z',
    '2026-11-23 09:30:00.000Z',
    '+002026-11-23T09:30:00.00',
    'tomorrow',
    '',
  ])('refuses %j', (text) => {
    expect(parseInstant(text)).toBeUndefined();
  });
  test('refuses years that do not fit', () => {
    expect(() => instantOf(Date.UTC(10_000, 0, 1))).toThrow(
      new RangeError('an instant lies in the years 0000 to 9999'),
    );
  });
});

test('a whole second is never later', () => {
  fc.assert(
    fc.property(someInstant, (at) => {
      expect(wholeSecond(at) <= at).toBe(true);
      expect(wholeSecond(at).endsWith('.000Z')).toBe(true);
      expect(epochMs(at) - epochMs(wholeSecond(at))).toBeLessThan(1000);
    }),
  );
});

test('months, backwards over a year', () => {
  expect(instants.monthOf('2026-11-23T09:30:00.000Z' as instants.Instant)).toBe('2026-11');
  expect(instants.monthBefore('2026-11')).toBe('2026-10');
  expect(instants.monthBefore('2026-01')).toBe('2025-12');
  expect(instants.monthBefore('0001-01')).toBe('0000-12');
});

test.each([
  ['2026-11-28T10:12:00.000Z', '28 Nov 2026, 10:12 UTC'],
  ['2026-11-28T10:12:59.999Z', '28 Nov 2026, 10:12 UTC'],
  ['2027-01-01T00:00:00.000Z', '1 Jan 2027, 00:00 UTC'],
  ['2028-02-29T23:59:00.000Z', '29 Feb 2028, 23:59 UTC'],
  ['2026-12-09T09:05:00.000Z', '9 Dec 2026, 09:05 UTC'],
])('%s is %s in words', (at, words) => {
  expect(instants.instantInWords(at as instants.Instant)).toBe(words);
});

test('an instant in words is the minute of it, whatever the month', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) }), (ms) => {
      const words = instants.instantInWords(instantOf(ms));
      expect(Date.parse(words)).toBe(Math.floor(ms / 60_000) * 60_000);
    }),
  );
});
