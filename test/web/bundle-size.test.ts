import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import { build, type Manifest } from 'vite';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';

/** JavaScript and CSS together, compressed as CloudFront does at best. */
const budget = 330 * 1000;
/** What is loaded, one after the other, until a signed-in person sees their requests. */
const firstScreen = ['index.html', 'app/router.tsx', 'features/requests/my-requests-page.tsx'];

let folder: string;
let manifest: Manifest;

beforeAll(async () => {
  // Vitest says 'test', and React would come with its checks for developers.
  vi.stubEnv('NODE_ENV', 'production');
  folder = await mkdtemp(join(tmpdir(), 'stepladder-web-'));
  await build({
    root: fileURLToPath(new URL('../../web', import.meta.url)),
    configFile: fileURLToPath(new URL('../../web/vite.config.ts', import.meta.url)),
    build: { outDir: folder },
    logLevel: 'warn',
  });
  vi.unstubAllEnvs();
  manifest = JSON.parse(await readFile(join(folder, '.vite', 'manifest.json'), 'utf8'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The files of a chunk and of everything that it imports statically. */
function filesOf(name: string, seen: Set<string>): string[] {
  if (seen.has(name)) return [];
  seen.add(name);
  const chunk = manifest[name];
  if (!chunk) throw new Error(`the build has no ${name}`);
  return [chunk.file, ...(chunk.css ?? []), ...(chunk.imports ?? []).flatMap((one) => filesOf(one, seen))];
}

it('loads at most 330 KB of JavaScript and CSS until my requests are shown', async () => {
  const seen = new Set<string>();
  const files = new Set(firstScreen.flatMap((name) => filesOf(name, seen)));
  let total = 0;
  for (const file of files) {
    const text = await readFile(join(folder, file));
    total += brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;
  }
  expect(files.size).toBeGreaterThan(3);
  expect(total).toBeLessThanOrEqual(budget);
});

it('carries no font, no inlined file and no zod', async () => {
  for (const { file, css = [] } of Object.values(manifest)) {
    for (const one of [file, ...css]) {
      if (!/\.(js|css)$/.test(one)) continue;
      const text = await readFile(join(folder, one), 'utf8');
      expect(text, one).not.toMatch(/data:(font|image)\/[\w+]+;base64/);
      expect(text, one).not.toContain('ZodError');
    }
  }
});

it('has an index page without inline scripts and styles', async () => {
  const html = await readFile(join(folder, 'index.html'), 'utf8');
  expect(html).not.toMatch(/<style|style=|<script(?![^>]*\bsrc=)| on\w+=/);
});
