import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App } from 'aws-cdk-lib';
import { BrokerStack } from './broker-stack.ts';
import { bundleLambdas, lambdaFunctions } from './bundles.ts';
import { type DeploymentConfig, readConfig } from './config.ts';
import { problemLine } from './policy/source-text.ts';

/**
 * What the CDK's own command runs, `node infra/app.ts deployment.yaml`: it writes the template and the files that go
 * with it to where that command wants them, or to `cdk.out`. It asks nobody anything, and from the same sources, lockfile
 * and deployment file come the same bytes.
 */

const pages = fileURLToPath(new URL('../web/dist', import.meta.url));

async function synthesize(config: DeploymentConfig): Promise<void> {
  const { identity } = config;
  if (identity.kind === 'saml') throw new Error('A SAML provider cannot be deployed.');
  const directory = mkdtempSync(join(tmpdir(), 'stepladder-bundles-'));
  try {
    const built = await bundleLambdas({ directory, policy: config.policy.document });
    const bundles = Object.fromEntries(lambdaFunctions.map((name) => [name, built[name].directory]));
    const app = new App();
    new BrokerStack(app, 'Broker', {
      deployment: { ...config, identity },
      bundles: bundles as Record<(typeof lambdaFunctions)[number], string>,
      pages,
    });
    app.synth();
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function main([file, ...others]: string[]): Promise<number> {
  if (file === undefined || others.length > 0) {
    console.error('Name one deployment file: node infra/app.ts deployment.yaml');
    return 2;
  }
  if (!existsSync(join(pages, 'index.html'))) {
    console.error('The app is not built: run npm run build.');
    return 2;
  }
  const reading = readConfig(file);
  if (!reading.ok) {
    for (const problem of reading.problems) console.error(problemLine(problem));
    return 1;
  }
  await synthesize(reading.config);
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
