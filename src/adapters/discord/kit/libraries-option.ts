/** The option that takes a list of libraries, separated by commas. */

import type { App } from '../../../app/app.ts';
import type { GuildId } from '../../../domain/ids.ts';
import { isNonEmpty, type NonEmpty } from '../../../domain/model.ts';
import { listProblem } from '../views/picked.ts';
import { problem, say } from '../views/view.ts';
import { type Choice, type CompleteInput, text } from './command.ts';
import type { Named } from './named-options.ts';

type Uses = Pick<App, 'autocomplete'>;

export const librariesOption = {
  optional: (says: string) => text(says, { autocomplete: true }),

  /** Completes the last item of the list, keeping what stands before it. */
  complete: ({ guildId, typed }: CompleteInput, { autocomplete }: Uses): Promise<readonly Choice[]> =>
    autocomplete.completeLibraryList(guildId, typed),

  /** The ids of what was meant; undefined when nothing was typed. */
  async pick(
    { autocomplete }: Uses,
    guildId: GuildId,
    typed: string | undefined,
  ): Promise<Named<NonEmpty<string> | undefined>> {
    if (typed === undefined) return { kind: 'named', item: undefined };
    const picked = await autocomplete.pickLibraries(guildId, typed);
    if (picked.kind !== 'all') return { kind: 'problem', view: listProblem(typed, picked) };
    const libraryIds = picked.items.map(({ id }) => id);
    if (isNonEmpty(libraryIds)) return { kind: 'named', item: libraryIds };
    return { kind: 'problem', view: problem(say('typing.noLibrary'), say('typing.nameOne')) };
  },
};
