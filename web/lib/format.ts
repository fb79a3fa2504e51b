/** Times and lengths of time in words, in the viewer's language and zone. Instants are RFC 3339 strings. */

const dateTime = new Intl.DateTimeFormat(undefined, {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
});
const moment = new Intl.DateTimeFormat(undefined, {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
});
const timeOnly = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
});

/** "24 Nov 2026, 09:30 CET" */
export function formatInstant(instant: string): string {
  return dateTime.format(new Date(instant));
}

/** "24 Nov 2026, 09:30:05 CET", where seconds matter */
export function formatMoment(instant: string): string {
  return moment.format(new Date(instant));
}

/** "09:30 CET" on the day of `nowMs`, else with the date. @param nowMs epoch ms */
export function formatNear(instant: string, nowMs: number): string {
  const date = new Date(instant);
  const sameDay = date.toDateString() === new Date(nowMs).toDateString();
  return sameDay ? timeOnly.format(date) : dateTime.format(date);
}

/** 90 -> "1 h 30 min" @param minutes whole */
export function formatDuration(minutes: number): string {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (hours === 0) return `${rest} min`;
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
}

/** Time left: "1 h 05 min", under an hour "4 min 09 s", "0 s" once over. @param ms may be negative */
export function formatCountdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor((seconds % 86_400) / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${twoDigits(minutes)} min`;
  if (minutes > 0) return `${minutes} min ${twoDigits(seconds % 60)} s`;
  return `${seconds} s`;
}

/** "Production · 111122223333", or the id alone where the policy names no account. */
export function formatAccount(target: { account: string; accountName: string | null }): string {
  return target.accountName === null ? target.account : `${target.accountName} · ${target.account}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
