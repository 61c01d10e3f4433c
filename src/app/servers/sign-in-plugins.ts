/**
 * Plug-ins through which people sign in otherwise (LDAP, SSO) make accounts and let people in without Usher, so admins
 * are warned. They are looked at when a server is added, when it is checked, and once a day: a sync costs nothing for
 * them.
 */
import type { GuildId } from '../../domain/ids.ts';
import type { Server } from '../../domain/model.ts';
import type { Deps } from '../ports/deps.ts';
import type { MediaServer } from '../ports/media-server.ts';

/** Their names as they are stored from now on; what was known before when they cannot be listed. */
export async function lookAtSignInPlugins(
  deps: Deps,
  guildId: GuildId,
  { server, media }: { readonly server: Server; readonly media: Pick<MediaServer, 'accounts'> },
): Promise<string | null> {
  const found = await media.accounts?.listSignInPlugins();
  if (found?.kind !== 'known') return server.signInPlugins;
  const signInPlugins = found.value.join(', ');
  if (signInPlugins === server.signInPlugins) return signInPlugins;
  await deps.stores.transaction(guildId, async (tx) => {
    if (await tx.servers.find(server.id)) await tx.servers.update(server.id, { signInPlugins });
  });
  return signInPlugins;
}
