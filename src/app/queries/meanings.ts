/** What typed words may mean in lists and completions: somebody's name, a library, a plan, a number, a code. */

import { fold } from '../../domain/fold.ts';
import type { GuildId } from '../../domain/ids.ts';
import { distinct, keyOf, nameMatcher } from '../../domain/pick.ts';
import type { Deps } from '../ports/deps.ts';
import type { Meant } from '../ports/stores/grants.ts';
import type { NamedLibrariesOf } from './named-libraries.ts';

/** More of them no longer tells anything apart. */
const WORDS = 5;
/** As many people or libraries as one word may mean: somebody who types two letters types more. */
const MEANT = 500;

export type Meanings = ReturnType<typeof makeMeanings>;

/** Resolves what is typed to its words; none for nothing typed. */
export function makeMeanings({ stores }: Pick<Deps, 'stores'>, namedLibraries: NamedLibrariesOf) {
  return async (guildId: GuildId, typed: string): Promise<readonly Meant[]> => {
    const words = distinct(typed.split(/[\s,]+/).flatMap(wordsOf)).slice(0, WORDS);
    if (words.length === 0) return [];
    const { members, plans } = stores.of(guildId);
    const [{ index }, all] = await Promise.all([namedLibraries(guildId), plans.list()]);
    return await Promise.all(
      words.map(async (word): Promise<Meant> => {
        const number = /^#?(\d{1,9})$/.exec(word)?.[1];
        // With its sign it is a number and nothing else.
        if (word.startsWith('#')) return { ...NOTHING, number: Number(number), text: word };
        const isMeant = nameMatcher(word);
        return {
          memberIds: (await members.findByName(fold(word), MEANT)).map(({ userId }) => userId),
          libraryIds: [...index.containing(word).take(MEANT)].map(({ id }) => id),
          planIds: all.filter(({ name }) => isMeant(name)).map(({ id }) => id),
          number: number === undefined ? null : Number(number),
          text: word,
        };
      }),
    );
  };
}

const NOTHING = { memberIds: [], libraryIds: [], planIds: [] } as const;

/** `#9` stays as it is; of everything else, punctuation does not count. */
const wordsOf = (typed: string): readonly string[] =>
  /^#\d{1,9}$/.test(typed) ? [typed] : keyOf(typed).split(/[ ,]+/).filter(Boolean);
