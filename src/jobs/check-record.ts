import type { App } from '../app/app.ts';
import type { GuildId } from '../domain/ids.ts';

/**
 * Once a day: whether what is new in the record is whole, and its seal in the audit channel. `onBroken` is told in how
 * many places it is not.
 */
export async function checkRecord(
  app: Pick<App, 'recordCheck'>,
  guildId: GuildId,
  onBroken: (places: number) => void,
): Promise<void> {
  const { count } = await app.recordCheck.daily(guildId);
  if (count > 0) onBroken(count);
}
