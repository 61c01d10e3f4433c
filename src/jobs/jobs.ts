/** The work that the runner can run for a guild. */

import type { App } from '../app/app.ts';
import type { QueuedJob } from '../app/ports/queue.ts';
import type { GuildId } from '../domain/ids.ts';
import { enforce } from './enforce.ts';
import { hold } from './hold.ts';
import { purge } from './purge.ts';
import { retry } from './retry.ts';
import { sync } from './sync.ts';

export type Jobs = Readonly<Record<QueuedJob['task'], (guildId: GuildId) => Promise<void>>>;

export function createJobs(app: App): Jobs {
  return {
    enforce: (guildId) => enforce(app, guildId),
    sync: (guildId) => sync(app, guildId),
    hold: (guildId) => hold(app, guildId),
    retry: (guildId) => retry(app, guildId),
    purge: (guildId) => purge(app, guildId),
  };
}
