/** The name of a library where there may be several servers. */
import { fold } from './fold.ts';
import type { Library } from './model.ts';

type Servers = readonly { readonly id: string; readonly name: string }[];

/** `Tower · Movies`: tells libraries of the same name on different servers apart (design.md 1). */
function fullName(library: Pick<Library, 'serverId' | 'name'>, servers: Servers): string {
  return `${serverOf(library, servers)} · ${library.name}`;
}

/** `Tower · Movies`, and where a server has two of that name their types, and if need be their ids on it. */
export function fullNames(
  libraries: readonly Pick<Library, 'id' | 'serverId' | 'name' | 'type' | 'externalId' | 'goneAt'>[],
  servers: Servers,
): ReadonlyMap<string, string> {
  const named = libraries.map((library) => ({ library, name: fullName(library, servers) }));
  // One that is gone is said to be: that tells it from the one that has its name now.
  const there = named.filter(({ library }) => library.goneAt === null);
  const alike = Map.groupBy(there, ({ name }) => fold(name));
  return new Map(
    named.map(({ library, name }) => {
      const twins = alike.get(fold(name)) ?? [];
      if (library.goneAt !== null || twins.length < 2) return [library.id, name];
      const isOnly = twins.filter((twin) => twin.library.type === library.type).length === 1;
      return [library.id, `${name} (${isOnly ? library.type : `${library.type}, ${library.externalId}`})`];
    }),
  );
}

/** What else people type for it: `Movies@Tower`, or its name without what tells it from its twin. */
export const otherNames = (
  library: Pick<Library, 'serverId' | 'name'>,
  servers: Servers,
): readonly string[] => [
  library.name,
  `${library.name}@${serverOf(library, servers)}`,
  fullName(library, servers),
];

const serverOf = ({ serverId }: Pick<Library, 'serverId'>, servers: Servers): string =>
  servers.find((server) => server.id === serverId)?.name ?? '?';
