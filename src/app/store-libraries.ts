/** What libraries a server was read to have, kept in our rows. */
import type { Library, Server } from '../domain/model.ts';
import type { Deps } from './deps.ts';
import { libraryHints } from './library-hints.ts';
import type { GuildStores, LibraryOnServer } from './ports.ts';

/** A list that lost more than this is not believed (media-servers.md D4). */
const BELIEVABLE_LOSS = { count: 3, share: 0.2 };

/**
 * Part of a transaction. Libraries added, renamed, back or gone; a list that lost too much is not believed, and gone ones are
 * marked, never removed (rule 3).
 */
export async function storeLibraries(
  deps: Deps,
  tx: GuildStores,
  server: Server,
  listed: readonly LibraryOnServer[],
  now: Date,
) {
  const known = await tx.libraries.list(server.id);
  const byExternal = new Map(known.map((library) => [library.externalId, library]));
  const added: string[] = [];
  const renamed: { from: string; to: string }[] = [];
  const back: Library[] = [];
  for (const { externalId, name, type, grantable } of listed) {
    const old = byExternal.get(externalId);
    // One that cannot be granted yet is neither new nor gone (media-servers.md A5.2, B3).
    if (!old && !grantable) continue;
    if (!old) {
      await tx.libraries.add({ id: deps.codes.newId(), serverId: server.id, externalId, name, type });
      added.push(name);
      continue;
    }
    if (old.name !== name) renamed.push({ from: old.name, to: name });
    if (old.goneAt !== null) back.push(old);
    if (old.name !== name || old.type !== type || old.goneAt !== null)
      await tx.libraries.update(old.id, { name, type, goneAt: null });
  }

  const listedIds = new Set(listed.map((library) => library.externalId));
  const present = known.filter((library) => library.goneAt === null);
  const vanished = present.filter((library) => !listedIds.has(library.externalId));
  const believed =
    listed.length > 0 &&
    (vanished.length <= BELIEVABLE_LOSS.count || vanished.length <= present.length * BELIEVABLE_LOSS.share);
  const gone = believed ? vanished : [];
  for (const library of gone) await tx.libraries.update(library.id, { goneAt: now });
  // On Jellyfin a renamed library cannot be granted for a moment; on Plex one that cannot may have been there for long.
  const fresh = listed.filter(
    ({ externalId, grantable }) => !byExternal.has(externalId) && (grantable || server.kind === 'jellyfin'),
  );
  const hints = await libraryHints(tx, server, gone, back, fresh);
  for (const [action, list, said] of [
    ['library.gone', gone, hints.gone],
    ['library.back', back, hints.back],
  ] as const) {
    if (list.length === 0) continue;
    const libraries = list.map((library) => library.name);
    const facts = { server: server.name, libraries, ...(said.length > 0 && { detail: said.join('; ') }) };
    await tx.audit.append({ action, actorId: null, facts, at: now });
  }
  return {
    added,
    renamed,
    gone: gone.map((library) => library.name),
    back,
    libraries: listed.length,
    hints: [...hints.gone, ...hints.back],
    doubt: believed
      ? null
      : `${server.name} suddenly listed only ${listed.length} libraries; ${vanished.length} that were there before are kept until it is seen again.`,
  };
}
