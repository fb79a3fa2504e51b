import { automaticCondition } from '../../api/domain/approval.ts';
import { checkAsk, mayBreakGlass } from '../../api/domain/ask.ts';
import type { Target } from '../../api/domain/eligibility.ts';
import { type Instant, plusMinutes } from '../../api/domain/instant.ts';
import type { Claims, Policy, Rule } from '../../api/domain/policy-document.ts';
import { type Asker, explain, explanationLines } from '../../api/domain/rule-match.ts';
import { termsInWords } from '../../api/domain/terms-in-words.ts';

/** What `npm run policy -- explain` answers: all of it decided by the functions that decide on requests. */

export interface Question {
  readonly groups: readonly string[];
  readonly claims: Claims;
  readonly target: Target;
  readonly at: Instant;
  readonly durationMinutes: number;
}

export interface Answer {
  readonly user: Asker;
  readonly target: Target;
  readonly eligible: boolean;
  /** the rule's id */
  readonly rule: string | null;
  /** a line per rule, in order, to the one that applies */
  readonly because: readonly string[];
  /** in words; none without a rule */
  readonly terms: readonly string[];
  readonly request: RequestAnswer | null;
}

/** What would become of a request that starts at that time and lasts that long. */
interface RequestAnswer {
  readonly at: Instant;
  readonly durationMinutes: number;
  /** why it would be refused, or null */
  readonly refused: string | null;
  /** the condition that would let it through without a reviewer, or null */
  readonly automatic: string | null;
  /** whose members would review it */
  readonly reviewers: readonly string[];
  readonly breakGlass: boolean;
}

export function answer(policy: Policy, { groups, claims, target, at, durationMinutes }: Question): Answer {
  const user = { groups, claims };
  const explanation = explain(policy, user, target);
  const { rule } = explanation;
  return {
    user,
    target,
    eligible: rule !== null,
    rule: rule?.id ?? null,
    because: explanationLines(explanation),
    terms: rule === null ? [] : termsInWords(rule),
    request: rule === null ? null : requestAnswer(rule, user, target, at, durationMinutes),
  };
}

function requestAnswer(
  rule: Rule,
  user: Asker,
  target: Target,
  at: Instant,
  durationMinutes: number,
): RequestAnswer {
  // Of justification and ticket nothing is asked here, so they are what the rule wants.
  const ask = {
    target,
    durationMinutes,
    justification: '.'.repeat(rule.justificationLength),
    ticket: null,
    start: null,
    breakGlass: false,
  };
  const taken = checkAsk({ ...rule, ticket: null }, ask, user, at);
  const window = { from: at, until: plusMinutes(at, durationMinutes) };
  const condition = taken.ok ? automaticCondition(rule.approval, user, window, false) : undefined;
  return {
    at,
    durationMinutes,
    refused: taken.ok ? null : taken.denial.sentence,
    automatic: condition?.name ?? null,
    reviewers: rule.approval.groups,
    breakGlass: rule.breakGlass !== null && mayBreakGlass(rule.breakGlass, user),
  };
}

/** The answer as lines to read. */
export function answerInWords({ target, rule, because, terms, request }: Answer): string[] {
  const what = `the role "${target.role}" in the account ${target.account}`;
  const lines = [
    ...because,
    '',
    rule === null ? `No rule applies: no access to ${what}.` : `The terms of "${rule}" for ${what}:`,
    ...terms.map((term) => `  ${term}`),
  ];
  return request === null ? lines : [...lines, '', ...requestInWords(request)];
}

function requestInWords({ at, durationMinutes, refused, automatic, reviewers, breakGlass }: RequestAnswer) {
  const request = `A request for ${durationMinutes} minutes at ${at}`;
  const groups = reviewers.map((group) => `"${group}"`).join(' or ');
  const approved =
    automatic === null
      ? `${request} waits for reviewers: members of ${groups}.`
      : `${request} is approved automatically: ${automatic}.`;
  return [
    refused === null ? approved : `${request} is refused. ${refused}`,
    breakGlass ? 'This user may break the glass here.' : 'This user may not break the glass here.',
  ];
}
