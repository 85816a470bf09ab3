import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/{unit,property,contract,integration,e2e,crash}/**/*.test.{ts,tsx}'],
    environment: 'node',
    setupFiles: ['test/support/reader.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
  },
});
