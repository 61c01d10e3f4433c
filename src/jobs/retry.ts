import type { App } from '../app/app.ts';
import type { GuildId } from '../domain/ids.ts';

/** The clock was set back: what waits for another try is tried now. */
export async function retry(app: Pick<App, 'clock'>, guildId: GuildId): Promise<void> {
  await app.clock.setBack(guildId);
}
