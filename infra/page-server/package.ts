import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import type { ServedFile } from './handler.ts';

/** Elastic Load Balancing User Guide, "Lambda functions as targets": bytes of an answer, base64 and JSON counted. */
const answerBytes = 1024 * 1024;
/** Left for the headers and what else is around the body. */
const aroundBody = 16 * 1024;

/** Of 11; beyond it a file takes ten times as long, and becomes little smaller. */
const brotliQuality = 9;

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** The variables that the shipped handler reads, each as JSON. */
export interface PageServerVariables {
  readonly HEADERS: string;
  readonly CONFIG: string;
}

const wiring = `
const { HEADERS = '{}', CONFIG = '{}' } = process.env;
const serve = servePages(new URL('./', import.meta.url), { headers: JSON.parse(HEADERS), config: CONFIG });
export const handler = async (event) => serve(event);
`;

/**
 * Makes the folder that is shipped: the handler, the app's files, and each once more where compressed it is smaller.
 * @param pages with the built app @param folder is made
 * @throws Error where a file is of an unknown type, or too large for an answer
 */
export function packagePageServer(pages: string, folder: string): void {
  const files: Record<string, ServedFile> = {};
  const names = readdirSync(pages, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(pages.length).replaceAll('\\', '/'))
    // Vite's own notes are for nobody.
    .filter((name) => !name.startsWith('/.'))
    .sort();
  for (const name of names) files[name] = packaged(pages, name, folder);
  const source = readFileSync(new URL('handler.ts', import.meta.url), 'utf8');
  writeFileSync(join(folder, 'files.json'), JSON.stringify(files));
  writeFileSync(join(folder, 'index.mjs'), stripTypeScriptTypes(source) + wiring);
}

function packaged(pages: string, path: string, folder: string): ServedFile {
  const type = types[extname(path)];
  if (type === undefined) throw new Error(`${path} is of no type that pages are made of.`);
  const name = `files${path}`;
  const content = readFileSync(join(pages, path));
  // NB. As it is, too: not everybody takes it compressed.
  if (Math.ceil(content.length / 3) * 4 > answerBytes - aroundBody) {
    throw new Error(`${path} has ${content.length} bytes, more than a load balancer takes from a Lambda.`);
  }
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  cpSync(join(pages, path), join(folder, name));
  const small = brotliCompressSync(content, {
    params: { [constants.BROTLI_PARAM_QUALITY]: brotliQuality },
  });
  if (small.length >= content.length) return { type, name, compressed: null };
  writeFileSync(join(folder, `${name}.br`), small);
  return { type, name, compressed: `${name}.br` };
}
