import type { App } from '../app/app.ts';

/** Begins everything that is due in a guild, probes as well; soon done, whatever media servers do. */
export async function enforce(app: Pick<App, 'enforce' | 'probeOffline'>, guildId: string): Promise<void> {
  await app.enforce.begin(guildId);
  await app.probeOffline(guildId);
}
