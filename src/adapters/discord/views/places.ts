/** Libraries with their servers in a sentence: `Movies and TV on Tower`, `Shows on Attic`. */
import type { KeptThere } from '../../../app/queries/grant-status.ts';
import { isListed } from '../../../domain/grant.ts';
import type { Library, Server } from '../../../domain/model.ts';
import { delimited } from '../../../domain/name-list.ts';
import { type Sentence, say } from './view.ts';

/** Of each server that many, and how many more. */
const MOST = 8;

/** The libraries of these servers, as a list in a sentence; empty when there are none. */
export function placesOf(libraries: readonly Library[], servers: readonly Server[]): readonly Sentence[] {
  return servers.flatMap((server) => {
    const here = libraries.filter(({ serverId }) => serverId === server.id);
    return here.length > 0 ? [placeOf(here, server)] : [];
  });
}

/** The same of what somebody keeps. */
export const keptPlaces = (keeps: readonly KeptThere[]): readonly Sentence[] =>
  keeps.map(({ server, kept, libraries }) => {
    const ids = new Set(kept.flatMap(({ libraryIds }) => libraryIds));
    return placeOf(
      libraries.filter(({ id }) => ids.has(id)),
      server,
    );
  });

function placeOf(libraries: readonly Library[], { name }: Server): Sentence {
  const names = libraries.map((library) => delimited(library.name));
  const shown = names.slice(0, names.length === MOST + 1 ? MOST + 1 : MOST);
  const more = names.length - shown.length;
  return say('my.on', {
    libraries: more > 0 ? [...shown, say('shared.others', { count: more })] : shown,
    server: delimited(name),
  });
}

/** Those that can be seen now, and those that cannot: nobody took these from the member. */
export function byListing(libraries: readonly Library[]): {
  readonly there: readonly Library[];
  readonly away: readonly Library[];
} {
  return {
    there: libraries.filter(isListed),
    away: libraries.filter((library) => !isListed(library)),
  };
}
