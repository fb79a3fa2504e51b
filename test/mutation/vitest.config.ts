import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Runs the tests that `mutate.ts` names, without the database: none of them needs one. */
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: (process.env.MUTATION_TESTS ?? '').split(' '),
    // A mutant is a run of its own, so that its tests need not be kept from each other as well.
    isolate: false,
    testTimeout: 60_000,
  },
});
