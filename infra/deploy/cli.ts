import { writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Assembly } from '../assembly.ts';
import { type DeploymentConfig, readConfig } from '../config.ts';
import { deploymentFile } from '../deployment-file.ts';
import { schemaText } from '../policy/schema.ts';
import { problemLine } from '../policy/source-text.ts';
import { accountProblem } from './account-check.ts';
import { type Cdk, cdkIn } from './cdk.ts';
import { nextSteps, readOutputs } from './next-steps.ts';
import { providerProblem } from './provider-check.ts';

/** `npm run deploy` and `npm run synth`: from a deployment file to AWS, or to the template for it. */

const usage = `Usage: npm run deploy -- --config=deployment.yaml [--dry-run] [--yes] [--offline] [--bootstrap]
       npm run synth -- --config=deployment.yaml --out=folder
       npm run deploy -- schema

  --config     the deployment file: infra/deploy/README.md
  --dry-run    say what would change, and change nothing
  --yes        change it without asking: for a pipeline, where the difference was reviewed before
  --offline    do not ask the identity provider whether the file is right about it
  --bootstrap  set up the account and region for CDK first, which is needed once
  --out        the folder that the template, the bundles and the pages are written to
  schema       write the JSON Schema of the file, for editors

Exit code 1: it did not work. Exit code 2: bad arguments, or the file does not fit; then nothing was changed.`;

const done = 0;
const failed = 1;
const trouble = 2;

/** The arguments are wrong: a sentence for whoever typed them. */
class BadArguments extends Error {
  override readonly name = 'BadArguments';
}
/** What was asked for cannot be done as things are: a sentence, and nothing was changed. */
class Refused extends Error {
  override readonly name = 'Refused';
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const step = (text: string) => console.log(`  ${text}`);

const options = {
  config: { type: 'string' },
  out: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
  offline: { type: 'boolean', default: false },
  bootstrap: { type: 'boolean', default: false },
} as const;

/** @returns the exit code */
async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const [command = 'deploy', ...more] = positionals;
  if (more.length > 0) throw new BadArguments('One command at a time.');
  if (command === 'schema') return schema();
  if (command !== 'deploy' && command !== 'synth')
    throw new BadArguments(`There is no command "${command}".`);
  if (values.config === undefined)
    throw new BadArguments('Name the deployment file: --config=deployment.yaml');
  if (command === 'synth' && values.out === undefined) throw new BadArguments('Name a folder: --out=folder');
  const config = configFrom(values.config);
  if (config === null) return trouble;
  const out = resolve(values.out ?? join(root, '.deploy', config.name));
  if (command === 'synth') {
    const { template, policies } = await prepare(config, out);
    console.log(`  wrote ${template}`);
    console.log('  and what people set by hand (infra/operations/README.md):');
    for (const file of policies) console.log(`  wrote ${file}`);
    return done;
  }
  await check(config, values.offline);
  return change(config, out, values);
}

/** The file's content, or null after saying what is wrong with it. */
function configFrom(file: string): DeploymentConfig | null {
  const reading = readConfig(file);
  if (reading.ok) return reading.config;
  for (const problem of reading.problems) console.error(problemLine(problem));
  return null;
}

/** Asks the world whether the file is right about it. @throws Refused */
async function check(config: DeploymentConfig, offline: boolean): Promise<void> {
  if (offline) step('not asking the identity provider: whether the file is right about it is not known');
  else {
    step('asking the identity provider');
    refuse(await providerProblem(config.identity, fetch));
  }
  step('asking AWS whose credentials these are');
  refuse(await accountProblem(config));
}

function refuse(problem: string | undefined): void {
  if (problem !== undefined) throw new Refused(problem);
}

/** Builds, bundles and synthesizes, without a network. */
async function prepare(config: DeploymentConfig, out: string): Promise<Assembly> {
  // NB. Not before they are needed: they are most of what this command loads, and a mistake is told at once.
  const { buildApp } = await import('../local/app-build.ts');
  const { assemble } = await import('../assembly.ts');
  await buildApp(step);
  step('bundling the Lambdas and writing the template');
  return assemble(config, out, join(root, 'web/dist'));
}

interface Choices {
  readonly 'dry-run': boolean;
  readonly yes: boolean;
  readonly bootstrap: boolean;
}

async function change(config: DeploymentConfig, out: string, choices: Choices): Promise<number> {
  const { stackName } = await prepare(config, out);
  const cdk: Cdk = cdkIn(out, config);
  step('comparing it with what is deployed');
  if (choices['dry-run']) return (await cdk.diff()) ? done : failed;
  if (choices.bootstrap && !(await cdk.bootstrap())) return failed;
  if (!(await cdk.deploy(choices.yes))) return failed;
  console.log(nextSteps(config, readOutputs(cdk.outputs, stackName)));
  return done;
}

function schema(): number {
  const file = fileURLToPath(new URL('./deployment.schema.json', import.meta.url));
  writeFileSync(file, schemaText('Stepladder deployment', deploymentFile));
  console.log(`wrote ${relative('', file)}`);
  return done;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const isParsing =
    error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
  if (isParsing || error instanceof BadArguments) console.error(`${error.message}\n\n${usage}`);
  else if (error instanceof Refused) console.error(`\n${error.message}\nNothing was changed.`);
  else throw error;
  process.exitCode = trouble;
}
