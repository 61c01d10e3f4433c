/**
 * Random stories that are played with the real use cases: grants, passing time, failures, changes by other people,
 * kills. At no time may anything be taken away that is still granted. In the end everybody can open exactly what
 * they should, and the record tells each change once.
 *
 * `MODEL_STORIES` of them, 100 in CI, are the same every time. `MODEL_RUNS=500 vitest run test/model` plays new ones.
 * A story that fails prints its seed, path and replay path; to play it again:
 * `FC_SEED=… FC_PATH=… FC_REPLAY=… vitest run test/model`.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { stories } from './commands.ts';
import { checkTruth, heal } from './ending.ts';
import { Reality } from './reality.ts';

const { MODEL_RUNS, MODEL_STORIES, FC_SEED, FC_PATH, FC_REPLAY } = process.env;
const RUNS = Number(MODEL_STORIES ?? 20);
const MAX_COMMANDS = 25;
/** One story in four. */
const inTwoGuilds = fc.nat(3).map((number) => number === 3);
const SEED = 20_260_301;
/** A story takes about a second. One that takes longer waits for something that never happens. */
const STUCK_AFTER_MS = 60_000;

it('whatever happens, access is what it should be', { timeout: 0 }, async () => {
  const seed = FC_SEED !== undefined ? Number(FC_SEED) : MODEL_RUNS === undefined ? SEED : undefined;
  const property = fc.asyncProperty(
    inTwoGuilds,
    stories(MAX_COMMANDS, FC_REPLAY),
    async (twice, commands) => {
      const reality = await Reality.open(twice);
      try {
        await fc.asyncModelRun(() => ({ model: reality.model, real: reality }), commands);
        await heal(reality);
        await checkTruth(reality);
      } finally {
        await reality.close();
      }
      expect(reality.watch.violations).toEqual([]);
    },
  );
  await fc.assert(property, {
    numRuns: MODEL_RUNS === undefined ? RUNS : Number(MODEL_RUNS),
    ...(seed !== undefined && { seed }),
    ...(FC_PATH !== undefined && { path: FC_PATH }),
    timeout: STUCK_AFTER_MS,
    ...(process.env.FC_LIMIT && { interruptAfterTimeLimit: Number(process.env.FC_LIMIT) }),
    verbose: fc.VerbosityLevel.None,
  });
});
