import type { App } from '../app/app.ts';
import type { GuildId } from '../domain/ids.ts';

/** Reminds the members of a guild of what ends soon, and tells staff how the week was when that is due. */
export async function remind(app: Pick<App, 'reminders' | 'digest'>, guildId: GuildId): Promise<void> {
  await app.reminders.remind(guildId);
  await app.digest.send(guildId);
}
