import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LambdaClock } from '../../infra/local/lambdas.ts';
import { readLocalPolicy } from '../../infra/local/local-policy.ts';
import { type ReadyUser, readyUsers } from '../../infra/local/ready-users.ts';
import { type Stack, type StackOptions, startStack } from '../../infra/local/stack.ts';
import { staticFiles } from '../../infra/local/static-files.ts';
import { bundlesOfRun } from './bundles-of-run.ts';
import { databaseEndpoint } from './database-endpoint.ts';

export interface TestStack extends Stack {
  readonly tableName: string;
  /** of its data, as `.local` is for `npm start` */
  readonly directory: string;
  /** every line that a Lambda or the gateway logged */
  readonly logs: readonly string[];
  /** Moves the time of the Lambdas and of the local AWS forward. */
  advance(minutes: number): void;
}

export interface TestStackOptions {
  readonly users?: readonly ReadyUser[];
  /** instead of the local one */
  readonly policy?: unknown;
  /** in place of those of this run, which have no policy in them */
  readonly bundles?: StackOptions['bundles'];
  readonly accessTokenSeconds?: number;
  /** whether messages go to the topic of the chat too */
  readonly chat?: boolean;
  /** in place of DynamoDB Local's own: something that stands before it */
  readonly dynamoDbEndpoint?: string;
  /** how the pages look */
  readonly branding?: StackOptions['branding'];
  /** in place of the local OpenID provider */
  readonly startProvider?: StackOptions['startProvider'];
}

const app = fileURLToPath(new URL('../../web/dist', import.meta.url));

/** The whole product on free ports with a table of its own. The app has to be built: `npm test` does that first. */
export async function startTestStack(options: TestStackOptions = {}): Promise<TestStack> {
  const directory = mkdtempSync(join(tmpdir(), 'stepladder-'));
  const tableName = `stack-${randomUUID()}`;
  const logs: string[] = [];
  const { clock, advance } = movableClock();
  const stack = await startStack({
    port: 0,
    issuerPort: 0,
    signinPort: 0,
    dynamoDbEndpoint: options.dynamoDbEndpoint ?? databaseEndpoint(),
    tableName,
    directory,
    users: options.users ?? readyUsers,
    policy: options.policy === undefined ? readLocalPolicy() : { document: options.policy },
    pages: (headers) => staticFiles(app, headers),
    onLog: (line) => logs.push(line),
    clock,
    sweepIntervalMs: 0,
    ...(options.accessTokenSeconds !== undefined && { accessTokenSeconds: options.accessTokenSeconds }),
    bundles: options.bundles ?? (await bundlesOfRun()),
    chat: options.chat ?? false,
    ...(options.branding && { branding: options.branding }),
    ...(options.startProvider && { startProvider: options.startProvider }),
  });
  const stop = async () => {
    await stack.stop();
    rmSync(directory, { recursive: true });
  };
  return { ...stack, tableName, directory, logs, advance, stop };
}

function movableClock(): { clock: LambdaClock; advance: (minutes: number) => void } {
  const clockOffset = new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT);
  const offset = new Float64Array(clockOffset);
  return {
    clock: {
      now: () => Date.now() + (offset[0] ?? 0),
      preload: { module: new URL('./shifted-clock.ts', import.meta.url), data: { clockOffset } },
    },
    advance: (minutes) => {
      offset[0] = (offset[0] ?? 0) + minutes * 60_000;
    },
  };
}
