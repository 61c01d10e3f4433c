import type { App } from '../app/app.ts';

/** The clock cannot be believed: tells the guild that its due work is held (rule 5). */
export async function hold(app: Pick<App, 'clock'>, guildId: string): Promise<void> {
  await app.clock.hold(guildId);
}
