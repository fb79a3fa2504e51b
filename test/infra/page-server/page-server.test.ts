import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';
import type { ALBEvent, ALBResult } from 'aws-lambda';
import { afterAll, describe, expect, test } from 'vitest';
import { packagePageServer } from '../../../infra/page-server/package.ts';
import { securityHeaders } from '../../../infra/security-headers.ts';

/** The module that is shipped, as Lambda loads it. */

const folder = mkdtempSync(join(tmpdir(), 'stepladder-page-server-'));
afterAll(() => rmSync(folder, { recursive: true }));

const script = 'console.log(1);\n'.repeat(1000);
const pages = join(folder, 'pages');
function write(path: string, content: string | Uint8Array) {
  mkdirSync(join(pages, path, '..'), { recursive: true });
  writeFileSync(join(pages, path), content);
}
write('index.html', '<!doctype html><title>Stepladder</title>');
write('icon.svg', '<svg/>');
write('assets/index-0a1b.js', script);
// What is compressed already does not become smaller.
const font = createHash('sha512').update('a font').digest();
write('assets/font-0a1b.woff2', font);
write('.vite/manifest.json', '{}');
const shipped = join(folder, 'shipped');
packagePageServer(pages, shipped);

const headers = securityHeaders(['https://id.example.com'], true);
process.env.HEADERS = JSON.stringify(headers);
process.env.CONFIG = '{"issuer":"https://id.example.com"}';
const { handler } = (await import(join(shipped, 'index.mjs'))) as {
  handler: (event: Partial<ALBEvent>) => Promise<ALBResult>;
};
const get = (path: string, more: Partial<ALBEvent> = {}) =>
  handler({ httpMethod: 'GET', path, headers: {}, ...more });
const brotli = { headers: { 'accept-encoding': 'gzip, deflate, br, zstd' } };
const text = ({ body = '', isBase64Encoded }: ALBResult) =>
  Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8').toString('utf8');

describe('every answer has the headers of every page', () => {
  test.each([
    ['GET', '/', 200],
    ['GET', '/assets/index-0a1b.js', 200],
    ['GET', '/config.json', 200],
    ['GET', '/nothing.js', 404],
    ['HEAD', '/requests', 200],
    ['POST', '/', 405],
  ])('%s %s: %i', async (httpMethod, path, status) => {
    const answer = await get(path, { httpMethod });
    expect(answer.statusCode).toBe(status);
    const { 'Cache-Control': pageCaching, ...all } = headers;
    expect(answer.headers).toMatchObject(all);
    const caching = path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : pageCaching;
    expect(answer.headers).toMatchObject({ 'Cache-Control': caching });
    expect(httpMethod === 'HEAD' ? answer.body : '').toBe('');
  });
});

test('every address of the app is its one page', async () => {
  for (const path of ['/', '/requests', '/requests/01jd8q3k5v7x9z1b3d5f7h9j1m', '/a.b/c', '/callback']) {
    expect(text(await get(path))).toBe(readFileSync(join(pages, 'index.html'), 'utf8'));
  }
});

test('files come compressed to whoever takes that, and as they are to everybody else', async () => {
  const small = await get('/assets/index-0a1b.js', brotli);
  expect(small.headers).toMatchObject({ 'Content-Encoding': 'br', Vary: 'Accept-Encoding' });
  expect(brotliDecompressSync(Buffer.from(small.body ?? '', 'base64')).toString()).toBe(script);
  for (const accepted of ['', 'gzip', 'br;q=0', 'br; q=0.0', 'brotli', '*']) {
    const whole = await get('/assets/index-0a1b.js', { headers: { 'accept-encoding': accepted } });
    expect(whole.headers).not.toHaveProperty('Content-Encoding');
    expect(text(whole)).toBe(script);
  }
  const asIs = await get('/assets/font-0a1b.woff2', brotli);
  expect(asIs.headers).toMatchObject({ 'Content-Type': 'font/woff2' });
  expect(asIs.headers).not.toHaveProperty('Content-Encoding');
  expect(Buffer.from(asIs.body ?? '', 'base64').equals(font)).toBe(true);
});

test('every file of the built app is served as it is, and as what it is', async () => {
  const built = fileURLToPath(new URL('../../../web/dist', import.meta.url));
  const app = mkdtempSync(join(folder, 'app-'));
  packagePageServer(built, app);
  const { handler: serve } = (await import(join(app, 'index.mjs'))) as { handler: typeof handler };
  const names = readdirSync(built, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.endsWith('.vite'))
    .map(({ parentPath, name }) => join(parentPath, name).slice(built.length));
  expect(names).toContain('/index.html');
  expect(names.length).toBeGreaterThan(10);
  for (const path of names) {
    const whole = await serve({ httpMethod: 'GET', path, headers: {} });
    const small = await serve({ httpMethod: 'GET', path, ...brotli });
    const content = readFileSync(join(built, path));
    const isSmaller = small.headers?.['Content-Encoding'] === 'br';
    const sent = Buffer.from(small.body ?? '', 'base64');
    expect([path, whole.statusCode, Buffer.from(whole.body ?? '', 'base64').equals(content)]).toEqual([
      path,
      200,
      true,
    ]);
    expect([path, (isSmaller ? brotliDecompressSync(sent) : sent).equals(content)]).toEqual([path, true]);
    expect(JSON.stringify(whole).length).toBeLessThan(1024 * 1024);
  }
});

test('what is not listed is not there, wherever it stands', async () => {
  const outside = [
    '/../index.mjs',
    '/assets/../../files.json',
    '/index.mjs',
    '/files.json',
    '/.vite/manifest.json',
  ];
  const tricks = [
    '/%2e%2e/index.mjs',
    '/assets/%2e%2e/index.html',
    '/constructor.name',
    '/assets/',
    '/assets/__proto__',
  ];
  for (const path of [...outside, ...tricks]) {
    expect([path, (await get(path)).statusCode]).toEqual([path, 404]);
  }
});

test('the configuration is that of the deployment', async () => {
  const answer = await get('/config.json', brotli);
  expect(JSON.parse(text(answer))).toEqual({ issuer: 'https://id.example.com' });
  expect(answer.headers).toMatchObject({ 'Content-Type': 'application/json' });
});

describe('what cannot be served is not shipped', () => {
  const one = (name: string, content: string | Uint8Array) => {
    const from = mkdtempSync(join(folder, 'from-'));
    writeFileSync(join(from, name), content);
    return () => packagePageServer(from, mkdtempSync(join(folder, 'to-')));
  };
  test('of a type that pages are not made of', () => {
    expect(one('notes.exe', 'x')).toThrow('/notes.exe is of no type');
  });
  test('too large for an answer of a Lambda to a load balancer', () => {
    expect(one('large.js', new Uint8Array(774_145))).toThrow('more than a load balancer takes');
    expect(one('large.js', new Uint8Array(774_144))).not.toThrow();
  });
});
