import { configDefaults, defineConfig } from 'vitest/config';

const shared = {
  // Nest resolves constructor parameters from the emitted types.
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  resolve: { conditions: ['keywheel-source'] },
  ssr: { resolve: { conditions: ['keywheel-source'] } },
};

/** By scripts/e2e-suites.mjs, where `npm test` runs the suites on several databases. */
const leftOut = process.env.E2E_LEFT_OUT?.split(',').filter(Boolean) ?? [];

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
          exclude: [...configDefaults.exclude, ...leftOut],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          globalSetup: ['test/e2e/support/global-setup.ts'],
        },
      },
      {
        ...shared,
        test: {
          name: 'soak',
          include: ['test/soak/**/*.spec.ts'],
          globalSetup: ['test/e2e/support/global-setup.ts'],
        },
      },
    ],
  },
});
