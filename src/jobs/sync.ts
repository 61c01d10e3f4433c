import type { App } from '../app/app.ts';

/** Runs a full sync of a guild and sets the time of the next one. */
export async function sync(app: Pick<App, 'scheduledSync'>, guildId: string): Promise<void> {
  await app.scheduledSync(guildId);
}
