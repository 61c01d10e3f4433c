/** The work that the runner can run for a guild. */

import type { App } from '../app/app.ts';
import type { QueuedJob } from '../app/ports/queue.ts';
import type { GuildId } from '../domain/ids.ts';
import { checkRecord } from './check-record.ts';
import { enforce } from './enforce.ts';
import { hold } from './hold.ts';
import { purge } from './purge.ts';
import { remind } from './remind.ts';
import { retry } from './retry.ts';
import { sync } from './sync.ts';

export type Jobs = Readonly<Record<QueuedJob['task'], Job>>;

type Job = (guildId: GuildId) => Promise<void>;

/** `around`: what is done around each of them. `onBroken`: told of each place in which a record is not whole. */
export function createJobs(
  app: App,
  around: (task: QueuedJob['task'], job: Job) => Job = (_task, job) => job,
  onBroken: (places: number) => void = () => {},
): Jobs {
  return {
    enforce: around('enforce', (guildId) => enforce(app, guildId)),
    sync: around('sync', (guildId) => sync(app, guildId)),
    remind: around('remind', (guildId) => remind(app, guildId)),
    hold: around('hold', (guildId) => hold(app, guildId)),
    retry: around('retry', (guildId) => retry(app, guildId)),
    purge: around('purge', (guildId) => purge(app, guildId)),
    record: around('record', (guildId) => checkRecord(app, guildId, onBroken)),
  };
}
