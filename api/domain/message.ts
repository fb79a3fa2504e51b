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

/** SNS API Reference, Publish: a subject has less than 100 ASCII characters and no line breaks. */
const subjectLength = 99;
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

export interface RenderedMessage {
  /** at most 99 ASCII characters */
  readonly subject: string;
  readonly body: string;
}

/**
 * The message in words. What people typed is quoted line by line and cleaned of control characters, and nothing that
 * they typed can look like a link: the only address is the request's own. @param appUrl origin of the app, no slash
 */
export function render(message: Message, appUrl: string): RenderedMessage {
  const { request, kind, text, note } = message;
  const account = request.accountName === null ? '' : `${plain(request.accountName)}, `;
  const comment = commented.includes(kind) && text.trim() !== '' ? ['Comment:', ...quote(text)] : [];
  const lines = [
    opening(message),
    ...(note === '' ? [] : [note]),
    '',
    `Who:       ${plain(request.requester.name)} (${plain(request.requester.email)})`,
    `Role:      ${plain(request.target.role)} in ${account}${request.target.account}`,
    `Duration:  ${request.durationMinutes} minutes`,
    ...(request.ticket === null ? [] : [`Ticket:    ${plain(request.ticket)}`]),
    ...(request.start === null ? [] : [`Start:     ${request.start}`]),
    ...('window' in request ? [`Window:    ${request.window.from} until ${request.window.until}`] : []),
    'Why:',
    ...quote(request.justification),
    ...comment,
    '',
    `${appUrl}/requests/${request.id}`,
  ];
  return { subject: subjectOf(message), body: lines.join('\n') };
}

/** The messages whose text is a comment; of the others it is the justification, which stands there anyway. */
const commented: readonly MessageKind[] = [
  'approved',
  'rejected',
  'revoked',
  'handled',
  'confirmed',
  'flagged',
];

function opening(message: Message): string {
  const by = plain(message.by);
  const { reviewBy, status, requester } = message.request;
  const who = plain(requester.name || requester.email);
  const from = 'window' in message.request ? message.request.window.from : '';
  const until = 'window' in message.request ? message.request.window.until : '';
  return {
    created: `${who} asks for access. Please review it before ${reviewBy}; after that it expires.`,
    'review-reminder': `${who} still waits for a review. The request expires at ${reviewBy}.`,
    handled: `${by} has dealt with this request: it is ${status} now. There is nothing left for you to do.`,
    'approved-automatically': `${who} got access without a review, as the rule allows. You can revoke it.`,
    'break-glass': `BREAK-GLASS: ${who} took access without an approval. Look at it now; revoke it if it is wrong.`,
    'break-glass-overdue': `The break-glass access of ${who} was not reviewed in time. Please review it.`,
    confirmed: `${by} reviewed the break-glass access of ${who} and confirmed that it was right.`,
    flagged: `${by} reviewed the break-glass access of ${who} and flagged it.`,
    invited: `${by} asks you to take access. It begins only if you accept, before ${reviewBy}.`,
    accepted: `${by} accepted an invitation, which the rule counts as an approval: there is nothing left for you to do.`,
    approved: `${by} approved your request. The window is from ${from} until ${until}.`,
    'ending-soon': `Your access ends at ${until}. If you need longer, ask for an extension before that.`,
    rejected: `${by} rejected your request.`,
    revoked: `${by} revoked your access. No further sessions will be issued.`,
    expired: 'Nobody took this up in time, so it expired. You can ask again.',
    voided:
      'Stepladder was restored from a backup, and this counts no more. If you still need it, ask again.',
  }[message.kind];
}

function subjectOf(message: Message): string {
  const { requester, target, status } = message.request;
  const what = `${target.role} in ${target.account}`;
  const who = plain(requester.name || requester.email);
  const subject = {
    created: `Review needed: ${who} asks for ${what}`,
    'review-reminder': `Still waiting for review: ${who} asks for ${what}`,
    handled: `Handled (${status}): ${who}, ${what}`,
    'approved-automatically': `Approved automatically: ${who}, ${what}`,
    'break-glass': `BREAK-GLASS: ${who} uses ${what}`,
    'break-glass-overdue': `Overdue: review the break-glass access of ${who} to ${what}`,
    confirmed: `Confirmed: break-glass access of ${who} to ${what}`,
    flagged: `Flagged: break-glass access of ${who} to ${what}`,
    invited: `Invitation: ${what}`,
    accepted: `Accepted: ${who}, ${what}`,
    approved: `Approved: ${what}`,
    'ending-soon': `Ending soon: ${what}`,
    rejected: `Rejected: ${what}`,
    revoked: `Revoked: ${what}`,
    expired: `Expired: ${what}`,
    voided: `Ask again: ${what}`,
  }[message.kind];
  // NFKD parts a letter from its accents, so that a name stays readable without them.
  const ascii = subject.normalize('NFKD').replace(/\p{M}/gu, '');
  return ascii.replace(/[^\x20-\x7e]/g, '?').slice(0, subjectLength);
}

/** What a person typed: on one line, and nothing in it that a mail program would make a link of. */
function plain(text: string): string {
  return unlink(oneLine(text));
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]+/gu, ' ');
}

function quote(text: string): string[] {
  return text.split('\n').map((line) => `> ${plain(line)}`);
}

// Visible brackets, not a hidden character: the reader sees that something stood there. All that browsers take for the
// dot of a host name (Unicode Technical Standard 46, section 4), so that no address is left whole.
function unlink(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/:\/\//g, ':[//]')
    .replace(/mailto:/gi, 'mailto[:]')
    .replace(/(?<=\S)[.\u3002\uff0e\uff61](?=\S)/g, '[.]')
    .replace(/www\b/gi, 'ww[w]');
}
