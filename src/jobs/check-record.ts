import type { App } from '../app/app.ts';
import type { GuildId } from '../domain/ids.ts';

/** Once a day: whether what is new in the record is whole, and its seal in the audit channel. */
export async function checkRecord(app: Pick<App, 'recordCheck'>, guildId: GuildId): Promise<void> {
  await app.recordCheck.daily(guildId);
}
