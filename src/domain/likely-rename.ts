/** A library that was renamed or made again on the media server shows up as one that is gone and one that is new. */
import type { Library } from './model.ts';

export interface LikelyRename {
  readonly from: Pick<Library, 'id' | 'name' | 'type'>;
  /** The name it has now. */
  readonly to: string;
}

/**
 * Pairs the gone with the new library of a type if there is exactly one of each. With more, nobody can tell which
 * became which.
 */
export function likelyRenames(
  gone: readonly Pick<Library, 'id' | 'name' | 'type'>[],
  fresh: readonly Pick<Library, 'name' | 'type'>[],
): readonly LikelyRename[] {
  return gone.flatMap((from) => {
    const goneOfType = gone.filter(({ type }) => type === from.type);
    const [to, ...more] = fresh.filter(({ type }) => type === from.type);
    return to && more.length === 0 && goneOfType.length === 1 ? [{ from, to: to.name }] : [];
  });
}
