import type { AuditRequestsQuery } from '../../../api/contract.ts';

/**
 * The filter of the audit pages. It stands in the page's own address, in the API's terms (instants in UTC), so that a
 * view can be shared and means the same to whoever opens it. The form shows times in the viewer's zone.
 */

export const filterNames = [
  'from',
  'until',
  'email',
  'account',
  'role',
  'status',
  'breakGlass',
  'kind',
] as const;
export type FilterName = (typeof filterNames)[number];
/** What is filtered by; a name that is absent is not filtered by. */
export type AuditFilter = Partial<Record<FilterName, string>>;

/** The form's fields: as the filter, but `from` and `until` as `<input type="datetime-local">` writes them. */
export type FilterDraft = Record<FilterName, string>;

/** The filter in an address. Only the names that the page knows: the rest of the address is none of the API's. */
export function filterIn(address: URLSearchParams, names: readonly FilterName[]): AuditFilter {
  const filter: AuditFilter = {};
  for (const name of names) {
    const value = address.get(name)?.trim();
    if (value) filter[name] = value;
  }
  return filter;
}

/** The form as it shows a filter. */
export function draftOf(filter: AuditFilter): FilterDraft {
  const draft = Object.fromEntries(filterNames.map((name) => [name, filter[name] ?? ''])) as FilterDraft;
  draft.from = localTimeOf(filter.from);
  draft.until = localTimeOf(filter.until);
  return draft;
}

export type FieldErrors = Partial<Record<FilterName, string>>;

/**
 * The filter that the form asks for.
 * Only what depends on this machine is checked here, which is the local times; the rest the server checks, and its
 * answer is shown at the field.
 */
export function readDraft(draft: FilterDraft): { filter: AuditFilter; errors: FieldErrors } {
  const filter: AuditFilter = {};
  const errors: FieldErrors = {};
  for (const name of filterNames) {
    const value = draft[name].trim();
    if (value === '') continue;
    const read = name === 'from' || name === 'until' ? instantOf(value) : value;
    if (read === undefined) errors[name] = 'Give date and time, for example 24 November 2026, 09:30.';
    else filter[name] = read;
  }
  if (filter.from && filter.until && filter.from >= filter.until) {
    errors.until = 'The end must be later than the start.';
  }
  return { filter, errors };
}

/** What a refused query says about each field: the API names it `query.<field>` in the evidence. */
export function fieldErrorsIn(evidence: Readonly<Record<string, unknown>>): FieldErrors {
  const errors: FieldErrors = {};
  for (const name of filterNames) {
    const said = evidence[`query.${name}`];
    if (typeof said === 'string') errors[name] = sentence(said);
  }
  return errors;
}

/** The filter as a query of the API. Whether each value is one that the API knows, the API says. */
export function queryOf(filter: AuditFilter): AuditRequestsQuery {
  return filter as AuditRequestsQuery;
}

/** The last `hours` before `nowMs` (epoch ms), to the minute, without an end. */
export function lastHours(hours: number, nowMs: number): string {
  const minute = 60_000;
  return new Date(Math.floor(nowMs / minute) * minute - hours * 60 * minute).toISOString();
}

/** 2026-11-24T08:30:00.000Z -> 2026-11-24T09:30 in Berlin; '' where the address holds no instant. */
function localTimeOf(instant: string | undefined): string {
  const date = new Date(instant ?? '');
  if (Number.isNaN(date.getTime())) return '';
  const pad = (value: number, digits = 2) => String(value).padStart(digits, '0');
  const day = [pad(date.getFullYear(), 4), pad(date.getMonth() + 1), pad(date.getDate())].join('-');
  return `${day}T${pad(date.getHours())}:${pad(date.getMinutes())}`;
}

/** The instant of a local time; ECMA-262, 21.4.1.32: a date-time without an offset is local. */
function instantOf(localTime: string): string | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?$/.test(localTime)) return undefined;
  const date = new Date(localTime);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

function sentence(text: string): string {
  const upper = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(upper) ? upper : `${upper}.`;
}
