/** Libraries with their servers in a sentence: `Movies and TV on Tower`, `Shows on Attic`. */
import type { KeptThere } from '../../../app/queries/grant-status.ts';
import { isListed } from '../../../domain/grant.ts';
import type { Library, Server } from '../../../domain/model.ts';
import { placeOf } from '../../../domain/place-words.ts';
import type { Sentence } from './view.ts';

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
