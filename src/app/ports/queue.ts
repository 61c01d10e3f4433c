/** The port for work that runs by itself. */

import type { GuildId } from '../../domain/ids.ts';
export interface QueuedJob {
  readonly task: 'enforce' | 'sync' | 'remind' | 'hold' | 'retry' | 'purge' | 'record';
  readonly guildId: GuildId;
  /** Jobs with one key are one job while it waits; while it runs, one more may wait. */
  readonly key: string;
}

/** Work is run as soon as there is a place for it, at least once: a job that throws is run again, ever more rarely. */
export interface Queue {
  start(handlers: Readonly<Record<QueuedJob['task'], (job: QueuedJob) => Promise<void>>>): void;
  add(job: QueuedJob): void;
  /** Begins nothing more, and resolves when what runs has ended. */
  stop(): Promise<void>;
}
