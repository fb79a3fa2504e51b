import { formatDuration, formatInstant } from '../lib/format.ts';
import type { Problem } from '../lib/problem.ts';

type Value = Problem['evidence'][string];

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** 'body.justification' -> 'Justification', 'maxDurationMinutes' -> 'Max duration' */
export function evidenceName(key: string): string {
  const last = key.split('.').at(-1) ?? key;
  const words = last.replace(/Minutes$/, '').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A value as a person would say it: lists with commas, instants and minutes in words. */
export function evidenceValue(key: string, value: Value): string {
  if (Array.isArray(value)) return value.join(', ');
  if (value === null) return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return key.endsWith('Minutes') ? formatDuration(value) : String(value);
  return instant.test(value) ? formatInstant(value) : value;
}

/** What the problem says about one field of the body, for the form to show beside it; undefined: nothing. */
export function fieldError(problem: Problem | null, field: string): string | undefined {
  const value = problem?.evidence[`body.${field}`];
  if (value === undefined) return undefined;
  const text = evidenceValue(field, value);
  return text.charAt(0).toUpperCase() + text.slice(1);
}
