import { readdirSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiBase, type RouteName, routes } from '../../api/routes.ts';
import { client } from '../../infra/local/oidc-client.ts';
import { createSignInClient, type Tokens } from '../infra/local/sign-in-client.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { headersOf } from '../support/tokens.ts';

/** What a cache, a frame, a referrer or a guess at the type would have to work on: nothing, on no address, with no answer. */

let stack: TestStack;
let erin: Tokens;
let robin: Tokens;
let avery: Tokens;
let oki: Tokens;

beforeAll(async () => {
  stack = await startTestStack();
  const signIn = (sub: string) =>
    createSignInClient({
      issuer: stack.issuer,
      appOrigin: stack.url,
      clientId: client.id,
      audience: client.audience,
    }).signIn(sub);
  [erin, robin, avery, oki] = await Promise.all([
    signIn('erin'),
    signIn('robin'),
    signIn('avery'),
    signIn('oki'),
  ]);
});
afterAll(() => stack.stop());

interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string;
}

/** NB. Not fetch, which sends no Host of one's own. */
function send(path: string, { method = 'GET', headers = {}, body }: Sent = {}) {
  const { promise, resolve, reject } = Promise.withResolvers<{
    status: number;
    headers: IncomingHttpHeaders;
  }>();
  const { hostname, port } = new URL(stack.url);
  const outgoing = httpRequest({ hostname, port, method, path, headers }, (incoming) => {
    incoming.resume().on('end', () => {
      resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers });
    });
  });
  outgoing.once('error', reject);
  outgoing.end(body);
  return promise;
}

function expectPrivate(headers: IncomingHttpHeaders) {
  expect(headers).toMatchObject({
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'content-security-policy': expect.stringMatching(/^default-src 'none';.*frame-ancestors 'none'/),
  });
  expect([headers.etag, headers['last-modified'], headers.expires]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
}

const id = '0'.repeat(26);
const json = { 'Content-Type': 'application/json' };
/** What is asked for in earnest; everybody else sends nothing. */
const bodies: Partial<Record<RouteName, object>> = {
  runPreflight: { account: '111122223333', role: 'ReadOnlyAccess' },
};
const names = Object.keys(routes) as RouteName[];

describe.each(names)('%s', (name) => {
  const { method, path, caller } = routes[name];
  const address = `${apiBase}${path.replace('{id}', id)}`;
  const body = method === 'POST' ? JSON.stringify(bodies[name] ?? {}) : undefined;

  test('is kept by no cache, whoever asks and whatever is answered', async () => {
    const seen = new Set<number>();
    const people = [erin, robin, avery, oki].map(headersOf);
    for (const person of [{}, { Authorization: 'Bearer x', 'X-Id-Token': 'y' }, ...people]) {
      for (const headers of [person, { ...person, ...json }]) {
        for (const query of ['', '?unknown=1', '?cursor=x']) {
          const answer = await send(`${address}${query}`, { method, headers, ...(body && { body }) });
          expectPrivate(answer.headers);
          seen.add(answer.status);
        }
      }
    }
    // Refused by API Gateway, and by the Lambda.
    expect(seen).toContain(401);
    expect(seen.size).toBeGreaterThan(1);
    if (caller === 'operator') expect(seen).toContain(200);
  });
});

describe('what API Gateway refuses itself', () => {
  test.each([
    ['an address that is none', 404, `${apiBase}/nothing`, {}],
    ['a method that is none', 404, `${apiBase}/me`, { method: 'DELETE' }],
    ['headers that are too large', 413, `${apiBase}/me`, { headers: { 'X-Large': 'x'.repeat(11_000) } }],
    ['tokens that are none', 401, `${apiBase}/me`, {}],
  ] as const)('%s', async (_what, status, path, sent) => {
    const answer = await send(path, sent);
    expect(answer.status).toBe(status);
    expectPrivate(answer.headers);
  });
});

describe('the pages', () => {
  const assets = fileURLToPath(new URL('../../web/dist/assets', import.meta.url));
  test.each([
    '/',
    '/index.html',
    '/requests/new',
    `/requests/${id}`,
    '/callback?code=secret&state=secret',
    '/popup-callback?code=secret&state=secret',
    '/callback?error=access_denied',
    '/signed-out',
    '/audit/sessions',
    '/config.json',
    '/icon.svg',
    '/mail',
    '/mail/page.css',
    '/assets/nothing-12345678.js',
    '/nothing.js',
    '/%2e%2e/package.json',
    '/%',
  ])('%s is kept by no cache', async (path) => {
    const { headers, status } = await send(path);
    expect(status).toBeLessThan(500);
    expectPrivate({ ...headers, etag: undefined, 'last-modified': undefined });
  });

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])(
    '%s to a page is refused, and kept by no cache',
    async (method) => {
      const answer = await send('/', { method });
      expect(answer.status).toBe(405);
      expectPrivate(answer.headers);
    },
  );

  test('by another name are not shown at all', async () => {
    const answer = await send('/', { headers: { Host: 'evil.example' } });
    expect(answer.status).toBe(400);
    expectPrivate(answer.headers);
  });

  test('have their own policy: scripts of the origin alone, no markup from text, nothing framed, the provider called', async () => {
    const { headers } = await send('/');
    const provider = new URL(stack.issuer).origin;
    expect(String(headers['content-security-policy']).split('; ').sort()).toEqual(
      [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        `connect-src 'self' ${provider}`,
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
      ].sort(),
    );
    expect(headers).toMatchObject({
      'cross-origin-opener-policy': 'same-origin-allow-popups',
      'x-frame-options': 'DENY',
    });
  });

  test('load files that are the same for everybody and never change: these alone are kept', async () => {
    const files = readdirSync(assets);
    expect(files.length).toBeGreaterThan(10);
    for (const file of files) {
      expect(file).toMatch(/-[\w-]{8}\.\w+$/);
      const { headers } = await send(`/assets/${file}`);
      expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
  });
});

describe('the console and its sign-in', () => {
  test.each([
    ['GET', '/federation?Action=login&SigninToken=x', 400],
    ['POST', '/federation', 400],
    ['GET', '/page.css', 200],
    ['GET', '/nothing', 404],
  ])('%s %s is kept by no cache', async (method, path, status) => {
    const response = await fetch(`${stack.aws.signin.url}${path}`, { method });
    await response.text();
    expect(response.status).toBe(status);
    expectPrivate(Object.fromEntries(response.headers));
  });
});
