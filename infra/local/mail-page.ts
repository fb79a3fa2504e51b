import type { ServerResponse } from 'node:http';
import type { AwsServices } from './aws-services.ts';
import { type Html, html } from './html.ts';
import { readableTime, sendPage, sendStyle } from './page.ts';

const path = '/mail';
const stylePath = '/mail/page.css';

interface Mail {
  readonly at: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

export function isMailPage(pathname: string): boolean {
  return pathname === path || pathname === stylePath;
}

/** What the topic and the mail service were given to send, newest first. @param appUrl whose request links are links here too */
export function serveMailPage(
  aws: AwsServices,
  appUrl: string,
  pathname: string,
  response: ServerResponse,
): void {
  if (pathname === stylePath) {
    sendStyle(response);
    return;
  }
  const mails = sentMail(aws).map((mail) => card(mail, appUrl));
  const empty = html`<p>Nothing was sent yet. Create a request, and the reviewers' message shows up here.</p>`;
  const body = html`<h1>Sent mail</h1>
    <p class="note">What the local stack would have sent: to reviewers through the SNS topic, to requesters through SES. Kept until it stops. <a href="${path}">Look again</a></p>
    ${mails.length === 0 ? empty : html`<ul class="cards">${mails}</ul>`}`;
  sendPage(response, 200, { title: 'Sent mail', body }, stylePath);
}

function sentMail({ sns, ses }: AwsServices): Mail[] {
  const published = sns.calls
    .filter((call) => call.refusal === undefined)
    .map(({ at, input }) => ({
      at,
      to: input.attributes.recipient ?? 'all reviewers',
      subject: input.subject,
      text: input.message,
    }));
  const mailed = ses.calls
    .filter((call) => call.refusal === undefined)
    .map(({ at, input }) => ({ at, to: input.to.join(', '), subject: input.subject, text: input.text }));
  return [...published, ...mailed].sort((a, b) => (a.at < b.at ? 1 : -1));
}

function card({ at, to, subject, text }: Mail, appUrl: string): Html {
  return html`<li class="card"><h2>${subject}</h2><p class="note">To ${to}, ${readableTime(Date.parse(at))}</p>
    <div class="text">${linked(text, appUrl)}</div></li>`;
}

/** Only a whole line that is the address of a request of this app becomes a link; people's lines begin with '>'. */
function linked(text: string, appUrl: string): Html[] {
  return text.split('\n').map((line) => {
    const id = line.startsWith(`${appUrl}/requests/`) ? line.slice(`${appUrl}/requests/`.length) : '';
    return /^[0-9a-z]{26}$/.test(id) ? html`<a href="${line}">${line}</a>\n` : html`${line}\n`;
  });
}
