import type { Approval, AutomaticCondition, BreakGlass, Rule } from './policy-document.ts';
import { claimsInWords } from './rule-match.ts';
import { ticketExample } from './ticket-pattern.ts';

/** One of the things that a rule asks or gives. */
export interface Term {
  readonly name: string;
  /** of the rule: what has to be equal where the term is the same */
  readonly value: unknown;
  /** sentences; none where the rule has no such term */
  readonly words: readonly string[];
}

/** What a rule asks and gives, a line each, for whoever asks, reviews or explains. */
export function termsInWords(rule: Rule): string[] {
  return termsOf(rule).flatMap(({ words }) => words);
}

/** The same, term by term. NB. All of the rule but its id is in a value: `policy-diff.ts` compares by them. */
export function termsOf(rule: Rule): Term[] {
  const { approval, ticket, guardrails, breakGlass, endLiveSessions } = rule;
  const { automatic, ...review } = approval;
  return [
    term('automatic approval', automatic, ...automatic.map(conditionInWords)),
    term('approval', review, ...(automatic.some(isAlways) ? [] : [reviewersInWords(approval)])),
    ...limitTerms(rule),
    term('ticket', ticket, ...(ticket === null ? [] : [ticketInWords(ticket)])),
    term(
      'guardrails',
      guardrails,
      ...(guardrails.length === 0 ? [] : [`Sessions may not: ${guardrails.join(', ')}.`]),
    ),
    term(
      'end of live sessions',
      endLiveSessions,
      ...(endLiveSessions ? ['A revocation also ends the sessions that are alive.'] : []),
    ),
    term('break-glass', breakGlass, ...(breakGlass === null ? [] : [breakGlassInWords(breakGlass)])),
  ];
}

function limitTerms(rule: Rule): Term[] {
  const { maxDurationMinutes, sessionMinutes, pendingMinutes, startAheadMinutes, justificationLength } = rule;
  return [
    term(
      'duration',
      [maxDurationMinutes, sessionMinutes],
      `At most ${minutesInWords(maxDurationMinutes)}; each session at most ${minutesInWords(sessionMinutes)}.`,
    ),
    term(
      'waiting',
      pendingMinutes,
      `A request waits at most ${minutesInWords(pendingMinutes)} for its approval.`,
    ),
    term(
      'start',
      startAheadMinutes,
      startAheadMinutes === 0
        ? 'Access starts at the approval.'
        : `A start may be chosen up to ${minutesInWords(startAheadMinutes)} ahead.`,
    ),
    term(
      'justification',
      justificationLength,
      `A justification of at least ${justificationLength} characters.`,
    ),
  ];
}

function term(name: string, value: unknown, ...words: string[]): Term {
  return { name, value, words };
}

/** Whether the condition asks nothing, so that nobody ever has to review. */
export function isAlways({ maxDurationMinutes, hours, groups, claims }: AutomaticCondition): boolean {
  return (
    maxDurationMinutes === null && hours === null && groups.length === 0 && Object.keys(claims).length === 0
  );
}

function reviewersInWords(approval: Approval): string {
  const { automatic, approvals, of, groups, apartBy, invitationCounts } = approval;
  const count = approvals === 1 ? 'One approval' : `${approvals} approvals by different people`;
  const among = of === null ? '' : ` (of ${of} who can)`;
  return [
    `${automatic.length === 0 ? '' : 'Otherwise: '}${count}${among}, by members of ${listed(groups)}`,
    ...(apartBy === null
      ? []
      : [`of another team than the requester, by ${listed([...apartBy.groups, ...apartBy.claims])}`]),
    ...(invitationCounts ? ["a reviewer's invitation counts as an approval"] : []),
  ]
    .join('; ')
    .concat('.');
}

export function conditionInWords(condition: AutomaticCondition): string {
  const { name, maxDurationMinutes, hours, groups, claims } = condition;
  const parts = [
    ...(maxDurationMinutes === null ? [] : [`at most ${minutesInWords(maxDurationMinutes)}`]),
    ...(hours === null
      ? []
      : [`${hours.days.join(', ')} ${clock(hours.from)} to ${clock(hours.until)} ${hours.zone}`]),
    ...(groups.length === 0 ? [] : [`for members of ${listed(groups)}`]),
    ...(Object.keys(claims).length === 0 ? [] : [`with ${claimsInWords(claims)}`]),
  ];
  return `Approved automatically (${name})${parts.length === 0 ? '' : `: ${parts.join('; ')}`}.`;
}

function ticketInWords({ pattern, required }: NonNullable<Rule['ticket']>): string {
  const example = ticketExample(pattern);
  const written =
    example === null ? `written as ${pattern}` : `such as ${example}, by the pattern ${pattern}`;
  return `A ticket ${written}${required ? '' : ', if one is named'}.`;
}

function breakGlassInWords(breakGlass: BreakGlass): string {
  const { groups, maxDurationMinutes, justificationLength, reviewMinutes } = breakGlass;
  return `Break-glass access of at most ${minutesInWords(maxDurationMinutes)} for members of ${listed(groups)}, with a justification of at least ${justificationLength} characters, to be reviewed within ${minutesInWords(reviewMinutes)}.`;
}

/** `1 d 2 h 30 min` */
export function minutesInWords(count: number): string {
  const days = Math.floor(count / 1440);
  const hours = Math.floor((count % 1440) / 60);
  const rest = count % 60;
  const parts = [
    ...(days > 0 ? [`${days} d`] : []),
    ...(hours > 0 ? [`${hours} h`] : []),
    ...(rest > 0 ? [`${rest} min`] : []),
  ];
  return parts.join(' ');
}

function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

function listed(items: readonly string[]): string {
  return items.map((item) => `"${item}"`).join(' or ');
}
