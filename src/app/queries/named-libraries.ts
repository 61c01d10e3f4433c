/** The libraries of a guild under the names that people type: read and folded once, until one of them changes. */

import type { GuildId } from '../../domain/ids.ts';
import { fullName } from '../../domain/library-name.ts';
import { type NameIndex, nameIndex } from '../../domain/pick.ts';
import type { Deps } from '../ports/deps.ts';

/** A library as people name it. */
export interface NamedLibrary {
  readonly id: string;
  readonly serverId: string;
  /** `server · library`. */
  readonly name: string;
  readonly short: string;
  readonly gone: boolean;
  /** The server does not list it now; whether it is gone is not known yet. */
  readonly missing: boolean;
}

export interface NamedLibraries {
  /** By server and name. */
  readonly all: readonly NamedLibrary[];
  readonly index: NameIndex<NamedLibrary>;
}

/** Of all guilds together. Those of whom nobody has typed for longest are read again when somebody does. */
const LIBRARIES_KEPT = 20_000;

interface Kept {
  readonly version: number;
  readonly named: Promise<NamedLibraries>;
  size: number;
}

export type NamedLibrariesOf = ReturnType<typeof makeNamedLibraries>;

/** Resolves to the libraries of a guild as they are now. */
export function makeNamedLibraries({ stores }: Pick<Deps, 'stores'>) {
  /** Last used last. */
  const kept = new Map<GuildId, Kept>();

  return async (guildId: GuildId): Promise<NamedLibraries> => {
    // Asked for first: what changes while the names are read only makes them be read once more.
    const version = await stores.of(guildId).libraries.namesVersion();
    const known = kept.get(guildId);
    const used = known?.version === version ? known : { version, named: read(guildId), size: 0 };
    kept.delete(guildId);
    kept.set(guildId, used);
    try {
      const named = await used.named;
      used.size = named.all.length;
      forget();
      return named;
    } catch (error) {
      if (kept.get(guildId) === used) kept.delete(guildId);
      throw error;
    }
  };

  async function read(guildId: GuildId): Promise<NamedLibraries> {
    const { servers, libraries } = stores.of(guildId);
    const [those, all] = await Promise.all([servers.list(), libraries.list()]);
    const named = all.map((library) => ({
      id: library.id,
      serverId: library.serverId,
      name: fullName(library, those),
      short: library.name,
      gone: library.goneAt !== null,
      missing: library.missingSince !== null,
    }));
    const names = ({ name, short }: NamedLibrary) => [name, short];
    return { all: named, index: nameIndex(named, names, ({ gone }) => gone) };
  }

  function forget(): void {
    let size = kept.values().reduce((sum, each) => sum + each.size, 0);
    for (const [guildId, each] of kept) {
      if (size <= LIBRARIES_KEPT || kept.size === 1) return;
      kept.delete(guildId);
      size -= each.size;
    }
  }
}
