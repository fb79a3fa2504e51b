import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  draftOf,
  fieldErrorsIn,
  filterIn,
  lastHours,
  readDraft,
} from '../../../../web/features/audit/audit-filter.ts';
import { requestFilterNames, sessionFilterNames } from '../../../../web/features/audit/use-audit-filter.ts';

const none = draftOf({});

describe('the filter in the address', () => {
  it('takes the names that the page knows, and nothing that is empty', () => {
    const address = new URLSearchParams('email=%20erin@example.com%20&role=&kind=cli&request=abc&x=1');
    expect(filterIn(address, ['email', 'role', 'status'])).toEqual({ email: 'erin@example.com' });
  });

  it.each([
    ['breakGlass=yes', { breakGlass: 'yes' }],
    ['breakGlass=no&status=ended', { breakGlass: 'no', status: 'ended' }],
    ['breakGlass=', {}],
  ])('takes break-glass on the page of requests: %s', (query, filter) => {
    expect(filterIn(new URLSearchParams(query), requestFilterNames)).toEqual(filter);
    expect(readDraft(draftOf(filter))).toEqual({ filter, errors: {} });
  });

  it('has no break-glass on the page of sessions', () => {
    expect(filterIn(new URLSearchParams('breakGlass=yes&kind=cli'), sessionFilterNames)).toEqual({
      kind: 'cli',
    });
  });

  it('comes back from the form as it went in, to the minute, in any time zone', () => {
    const minutes = fc.integer({ min: Date.UTC(2026, 0, 1) / 60_000, max: Date.UTC(2035, 0, 1) / 60_000 });
    fc.assert(
      fc.property(minutes, (minute) => {
        const from = new Date(minute * 60_000).toISOString();
        const { filter, errors } = readDraft(draftOf({ from, role: 'Admin' }));
        expect(errors).toEqual({});
        expect(filter.role).toBe('Admin');
        // In the hour that a zone has twice, a local time names the first of the two.
        expect([0, 3_600_000]).toContain(Math.abs(Date.parse(filter.from ?? '') - Date.parse(from)));
      }),
    );
  });

  it('leaves a field empty where the address holds no instant', () => {
    expect(draftOf({ from: 'yesterday' }).from).toBe('');
  });
});

describe('the form', () => {
  it('filters by nothing when nothing is filled in', () => {
    expect(readDraft(none)).toEqual({ filter: {}, errors: {} });
  });

  it.each(['2026-11-24', 'yesterday', '2026-13-40T25:61'])('says how a time is given: %s', (from) => {
    expect(readDraft({ ...none, from }).errors.from).toMatch(/^Give date and time/);
  });

  it.each([
    ['2026-11-24T10:00', '2026-11-24T10:00'],
    ['2026-11-24T10:01', '2026-11-24T10:00'],
  ])('refuses an end that is not later than the start', (from, until) => {
    expect(readDraft({ ...none, from, until }).errors.until).toBe('The end must be later than the start.');
  });

  it('shows at a field what the server says about it', () => {
    const evidence = { 'query.account': 'an account id is 12 digits', 'body.role': 'no', 'query.email': 3 };
    expect(fieldErrorsIn(evidence)).toEqual({ account: 'An account id is 12 digits.' });
  });
});

describe('a period', () => {
  it('begins so many hours ago, to the minute', () => {
    expect(lastHours(24, Date.UTC(2028, 2, 1, 9, 30, 59, 999))).toBe('2028-02-29T09:30:00.000Z');
  });
});
