/** Times as `<input type="datetime-local">` writes them: 2026-11-24T09:30, in the viewer's zone. */

/** @param ms epoch ms */
export function localTimeOf(ms: number): string {
  const date = new Date(ms);
  const pad = (value: number, digits = 2) => String(value).padStart(digits, '0');
  const day = [pad(date.getFullYear(), 4), pad(date.getMonth() + 1), pad(date.getDate())].join('-');
  return `${day}T${pad(date.getHours())}:${pad(date.getMinutes())}`;
}

/**
 * Epoch ms of a local time, or undefined where it is none. ECMA-262, 21.4.1.32: a date-time without an offset is local.
 */
export function msOfLocalTime(localTime: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?$/.test(localTime)) return undefined;
  const ms = new Date(localTime).getTime();
  return Number.isNaN(ms) ? undefined : ms;
}
