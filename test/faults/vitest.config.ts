import { defineConfig } from 'vitest/config';

/** Of `npm run faults`: the whole matrix needs no Temporal server. */
export default defineConfig({
  root: import.meta.dirname,
  test: { include: ['matrix.test.ts'], maxConcurrency: 4, testTimeout: 60_000 },
});
