import type { App } from '../app/app.ts';

/** A full sync of a guild, and when the next one is due. */
export async function sync(app: Pick<App, 'scheduledSync'>, guildId: string): Promise<void> {
  await app.scheduledSync(guildId);
}
