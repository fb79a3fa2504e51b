import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Every worker has its own database, every test its own table, ports and folder, so files run side by side. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    globalSetup: ['test/support/database.ts', 'test/support/bundles.ts'],
    reporters: ['default', './test/support/closing-line-reporter.ts'],
    pool: 'forks',
    // Vitest would leave a core free; most of the time a test here waits for a page, a database or a process.
    maxWorkers: Math.max(2, availableParallelism()),
    // Browser stories wait for pages, not for a clock; the limit is only for a run that hangs.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
    coverage: {
      provider: 'v8',
      include: ['api/domain/**'],
      reporter: ['text-summary'],
      thresholds: { branches: 100 },
    },
  },
});
