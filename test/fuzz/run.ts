/** Fuzzes one target for some seconds. Whatever happens to it, an answer comes, with the case that did it. */
import { Worker } from 'node:worker_threads';
import { makeNotes, readNotes } from './noted.ts';
import type { Order, Told } from './worker.ts';

/** A parser of what others send has this much beside what is there anyway. */
const HEAP_MB = 256;
/** One case takes milliseconds. It hangs when it takes this long, even on a machine that is busy. */
const STUCK_AFTER_MS = 30_000;
/** Until the first one, all that is tested has to be loaded. */
const LOADED_AFTER_MS = 120_000;
const LOOK_EVERY_MS = 250;

interface Outcome {
  readonly cases: number;
  /** With the case, and how to see it again. */
  readonly failure: string | null;
}

interface Options extends Omit<Order, 'noted'> {
  readonly stuckAfterMs?: number;
  readonly heapMb?: number;
}

export async function fuzz({
  stuckAfterMs = STUCK_AFTER_MS,
  heapMb = HEAP_MB,
  ...order
}: Options): Promise<Outcome> {
  const noted = makeNotes();
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: { ...order, noted } satisfies Order,
    resourceLimits: { maxOldGenerationSizeMb: heapMb },
  });
  const again = (path: string | number | null) =>
    `again: FUZZ_ONLY=${JSON.stringify(order.target)} FUZZ_SEED=${order.seed} FUZZ_PATH=${path} npm run fuzz`;
  const ended = Promise.withResolvers<Outcome>();
  const died = (how: string) => {
    const { count, text } = readNotes(noted);
    // Not the way to it where another failure was being made smaller; the case itself is.
    ended.resolve({ cases: count, failure: `${how}\n${again(Math.max(0, count - 1))}\ncase: ${text}` });
  };
  worker.on('message', ({ cases, path, failure }: Told) =>
    ended.resolve({ cases, failure: failure && `${failure}\n${again(path)}` }),
  );
  worker.on('error', (error) => died(`it died of ${error}`));
  worker.on('exit', (code) => died(`it ended with ${code}`));
  let [seen, since] = [-1, performance.now()];
  const watch = setInterval(() => {
    const { count } = readNotes(noted);
    if (count !== seen) [seen, since] = [count, performance.now()];
    else if (performance.now() - since > (count > 0 ? stuckAfterMs : LOADED_AFTER_MS))
      died(`no end of a case after ${stuckAfterMs / 1_000} s`);
  }, LOOK_EVERY_MS);
  try {
    return await ended.promise;
  } finally {
    clearInterval(watch);
    await worker.terminate();
  }
}
