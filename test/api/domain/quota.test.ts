import { describe, expect, test } from 'vitest';
import {
  breakGlassTakes,
  defaultQuotas,
  invitationTakes,
  preflightTakes,
  requestTakes,
  sessionTakes,
  tooMany,
} from '../../../api/domain/quota.ts';
import { ada, eve } from '../people.ts';
import { later } from './one-rule.ts';

/** What is counted together, until when, and what is said to whoever has none left. The clock begins at 09:30. */

const request = { id: 'one', requester: ada };
const end = later(60);
const quotas = { ...defaultQuotas, sessionsPerHour: 3, requestsPerDay: 5 };
const counters = (takes: { counter: string }[]) => takes.map(({ counter }) => counter);

describe('counted together are', () => {
  test('the sessions of a request, and those of a person in an hour of the clock', () => {
    const takes = sessionTakes(quotas, request, end, later(29));
    expect(counters(takes)).toEqual(counters(sessionTakes(quotas, request, end, later(0))));
    expect(takes).toMatchObject([
      { quota: 'sessionsPerRequest', count: 1, most: 200, until: later(60) },
      { quota: 'sessionsPerHour', count: 1, most: 3, until: later(30) },
    ]);
  });

  test.each([
    ['not those of another hour', sessionTakes(quotas, request, end, later(30))],
    ['not those of another person', sessionTakes(quotas, { ...request, requester: eve }, end, later(0))],
  ])('%s', (_what, takes) => {
    expect(takes[1]?.counter).not.toBe(sessionTakes(quotas, request, end, later(0))[1]?.counter);
  });

  test('not those of another request', () => {
    const other = sessionTakes(quotas, { ...request, id: 'two' }, end, later(0));
    expect(other[0]?.counter).not.toBe(sessionTakes(quotas, request, end, later(0))[0]?.counter);
  });

  test('all requests of one form, by the hour and by the day', () => {
    expect(requestTakes(quotas, ada, 3, later(0))).toMatchObject([
      { quota: 'requestsPerHour', count: 3, most: 40, until: later(30) },
      { quota: 'requestsPerDay', count: 3, most: 5, until: '2026-11-24T00:00:00.000Z' },
    ]);
  });

  test('invitations, apart from requests', () => {
    const [invitation] = invitationTakes(quotas, ada, later(0));
    expect(invitation).toMatchObject({ quota: 'invitationsPerHour', count: 1, most: 40, until: later(30) });
    expect(counters(requestTakes(quotas, ada, 1, later(0)))).not.toContain(invitation?.counter);
  });

  test('break-glass, apart from requests', () => {
    const [glass] = breakGlassTakes(quotas, ada, later(0));
    expect(glass).toMatchObject({ quota: 'breakGlassPerHour', count: 1, most: 20, until: later(30) });
    expect(counters(requestTakes(quotas, ada, 1, later(0)))).not.toContain(glass?.counter);
  });

  test('preflights of one operator', () => {
    expect(preflightTakes(quotas, ada, later(0))).toMatchObject([
      { quota: 'preflightsPerHour', count: 1, most: 60, until: later(30) },
    ]);
  });
});

test.each([
  [0, 1800],
  [29.99, 1],
  [31, 1],
])('after %d minutes it works again in %d seconds, and never in none', (minutes, seconds) => {
  const [, hourly] = sessionTakes(quotas, request, end, later(0));
  expect(hourly && tooMany(hourly, later(minutes)).denial.evidence).toMatchObject({
    most: 3,
    retryAfterSeconds: seconds,
  });
});

test('whoever has none left is told how many there are, and when there are more', () => {
  const all = [
    ...sessionTakes(quotas, request, end, later(0)),
    ...requestTakes(quotas, ada, 1, later(0)),
    ...breakGlassTakes(quotas, ada, later(0)),
    ...invitationTakes(quotas, ada, later(0)),
    ...preflightTakes(quotas, ada, later(0)),
  ];
  expect(all.map((take) => tooMany(take, later(0)).denial.code)).toEqual([
    'too-many-sessions',
    'too-many-sessions',
    'too-many-requests',
    'too-many-requests',
    'too-many-requests',
    'too-many-invitations',
    'too-many-preflights',
  ]);
  expect(all.map((take) => tooMany(take, later(0)).denial.sentence)).toEqual([
    'You may have 200 sessions of one request. Make a new request.',
    'You may have 3 sessions in an hour. Use the ones that you have, or wait until 10:00 UTC.',
    'You may have 40 requests in an hour. Wait until 10:00 UTC.',
    'You may have 5 requests in a day. Wait until 00:00 UTC.',
    'You may have 20 requests by break-glass in an hour. Wait until 10:00 UTC.',
    'You may have 40 invitations in an hour. Wait until 10:00 UTC.',
    'You may have 60 preflights in an hour. Wait until 10:00 UTC.',
  ]);
});
