/** Libraries that look renamed or made anew: the media server shows them as one that is gone and one that is new. */
import type { Library } from './model.ts';

export interface LikelyRename {
  readonly from: Pick<Library, 'id' | 'name' | 'type'>;
  /** Its name now. */
  readonly to: string;
}

/** Pairs of a type of which exactly one is gone and exactly one is new; with more nobody can tell which became which. */
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
