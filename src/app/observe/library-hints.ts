/** What a library that is gone or back means for those who were granted it, in sentences for people. */
import { type LikelyRename, likelyRenames } from '../../domain/likely-rename.ts';
import { MEDIA_KINDS } from '../../domain/media-kinds.ts';
import type { Library, LibraryType, Server } from '../../domain/model.ts';
import { delimited } from '../../domain/name-list.ts';
import { type Sentence, say } from '../../words/say.ts';
import type { GuildStores } from '../ports/stores.ts';

export interface LibraryHints {
  readonly gone: readonly Sentence[];
  readonly back: readonly Sentence[];
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
      return [say('server.sync.news.back', { library: delimited(name), count })];
    }),
  };
}

function renameSentence(server: Server, { from, to }: LikelyRename, grants: number, plans: number): Sentence {
  // Jellyfin gives a library another id when it is renamed; on Plex it keeps its key (media-servers.md B3, E25).
  const isRename = MEDIA_KINDS[server.kind].libraryIdentity === 'by-place' && from.name !== to;
  const how = isRename ? 'renamed' : from.name === to ? 'anew' : 'anewAs';
  const became = say(`server.sync.hints.${how}`, { before: delimited(from.name), now: delimited(to) });
  if (grants + plans === 0) return say('server.sync.hints.unnamed', { became });
  const who = grants > 0 ? (plans > 0 ? 'both' : 'grants') : 'plans';
  const old = from.name === to ? say('server.sync.hints.old') : delimited(from.name);
  const named = say(`server.sync.hints.named.${who}`, { became, grants, plans, old });
  // Jellyfin makes the id from the name, so the old name brings the old id back, and with it the grants.
  return isRename ? say('server.sync.hints.orOldName', { named }) : named;
}
