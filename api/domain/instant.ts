/**
 * A moment in UTC, written as `Date.prototype.toISOString` does for the years 0000 to 9999: 24 characters.
 * NB. Fixed width is what makes the order of the strings the order of time, in code and in a sort key alike.
 */
export type Instant = string & { readonly brand: unique symbol };

const minuteMs = 60_000;

/** The moment that many milliseconds after 1970. @throws RangeError outside the years 0000 to 9999 */
export function instantOf(epochMs: number): Instant {
  const text = new Date(epochMs).toISOString();
  if (text.length !== 24) throw new RangeError('an instant lies in the years 0000 to 9999');
  return text as Instant;
}

/** The instant that the text writes, or undefined where it writes none (another zone, another precision, 30 February). */
export function parseInstant(text: string): Instant | undefined {
  const ms = Date.parse(text);
  if (!Number.isFinite(ms) || text.length !== 24) return undefined;
  return new Date(ms).toISOString() === text ? (text as Instant) : undefined;
}

/** Milliseconds since 1970. */
export function epochMs(at: Instant): number {
  return Date.parse(at);
}

/** @param minutes may be negative */
export function plusMinutes(at: Instant, minutes: number): Instant {
  return instantOf(epochMs(at) + minutes * minuteMs);
}

/** Whole seconds from one to the other, rounded down; negative if `to` is earlier. */
export function secondsBetween(from: Instant, to: Instant): number {
  return Math.floor((epochMs(to) - epochMs(from)) / 1000);
}

/** The same moment without its fraction of a second: never later. */
export function wholeSecond(at: Instant): Instant {
  return instantOf(Math.floor(epochMs(at) / 1000) * 1000);
}

/** ISO 8601 to the second, as IAM's date conditions take it. NB. Cut, so never later than the instant. */
export function iamTime(at: Instant): string {
  return `${at.slice(0, 19)}Z`;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** `28 Nov 2026, 10:12 UTC`, for people whose zone is not known. NB. Cut to the minute, so never later than it is. */
export function instantInWords(at: Instant): string {
  const [year, month, day] = at.slice(0, 10).split('-').map(Number);
  return `${day} ${months[Number(month) - 1]} ${year}, ${at.slice(11, 16)} UTC`;
}

export function earliest(a: Instant, b: Instant): Instant {
  return a < b ? a : b;
}

export function latest(a: Instant, b: Instant): Instant {
  return a < b ? b : a;
}

/** The month in UTC, `2026-11`: how the audit trail is divided. */
export function monthOf(at: Instant): string {
  return at.slice(0, 7);
}

/** The month before, `2026-01` -> `2025-12`. */
export function monthBefore(month: string): string {
  return monthOf(instantOf(Date.parse(`${month}-01T00:00:00.000Z`) - 1));
}
