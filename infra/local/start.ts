import { rmSync } from 'node:fs';
import { appendFile, mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Bundles, bundleLambdas } from '../bundles.ts';
import { buildApp, devServer } from './app-build.ts';
import { checkJava, startDynamoDb } from './dynamo-db.ts';
import { readLocalPolicy } from './local-policy.ts';
import { readyUsers } from './ready-users.ts';
import { startStack } from './stack.ts';
import { staticFiles } from './static-files.ts';

/** `npm start`: the whole product on one laptop. */

const usage = `Usage: npm start -- [--fresh] [--bundles] [--port=8080] [--policy=policy.yaml]

  --fresh    forget all requests of earlier starts
  --bundles  run what is shipped to AWS, not the sources
  --port     of the app; the OpenID provider and the console page take the next two
  --policy   another policy file than infra/local/policy.yaml`;
const directory = fileURLToPath(new URL('../../.local', import.meta.url));
const app = fileURLToPath(new URL('../../web/dist', import.meta.url));
const sweepIntervalMs = 60_000;

interface Settings {
  readonly fresh: boolean;
  readonly dev: boolean;
  readonly bundles: boolean;
  readonly port: number;
  readonly policy: string | undefined;
}

function readSettings(args: string[]): Settings {
  const { values } = parseArgs({
    args,
    options: {
      fresh: { type: 'boolean', default: false },
      dev: { type: 'boolean', default: false },
      bundles: { type: 'boolean', default: false },
      port: { type: 'string', default: '8080' },
      policy: { type: 'string' },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 1024 || port > 65_533)
    throw new Error('--port is a number from 1024 to 65533.');
  return { ...values, port, policy: values.policy };
}

async function start(settings: Settings): Promise<() => Promise<void>> {
  const { fresh, dev, bundles, port } = settings;
  // Before anything runs: an invalid policy never starts.
  const policy = readLocalPolicy(settings.policy);
  await checkJava();
  await prepareDirectory(fresh);
  step('starting DynamoDB Local');
  const database = await startDynamoDb(`${directory}/dynamodb`);
  const ends: (() => Promise<void>)[] = [database.stop];
  const stop = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    if (!dev) await buildApp(step);
    const vite = dev ? await devServer(port) : undefined;
    if (vite) ends.push(vite.stop);
    const shipped = bundles ? { bundles: await bundle(policy.document) } : {};
    step('starting the OpenID provider, the local AWS endpoints and the Lambdas');
    const stack = await startStack({
      port,
      issuerPort: port + 1,
      signinPort: port + 2,
      dynamoDbEndpoint: database.endpoint,
      tableName: 'stepladder',
      directory,
      users: readyUsers,
      policy,
      ...shipped,
      pages: vite ? () => vite.serve : (headers) => staticFiles(app, headers),
      onLog,
      sweepIntervalMs,
    });
    ends.push(stack.stop);
    console.log(welcome(stack.url));
    return stop;
  } catch (error) {
    await stop();
    throw error;
  }
}

async function prepareDirectory(fresh: boolean): Promise<void> {
  if (fresh) rmSync(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
}

function step(text: string): void {
  console.log(`  ${text}`);
}

function bundle(policy: unknown): Promise<Bundles> {
  step('bundling the Lambdas');
  return bundleLambdas({ directory: `${directory}/bundles`, policy });
}

/** Everything goes to the log file; what is wrong goes to the terminal too. */
function onLog(line: string): void {
  if (/"level":"(WARN|ERROR|CRITICAL)"/.test(line)) console.error(line);
  appendFile(`${directory}/stepladder.log`, `${line}\n`).catch((error: unknown) => console.error(error));
}

function welcome(url: string): string {
  const widest = Math.max(...readyUsers.map((user) => user.name.length));
  const people = readyUsers.map((user) => `    ${user.name.padEnd(widest)}  ${user.what}`);
  return [
    '',
    `  Stepladder runs at   ${url}`,
    `  What was sent is at  ${url}/mail`,
    '',
    '  Sign in, without a password, as one of:',
    ...people,
    '',
    '  Ctrl-C stops everything. The data stays in .local until npm start -- --fresh.',
    '',
  ].join('\n');
}

/** One line says what is wrong and what to do; a stack trace would bury it. */
function fail(error: unknown): never {
  console.error(`\n${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

async function main(): Promise<void> {
  const settings = readSettings(process.argv.slice(2));
  let stop: (() => Promise<void>) | undefined;
  // NB. From the beginning: a signal without a listener ends us without an 'exit', and Java would stay behind.
  const end = () => {
    console.log('\n  stopping');
    (stop?.() ?? Promise.resolve()).then(() => process.exit(0), fail);
  };
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
  stop = await start(settings);
}

main().catch((error: unknown) => {
  if (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) {
    console.error(`${error.message}\n\n${usage}`);
    process.exit(2);
  }
  fail(error);
});
