import type { CreateRequestBody, RuleView } from '../../../api/contract.ts';
import { limits } from '../../../api/limits.ts';
import { formatDuration, formatInstant } from '../../lib/format.ts';
import { msOfLocalTime } from '../../lib/local-time.ts';
import type { Problem } from '../../lib/problem.ts';
import { fieldError } from '../../ui/evidence.ts';

/** What is asked for, whoever asks and for whatever role. A courtesy all of it: the server decides by the same limits. */

/** The fields as they stand in the form. */
export interface AskDraft {
  /** as typed */
  readonly minutes: string;
  readonly justification: string;
  readonly ticket: string;
  /** local time as typed; null: at the approval */
  readonly start: string | null;
}

/** What the rules of all chosen roles take together. */
export interface AskLimits {
  /** minutes */
  readonly longest: number;
  /** characters that the justification has to have */
  readonly least: number;
  /** 0: a start cannot be chosen */
  readonly startAheadMinutes: number;
  readonly tickets: readonly TicketLimit[];
}

export interface TicketLimit {
  /** the id of the rule that says so */
  readonly rule: string;
  readonly pattern: string;
  /** one that the pattern takes, where the server knows one */
  readonly example: string | null;
  readonly required: boolean;
}

export type AskField = 'duration' | 'justification' | 'ticket' | 'start';
export type AskErrors = Partial<Record<AskField, string>>;
type Ask = Pick<CreateRequestBody, 'durationMinutes' | 'justification' | 'ticket' | 'start'>;

/** What the form starts with, in minutes: enough for most work, and not more. */
export const defaultDuration = '60';

/** Before a rule is known: what the API takes at all. */
export const widestLimits: AskLimits = {
  longest: limits.duration.max,
  least: limits.justification.min,
  startAheadMinutes: limits.startAhead.maxMinutes,
  tickets: [],
};

/** The least that any of the rules gives, and the most that any of them wants. Without a rule no start can be chosen. */
export function limitsOf(rules: readonly RuleView[], breakGlass: boolean): AskLimits {
  const tickets = rules.flatMap(({ id, ticket }) => (ticket ? [{ ...ticket, rule: id }] : []));
  const glass = breakGlass ? rules[0]?.breakGlass : null;
  if (glass) {
    return {
      longest: glass.maxDurationMinutes,
      least: glass.justificationLength,
      startAheadMinutes: 0,
      tickets: tickets.map((ticket) => ({ ...ticket, required: false })),
    };
  }
  return {
    longest: Math.min(limits.duration.max, ...rules.map((rule) => rule.maxDurationMinutes)),
    least: Math.max(limits.justification.min, ...rules.map((rule) => rule.justificationLength)),
    startAheadMinutes: rules.length === 0 ? 0 : Math.min(...rules.map((rule) => rule.startAheadMinutes)),
    tickets,
  };
}

/** The minutes as they were typed, or the longest allowed where that is less. */
export function fitting(minutes: string, { longest }: AskLimits): string {
  return /^\d+$/.test(minutes) && Number(minutes) > longest ? String(longest) : minutes;
}

/** What is sent, and what has to be changed before. @param nowMs epoch ms by the server's clock */
export function checkAsk(draft: AskDraft, asked: AskLimits, nowMs: number): { ask: Ask; errors: AskErrors } {
  const { justification } = draft;
  const ticket = draft.ticket.trim();
  const startMs = draft.start === null || asked.startAheadMinutes === 0 ? null : msOfLocalTime(draft.start);
  const errors: AskErrors = {
    ...named('duration', durationError(draft.minutes, asked.longest)),
    ...named('justification', justificationError(justification, asked.least)),
    ...named('ticket', ticketError(ticket, asked.tickets)),
    ...named('start', startMs === null ? undefined : startError(startMs, asked.startAheadMinutes, nowMs)),
  };
  const ask = {
    durationMinutes: Number(draft.minutes),
    justification,
    ...(ticket === '' ? {} : { ticket }),
    ...(startMs === null || startMs === undefined ? {} : { start: new Date(startMs).toISOString() }),
  };
  return { ask, errors };
}

function named(field: AskField, error: string | undefined): AskErrors {
  return error === undefined ? {} : { [field]: error };
}

function durationError(minutes: string, longest: number): string | undefined {
  const given = /^\d{1,4}$/.test(minutes) ? Number(minutes) : Number.NaN;
  if (given >= limits.duration.min && given <= longest) return undefined;
  return `Give whole minutes from ${limits.duration.min} to ${longest} (${formatDuration(longest)}).`;
}

function justificationError(text: string, least: number): string | undefined {
  const { max } = limits.justification;
  if (text.length > max) {
    return `Shorten it by ${text.length - max} characters: at most ${max} are kept.`;
  }
  return text.trim().length < least ? `Write at least ${least} characters.` : undefined;
}

function ticketError(ticket: string, tickets: readonly TicketLimit[]): string | undefined {
  if (ticket === '') {
    const wanting = tickets.find(({ required }) => required);
    return wanting && `Name the ticket that this work belongs to: the rule "${wanting.rule}" needs one.`;
  }
  if (ticket.length > limits.ticket.max) return `Give at most ${limits.ticket.max} characters.`;
  const unlike = tickets.find(({ pattern }) => !matches(pattern, ticket));
  return unlike && `The rule "${unlike.rule}" takes only tickets ${ticketInWords(unlike)}`;
}

/** After "tickets": how they are written. */
function ticketInWords({ pattern, example }: TicketLimit): string {
  return example === null
    ? `that match ${pattern}`
    : `written as in ${example}. The whole pattern: ${pattern}`;
}

function matches(pattern: string, ticket: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`, 'u').test(ticket);
  } catch {
    // A pattern that this browser cannot read is no reason to refuse: the server, which can, decides.
    return true;
  }
}

function startError(ms: number | undefined, aheadMinutes: number, nowMs: number): string | undefined {
  if (ms === undefined) return 'Give date and time, for example 24 November 2026, 09:30.';
  if (ms <= nowMs) return 'This has passed. Choose a later time, or let it start at the approval.';
  const latest = nowMs + aheadMinutes * 60_000;
  if (ms <= latest) return undefined;
  return `Choose a time before ${formatInstant(new Date(latest).toISOString())}.`;
}

/** Which field a refusal of the server is about. */
const fieldOfCode: Readonly<Record<string, AskField>> = {
  'duration-too-long': 'duration',
  'justification-too-short': 'justification',
  'ticket-needed': 'ticket',
  'ticket-malformed': 'ticket',
  'start-out-of-range': 'start',
};

/** What the server says about each field, to stand beside it. */
export function refusedFields(problem: Problem | null): AskErrors {
  const field = problem ? fieldOfCode[problem.code] : undefined;
  return {
    ...named('duration', fieldError(problem, 'durationMinutes')),
    ...named('justification', fieldError(problem, 'justification')),
    ...named('ticket', fieldError(problem, 'ticket')),
    ...named('start', fieldError(problem, 'start')),
    ...(problem && field ? { [field]: problem.detail } : {}),
  };
}
