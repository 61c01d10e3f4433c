import type { App } from '../app/app.ts';
import type { GuildId } from '../domain/ids.ts';

/** Runs a full sync of a guild, sets the time of the next one, and asks Discord who is there and with which roles. */
export async function sync(app: Pick<App, 'scheduledSync' | 'presence'>, guildId: GuildId): Promise<void> {
  await app.scheduledSync(guildId);
  await app.presence.lookOnSchedule(guildId);
}
