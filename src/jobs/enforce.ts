import type { App } from '../app/app.ts';

/** Begins everything that is due in a guild, probes included. Returns soon: it does not wait for media servers. */
export async function enforce(app: Pick<App, 'enforce' | 'probeOffline'>, guildId: string): Promise<void> {
  await app.enforce.begin(guildId);
  await app.probeOffline(guildId);
}
