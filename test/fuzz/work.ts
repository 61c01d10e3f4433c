/**
 * How much work a case may be. Processor time is measured, not time that passed: a busy machine is no finding. The
 * measure is `JSON.parse` on this machine in this run, which is linear: what takes many times as long for as much text
 * takes too long, however fast the machine is.
 */
import { timed } from '../support/cpu.ts';
import type { Around } from './target.ts';

/** Times what `JSON.parse` takes for as much. Readers of XML, which are slow, take some 30 times as long. */
const TIMES_JSON = 250;
/** For the first call of a function, a collection of garbage, the start of a dictionary. */
const ALWAYS_MS = 60;
/** A case that is too slow is measured again: only what is slow each time is slow. */
const AGAIN = 4;

/** What `JSON.parse` takes for a thousand letters. */
function baseline(): number {
  const text = JSON.stringify(
    Array.from({ length: 2_000 }, (_, n) => ({ id: n, name: `name ${n}`, on: true })),
  );
  const rounds = Array.from({ length: 9 }, () => timed(() => JSON.parse(text)).ms).toSorted((a, b) => a - b);
  return Math.max((rounds[4] ?? 0) / (text.length / 1_000), 0.002);
}

class TooMuchWork extends Error {
  override readonly name = 'TooMuchWork';
}

/** @throws {TooMuchWork} when a case takes longer than it may, again and again. */
export function limitWork(alwaysMs = ALWAYS_MS): Around {
  const perThousand = baseline() * TIMES_JSON;
  return (_input, size, run) => {
    const { result, ms } = timed(run);
    const limit = alwaysMs + perThousand * (size / 1_000);
    if (ms <= limit) return result;
    const least = Math.min(ms, ...Array.from({ length: AGAIN }, () => timed(run).ms));
    if (least > limit)
      throw new TooMuchWork(
        `${least.toFixed(0)} ms for ${size} letters, of ${limit.toFixed(0)} that it may take`,
      );
    return result;
  };
}
