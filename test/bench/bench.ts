import { parseArgs } from 'node:util';
import { world } from '../../api/aws/world.ts';
import { type RouteName, routes } from '../../api/routes.ts';
import { startDynamoDb } from '../../infra/local/dynamo-db.ts';
import { coldStarts } from './cold-start.ts';
import { fewest, largePolicyDocument, people, policyDocument } from './history.ts';
import { measure } from './measure.ts';
import { type Meter, startMeter } from './meter.ts';
import { growth, type Row, rowsTable, table } from './report.ts';
import { seedTable } from './seed.ts';
import { keepPort, type RunningSite, startSite } from './site.ts';

/** `npm run bench`: what each route takes and costs, with short and long histories. */

const usage = `Usage: npm run bench -- [--sizes=1000,10000,100000] [--rounds=30]

  --sizes   how many requests are in the tables, at least ${fewest} each
  --rounds  how often each route is asked`;

interface Settings {
  readonly sizes: readonly number[];
  readonly rounds: number;
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
  return { sizes: [...new Set(sizes)].sort((a, b) => a - b), rounds };
}

function parse(args: string[]) {
  const options = {
    sizes: { type: 'string', default: '1000,10000,100000' },
    rounds: { type: 'string', default: '30' },
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
  /** what is to be stopped in the end, the last one first */
  readonly ends: (() => Promise<void>)[];
}

async function bench(settings: Settings): Promise<void> {
  const ends: Bench['ends'] = [];
  try {
    const database = await startDynamoDb();
    ends.push(database.stop);
    const meter = await startMeter(database.endpoint);
    ends.push(meter.stop);
    await run({ database: database.endpoint, meter, ends }, settings);
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

async function run(bench: Bench, { sizes, rounds }: Settings): Promise<void> {
  const sites = new Map<string, RunningSite>();
  for (const size of sizes) {
    const name = `${size.toLocaleString('en')} requests`;
    const tableName = `bench-${size}`;
    sites.set(name, await seededSite(bench, { tableName, size, policyDocument, engineer: 'engineer-0' }));
    step(`${name} are in their table`);
  }
  step(`asking each route ${rounds} times`);
  show(await measure(sites, bench.meter, rounds, () => true), [...sites.keys()]);

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

  step('loading the module of each Lambda in fresh processes');
  const loaded = await coldStarts(policyDocument, 5);
  const head = ['lambda', 'bundle KiB', 'load ms'];
  print(
    table(
      head,
      loaded.map(({ lambda, kibibytes, p50 }) => [lambda, kibibytes, p50]),
    ),
  );
}

interface Wanted {
  readonly tableName: string;
  readonly size: number;
  readonly policyDocument: unknown;
  readonly engineer: string;
}

async function seededSite({ database, meter, ends }: Bench, wanted: Wanted): Promise<RunningSite> {
  const { tableName, size } = wanted;
  const { port, release } = await keepPort();
  const issuer = `http://localhost:${port}`;
  const own = await seedTable({ endpoint: database, tableName, size, issuer, now: world.now() });
  await release();
  const site = await startSite({
    ...wanted,
    dynamoDbEndpoint: meter.endpoint,
    issuerPort: port,
    users: people,
    own,
  });
  ends.push(site.stop);
  return site;
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
