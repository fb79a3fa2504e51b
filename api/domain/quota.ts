import { type Denial, deny } from './denial.ts';
import { epochMs, type Instant, instantOf, secondsBetween } from './instant.ts';
import type { Person } from './user.ts';

/**
 * How much one person may have of what costs others something: sessions, and requests and invitations, which people are
 * sent messages about. Counted where it is written, in the same transaction, so that no burst exceeds it.
 */

/** The most of each, for everybody. */
export interface Quotas {
  readonly sessionsPerRequest: number;
  readonly sessionsPerHour: number;
  readonly requestsPerHour: number;
  readonly requestsPerDay: number;
  readonly breakGlassPerHour: number;
  readonly invitationsPerHour: number;
  readonly preflightsPerHour: number;
}

/** What no honest person meets. */
export const defaultQuotas: Quotas = {
  sessionsPerRequest: 200,
  sessionsPerHour: 60,
  requestsPerHour: 40,
  requestsPerDay: 200,
  breakGlassPerHour: 20,
  invitationsPerHour: 40,
  preflightsPerHour: 60,
};

/** What one write takes of a quota. */
export interface Take {
  readonly quota: keyof Quotas;
  /** whose it is, and of which period: the counter's name */
  readonly counter: string;
  /** how many this write takes */
  readonly count: number;
  readonly most: number;
  /** when the counter begins anew */
  readonly until: Instant;
}

const hour = 3_600_000;
const day = 24 * hour;

/** What beginning a session takes. @param until the end of the request's access */
export function sessionTakes(
  quotas: Quotas,
  { id, requester }: { readonly id: string; readonly requester: Person },
  until: Instant,
  now: Instant,
): Take[] {
  const { sessionsPerRequest: most } = quotas;
  return [
    { quota: 'sessionsPerRequest', counter: `${id}#sessions`, count: 1, most, until },
    per(hour, 'sessionsPerHour', quotas, requester, 1, now),
  ];
}

/** What creating so many requests takes. */
export function requestTakes(quotas: Quotas, by: Person, count: number, now: Instant): Take[] {
  return [
    per(hour, 'requestsPerHour', quotas, by, count, now),
    per(day, 'requestsPerDay', quotas, by, count, now),
  ];
}

/**
 * What breaking the glass takes. NB. Nothing of the other requests': whoever has a person's tokens must not be able to
 * take the access of an emergency away from that person by asking for much else.
 */
export function breakGlassTakes(quotas: Quotas, by: Person, now: Instant): Take[] {
  return [per(hour, 'breakGlassPerHour', quotas, by, 1, now)];
}

/** What inviting somebody takes, of whoever invites. */
export function invitationTakes(quotas: Quotas, by: Person, now: Instant): Take[] {
  return [per(hour, 'invitationsPerHour', quotas, by, 1, now)];
}

/** What a preflight takes, of whichever operator asks for it: each asks AWS several times. */
export function preflightTakes(quotas: Quotas, by: Person, now: Instant): Take[] {
  return [per(hour, 'preflightsPerHour', quotas, by, 1, now)];
}

/** NB. By the hours and days of UTC: so a counter needs no history, and begins anew at a moment that can be told. */
function per(ms: number, quota: keyof Quotas, quotas: Quotas, by: Person, count: number, now: Instant): Take {
  const from = Math.floor(epochMs(now) / ms) * ms;
  const counter = `${by.id}#${quota}#${instantOf(from)}`;
  return { quota, counter, count, most: quotas[quota], until: instantOf(from + ms) };
}

const what: Record<keyof Quotas, string> = {
  sessionsPerRequest: 'sessions of one request. Make a new request',
  sessionsPerHour: 'sessions in an hour. Use the ones that you have, or wait',
  requestsPerHour: 'requests in an hour. Wait',
  requestsPerDay: 'requests in a day. Wait',
  breakGlassPerHour: 'requests by break-glass in an hour. Wait',
  invitationsPerHour: 'invitations in an hour. Wait',
  preflightsPerHour: 'preflights in an hour. Wait',
};

/** The denial for whoever has none left of it. */
export function tooMany(
  { quota, most, until }: Take,
  now: Instant,
): { readonly ok: false; readonly denial: Denial } {
  const again = quota === 'sessionsPerRequest' ? '' : ` until ${until.slice(11, 16)} UTC`;
  return deny(`too-many-${kinds[quota]}`, `You may have ${most} ${what[quota]}${again}.`, {
    most,
    until,
    retryAfterSeconds: Math.max(1, secondsBetween(now, until)),
  });
}

const kinds = {
  sessionsPerRequest: 'sessions',
  sessionsPerHour: 'sessions',
  requestsPerHour: 'requests',
  requestsPerDay: 'requests',
  breakGlassPerHour: 'requests',
  invitationsPerHour: 'invitations',
  preflightsPerHour: 'preflights',
} as const;
