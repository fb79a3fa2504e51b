import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { securityHeaders } from '../../infra/security-headers.ts';
import { complaintsOf, launchBrowser } from './browser.ts';

/** What watches every story has to see what it is there for. */

let server: Server | undefined;
afterEach(() => server?.close());

async function serve(body: string, headers: Record<string, string> = securityHeaders([], false)) {
  server = createServer((request, response) => {
    const isPage = request.url === '/';
    const script = request.url === '/script.js' ? body : '';
    response.writeHead(200, { ...headers, 'Content-Type': isPage ? 'text/html' : 'text/javascript' });
    response.end(isPage ? `<!doctype html><p>A page<script src="/script.js"></script>` : script);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** @returns what closing the browser fails by, after the page was looked at */
async function look(script: string, headers?: Record<string, string>) {
  const browser = await launchBrowser();
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(await serve(script, headers));
  await page.waitForFunction(() => document.readyState === 'complete');
  const complaints = complaintsOf(context);
  const said = await browser.close().then(
    () => '',
    (error: Error) => error.message,
  );
  return { said, complaints };
}

describe('closing the browser', () => {
  test('passes over a page that keeps to its policy', async () => {
    expect(await look('document.title = "fine"')).toEqual({ said: '', complaints: [] });
  });
  test.each([
    ['writes markup', 'try { document.body.innerHTML = "<p>x" } catch {}', /require-trusted-types-for/],
    ['makes a policy for markup', 'try { trustedTypes.createPolicy("x", {}) } catch {}', /trusted-types/],
    ['evaluates a text', 'try { eval("1") } catch {}', /script-src|trusted/],
    [
      'adds a style',
      'document.body.append(Object.assign(document.createElement("style"), { textContent: "p{}" }))',
      /style-src/,
    ],
    ['calls another origin', 'fetch("http://127.0.0.1:9").catch(() => {})', /connect-src/],
    [
      'frames another page',
      'document.body.append(Object.assign(document.createElement("iframe"), { src: "http://127.0.0.1:9" }))',
      /frame-src|default-src/,
    ],
    ['throws', 'throw new Error("nobody caught this")', /nobody caught this/],
  ])('fails where a page %s', async (_what, script, said) => {
    const seen = await look(script);
    expect(seen.said).toMatch(said);
    expect(seen.complaints.join()).toMatch(said);
  });
  test('fails where no page had the policy of the app, whatever else it did', async () => {
    expect((await look('document.body.innerHTML = "<p>x"', {})).said).toMatch(/No page was served/);
  });
});
