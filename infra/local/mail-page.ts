import type { ServerResponse } from 'node:http';
import type { AwsServices } from './aws-services.ts';
import { parseNotification } from './chat-notification.ts';
import { type Html, html } from './html.ts';
import { readableTime, sendPage, sendStyle } from './page.ts';

const stylePath = '/mail/page.css';

interface Sent {
  /** ISO 8601 */
  readonly at: string;
  readonly title: string;
  readonly to: string;
  readonly text: string;
}

interface View {
  readonly name: string;
  readonly what: string;
  readonly sent: (aws: AwsServices) => Sent[];
}

const views: Readonly<Record<string, View>> = {
  '/mail': {
    name: 'Mail',
    what: 'To reviewers through the SNS topic, to requesters through SES.',
    sent: sentMail,
  },
  '/mail/chat': {
    name: 'Chat',
    what: 'What Amazon Q Developer would post to Slack or Teams, as markdown. The messages of one request are one thread.',
    sent: sentToChat,
  },
  '/mail/events': {
    name: 'Events',
    what: 'Every entry of the audit trail, as the EventBridge bus has it.',
    sent: sentToBus,
  },
};

export function isMailPage(pathname: string): boolean {
  return pathname in views || pathname === stylePath;
}

/** What the local stack was given to send, newest first. @param appUrl whose request links are links here too */
export function serveMailPage(
  aws: AwsServices,
  appUrl: string,
  pathname: string,
  response: ServerResponse,
): void {
  const view = views[pathname];
  if (view === undefined) {
    sendStyle(response);
    return;
  }
  const sent = [...view.sent(aws)].sort((a, b) => (a.at < b.at ? 1 : -1));
  const cards = sent.map((one) => card(one, appUrl));
  const empty = html`<p>Nothing was sent yet. Create a request, and what comes of it shows up here.</p>`;
  const body = html`<h1>What was sent</h1>
    <nav>${Object.entries(views).map(([path, one]) => tab(path, one.name, one === view))}</nav>
    <p class="note">${view.what} Kept until the local stack stops. <a href="${pathname}">Look again</a></p>
    ${cards.length === 0 ? empty : html`<ul class="cards">${cards}</ul>`}`;
  sendPage(response, 200, { title: view.name, body }, stylePath);
}

function tab(path: string, name: string, isHere: boolean): Html {
  return isHere
    ? html`<a href="${path}" aria-current="page">${name}</a> `
    : html`<a href="${path}">${name}</a> `;
}

function sentMail({ sns, ses }: AwsServices): Sent[] {
  const published = sns.calls
    .filter((call) => call.refusal === undefined)
    .map(({ at, input }) => ({
      at,
      to: input.attributes.recipient ?? 'all reviewers',
      title: input.subject,
      text: input.message,
    }));
  const mailed = ses.calls
    .filter((call) => call.refusal === undefined)
    .map(({ at, input }) => ({ at, to: input.to.join(', '), title: input.subject, text: input.text }));
  return [...published, ...mailed];
}

function sentToChat({ sns }: AwsServices): Sent[] {
  return sns.chatCalls.flatMap(({ at, input }) => {
    const notification = parseNotification(input.message);
    if (notification === undefined) return [];
    const { content, metadata } = notification;
    const text = [content.description, ...content.nextSteps].join('\n');
    return [{ at, to: `the chat, thread ${metadata.threadId}`, title: content.title, text }];
  });
}

function sentToBus({ eventBus }: AwsServices): Sent[] {
  return eventBus.calls
    .filter((call) => call.refusal === undefined)
    .flatMap(({ at, input }) =>
      input.entries.flatMap((entry) =>
        'errorCode' in entry
          ? []
          : [
              {
                at,
                to: `the bus ${entry.bus}, from ${entry.source}`,
                title: `${entry.detailType}: ${String(entry.detail.kind)}`,
                text: JSON.stringify(entry.detail, null, 2),
              },
            ],
      ),
    );
}

function card({ at, to, title, text }: Sent, appUrl: string): Html {
  return html`<li class="card"><h2>${title}</h2><p class="note">To ${to}, ${readableTime(Date.parse(at))}</p>
    <div class="text">${linked(text, appUrl)}</div></li>`;
}

/** Only a whole line that is the address of a request of this app becomes a link; people's lines begin with '>'. */
function linked(text: string, appUrl: string): Html[] {
  return text.split('\n').map((line) => {
    const start =
      ['', 'Open the request: '].find((words) => line.startsWith(`${words}${appUrl}/requests/`)) ?? '';
    const address = line.slice(start.length);
    const id = address.startsWith(`${appUrl}/requests/`) ? address.slice(`${appUrl}/requests/`.length) : '';
    return /^[0-9a-z]{26}$/.test(id) ? html`${start}<a href="${address}">${address}</a>\n` : html`${line}\n`;
  });
}
