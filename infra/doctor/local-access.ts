import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const access = z.strictObject({
  endpoint: z.string().regex(/^http:\/\/127\.0\.0\.1:\d+$/),
  region: z.string(),
  functionName: z.string(),
  credentials: z.strictObject({
    accessKeyId: z.string(),
    secretAccessKey: z.string(),
    sessionToken: z.string(),
  }),
});

/** How an operator on this laptop reaches the Lambda API of the stack that runs here. */
export type LocalAccess = z.infer<typeof access>;

const fileIn = (directory: string) => join(directory, 'doctor.json');

/** Leaves it where its owner alone can read it. @returns what takes it away again */
export function writeAccess(directory: string, given: LocalAccess): () => void {
  const file = fileIn(directory);
  // NB. A file that is there keeps its mode when it is written, whoever may read it.
  rmSync(file, { force: true });
  writeFileSync(file, JSON.stringify(given), { mode: 0o600, flag: 'wx' });
  return () => rmSync(file, { force: true });
}

/** @returns undefined where no stack has left any */
export function readAccess(directory: string): LocalAccess | undefined {
  let text: string;
  try {
    text = readFileSync(fileIn(directory), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  return access.parse(JSON.parse(text));
}
