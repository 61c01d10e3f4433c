import type { App } from '../app/app.ts';
import type { GuildId } from '../domain/ids.ts';

/**
 * Begins everything that is due in a guild, also probes and what drills left, and looks at posts and at
 * people to forget whose time has come;
 * does not wait for media servers.
 */
export async function enforce(
  app: Pick<App, 'enforce' | 'probeOffline' | 'drills' | 'posts' | 'forgetting'>,
  guildId: GuildId,
): Promise<void> {
  await app.enforce.begin(guildId);
  await app.posts.look(guildId);
  await app.forgetting.look(guildId);
  app.drills.begin(guildId);
  await app.probeOffline(guildId);
}
