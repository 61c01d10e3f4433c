/** What members have and keep, in sentences. */
import type { KeptThere } from '../../../app/queries/grant-status.ts';
import { isListed } from '../../../domain/grant.ts';
import type { Library } from '../../../domain/model.ts';
import { onServer } from '../../../domain/place-words.ts';
import type { Sentence } from './view.ts';

/** What somebody keeps, on each server. */
export const keptPlaces = (keeps: readonly KeptThere[]): readonly Sentence[] =>
  keeps.map(({ server, kept, libraries }) => {
    const ids = new Set(kept.flatMap(({ libraryIds }) => libraryIds));
    return onServer(
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
