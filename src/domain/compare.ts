/** Which libraries several servers have in common, compared by type and name (ignoring case). */
import type { Library, LibraryType, Server } from './model.ts';

export interface ComparedLibrary {
  readonly name: string;
  readonly type: LibraryType;
  /** Names of the servers that have the library. */
  readonly on: readonly string[];
  /** Names of the servers that do not have it. */
  readonly missingOn: readonly string[];
  /** Names of the servers that have more than one library of that name and type. */
  readonly doubledOn: readonly string[];
}

/** One entry per name and type, sorted by name. Libraries that are gone are left out. */
export function compareLibraries(
  servers: readonly Pick<Server, 'id' | 'name'>[],
  libraries: readonly Pick<Library, 'serverId' | 'name' | 'type' | 'goneAt'>[],
): readonly ComparedLibrary[] {
  const present = libraries.filter((library) => library.goneAt === null);
  const groups = Map.groupBy(present, ({ name, type }) => `${type}/${name.trim().toLowerCase()}`);
  return [...groups.values()]
    .flatMap((group) => {
      const [first] = group;
      if (!first) return [];
      const having = (least: number, most: number) =>
        servers
          .filter(({ id }) => {
            const count = group.filter((library) => library.serverId === id).length;
            return count >= least && count <= most;
          })
          .map(({ name }) => name);
      const many = Number.POSITIVE_INFINITY;
      return [
        {
          name: first.name,
          type: first.type,
          on: having(1, many),
          missingOn: having(0, 0),
          doubledOn: having(2, many),
        },
      ];
    })
    .toSorted((one, other) => one.name.localeCompare(other.name, 'en') || one.type.localeCompare(other.type));
}
