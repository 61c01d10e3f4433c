/** The option that takes a list of libraries, separated by commas. */

import type { App } from '../../../app/app.ts';
import type { GuildId } from '../../../domain/ids.ts';
import { isNonEmpty, type NonEmpty } from '../../../domain/model.ts';
import { listProblem } from '../views/picked.ts';
import { md, problem } from '../views/view.ts';
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
    if (picked.kind !== 'all') return { kind: 'problem', view: listProblem(picked) };
    const libraryIds = picked.items.map(({ id }) => id);
    if (isNonEmpty(libraryIds)) return { kind: 'named', item: libraryIds };
    const view = problem(
      md`No library was named`,
      md`Name one, or leave the option out to choose from a list.`,
    );
    return { kind: 'problem', view };
  },
};
