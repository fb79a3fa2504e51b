import { teamsOf } from './approval.ts';
import { allow, deny, type Outcome } from './denial.ts';
import type { Target } from './eligibility.ts';
import { type Instant, plusMinutes } from './instant.ts';
import type { BreakGlass, Rule } from './policy-document.ts';
import { type Asker, isInAny } from './rule-match.ts';
import { ticketExample } from './ticket-pattern.ts';

/** What a user asks for, and whether a rule takes it. */
export interface Ask {
  readonly target: Target;
  readonly durationMinutes: number;
  readonly justification: string;
  readonly ticket: string | null;
  /** not before; null: at the approval */
  readonly start: Instant | null;
  /** at once, without an approval, and reviewed afterwards */
  readonly breakGlass: boolean;
}

/**
 * Whether the rule takes the ask at `now`, and under which terms of break-glass access, if it is that. Every refusal
 * names the limit.
 */
export function checkAsk(rule: Rule, ask: Ask, user: Asker, now: Instant): Outcome<BreakGlass | null> {
  const glass = ask.breakGlass ? checkBreakGlass(rule, user) : allow(null);
  if (!glass.ok) return glass;
  const limits = glass.value ?? rule;
  if (ask.durationMinutes > limits.maxDurationMinutes) {
    return deny(
      'duration-too-long',
      `Ask for at most ${limits.maxDurationMinutes} minutes: that is the limit here.`,
      {
        durationMinutes: ask.durationMinutes,
        maxDurationMinutes: limits.maxDurationMinutes,
        rule: rule.id,
      },
    );
  }
  // What cannot be seen says nothing: the same characters that the contract does not count.
  const written = ask.justification.replace(/[\p{Default_Ignorable_Code_Point}\u2800]/gu, '').trim().length;
  if (written < limits.justificationLength) {
    return deny(
      'justification-too-short',
      `Say more: the justification has to have at least ${limits.justificationLength} characters here.`,
      { length: written, justificationLength: limits.justificationLength, rule: rule.id },
    );
  }
  const { apartBy } = rule.approval;
  if (apartBy !== null && teamsOf(user, apartBy).length === 0) {
    return deny(
      'team-unknown',
      'The rule wants a reviewer of another team, and your team is not known. Ask whoever manages your groups to add you to your team.',
      { groups: [...apartBy.groups], claims: [...apartBy.claims], rule: rule.id },
    );
  }
  const rest = [checkStart(rule, ask, now), checkTicket(rule, ask)];
  return rest.find((one) => !one.ok) ?? glass;
}

function checkBreakGlass(rule: Rule, user: Asker): Outcome<BreakGlass> {
  const { breakGlass } = rule;
  if (breakGlass !== null && mayBreakGlass(breakGlass, user)) return allow(breakGlass);
  return deny(
    'break-glass-not-allowed',
    'Break-glass access is not for you here. Make a normal request, and call a reviewer if it is urgent.',
    { rule: rule.id, groups: [...(breakGlass?.groups ?? [])] },
  );
}

/** NB. Named groups only: unlike everywhere else, no group named is nobody. */
export function mayBreakGlass({ groups }: BreakGlass, user: Asker): boolean {
  return groups.length > 0 && isInAny(user.groups, groups);
}

function checkStart(rule: Rule, { start, breakGlass }: Ask, now: Instant): Outcome<null> {
  // A start that has passed is harmless: the window starts at the approval then.
  const latest = plusMinutes(now, breakGlass ? 0 : rule.startAheadMinutes);
  if (start === null || start <= latest) return allow(null);
  return deny(
    'start-out-of-range',
    breakGlass
      ? 'Break-glass access starts at once. Leave out the start, or make a normal request.'
      : `Choose a start at the latest ${rule.startAheadMinutes} minutes from now: that is the limit here.`,
    { start, latest, rule: rule.id },
  );
}

/** NB. Break-glass access needs no ticket: at three in the morning there may be none. One that is named is checked. */
export function checkTicket(
  rule: Rule,
  { ticket, breakGlass }: Pick<Ask, 'ticket' | 'breakGlass'>,
): Outcome<null> {
  if (rule.ticket === null) return allow(null);
  const { pattern, required } = rule.ticket;
  if (ticket === null) {
    if (!required || breakGlass) return allow(null);
    return deny('ticket-needed', 'Name the ticket that this work belongs to: it is needed here.', {
      pattern,
      rule: rule.id,
    });
  }
  if (new RegExp(`^(?:${pattern})$`, 'u').test(ticket)) return allow(null);
  const example = ticketExample(pattern);
  const like = example === null ? 'Check it.' : `Write it as in ${example}.`;
  return deny('ticket-malformed', `The ticket is not written as it has to be here. ${like}`, {
    ticket,
    pattern,
    rule: rule.id,
  });
}
