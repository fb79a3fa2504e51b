import { Unavailable } from './ports.ts';

/** The time that a chain of steps has together. Counted by the process's own timer, in milliseconds. */
export interface TimeLimit {
  /**
   * One step of the chain, which is told to stop when the time is up. NB. It may be done all the same, but nobody hears of it,
   * and no further step begins.
   * @throws Unavailable once it is
   */
  step<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

export function timeLimitOf(ms: number): TimeLimit {
  const signal = AbortSignal.timeout(ms);
  const late = () => new Unavailable(`nothing came of it in ${ms} ms`);
  return {
    step: async (work) => {
      if (signal.aborted) throw late();
      const { promise, reject } = Promise.withResolvers<never>();
      const stop = () => reject(late());
      signal.addEventListener('abort', stop, { once: true });
      try {
        return await Promise.race([work(signal), promise]);
      } finally {
        signal.removeEventListener('abort', stop);
      }
    },
  };
}
