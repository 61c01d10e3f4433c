import { defineConfig } from 'vitest/config';

/**
 * What takes minutes with the real process: random stories, and a kill after each step of fifty ends. Each mostly
 * waits, so many are told at a time.
 */
export default defineConfig({
  test: {
    include: ['test/stories/*.test.ts'],
    maxConcurrency: 5,
    hookTimeout: 60_000,
    retry: 0,
  },
});
