import { describe, expect, test } from 'vitest';
import { localTimeOf, msOfLocalTime } from '../../../web/lib/local-time.ts';

describe('local times as the browser writes them', () => {
  test.each(['2026-11-24T09:30', '2026-01-02T00:00', '0999-12-31T23:59'])('%s comes back', (text) => {
    const ms = msOfLocalTime(text);
    expect(ms).toBe(new Date(text).getTime());
    expect(localTimeOf(Number(ms))).toBe(text);
  });
  test.each(['2026-11-24T09:30:15', '2026-11-24T09:30:15.250'])('%s is taken with its seconds', (text) => {
    expect(msOfLocalTime(text)).toBe(new Date(text).getTime());
  });
  test.each(['', '2026-11-24', '2026-11-24T25:00', '2026-13-01T00:00', '2026-11-24T09:30Z', 'tomorrow'])(
    '%j is none',
    (text) => expect(msOfLocalTime(text)).toBeUndefined(),
  );
});
