/** How a command comes to its libraries: typed as a list, or chosen from a select while a draft keeps the rest. */
import type { App } from '../../../app/app.ts';
import { splitList } from '../../../domain/pick.ts';
import { choose, libraryPicker } from '../views/library-picker.ts';
import { pickProblem } from '../views/picked.ts';
import { card, code, type Md, md, problem, type View } from '../views/view.ts';
import type { Choice, CompleteInput, Component, ComponentInput, Input } from './command.ts';

type Uses = Pick<App, 'autocomplete' | 'drafts'>;
type Who = Pick<Input, 'guildId' | 'actor'>;

/** What is kept while somebody chooses. */
export interface ChoiceDraft<T> {
  /** What the command was given. */
  readonly typed: T;
  readonly chosen: readonly string[];
}

/** The libraries meant by a typed list, or a view that says which part is not clear. */
export async function listedLibraries(
  autocomplete: App['autocomplete'],
  guildId: string,
  typed: string,
): Promise<
  | { readonly kind: 'libraries'; readonly libraryIds: readonly string[] }
  | { readonly kind: 'problem'; readonly view: View }
> {
  const found = await autocomplete.pickLibraries(guildId, splitList(typed));
  const ids: string[] = [];
  for (const part of found) {
    if (part.picked.kind !== 'one')
      return { kind: 'problem', view: pickProblem('library', part.typed, part.picked) };
    ids.push(part.picked.item.id);
  }
  if (ids.length === 0)
    return {
      kind: 'problem',
      view: problem(md`No library was named`, md`Name one, or leave the option out to choose from a list.`),
    };
  return { kind: 'libraries', libraryIds: [...new Set(ids)] };
}

/** Completes the last item of a comma-separated list, keeping what stands before it. */
export async function completeLibraryList(
  { guildId, typed }: CompleteInput,
  { autocomplete }: Pick<App, 'autocomplete'>,
): Promise<readonly Choice[]> {
  const cut = typed.lastIndexOf(',') + 1;
  const before = typed.slice(0, cut).trim();
  const offers = await autocomplete.completeLibraries(guildId, typed.slice(cut).trim());
  if (before === '') return offers;
  // Ids would be unreadable in the middle of a list, and the names are unique: `server · library`.
  return offers
    .map(({ name }) => `${before} ${name}`)
    .filter((text) => text.length <= 100)
    .map((text) => ({ name: text, value: text }));
}

/**
 * The select-menu way of a command: `start` shows it, `components` go into the command. `finish` gets what was typed
 * and what was chosen; it runs at most once per draft, however often the button is pressed.
 */
export function libraryChoice<T>(options: {
  readonly title: (typed: T) => Md;
  readonly done: string;
  /** Choosing nothing is an answer as well. */
  readonly allowNone?: true;
  readonly finish: (who: Who, typed: T, libraryIds: readonly string[], app: App) => Promise<View>;
}) {
  const show = async (
    who: Who,
    draftId: string,
    draft: ChoiceDraft<T>,
    page: number,
    app: Uses,
  ): Promise<View> => {
    const libraries = await pickable(app.autocomplete, who.guildId);
    return libraryPicker({
      title: options.title(draft.typed),
      done: options.done,
      draftId,
      libraries,
      chosen: draft.chosen,
      page,
      allowNone: options.allowNone ?? false,
    });
  };

  const component = (
    run: (input: ComponentInput, draftId: string, draft: ChoiceDraft<T>, app: App) => Promise<View>,
  ): Component<App> => ({
    async run(input, app) {
      const draftId = input.args[0] ?? '';
      const draft = await app.drafts.find(input.guildId, input.actor.id, draftId);
      return isDraft<T>(draft) ? await run(input, draftId, draft, app) : tooOld();
    },
  });

  return {
    /** `chosen`: what is ticked at the beginning. */
    async start(who: Who, typed: T, app: Uses, chosen: readonly string[] = []): Promise<View> {
      const libraries = await pickable(app.autocomplete, who.guildId);
      if (libraries.length === 0)
        return problem(
          md`There is no library to give`,
          md`No server has been added or synced yet.`,
          md`An admin adds one with ${code('/server add')}.`,
        );
      const draft: ChoiceDraft<T> = { typed, chosen };
      const draftId = await app.drafts.put(who.guildId, who.actor.id, draft);
      return await show(who, draftId, draft, 0, app);
    },

    components: {
      pick: component(async (input, draftId, draft, app) => {
        const page = Number(input.args[1]);
        const libraries = await pickable(app.autocomplete, input.guildId);
        const next = { ...draft, chosen: choose(libraries, draft.chosen, page, input.values) };
        await app.drafts.put(input.guildId, input.actor.id, next, draftId);
        return await show(input, draftId, next, page, app);
      }),
      page: component((input, draftId, draft, app) =>
        show(input, draftId, draft, Number(input.args[1]), app),
      ),
      done: component(async (input, draftId, draft, app) => {
        if (!(await app.drafts.take(input.guildId, draftId))) return tooOld();
        return await options.finish(input, draft.typed, draft.chosen, app);
      }),
      cancel: component(async (input, draftId, _draft, app) => {
        await app.drafts.take(input.guildId, draftId);
        return card('neutral', md`Cancelled. Nothing was changed.`);
      }),
    },
  };
}

async function pickable(autocomplete: App['autocomplete'], guildId: string) {
  const libraries = await autocomplete.grantableLibraries(guildId);
  return libraries.map(({ library, name }) => ({ id: library.id, name }));
}

/** Drafts are written by the same command only; the shape is checked, `typed` is the command's own. */
function isDraft<T>(value: unknown): value is ChoiceDraft<T> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'typed' in value &&
    'chosen' in value &&
    Array.isArray(value.chosen)
  );
}

function tooOld(): View {
  return problem(
    md`This choice is no longer open`,
    md`It was used, cancelled, or left for over an hour.`,
    md`Run the command again.`,
  );
}
