import type { AccessRequest, OnceApproved } from './access-request.ts';
import type { Entry } from './audit.ts';
import { type Instant, plusMinutes } from './instant.ts';
import { statusAt } from './status.ts';

/** Something to tell people, derived from an entry and saved with it. */
export interface Message {
  /** One per entry, kind and audience, so a repeated delivery can be recognised. */
  readonly id: string;
  readonly kind: MessageKind;
  readonly audience: 'reviewers' | 'requester';
  /** From then on it is to be sent, if it is still true (`stillTrue`). */
  readonly at: Instant;
  /** The request as it was when the message was written. */
  readonly request: AccessRequest;
  /** Who did it, by name; '' where time did. */
  readonly by: string;
  /** What they wrote; '' if nothing. */
  readonly text: string;
  /** What Stepladder says of it; '' if nothing. */
  readonly note: string;
}

export type MessageKind =
  | 'created'
  | 'review-reminder'
  | 'handled'
  | 'approved-automatically'
  | 'break-glass'
  | 'break-glass-overdue'
  | 'confirmed'
  | 'flagged'
  | 'invited'
  | 'accepted'
  | 'approved'
  | 'ending-soon'
  | 'rejected'
  | 'revoked'
  | 'expired'
  | 'voided';

type To = (audience: Message['audience'], kind: MessageKind, at?: Instant) => Message;

/** Minutes before the end at which people are reminded, at the most: of a review, of a window. */
const lead = { review: 60, window: 15 } as const;
/** A window shorter than this, in minutes, needs no reminder of its end. */
const shortWindow = 30;

/** Who has to hear of an entry, and when. A person is not told of what they did themselves. */
export function messagesFor(request: AccessRequest, entry: Entry): Message[] {
  const to: To = (audience, kind, at = entry.at) => ({
    id: `${request.id}-${entry.version}-${kind}-${audience}`,
    kind,
    audience,
    at,
    request,
    by: entry.actor?.name ?? '',
    text: entry.text,
    note: entry.note,
  });
  const later = 'approvedBy' in request ? reminders(request, to) : [];
  switch (entry.kind) {
    case 'created':
      return callsForReview(request, to);
    case 'accepted':
      return request.status === 'pending'
        ? callsForReview(request, to)
        : [to('reviewers', 'accepted'), ...later];
    case 'invited':
      return [to('requester', 'invited')];
    case 'approved-automatically':
    case 'break-glass':
      return [to('reviewers', entry.kind), ...later];
    case 'approved':
      return [to('requester', 'approved'), to('reviewers', 'handled'), ...later];
    case 'rejected':
      return [to('requester', 'rejected'), to('reviewers', 'handled')];
    case 'cancelled':
      // An invitation that was never accepted was no reviewer's to decide.
      return request.rule.approval.groups.length === 0 ? [] : [to('reviewers', 'handled')];
    case 'confirmed':
    case 'flagged':
      return [to('requester', entry.kind), to('reviewers', entry.kind)];
    case 'expired':
    case 'voided':
      return [to('requester', entry.kind)];
    case 'revoked':
      return entry.actor?.id === request.requester.id ? [] : [to('requester', 'revoked')];
    default:
      return [];
  }
}

function callsForReview({ reviewBy, rule }: AccessRequest, to: To): Message[] {
  const minutes = Math.min(lead.review, Math.floor(rule.pendingMinutes / 4));
  return [to('reviewers', 'created'), to('reviewers', 'review-reminder', plusMinutes(reviewBy, -minutes))];
}

/** What has to be said later of access that was approved. */
function reminders(request: OnceApproved, to: To): Message[] {
  const { window, approvedBy, durationMinutes } = request;
  const ending = to('requester', 'ending-soon', plusMinutes(window.until, -lead.window));
  return [
    ...(durationMinutes >= shortWindow ? [ending] : []),
    ...(approvedBy.kind === 'break-glass'
      ? [to('reviewers', 'break-glass-overdue', approvedBy.reviewDue)]
      : []),
  ];
}

/** Whether the message still has to be sent, given the request as it is at `now`: a reminder can be too late. */
export function stillTrue({ kind }: Message, current: AccessRequest, now: Instant): boolean {
  switch (kind) {
    case 'review-reminder':
      return statusAt(current, now) === 'pending';
    case 'ending-soon':
      return statusAt(current, now) === 'active';
    case 'break-glass-overdue':
      return (
        'approvedBy' in current &&
        current.approvedBy.kind === 'break-glass' &&
        current.approvedBy.afterReview === null
      );
    default:
      return true;
  }
}
