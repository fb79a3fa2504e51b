import { workerData } from 'node:worker_threads';

/** Loaded before a Lambda's module: its `Date` goes by the clock of the test, which is the real one plus an offset. */
const offset = new Float64Array((workerData as { clockOffset: SharedArrayBuffer }).clockOffset);
const RealDate = Date;
const now = () => RealDate.now() + (offset[0] ?? 0);

globalThis.Date = new Proxy(RealDate, {
  construct: (target, given, newTarget) =>
    Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget),
  apply: () => new RealDate(now()).toString(),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});
