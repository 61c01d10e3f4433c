import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take longest. They are small: by their size, they would come last and run alone. */
const LONG = /\/test\/(e2e|model)\/|\/prisma\/stores\.test/;

/** They take minutes, most of them in waiting: `npm run stories`. */
export const WAITING = [
  'test/stories/**/*.test.ts',
  'test/e2e/clocks.test.ts',
  'test/e2e/crashes-ending.test.ts',
  'test/e2e/crashes-joining.test.ts',
  'test/e2e/discord-bad-day.test.ts',
  'test/e2e/drill.test.ts',
  'test/e2e/faults.test.ts',
  'test/e2e/outages.test.ts',
  'test/e2e/ends-come-first.test.ts',
  'test/e2e/keys.test.ts',
  'test/e2e/more-than-asked.test.ts',
  'test/e2e/other-side.test.ts',
  'test/e2e/restore.test.ts',
  'test/e2e/storage-fails.test.ts',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) => LONG.test(moduleId);
    return (await super.sort(files)).toSorted((one, other) => Number(isLong(other)) - Number(isLong(one)));
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...WAITING, 'test/fuzz/fuzz.test.ts'],
    // Real sockets, real databases, real processes: generous limits, no retries, so that a flake is seen.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    retry: 0,
    // Tests with processes mostly wait for them. By itself Vitest would leave one core idle, which of two is half.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: LongestFirst },
  },
});
