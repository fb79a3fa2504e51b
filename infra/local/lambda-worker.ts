import { randomUUID } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import type { Context } from 'aws-lambda';

/** Inside the worker of one Lambda: loads its handler and answers invocations. */

export interface WorkerSetup {
  readonly name: string;
  /** file URL of the module that exports `handler` */
  readonly module: string;
  /** file URL of a module to load before it */
  readonly preload: string | null;
  readonly timeoutMs: number;
}

export interface Invocation {
  readonly id: number;
  readonly event: unknown;
}

export type Result =
  | { readonly id: number; readonly value: unknown }
  | {
      readonly id: number;
      readonly error: { readonly name: string; readonly message: string; readonly stack: string };
    };

type Handler = (event: unknown, context: Context) => Promise<unknown>;

const setup = workerData as WorkerSetup;
if (parentPort === null) throw new Error('this is the inside of a worker');
const port = parentPort;

if (setup.preload !== null) await import(setup.preload);
const { handler } = (await import(setup.module)) as { handler: Handler };

port.on('message', async ({ id, event }: Invocation) => {
  try {
    port.postMessage({ id, value: await handler(event, contextOf(setup)) } satisfies Result);
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    const { name, message, stack = '' } = error;
    port.postMessage({ id, error: { name, message, stack } } satisfies Result);
  }
});
port.postMessage('ready');

/** Lambda Developer Guide, "Using the Lambda context object to retrieve Node.js function information". */
function contextOf({ name, timeoutMs }: WorkerSetup): Context {
  const deadline = performance.now() + timeoutMs;
  const unused = () => {
    throw new Error('handlers return a promise; context.done and its kin are not used');
  };
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: name,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:us-east-1:123456789012:function:${name}`,
    memoryLimitInMB: '512',
    awsRequestId: randomUUID(),
    logGroupName: `/aws/lambda/${name}`,
    logStreamName: 'local',
    getRemainingTimeInMillis: () => Math.max(0, deadline - performance.now()),
    done: unused,
    fail: unused,
    succeed: unused,
  };
}
