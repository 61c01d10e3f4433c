import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Parsers of what others send, each in a thread of its own: `npm run fuzz`. */
export default defineConfig({
  test: { include: ['test/fuzz/fuzz.test.ts'], maxConcurrency: availableParallelism(), retry: 0 },
});
