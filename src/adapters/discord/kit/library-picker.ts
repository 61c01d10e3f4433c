/** A select of libraries, paged when there are more than Discord's 25 options; the choice is kept in a draft. */

import { type Block, buttons, card, type Md, say, type Text, type View } from '../views/view.ts';
import { pageOf, turnButtons } from './select-pages.ts';

const PAGE = 25;

export interface PickableLibrary {
  readonly id: string;
  /** `server · library`. */
  readonly name: string;
}

export interface Picker {
  readonly title: Md;
  readonly draftId: string;
  readonly libraries: readonly PickableLibrary[];
  readonly chosen: readonly string[];
  readonly page: string | undefined;
  /** Label of the button that finishes the selection. */
  readonly done: Text;
  readonly allowNone: boolean;
}

/** Its components are `pick` [draft, page], `page` [draft, page], `done` [draft] and `cancel` [draft]. */
export function libraryPicker(picker: Picker): View {
  const { title, draftId, chosen, done, allowNone } = picker;
  const page = pageOf(picker.libraries, PAGE, picker.page);
  const select: Block = {
    kind: 'select',
    op: 'pick',
    args: [draftId, String(page.number)],
    placeholder:
      page.pages > 1
        ? say('typing.picker.choosePage', { page: page.number + 1, pages: page.pages })
        : say('typing.picker.choose'),
    min: 0,
    max: page.items.length,
    options: page.items.map(({ id, name }) => ({ label: name, value: id, chosen: chosen.includes(id) })),
  };
  const turns = turnButtons(page, 'page', draftId);
  const nothing = chosen.length === 0 && !allowNone;
  return card(
    'neutral',
    title,
    say('typing.picker.some', { count: chosen.length }),
    select,
    turns.length > 0 ? buttons(...turns) : undefined,
    buttons(
      { label: done, style: 'success', op: 'done', args: [draftId], disabled: nothing },
      { label: say('typing.cancel'), op: 'cancel', args: [draftId] },
    ),
  );
}

/** What is chosen after the select of one page was used: other pages keep theirs. */
export function choose(
  libraries: readonly PickableLibrary[],
  chosen: readonly string[],
  page: string | undefined,
  values: readonly string[],
): readonly string[] {
  const shown = new Set(pageOf(libraries, PAGE, page).items.map((library) => library.id));
  return [...chosen.filter((id) => !shown.has(id)), ...values.filter((id) => shown.has(id))];
}
