/** The work that the runner can run for a guild. */
import type { App } from '../app/app.ts';
import type { Jobs } from './runner.ts';

export function createJobs(app: App): Jobs {
  return {
    async enforce(guildId) {
      await app.enforce.begin(guildId);
      await app.probeOffline(guildId);
    },
    async hold(guildId) {
      await app.clock.hold(guildId);
    },
    async sync(guildId) {
      await app.scheduledSync(guildId);
    },
  };
}
