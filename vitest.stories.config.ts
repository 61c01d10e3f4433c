import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { WAITING } from './vitest.config.ts';

/**
 * What takes minutes with the real process: random stories, a kill after each step of fifty ends, outages. Each mostly
 * waits, so many are told at a time.
 */
export default defineConfig({
  test: {
    include: WAITING,
    maxWorkers: 2 * availableParallelism(),
    testTimeout: 60_000,
    maxConcurrency: 5,
    hookTimeout: 60_000,
    retry: 0,
  },
});
