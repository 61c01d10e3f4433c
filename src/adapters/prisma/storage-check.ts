/** Whether the database takes writes, proven by one: a file that can be read may still be no place to keep anything. */
import { statSync } from 'node:fs';
import type { StorageCheck } from '../../app/ports/storage.ts';
import type { Stores } from '../../app/ports/stores.ts';
import type { Clock } from '../../app/ports/time.ts';
import { withinPatience } from '../../concurrency/patience.ts';
import { explain, placeOf } from './explain.ts';
import { DatabaseUnusable, parseDatabaseUrl } from './url.ts';

const FACT = 'database.written';
/** How long a proof counts, for those who ask often. */
const COUNTS_FOR_MS = 2_000;
/** A database behind a network that loses everything says neither yes nor no. */
const ANSWERS_WITHIN_MS = 15_000;

export interface WriteProof extends StorageCheck {
  /**
   * Writes, now.
   * @throws {DatabaseAway} when another process has it or it does not answer, {DatabaseUnusable} when it takes none.
   */
  prove(): Promise<void>;
}

/** Make it as soon as the database is open: what is at its path later has to be the same file. */
export function createWriteProof(
  url: string,
  installation: Stores['installation'],
  clock: Pick<Clock, 'now' | 'sleep'>,
): WriteProof {
  const target = parseDatabaseUrl(url);
  const opened = target.dialect === 'sqlite' ? fileAt(target.path) : undefined;
  let last: { readonly at: number; readonly proof: Promise<string | undefined> } | undefined;

  async function prove(): Promise<void> {
    // What is written to a file that nobody finds again is lost, and no write to it fails.
    if (target.dialect === 'sqlite' && fileAt(target.path) !== opened)
      throw new DatabaseUnusable(
        `The database ${target.path} was moved, deleted or replaced while Usher runs, which writes to the old one. Stop Usher, see that the right file is there, and start it again.`,
      );
    try {
      await installation.set(FACT, clock.now().toISOString());
    } catch (error) {
      throw explain(error, target, 'cannot be written');
    }
  }

  return {
    prove,
    look(when) {
      const now = clock.now().getTime();
      // Also when the clock was set back.
      if (when !== 'now' && last && Math.abs(now - last.at) < COUNTS_FOR_MS) return last.proof;
      const proof = withinPatience(clock, ANSWERS_WITHIN_MS, prove()).then(
        ({ kind }) =>
          kind === 'done'
            ? undefined
            : `The database ${placeOf(target)} has not answered for ${ANSWERS_WITHIN_MS / 1_000} seconds.`,
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      );
      last = { at: now, proof };
      return proof;
    },
  };
}

/** Which file it is, whatever its name; undefined when there is none. */
function fileAt(path: string): string | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats && `${stats.dev}:${stats.ino}`;
}
