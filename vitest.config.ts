import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Real sockets, real databases, real processes: generous limits, no retries, so that a flake is seen.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    retry: 0,
  },
});
