/** What a list of libraries proves about those that it lacks (media-servers.md D4). Pure. */
import type { Library } from './model.ts';

/** One look proves nothing: a second one at least this much later has to show the same. */
export const SECOND_LOOK_MS = 10 * 60 * 1000;

type Known = Pick<Library, 'externalId' | 'goneAt' | 'missingSince'>;

export interface Loss<L> {
  /** Not listed now, and it is not known yet whether they are gone. */
  readonly missing: readonly L[];
  /** Not listed at two looks far enough apart. */
  readonly gone: readonly L[];
}

/** `listed`: ids on the server of a list that is complete and of the right server. A list of nothing proves nothing. */
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
