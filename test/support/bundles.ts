import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { bundleLambdas } from '../../infra/bundles.ts';
import { listen } from '../../infra/local/listen.ts';
import { readLocalPolicy } from '../../infra/local/local-policy.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    bundlesUrl: string;
  }
}

/**
 * Bundles the Lambdas once for the whole run, when the first test asks for them: every stack of a test then runs what AWS
 * would, which also loads in a fraction of the time that the sources take.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = mkdtempSync(join(tmpdir(), 'stepladder-bundles-'));
  let made: ReturnType<typeof bundleLambdas> | undefined;
  const server = createServer(async (_request, response) => {
    made ??= bundleLambdas({ directory, policy: readLocalPolicy().document });
    try {
      const entries = Object.entries(await made).map(([name, { module }]) => [name, module]);
      response.end(JSON.stringify(Object.fromEntries(entries)));
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
  const { port, stop } = await listen(server, 0);
  project.provide('bundlesUrl', `http://127.0.0.1:${port}`);
  return async () => {
    // What is being made, or what could not be made, was told to those who asked for it.
    await Promise.allSettled([made, stop()]);
    rmSync(directory, { recursive: true });
  };
}
