import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { DeploymentConfig } from '../config.ts';

/** The CDK's own command, on a cloud assembly that is written already. */
export interface Cdk {
  /** Prints what would change. @returns whether it could be told */
  diff(): Promise<boolean>;
  /** Sets up account and region for it, which it asks for once. */
  bootstrap(): Promise<boolean>;
  /** Prints what changes, asks unless `yes`, and does it. @returns whether it is done */
  deploy(yes: boolean): Promise<boolean>;
  /** the file that a deployment leaves its outputs in */
  readonly outputs: string;
}

/** @param out the folder whose `assembly` is deployed */
export function cdkIn(out: string, { account, region }: Pick<DeploymentConfig, 'account' | 'region'>): Cdk {
  const outputs = join(out, 'outputs.json');
  // In a file, since there is no option for the last one. Nobody is told of what is deployed here but AWS.
  const settings = {
    app: 'assembly',
    versionReporting: false,
    notices: false,
    context: { 'cli-telemetry': false },
  };
  writeFileSync(join(out, 'cdk.json'), JSON.stringify(settings));
  const run = (...args: string[]) => runIn(out, args);
  return {
    outputs,
    diff: () => run('diff'),
    bootstrap: () => run('bootstrap', `aws://${account}/${region}`),
    async deploy(yes) {
      if (yes && !(await run('diff'))) return false;
      const approval = yes ? 'never' : 'any-change';
      return run('deploy', `--require-approval=${approval}`, `--outputs-file=${outputs}`);
    },
  };
}

/** the module that is run */
export const command = join(
  dirname(createRequire(import.meta.url).resolve('aws-cdk/package.json')),
  'bin/cdk',
);

function runIn(cwd: string, args: readonly string[]): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [command, ...args], { cwd, stdio: 'inherit' });
    child.once('error', reject);
    child.once('close', (code) => resolve(code === 0));
  });
}
