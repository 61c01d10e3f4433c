/** The option that takes a list of libraries, separated by commas. */

import type { App } from '../../../app/app.ts';
import { REST } from '../../../domain/complete-list.ts';
import type { GuildId } from '../../../domain/ids.ts';
import { isNonEmpty, type NonEmpty } from '../../../domain/model.ts';
import { listProblem } from '../views/picked.ts';
import { problem, say } from '../views/view.ts';
import { type Choice, type CompleteInput, text } from './command.ts';
import type { Named } from './named-options.ts';

type Uses = Pick<App, 'autocomplete'>;

/** Without an item the libraries are still to be chosen, and these are ticked already. */
type PickedOption = Named<NonEmpty<string> | undefined> & { readonly ticked?: readonly string[] };

const OPEN = new RegExp(`,\\s*${REST}\\s*$`);

export const librariesOption = {
  optional: (says: string) => text(says, { autocomplete: true }),

  /** Completes the last item of the list, keeping what stands before it. */
  complete: ({ guildId, typed }: CompleteInput, { autocomplete }: Uses): Promise<readonly Choice[]> =>
    autocomplete.completeLibraryList(guildId, typed),

  /** The same for a command that can show a select: it takes over where a list gets too long for a completion. */
  async completeOrChoose(input: CompleteInput, app: Uses): Promise<readonly Choice[]> {
    const offers = await librariesOption.complete(input, app);
    if (offers.length > 0) return offers;
    const begun = await app.autocomplete.beginLibraryList(input.guildId, input.typed);
    if (!begun) return [];
    const { kept, all, value } = begun;
    const name =
      kept === all ? say('typing.picker.rest', { kept }) : say('typing.picker.restOf', { kept, all });
    return [{ name, value }];
  },

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

  /** The same for a command that can show a select. */
  async pickOrChoose(app: Uses, guildId: GuildId, typed: string | undefined): Promise<PickedOption> {
    if (typed === undefined || !OPEN.test(typed)) return await librariesOption.pick(app, guildId, typed);
    const picked = await librariesOption.pick(app, guildId, typed.replace(OPEN, ''));
    if (picked.kind === 'problem') return picked;
    return { kind: 'named', item: undefined, ticked: picked.item ?? [] };
  },
};
