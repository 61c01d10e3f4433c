/** What a complete list of libraries proves about known libraries that are not on it (media-servers.md D4). Pure. */
import type { Library } from './model.ts';

/** One list proves nothing: a second one, at least this much later, has to lack the library too. */
export const SECOND_LOOK_MS = 10 * 60 * 1000;

type Known = Pick<Library, 'externalId' | 'goneAt' | 'missingSince'>;

export interface Loss<L> {
  /** Not listed now; whether they are gone is not known yet. */
  readonly missing: readonly L[];
  /** Not listed twice, far enough apart. */
  readonly gone: readonly L[];
}

/**
 * `listed`: ids on the server, from a list that is complete and of the right server. An empty list never proves a
 * loss.
 */
export function lossOf<L extends Known>(
  known: readonly L[],
  listed: ReadonlySet<string>,
  now: Date,
): Loss<L> {
  const unlisted = known.filter(({ goneAt, externalId }) => goneAt === null && !listed.has(externalId));
  const isSecondLook = ({ missingSince }: L) =>
    missingSince !== null && now.getTime() - missingSince.getTime() >= SECOND_LOOK_MS;
  if (listed.size === 0) return { missing: unlisted, gone: [] };
  return {
    missing: unlisted.filter((library) => !isSecondLook(library)),
    gone: unlisted.filter(isSecondLook),
  };
}
