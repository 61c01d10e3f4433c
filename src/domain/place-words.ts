/** Libraries with their servers in a sentence: `Movies and TV on Tower`, `Shows on Attic`. */
import { type Sentence, say } from '../words/say.ts';
import type { Library, Server } from './model.ts';
import { delimited } from './name-list.ts';

/** So many names, and how many more there are. */
const MOST = 8;

type Named = Pick<Server, 'id' | 'name'>;

/** Names as a list in a sentence: as many as `most`, and how many more there are; one more takes no more room. */
export function listed(names: readonly string[], most: number): readonly (string | Sentence)[] {
  if (names.length === 0) return [say('shared.nothing')];
  const shown = names.slice(0, names.length === most + 1 ? most + 1 : most);
  const more = names.length - shown.length;
  return [...shown, ...(more > 0 ? [say('shared.others', { count: more })] : [])];
}

/** Names that nothing else is said of, each delimited: `Movies, TV and 3 more`. */
export const namesText = (names: readonly string[], most = 12): Sentence =>
  say('shared.list', {
    items: listed(
      names.map((name) => delimited(name)),
      most,
    ),
  });

/** The libraries of one server. */
export function onServer(
  libraries: readonly Pick<Library, 'name'>[],
  server: Pick<Server, 'name'>,
  most = MOST,
): Sentence {
  const names = libraries.map(({ name }) => delimited(name));
  return say('shared.on', { libraries: listed(names, most), server: delimited(server.name) });
}

/** The same for each of these servers that has some of them; empty when none has. */
export function onServers(
  libraries: readonly Pick<Library, 'serverId' | 'name'>[],
  servers: readonly Named[],
  most = MOST,
): readonly Sentence[] {
  return servers.flatMap((server) => {
    const here = libraries.filter(({ serverId }) => serverId === server.id);
    return here.length > 0 ? [onServer(here, server, most)] : [];
  });
}
