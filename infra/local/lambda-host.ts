import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import type { Result, WorkerSetup } from './lambda-worker.ts';

export interface LambdaOptions {
  readonly name: string;
  /** of the module that exports `handler` */
  readonly module: URL;
  /** All that the Lambda sees as its environment: variables of its own, region, endpoints and its own access key. */
  readonly env: Readonly<Record<string, string>>;
  readonly onLog: (line: string) => void;
  /** milliseconds; API Gateway waits 29 s for an integration */
  readonly timeoutMs?: number;
  /** A module that the worker loads first, and what it is given: how tests move the clock of a Lambda. */
  readonly preload?: { readonly module: URL; readonly data: Readonly<Record<string, unknown>> };
}

export interface Lambda {
  readonly name: string;
  /** @throws LambdaFailed, LambdaTimedOut */
  invoke(event: unknown): Promise<unknown>;
  /** Loads the module now, so that the first person does not wait for it. @throws LambdaFailed if it does not load */
  warm(): Promise<void>;
  stop(): Promise<void>;
}

export interface HostedLambda extends Lambda {
  /** of what runs */
  readonly module: URL;
}

/** The handler threw, or its process died. */
export class LambdaFailed extends Error {
  override readonly name = 'LambdaFailed';
}

export class LambdaTimedOut extends Error {
  override readonly name = 'LambdaTimedOut';
}

const workerModule = new URL('./lambda-worker.ts', import.meta.url);
const defaultTimeoutMs = 29_000;

interface Running {
  readonly worker: Worker;
  readonly ready: Promise<void>;
  readonly waiting: Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>;
}

/**
 * Runs one Lambda in a thread of its own, with an environment of its own: a variable that `env.ts` does not name, or a
 * permission that another Lambda has, is missing here as it would be on AWS. A thread that dies is replaced.
 */
export function hostLambda(options: LambdaOptions): HostedLambda {
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  let running: Running | undefined;
  let invocations = 0;

  const start = (): Running => {
    const begun = startWorker(options, timeoutMs, () => {
      if (running?.worker === begun.worker) running = undefined;
    });
    running = begun;
    return begun;
  };
  const invoke = async (event: unknown): Promise<unknown> => {
    const { worker, ready, waiting } = running ?? start();
    await ready;
    invocations += 1;
    const id = invocations;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    waiting.set(id, { resolve, reject });
    const timer = setTimeout(
      () => reject(new LambdaTimedOut(`${options.name} took longer than ${timeoutMs} ms`)),
      timeoutMs,
    );
    worker.postMessage({ id, event });
    return promise.finally(() => {
      clearTimeout(timer);
      waiting.delete(id);
    });
  };
  return {
    name: options.name,
    module: options.module,
    invoke,
    warm: () => (running ?? start()).ready,
    stop: async () => {
      await running?.worker.terminate();
    },
  };
}

function startWorker(options: LambdaOptions, timeoutMs: number, onEnd: () => void): Running {
  const setup: WorkerSetup = {
    name: options.name,
    module: options.module.href,
    preload: options.preload?.module.href ?? null,
    timeoutMs,
  };
  const worker = new Worker(workerModule, {
    env: { ...options.env },
    workerData: { ...options.preload?.data, ...setup },
    stdout: true,
    stderr: true,
  });
  for (const stream of [worker.stdout, worker.stderr]) createInterface(stream).on('line', options.onLog);
  const waiting: Running['waiting'] = new Map();
  const { promise: ready, resolve: loaded, reject: broken } = Promise.withResolvers<void>();
  // Whoever invokes hears of it; without a listener here, nobody invoking would be an unhandled rejection.
  ready.catch(() => options.onLog(`${options.name} did not start`));

  worker.on('message', (message: 'ready' | Result) => {
    if (message === 'ready') return loaded();
    const caller = waiting.get(message.id);
    if ('error' in message)
      caller?.reject(new LambdaFailed(`${options.name}: ${message.error.name}`, { cause: message.error }));
    else caller?.resolve(message.value);
  });
  const end = (reason: string) => {
    onEnd();
    const error = new LambdaFailed(`${options.name} ${reason}`);
    broken(error);
    for (const { reject } of waiting.values()) reject(error);
  };
  worker.on('error', (error) => {
    options.onLog(`${options.name} died: ${error instanceof Error ? error.stack : String(error)}`);
    end('died');
  });
  worker.on('exit', () => end('ended'));
  return { worker, ready, waiting };
}
