import type { App } from '../app/app.ts';
import type { GuildId } from '../domain/ids.ts';

/** Once a day: what is older than the guild keeps it goes. */
export async function purge(app: Pick<App, 'retention'>, guildId: GuildId): Promise<void> {
  await app.retention.purge(guildId);
}
