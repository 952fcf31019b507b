import { defineConfig } from 'vitest/config';

const shared = {
  // Nest resolves constructor parameters from the emitted types.
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  resolve: { conditions: ['keywheel-source'] },
  ssr: { resolve: { conditions: ['keywheel-source'] } },
};

/** Suites of translation alone: a database makes no difference to them, so they run on the first. */
const ON_SQLITE_ALONE = ['test/e2e/conformance.spec.ts', 'test/e2e/fuzzed-bodies.spec.ts'];
const onSqlite = (process.env.TEST_DATABASE ?? 'sqlite') === 'sqlite';

export default defineConfig({
  ...shared,
  test: {
    globals: false,
    projects: [
      {
        ...shared,
        test: {
          name: 'unit',
          include: ['src/**/*.spec.ts', 'migrations/**/*.spec.ts', 'scripts/**/*.spec.ts'],
          testTimeout: 20_000,
        },
      },
      {
        ...shared,
        test: {
          name: 'contract',
          include: ['test/contract/**/*.spec.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
      {
        ...shared,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.spec.ts'],
          exclude: onSqlite ? [] : ON_SQLITE_ALONE,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          globalSetup: ['test/e2e/support/global-setup.ts'],
        },
      },
    ],
  },
});
