import { instantInWords } from './instant.ts';
import type { Message } from './message.ts';
import { commentOf, headline, noteInWords, opening, plain, windowInWords } from './message-in-words.ts';

/**
 * A message as Amazon Q Developer takes it for Slack and Teams (its Administrator Guide, "Custom notifications"). The
 * messages of one request are one thread.
 */
export interface ChatNotification {
  readonly version: '1.0';
  readonly source: 'custom';
  readonly id: string;
  readonly content: {
    readonly textType: 'client-markdown';
    readonly title: string;
    readonly description: string;
    readonly nextSteps: readonly string[];
    readonly keywords: readonly string[];
  };
  readonly metadata: {
    readonly threadId: string;
    readonly summary: string;
    readonly eventType: string;
    readonly additionalContext: Readonly<Record<string, string>>;
  };
}

/** Characters of what people typed: Slack cuts what is longer than 3,000 in all, and the request's page has the whole. */
const most = { name: 100, quote: 1_000, title: 200 } as const;

/**
 * The message for a chat, in its markdown. What people typed stands in a quote of its own, and nothing of it is a link, a
 * mention or an emphasis: the only address is the request's own. @param appUrl origin of the app, no slash
 */
export function renderChat(message: Message, appUrl: string): ChatNotification {
  const { request, kind, note } = message;
  const { requester, target, ticket } = request;
  const account = request.accountName === null ? '' : `${said(request.accountName)}, `;
  const comment = commentOf(message);
  const lines = [
    opening(message, said),
    ...(note === '' ? [] : [shield(noteInWords(note))]),
    `*Who:* ${said(requester.name)} (${said(requester.email)})`,
    `*Role:* ${said(target.role)} in ${account}${target.account}`,
    `*Duration:* ${request.durationMinutes} minutes`,
    ...(ticket === null ? [] : [`*Ticket:* ${said(ticket)}`]),
    ...(request.start === null ? [] : [`*Start:* ${instantInWords(request.start)}`]),
    ...('window' in request ? [`*Window:* ${windowInWords(request.window)}`] : []),
    '*Why:*',
    ...quote(request.justification),
    ...(comment === '' ? [] : ['*Comment:*', ...quote(comment)]),
  ];
  const title = cut(headline(message, said), most.title);
  return {
    version: '1.0',
    source: 'custom',
    id: message.id,
    content: {
      textType: 'client-markdown',
      title,
      description: lines.join('\n'),
      nextSteps: [`Open the request: ${appUrl}/requests/${request.id}`],
      keywords: ['Stepladder', kind],
    },
    metadata: {
      threadId: request.id,
      summary: title,
      eventType: `stepladder-${kind}`,
      additionalContext: { account: target.account, role: said(target.role), rule: said(request.rule.id) },
    },
  };
}

function quote(text: string): string[] {
  const lines = text.split('\n').map((line) => `> ${shield(plain(line))}`);
  return cut(lines.join('\n'), most.quote).split('\n');
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length).replace(/[\ud800-\udbff]$/, '')} ...`;
}

/**
 * What a person typed, or a name that people chose: not a character in it means anything to Slack, Teams or Amazon Q.
 * NB. Replaced and not escaped, because the chats have no escape in common. The full-width forms (Unicode block
 * "Halfwidth and Fullwidth Forms") look alike and are letters to all of them. After `plain`, which would undo it.
 */
function said(text: string): string {
  return cut(shield(plain(text)), most.name);
}

function shield(text: string): string {
  return text
    .replace(/[<>&@*_~`[\]|\\#]/g, (one) => fullWidth(one))
    .replace(/:(?=[a-z+_-][\w+'-]*:)/gi, fullWidth(':'));
}

function fullWidth(ascii: string): string {
  return String.fromCharCode(ascii.charCodeAt(0) + 0xfee0);
}
