/** Libraries chosen from a select, while a draft keeps what else the command was given. */

import type { App } from '../../../app/app.ts';
import { isText, listOf, shape } from '../../../domain/shape.ts';
import { cancelled, EXPIRED } from '../views/answers.ts';
import { code, type Md, md, problem, type Text, type View } from '../views/view.ts';
import type { Component, ComponentInput, Who } from './command.ts';
import type { DraftKind } from './draft.ts';
import { choose, libraryPicker } from './library-picker.ts';

type Uses = Pick<App, 'autocomplete' | 'drafts'>;

/** What the command was given, and which libraries are ticked. */
interface Ticking<Draft> {
  readonly given: Draft;
  readonly chosen: readonly string[];
}

/**
 * `start` shows the select, `components` go into the command. `finish` gets what the command was given and what was
 * chosen; it runs at most once per draft, however often the button is pressed.
 */
export function libraryChoice<Draft, More extends Uses>(options: {
  readonly draft: DraftKind<Draft>;
  readonly title: (draft: Draft) => Md;
  readonly done: Text;
  /** Choosing nothing is an answer as well. */
  readonly allowNone?: true;
  readonly finish: (who: Who, draft: Draft, libraryIds: readonly string[], app: More) => Promise<View>;
}) {
  const kept = options.draft.beside(shape({ chosen: listOf(isText) }));

  const show = async (
    { guildId }: Who,
    draftId: string,
    { given, chosen, page }: Ticking<Draft> & { readonly page?: string | undefined },
    app: Uses,
  ): Promise<View> =>
    libraryPicker({
      title: options.title(given),
      done: options.done,
      draftId,
      libraries: await app.autocomplete.grantableLibraries(guildId),
      chosen,
      page,
      allowNone: options.allowNone ?? false,
    });

  const component = (
    run: (input: ComponentInput, draftId: string, draft: Ticking<Draft>, app: More) => Promise<View>,
  ): Component<More> => ({
    async run(input, app) {
      const draftId = input.args[0] ?? '';
      const draft = await kept.find(input, draftId, app);
      return draft ? await run(input, draftId, draft, app) : choiceClosed();
    },
  });

  const components: Readonly<Record<'pick' | 'page' | 'done' | 'cancel', Component<More>>> = {
    pick: component(async (input, draftId, draft, app) => {
      const page = input.args[1];
      const libraries = await app.autocomplete.grantableLibraries(input.guildId);
      const next = { ...draft, chosen: choose(libraries, draft.chosen, page, input.values) };
      await kept.put(input, next, app, draftId);
      return await show(input, draftId, { ...next, page }, app);
    }),
    page: component((input, draftId, draft, app) =>
      show(input, draftId, { ...draft, page: input.args[1] }, app),
    ),
    done: component(async (input, draftId, _draft, app) => {
      const draft = await kept.take(input, draftId, app);
      return draft ? await options.finish(input, draft.given, draft.chosen, app) : choiceClosed();
    }),
    cancel: component(async (input, draftId, _draft, app) => {
      await kept.take(input, draftId, app);
      return cancelled();
    }),
  };

  return {
    components,
    /** `chosen`: what is ticked at the beginning. */
    async start(who: Who, given: Draft, app: Uses, chosen: readonly string[] = []): Promise<View> {
      const libraries = await app.autocomplete.grantableLibraries(who.guildId);
      if (libraries.length === 0)
        return problem(
          md`There is no library to give`,
          md`No server has been added or synced yet.`,
          md`An admin adds one with ${code('/server add')}.`,
        );
      const draft = { given, chosen };
      return await show(who, await kept.put(who, draft, app), draft, app);
    },
  };
}

function choiceClosed(): View {
  return problem(md`This choice is no longer open`, EXPIRED, md`Run the command again.`);
}
