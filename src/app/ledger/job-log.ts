/** The log of jobs: what ran and what came of it. */
import type { GuildId } from '../../domain/ids.ts';
import type { JobName } from '../../domain/model.ts';
import { type Sentence, say } from '../../words/say.ts';
import type { Deps } from '../ports/deps.ts';

/**
 * Runs a job of a guild and keeps what came of it; `work` tells in one sentence, or undefined when there was
 * nothing to do.
 */
export async function recordRun(
  deps: Pick<Deps, 'stores' | 'clock' | 'codes'>,
  guildId: GuildId,
  job: JobName,
  work: () => Promise<Sentence | undefined>,
): Promise<void> {
  const startedAt = deps.clock.now();
  const keep = (outcome: 'ok' | 'failed', detail: Sentence) =>
    deps.stores.transaction(guildId, (tx) =>
      tx.jobRuns.add({
        id: deps.codes.newId(),
        job,
        startedAt,
        finishedAt: deps.clock.now(),
        outcome,
        detail,
      }),
    );
  let detail: Sentence | undefined;
  try {
    detail = await work();
  } catch (error) {
    await keep('failed', say('trouble.itself'));
    throw error;
  }
  if (detail !== undefined) await keep('ok', detail);
}
