/** Fuzzes one target in a thread of its own, which can be ended when a case does not end, and has a heap of its own. */
import { parentPort, workerData } from 'node:worker_threads';
import fc from 'fast-check';
import { noteCase } from './noted.ts';
import type { Around } from './target.ts';
import { loadTarget } from './targets/index.ts';
import { limitWork } from './work.ts';

export interface Order {
  readonly target: string;
  readonly seconds: number;
  readonly seed: number;
  /** One case only: to see a failure again. */
  readonly path?: string | undefined;
  readonly noted: SharedArrayBuffer;
}

/** What a thread that was not ended tells. */
export interface Told {
  readonly cases: number;
  readonly path: string | null;
  readonly failure: string | null;
}

/** The path says the rest. */
const MOST_PRINTED = 4_000;

const { target, seconds, seed, path, noted } = workerData as Order;
const measured = limitWork();
let cases = 0;
const around: Around = (input, size, run) => {
  cases += 1;
  noteCase(noted, input);
  return measured(input, size, run);
};
const details = await fc.check((await loadTarget(target)).property(around), {
  seed,
  numRuns: path === undefined ? Number.MAX_SAFE_INTEGER : 1,
  interruptAfterTimeLimit: seconds * 1_000,
  ...(path !== undefined && { path }),
});
parentPort?.postMessage({
  cases,
  path: details.counterexamplePath,
  failure: details.failed
    ? `${details.errorInstance}\ncase: ${fc.stringify(details.counterexample).slice(0, MOST_PRINTED)}`
    : null,
} satisfies Told);
