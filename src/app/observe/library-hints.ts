/** What a library that is gone or back means for those who were granted it, in sentences for people. */
import { type LikelyRename, likelyRenames } from '../../domain/likely-rename.ts';
import { MEDIA_KINDS } from '../../domain/media-kinds.ts';
import type { Library, LibraryType, Server } from '../../domain/model.ts';
import { delimited } from '../../domain/name-list.ts';
import type { GuildStores } from '../ports/stores.ts';

export interface LibraryHints {
  readonly gone: readonly string[];
  readonly back: readonly string[];
}

interface LibraryNews {
  readonly gone: readonly Library[];
  readonly back: readonly Library[];
  /** Libraries that the server did not list before, including those that cannot be granted yet. */
  readonly fresh: readonly { readonly name: string; readonly type: LibraryType }[];
}

export async function libraryHints(
  tx: GuildStores,
  server: Server,
  { gone, back, fresh }: LibraryNews,
): Promise<LibraryHints> {
  const renames = likelyRenames(gone, [...fresh, ...back]);
  if (renames.length === 0 && back.length === 0) return { gone: [], back: [] };
  const [grants, plans] = await Promise.all([
    tx.grants.list({ serverId: server.id, states: ['active', 'scheduled', 'paused'] }),
    tx.plans.list(),
  ]);
  const running = new Map<string, number>();
  for (const { state, libraryIds } of grants)
    if (state === 'active') for (const id of new Set(libraryIds)) running.set(id, (running.get(id) ?? 0) + 1);
  const naming = (id: string) => (item: { readonly libraryIds: readonly string[] }) =>
    item.libraryIds.includes(id);
  return {
    gone: renames.map((rename) => {
      const named = naming(rename.from.id);
      return renameSentence(server, rename, grants.filter(named).length, plans.filter(named).length);
    }),
    back: back.flatMap(({ id, name }) => {
      const count = running.get(id) ?? 0;
      if (count === 0) return [];
      return [
        `${delimited(name)} is back, and ${count} running ${count === 1 ? 'grant gives' : 'grants give'} it again`,
      ];
    }),
  };
}

function renameSentence(server: Server, { from, to }: LikelyRename, grants: number, plans: number): string {
  // Jellyfin gives a library another id when it is renamed; on Plex it keeps its key (media-servers.md B3, E25).
  const isRename = MEDIA_KINDS[server.kind].libraryIdentity === 'by-place' && from.name !== to;
  const became = isRename
    ? `was renamed to ${delimited(to)}`
    : from.name === to
      ? 'was made anew'
      : `was made anew as ${delimited(to)}`;
  const what = `looks like ${delimited(from.name)} ${became}: it has a new id`;
  const names = [
    ...(grants > 0 ? [`${grants} ${grants === 1 ? 'grant' : 'grants'}`] : []),
    ...(plans > 0 ? [`${plans} ${plans === 1 ? 'plan' : 'plans'}`] : []),
  ].join(' and ');
  if (names === '') return `${what}; no grant or plan names the old one`;
  const verb = grants + plans === 1 ? 'names' : 'name';
  const means = [...(grants > 0 ? ['/grant set'] : []), ...(plans > 0 ? ['/plan edit'] : [])].join(' and ');
  // Jellyfin makes the id from the name, so the old name brings the old id back, and with it the grants.
  const or = isRename ? ', or give it its old name back' : '';
  return `${what}, and ${names} still ${verb} ${from.name === to ? 'the old one' : delimited(from.name)}. Name the new one with ${means}${or}`;
}
