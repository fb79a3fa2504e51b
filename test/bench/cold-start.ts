import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { LambdaFunction } from '../../api/env.ts';
import { bundleLambdas, lambdaFunctions } from '../../infra/bundles.ts';
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

/** Bundles every handler as it is deployed, and loads each that many times. */
export async function coldStarts(policyDocument: unknown, rounds: number): Promise<ColdStart[]> {
  const directory = mkdtempSync(join(tmpdir(), 'stepladder-bundles-'));
  try {
    const bundles = await bundleLambdas({ directory, policy: policyDocument });
    const found: ColdStart[] = [];
    for (const lambda of lambdaFunctions) {
      const { module, policyFile, bytes } = bundles[lambda];
      const times: number[] = [];
      for (let round = 0; round < rounds; round += 1) times.push(await loadTime(module, policyFile));
      found.push({ lambda, kibibytes: Math.round(bytes / 1024), p50: percentile(times, 50) });
    }
    return found;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function loadTime(file: string, policyFile: string | null): Promise<number> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', load, pathToFileURL(file).href],
    { env: { ...variables, ...(policyFile !== null && { POLICY_FILE: policyFile }) } },
  );
  return Number(stdout);
}
