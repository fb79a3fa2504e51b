import type { AccessRequest } from './access-request.ts';
import type { Entry } from './audit.ts';

/** Something to tell people, derived from an entry and saved with it. */
export interface Message {
  /** One per entry, so a repeated delivery can be recognised. */
  readonly id: string;
  readonly kind: MessageKind;
  readonly audience: 'reviewers' | 'requester';
  /** The request as it was when the message was written. */
  readonly request: AccessRequest;
  /** Who did it, by name; '' where time did. */
  readonly by: string;
  /** What they wrote; '' if nothing. */
  readonly text: string;
}

export type MessageKind = 'created' | 'approved' | 'rejected' | 'revoked' | 'expired';

/** SNS API Reference, Publish: a subject has less than 100 ASCII characters and no line breaks. */
const subjectLength = 99;

/** Who has to hear of an entry. A person is not told of what they did themselves. */
export function messagesFor(request: AccessRequest, entry: Entry): Message[] {
  const to = (audience: Message['audience'], kind: MessageKind): Message[] => [
    {
      id: `${request.id}-${entry.version}`,
      kind,
      audience,
      request,
      by: entry.actor?.name ?? '',
      text: entry.text,
    },
  ];
  switch (entry.kind) {
    case 'created':
      return to('reviewers', 'created');
    case 'approved':
    case 'rejected':
    case 'expired':
      return to('requester', entry.kind);
    case 'revoked':
      return entry.actor?.id === request.requester.id ? [] : to('requester', 'revoked');
    default:
      return [];
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
  const { request } = message;
  const account = request.accountName === null ? '' : `${plain(request.accountName)}, `;
  const target = `${request.target.role} in ${account}${request.target.account}`;
  const lines = [
    `${opening(message)}`,
    '',
    `Who:       ${plain(request.requester.name)} (${plain(request.requester.email)})`,
    `Role:      ${target}`,
    `Duration:  ${request.durationMinutes} minutes`,
    ...('window' in request ? [`Window:    ${request.window.from} until ${request.window.until}`] : []),
    'Why:',
    ...quote(request.justification),
    ...(message.kind !== 'created' && message.text.trim() !== '' ? ['Comment:', ...quote(message.text)] : []),
    '',
    `${appUrl}/requests/${request.id}`,
  ];
  return { subject: subjectOf(message), body: lines.join('\n') };
}

function opening(message: Message): string {
  const by = plain(message.by);
  const { reviewBy } = message.request;
  return {
    created: `${by} asks for access. Please review it before ${reviewBy}; after that it expires.`,
    approved: `${by} approved your request. The window is open now.`,
    rejected: `${by} rejected your request.`,
    revoked: `${by} revoked your access. No further sessions will be issued.`,
    expired: 'Nobody reviewed your request in time, so it expired. You can make it again.',
  }[message.kind];
}

function subjectOf(message: Message): string {
  const { requester, target } = message.request;
  const what = `${target.role} in ${target.account}`;
  const subject = {
    created: `Review needed: ${plain(requester.name)} asks for ${what}`,
    approved: `Approved: ${what}`,
    rejected: `Rejected: ${what}`,
    revoked: `Revoked: ${what}`,
    expired: `Expired: ${what}`,
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
