import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { world } from '../../api/aws/world.ts';
import type { LambdaFunction } from '../../api/env.ts';
import { type RouteName, routes } from '../../api/routes.ts';
import { type Bundles, bundleLambdas, lambdaFunctions } from '../../infra/bundles.ts';
import { startDynamoDb } from '../../infra/local/dynamo-db.ts';
import { type ColdStart, coldStarts } from './cold-start.ts';
import { fewest, largePolicyDocument, people, policyDocument } from './history.ts';
import { inside } from './inside.ts';
import { measure, measureUnattended } from './measure.ts';
import { measuredOf, sizeOfTable } from './measured.ts';
import { type Meter, startMeter } from './meter.ts';
import { growth, type Row, rowsTable, table } from './report.ts';
import { seedTable } from './seed.ts';
import { keepPort, type RunningSite, startSite } from './site.ts';

/** `npm run bench`: what each route takes and costs, with short and long histories. */

const usage = `Usage: npm run bench -- [--sizes=1000,10000,100000] [--rounds=30] [--save] [--bundles] [--inside=sessions]

  --sizes    how many requests are in the tables, at least ${fewest} each
  --rounds   how often each route is asked
  --save     keep what npm run costs computes from, of the largest table
  --bundles  only how large the Lambdas are and how long they take to load
  --inside   only what the bundle of a Lambda is made of`;

interface Settings {
  readonly sizes: readonly number[];
  readonly rounds: number;
  readonly save: boolean;
  readonly bundles: boolean;
  readonly inside: LambdaFunction | undefined;
}

class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws UsageError */
function readSettings(args: string[]): Settings {
  const { values } = parse(args);
  const sizes = values.sizes.split(',').map(Number);
  if (!sizes.every((size) => Number.isSafeInteger(size) && size >= fewest))
    throw new UsageError(`--sizes are whole numbers of at least ${fewest}, with commas between them.`);
  const rounds = Number(values.rounds);
  if (!Number.isSafeInteger(rounds) || rounds < 1)
    throw new UsageError('--rounds is a number of at least 1.');
  const lambda = lambdaFunctions.find((name) => name === values.inside);
  if (values.inside !== undefined && lambda === undefined)
    throw new UsageError(`--inside is one of ${lambdaFunctions.join(', ')}.`);
  const inOrder = [...new Set(sizes)].sort((a, b) => a - b);
  return { ...values, sizes: inOrder, rounds, inside: lambda };
}

function parse(args: string[]) {
  const options = {
    sizes: { type: 'string', default: '1000,10000,100000' },
    rounds: { type: 'string', default: '30' },
    save: { type: 'boolean', default: false },
    bundles: { type: 'boolean', default: false },
    inside: { type: 'string' },
  } as const;
  try {
    return parseArgs({ args, options });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** Progress, apart from the result. */
function step(text: string): void {
  console.error(`  ${text}`);
}

interface Bench {
  /** addresses of DynamoDB Local, and of the meter before it */
  readonly database: string;
  readonly meter: Meter;
  readonly directory: string;
  /** what is to be stopped in the end, the last one first */
  readonly ends: (() => Promise<void>)[];
}

async function bench(settings: Settings): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'stepladder-bench-'));
  try {
    const bundles = await bundleLambdas({ directory: join(directory, 'bundles'), policy: policyDocument });
    if (settings.inside !== undefined) return showInside(bundles, settings.inside);
    const largest = settings.bundles ? undefined : await benchRoutes(settings, directory);
    const lambdas = await benchBundles(bundles);
    if (settings.save && largest !== undefined) save(largest, lambdas);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function showInside(bundles: Bundles, lambda: LambdaFunction): void {
  const rows = inside(bundles[lambda]).map(({ name, bytes, share }) => [name, bytes / 1024, share * 100]);
  print(table(['of', 'KiB before minified', 'percent'], rows));
}

const loads = 9;

async function benchBundles(bundles: Bundles): Promise<readonly ColdStart[]> {
  step('loading the module of each Lambda in fresh processes');
  const { bare, lambdas } = await coldStarts(bundles, loads);
  const head = ['lambda', 'bundle KiB', 'load ms', 'processor ms', 'budget ms'];
  const rows = lambdas.map(({ lambda, kibibytes, elapsed, worked, budget }) => [
    ...[lambda, kibibytes, elapsed, worked, budget],
  ]);
  print(table(head, rows));
  print([`Node itself takes ${Math.round(bare)} ms of the processor to start; these come on top.`]);
  const slow = lambdas.filter(({ worked, budget }) => worked > budget);
  if (slow.length === 0) return lambdas;
  print(
    slow.map(
      ({ lambda, worked, budget }) => `${lambda} is over its budget: ${Math.round(worked)} of ${budget} ms.`,
    ),
  );
  process.exitCode = 1;
  return lambdas;
}

const saved = new URL('../../infra/operations/measured.json', import.meta.url);

function save({ rows, ...site }: Largest, lambdas: readonly ColdStart[]): void {
  const measured = measuredOf(rows, site, lambdas, world.now().slice(0, 10));
  writeFileSync(saved, `${JSON.stringify(measured, null, 2)}\n`);
}

/** The largest table, and what was measured of all. */
interface Largest {
  readonly rows: readonly Row[];
  readonly name: string;
  readonly requests: number;
  /** of one request */
  readonly storedBytes: number;
}

async function benchRoutes(settings: Settings, directory: string): Promise<Largest> {
  const ends: Bench['ends'] = [];
  try {
    const database = await startDynamoDb();
    ends.push(database.stop);
    const meter = await startMeter(database.endpoint);
    ends.push(meter.stop);
    return await run({ database: database.endpoint, meter, directory, ends }, settings);
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

async function run(bench: Bench, { sizes, rounds }: Settings): Promise<Largest> {
  const sites = new Map<string, RunningSite>();
  let largest = { name: '', requests: 0, storedBytes: 0 };
  for (const size of sizes) {
    const name = `${size.toLocaleString('en')} requests`;
    const tableName = `bench-${size}`;
    const site = await seededSite(bench, { tableName, size, policyDocument, engineer: 'engineer-0' });
    sites.set(name, site);
    largest = { name, requests: size, storedBytes: site.bytes / size };
    step(`${name} are in their table`);
  }
  step(`asking each route ${rounds} times`);
  const rows = await measure(sites, bench.meter, rounds, () => true);
  rows.push(...(await measureUnattended(sites, bench.meter, rounds)));
  show(rows, [...sites.keys()]);

  const large = await seededSite(bench, {
    tableName: 'bench-targets',
    size: fewest,
    policyDocument: largePolicyDocument,
    engineer: 'platform',
  });
  const [few] = sites.values();
  const policies = new Map([...(few ? [['5 targets', few] as const] : []), ['5,000 targets', large]]);
  const aboutTargets = (name: RouteName) => routes[name].path.startsWith('/targets');
  step('asking for targets under a policy of 5,000 of them');
  show(await measure(policies, bench.meter, rounds, aboutTargets), [...policies.keys()]);
  return { rows, ...largest };
}

interface Wanted {
  readonly tableName: string;
  readonly size: number;
  readonly policyDocument: unknown;
  readonly engineer: string;
}

async function seededSite(
  { database, meter, directory, ends }: Bench,
  wanted: Wanted,
): Promise<RunningSite & { readonly bytes: number }> {
  const { tableName, size } = wanted;
  const { port, release } = await keepPort();
  const issuer = `http://localhost:${port}`;
  const own = await seedTable({ endpoint: database, tableName, size, issuer, now: world.now() });
  await release();
  const bytes = await sizeOfTable(meter.endpoint, tableName);
  const site = await startSite({
    ...wanted,
    bundles: await bundleLambdas({ directory: join(directory, tableName), policy: wanted.policyDocument }),
    dynamoDbEndpoint: meter.endpoint,
    issuerPort: port,
    users: people,
    own,
  });
  ends.push(site.stop);
  return { ...site, bytes };
}

function show(rows: readonly Row[], sites: readonly string[]): void {
  print(rowsTable(rows));
  const [first, last] = [sites.at(0), sites.at(-1)];
  if (first !== undefined && last !== undefined && first !== last) print(growth(rows, first, last));
}

function print(lines: readonly string[]): void {
  console.log(`${lines.join('\n')}\n`);
}

// NB. A signal without a listener ends us without an 'exit', and Java would stay behind.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
try {
  await bench(readSettings(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`${error.message}\n\n${usage}`);
  process.exitCode = 2;
}
