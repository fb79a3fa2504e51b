import type { Window } from './access-request.ts';
import { type Instant, instantInWords } from './instant.ts';
import type { Message, MessageKind } from './message.ts';

/** SNS API Reference, Publish: a subject has less than 100 ASCII characters and no line breaks. */
const subjectLength = 99;

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
  const { request, note } = message;
  const account = request.accountName === null ? '' : `${plain(request.accountName)}, `;
  const said = commentOf(message);
  const comment = said === '' ? [] : ['Comment:', ...quote(said)];
  const lines = [
    opening(message, plain),
    ...(note === '' ? [] : [noteInWords(note)]),
    '',
    `Who:       ${plain(request.requester.name)} (${plain(request.requester.email)})`,
    `Role:      ${plain(request.target.role)} in ${account}${request.target.account}`,
    `Duration:  ${request.durationMinutes} minutes`,
    ...(request.ticket === null ? [] : [`Ticket:    ${plain(request.ticket)}`]),
    ...(request.start === null ? [] : [`Start:     ${instantInWords(request.start)}`]),
    ...('window' in request ? [`Window:    ${windowInWords(request.window)}`] : []),
    'Why:',
    ...quote(request.justification),
    ...comment,
    '',
    `${appUrl}/requests/${request.id}`,
  ];
  return { subject: subjectOf(message), body: lines.join('\n') };
}

/** What Stepladder says of the entry. NB. On record its instants stay as they are; here people read them. */
export function noteInWords(note: string): string {
  return note.replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, (at) => instantInWords(at as Instant));
}

export function windowInWords({ from, until }: Window): string {
  return `${instantInWords(from)} until ${instantInWords(until)}`;
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

/** What somebody said of it; '' if nothing. */
export function commentOf({ kind, text }: Message): string {
  return commented.includes(kind) && text.trim() !== '' ? text : '';
}

/** What has happened, in a sentence or two. @param said how what people typed is written down */
export function opening(message: Message, said: (text: string) => string): string {
  const by = said(message.by);
  const { status, requester } = message.request;
  const who = said(requester.name || requester.email);
  const reviewBy = instantInWords(message.request.reviewBy);
  const window = 'window' in message.request ? windowInWords(message.request.window) : '';
  const until = 'window' in message.request ? instantInWords(message.request.window.until) : '';
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
    approved: `${by} approved your request. The window is from ${window}.`,
    'ending-soon': `Your access ends at ${until}. If you need longer, ask for an extension before that.`,
    rejected: `${by} rejected your request.`,
    revoked: `${by} revoked your access. No further sessions will be issued.`,
    expired: 'Nobody took this up in time, so it expired. You can ask again.',
    voided:
      'Stepladder was restored from a backup, and this counts no more. If you still need it, ask again.',
  }[message.kind];
}

/** The message in a few words. @param said how what people typed is written down */
export function headline(message: Message, said: (text: string) => string): string {
  const { requester, target, status } = message.request;
  const what = `${said(target.role)} in ${target.account}`;
  const who = said(requester.name || requester.email);
  return {
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
}

function subjectOf(message: Message): string {
  // NFKD parts a letter from its accents, so that a name stays readable without them.
  const ascii = headline(message, plain).normalize('NFKD').replace(/\p{M}/gu, '');
  return ascii.replace(/[^\x20-\x7e]/g, '?').slice(0, subjectLength);
}

/** What a person typed: on one line, and nothing in it that a program would make a link of. */
export function plain(text: string): string {
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
