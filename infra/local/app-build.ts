import { existsSync, globSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build, createServer } from 'vite';
import type { Serve } from './static-files.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const built = `${root}web/dist/index.html`;

/** Builds the app, unless nothing that it is made of is newer than the last build. */
export async function buildApp(step: (text: string) => void): Promise<void> {
  if (isCurrent()) return step('the app is built already');
  step('building the app (about half a minute, the first time only)');
  await build({ root: `${root}web`, configFile: `${root}web/vite.config.ts`, logLevel: 'warn' });
}

function isCurrent(): boolean {
  if (!existsSync(built)) return false;
  const since = statSync(built).mtimeMs;
  const sources = globSync(['web/**/*', 'api/*.ts', 'package-lock.json'], {
    cwd: root,
    exclude: ['web/dist/**'],
  });
  return sources.every((file) => statSync(`${root}${file}`).mtimeMs <= since);
}

/** Vite's own server for `npm run dev`: pages change while they are edited. NB. Without the security headers: its client needs inline scripts. */
export async function devServer(port: number): Promise<{ serve: Serve; stop: () => Promise<void> }> {
  const vite = await createServer({
    root: `${root}web`,
    configFile: `${root}web/vite.config.ts`,
    server: { middlewareMode: true, hmr: { port: port + 3 } },
    appType: 'spa',
  });
  return { serve: (request, response) => void vite.middlewares(request, response), stop: () => vite.close() };
}
