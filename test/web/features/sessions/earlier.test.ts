import { expect, it } from 'vitest';
import { earlier } from '../../../../web/features/sessions/earlier.ts';

it.each([
  ['2026-11-24T10:00:00Z', '2026-11-24T10:00:00.500Z', '2026-11-24T10:00:00.000Z'],
  ['2026-11-24T11:00:00+02:00', '2026-11-24T10:00:00Z', '2026-11-24T09:00:00.000Z'],
  ['2027-01-01T00:00:00Z', '2026-12-31T23:59:59.999Z', '2026-12-31T23:59:59.999Z'],
])('compares instants, not texts: %s, %s', (one, other, expected) => {
  expect(earlier(one, other)).toBe(expected);
  expect(earlier(other, one)).toBe(expected);
});
