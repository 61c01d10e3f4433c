import type { App } from '../app/app.ts';
import type { GuildId } from '../domain/ids.ts';

/** Reminds the members of a guild of what ends soon. */
export async function remind(app: Pick<App, 'reminders'>, guildId: GuildId): Promise<void> {
  await app.reminders.remind(guildId);
}
