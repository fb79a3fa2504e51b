import { describe, expect, it } from 'vitest';
import { formatAccount, formatCountdown, formatDuration, formatInstant } from '../../../web/lib/format.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

describe('format', () => {
  it.each([
    [15, '15 min'],
    [60, '1 h'],
    [90, '1 h 30 min'],
    [720, '12 h'],
  ])('writes a duration of %i minutes as %s', (minutes, words) =>
    expect(formatDuration(minutes)).toBe(words),
  );

  it.each([
    [-5, '0 s'],
    [0, '0 s'],
    [1, '1 s'],
    [59 * second, '59 s'],
    [60 * second, '1 min 00 s'],
    [4 * minute + 9 * second, '4 min 09 s'],
    [hour + 5 * minute, '1 h 05 min'],
    [25 * hour, '1 d 1 h'],
  ])('counts %i ms down as %s', (ms, words) => expect(formatCountdown(ms)).toBe(words));

  it('shows the zone with an instant', () => {
    const zone = new Intl.DateTimeFormat(undefined, { timeZoneName: 'short' })
      .formatToParts(new Date('2026-11-24T09:30:00.000Z'))
      .find((part) => part.type === 'timeZoneName');
    expect(formatInstant('2026-11-24T09:30:00.000Z')).toContain(zone?.value ?? 'no zone');
  });

  it('names an account by its id where it has no name', () => {
    expect(formatAccount({ account: '111122223333', accountName: 'Production' })).toBe(
      'Production · 111122223333',
    );
    expect(formatAccount({ account: '111122223333', accountName: null })).toBe('111122223333');
  });
});
