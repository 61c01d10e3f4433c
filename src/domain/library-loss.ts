/** What a complete list of libraries proves about known libraries that are not on it (media-servers.md D4). Pure. */
import type { Library } from './model.ts';

/** One list proves nothing: a second one, at least this much later, has to lack the library too. */
export const SECOND_LOOK_MS = 10 * 60 * 1000;

type Known = Pick<Library, 'goneAt' | 'missingSince'>;

export interface Loss<L> {
  /** Not listed now; whether they are gone is not known yet. */
  readonly missing: readonly L[];
  /** Not listed twice, far enough apart. */
  readonly gone: readonly L[];
}

/**
 * `unlisted` are those that are not on a list that is complete and of the right server. An empty list never proves a
 * loss.
 */
export function lossOf<L extends Known>(
  unlisted: readonly L[],
  { isEmpty }: { readonly isEmpty: boolean },
  now: Date,
): Loss<L> {
  const lost = unlisted.filter(({ goneAt }) => goneAt === null);
  const isSecondLook = ({ missingSince }: L) =>
    missingSince !== null && now.getTime() - missingSince.getTime() >= SECOND_LOOK_MS;
  if (isEmpty) return { missing: lost, gone: [] };
  return {
    missing: lost.filter((library) => !isSecondLook(library)),
    gone: lost.filter(isSecondLook),
  };
}
