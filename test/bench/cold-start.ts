import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'vite';
import { envSchemas } from '../../api/env.ts';
import type { LambdaFunction } from '../../infra/local/lambdas.ts';
import { percentile } from './report.ts';

/** How long a Lambda's module takes to load in a fresh Node process. */
export interface ColdStart {
  readonly lambda: LambdaFunction;
  /** of the minified bundle */
  readonly kibibytes: number;
  /** milliseconds from the first line of the module to the last, of everything it imports as well */
  readonly p50: number;
}

/** Every variable that some Lambda wants; nothing is reached with them while a module loads. */
const variables = {
  TABLE_NAME: 'bench',
  OIDC_ISSUER: 'https://id.example.com',
  OIDC_CLIENT_ID: 'bench',
  OIDC_AUDIENCE: 'https://stepladder.example/api',
  TOPIC_ARN: 'arn:aws:sns:us-east-1:123456789012:bench',
  APP_URL: 'https://stepladder.example',
  TARGET_ROLE_PATH: '/stepladder/',
  EXTERNAL_ID: 'bench',
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'ASIABENCHMARK',
  AWS_SECRET_ACCESS_KEY: 'local',
};
const load =
  'const begun = performance.now(); await import(process.argv[1]); console.log(performance.now() - begun); process.exit(0);';

/** Bundles every handler as it is deployed, one minified ES module, and loads each that many times. */
export async function coldStarts(policyDocument: unknown, rounds: number): Promise<ColdStart[]> {
  const directory = mkdtempSync(join(tmpdir(), 'stepladder-bundles-'));
  try {
    const policyFile = join(directory, 'policy.json');
    writeFileSync(policyFile, JSON.stringify(policyDocument));
    const found: ColdStart[] = [];
    for (const lambda of Object.keys(envSchemas) as LambdaFunction[]) {
      const file = await bundle(lambda, directory);
      const times: number[] = [];
      for (let round = 0; round < rounds; round += 1) times.push(await loadTime(file, policyFile));
      found.push({
        lambda,
        kibibytes: Math.round(statSync(file).size / 1024),
        p50: percentile(times, 50),
      });
    }
    return found;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function bundle(lambda: LambdaFunction, directory: string): Promise<string> {
  await build({
    configFile: false,
    logLevel: 'error',
    root: directory,
    ssr: { noExternal: true },
    build: {
      ssr: fileURLToPath(new URL(`../../api/handlers/${lambda}.ts`, import.meta.url)),
      outDir: directory,
      emptyOutDir: false,
      minify: true,
      target: 'node24',
      rolldownOptions: { output: { entryFileNames: `${lambda}.mjs`, codeSplitting: false } },
    },
  });
  return join(directory, `${lambda}.mjs`);
}

async function loadTime(file: string, policyFile: string): Promise<number> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', load, pathToFileURL(file).href],
    { env: { ...variables, POLICY_FILE: policyFile } },
  );
  return Number(stdout);
}
