import { defineConfig } from 'vitest/config';

/** Random stories of the real process: `npm run stories`. Each mostly waits, so many are told at a time. */
export default defineConfig({
  test: {
    include: ['test/stories/*.test.ts'],
    maxConcurrency: 5,
    hookTimeout: 60_000,
    retry: 0,
  },
});
