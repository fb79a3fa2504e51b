import type { ServerResponse } from 'node:http';
import { type Html, html } from './html.ts';

/** The plain pages of the local stack (sign-in, mail, console): one look, no script, any width, light and dark. */

const style = `
:root { color-scheme: light dark; --edge: light-dark(#8c8c94, #7d8998); --soft: light-dark(#f4f4f4, #1f2730); }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 44rem; padding: 1.5rem 1rem 4rem; font: 1rem/1.5 system-ui, sans-serif;
  background: light-dark(#fff, #14191f); color: light-dark(#16191f, #e9ebed); overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; } h2 { font-size: 1.1rem; margin: 0; }
a { color: light-dark(#0a5cc2, #7cb9ff); }
p.note { color: light-dark(#545b64, #b6bec9); }
ul.cards { list-style: none; margin: 0; padding: 0; display: grid; gap: .75rem; }
.card, button.card { display: block; width: 100%; text-align: start; font: inherit; color: inherit; background: var(--soft);
  border: 1px solid var(--edge); border-radius: .5rem; padding: .75rem 1rem; }
button.card { cursor: pointer; } button.card strong { display: block; }
button.card:hover { border-color: currentColor; }
input[type=checkbox] { width: 1.1rem; height: 1.1rem; margin: 0 .35rem 0 0; vertical-align: -.15rem; }
:focus-visible { outline: 3px solid light-dark(#0a5cc2, #7cb9ff); outline-offset: 2px; }
.text { white-space: pre-wrap; margin: .5rem 0 0; font: inherit; }
nav a { margin-inline-end: 1rem; } nav a[aria-current] { color: inherit; font-weight: bold; text-decoration: none; }
dl { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: .25rem 1rem; margin: 0; }
dt { color: light-dark(#545b64, #b6bec9); } dd { margin: 0; }
`;

export interface Page {
  readonly title: string;
  readonly body: Html;
}

/** The page as a document, and the policy that lets it load nothing but its own style sheet at `styleHref`. */
export function renderPage({ title, body }: Page, styleHref: string): string {
  return html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} - Stepladder</title><link rel="stylesheet" href="${styleHref}"><link rel="icon" href="data:,"></head>
<body><main>${body}</main></body>
</html>`.text;
}

/** @param formAction where a form of the page may lead, as CSP sources */
export function pageHeaders(formAction = "'none'"): Record<string, string> {
  return {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': `default-src 'none'; style-src 'self'; img-src data:; form-action ${formAction}; base-uri 'none'; frame-ancestors 'none'`,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cache-Control': 'no-store',
  };
}

export function sendPage(response: ServerResponse, status: number, page: Page, styleHref: string): void {
  response.writeHead(status, pageHeaders());
  response.end(renderPage(page, styleHref));
}

export function sendStyle(response: ServerResponse): void {
  response.writeHead(200, { ...pageHeaders(), 'Content-Type': 'text/css; charset=utf-8' });
  response.end(style);
}

/** A refusal in a few words. */
export function sendText(
  response: ServerResponse,
  status: number,
  words: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { ...pageHeaders(), 'Content-Type': 'text/plain; charset=utf-8', ...headers });
  response.end(words);
}

/** A moment for people: `24 Nov 2026, 09:30:00 UTC`. @param at epoch milliseconds */
export function readableTime(at: number): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    dateStyle: 'medium',
    timeStyle: 'medium',
    timeZone: 'UTC',
  });
  return `${format.format(at)} UTC`;
}
