/** The option that takes a list of libraries, separated by commas. */
import type { App } from '../../../app/app.ts';
import { isNonEmpty, type NonEmpty } from '../../../domain/model.ts';
import { splitList } from '../../../domain/pick.ts';
import { pickProblem } from '../views/picked.ts';
import { md, problem } from '../views/view.ts';
import { type Choice, type CompleteInput, text } from './command.ts';
import type { Named } from './named-options.ts';

type Uses = Pick<App, 'autocomplete'>;

export const librariesOption = {
  optional: (says: string) => text(says, { autocomplete: true }),
  complete,
  pick,
};

/** Completes the last item of the list, keeping what stands before it. */
async function complete(
  { guildId, typed }: CompleteInput,
  { autocomplete }: Uses,
): Promise<readonly Choice[]> {
  const cut = typed.lastIndexOf(',') + 1;
  const before = typed.slice(0, cut).trim();
  const offers = await autocomplete.completeLibraries(guildId, typed.slice(cut).trim());
  if (before === '') return offers;
  // Ids would be unreadable in the middle of a list, and the names are unique: `server · library`.
  return offers
    .map(({ name }) => `${before} ${name}`)
    .filter((whole) => whole.length <= 100)
    .map((whole) => ({ name: whole, value: whole }));
}

/** The ids of what was meant; undefined when nothing was typed. */
async function pick(
  { autocomplete }: Uses,
  guildId: string,
  typed: string | undefined,
): Promise<Named<NonEmpty<string> | undefined>> {
  if (typed === undefined) return { kind: 'named', item: undefined };
  const found = await autocomplete.pickLibraries(guildId, splitList(typed));
  const ids: string[] = [];
  for (const part of found) {
    if (part.picked.kind !== 'one')
      return { kind: 'problem', view: pickProblem('library', part.typed, part.picked) };
    ids.push(part.picked.item.id);
  }
  const libraryIds = [...new Set(ids)];
  if (isNonEmpty(libraryIds)) return { kind: 'named', item: libraryIds };
  const view = problem(
    md`No library was named`,
    md`Name one, or leave the option out to choose from a list.`,
  );
  return { kind: 'problem', view };
}
