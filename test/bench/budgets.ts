import type { LambdaFunction } from '../../api/env.ts';

/** What a Lambda's module may take, near what it takes: a dependency that costs more is a decision, not an accident. */
export interface Budget {
  /** size of the bundle; a test holds it to this */
  readonly kibibytes: number;
  /** milliseconds of the processor to load it, where Node itself takes `bareNodeMs`; the benchmark fails above it */
  readonly loadMs: number;
}

/** What Node itself takes of the processor to start, where the budgets were set. */
export const bareNodeMs = 25;

export const budgets: Readonly<Record<LambdaFunction, Budget>> = {
  authorizer: { kibibytes: 180, loadMs: 55 },
  requests: { kibibytes: 430, loadMs: 80 },
  reviews: { kibibytes: 420, loadMs: 80 },
  audit: { kibibytes: 350, loadMs: 65 },
  sessions: { kibibytes: 500, loadMs: 85 },
  announce: { kibibytes: 420, loadMs: 70 },
  sweep: { kibibytes: 440, loadMs: 70 },
  watch: { kibibytes: 280, loadMs: 60 },
  reconcile: { kibibytes: 320, loadMs: 65 },
  enforce: { kibibytes: 425, loadMs: 70 },
};
