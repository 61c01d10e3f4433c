import type { App } from '../app/app.ts';

/** The clock cannot be believed: says so to the guild, whose due work is held (rule 5). */
export async function hold(app: Pick<App, 'holdForClock'>, guildId: string): Promise<void> {
  await app.holdForClock(guildId);
}
