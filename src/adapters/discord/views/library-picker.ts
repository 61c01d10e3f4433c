/** A select of libraries, with pages because Discord allows 25 options. The selection is kept in a draft. */

import { counted } from './media.ts';
import { type Block, buttons, card, type Md, md, type View } from './view.ts';

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
  readonly page: number;
  /** Label of the button that ends it. */
  readonly done: string;
  readonly allowNone: boolean;
}

/** The command must handle `pick` [draft, page], `page` [draft, page], `done` [draft] and `cancel` [draft]. */
export function libraryPicker(picker: Picker): View {
  const { title, draftId, libraries, chosen, page, done, allowNone } = picker;
  const pages = Math.max(1, Math.ceil(libraries.length / PAGE));
  const options = pageOf(libraries, page);
  const select: Block = {
    kind: 'select',
    op: 'pick',
    args: [draftId, String(page)],
    placeholder: pages > 1 ? `Choose libraries (page ${page + 1} of ${pages})` : 'Choose libraries',
    min: 0,
    max: options.length,
    options: options.map(({ id, name }) => ({ label: name, value: id, chosen: chosen.includes(id) })),
  };
  const turn = buttons(
    { label: '◀', op: 'page', args: [draftId, String(page - 1)], disabled: page === 0 },
    { label: '▶', op: 'page', args: [draftId, String(page + 1)], disabled: page >= pages - 1 },
  );
  return card(
    'neutral',
    title,
    md`${counted(chosen.length, 'library', 'libraries')} chosen`,
    select,
    pages > 1 ? turn : undefined,
    buttons(
      {
        label: done,
        style: 'success',
        op: 'done',
        args: [draftId],
        disabled: chosen.length === 0 && !allowNone,
      },
      { label: 'Cancel', op: 'cancel', args: [draftId] },
    ),
  );
}

/** The selection after the select of one page was used. Other pages keep theirs. */
export function choose(
  libraries: readonly PickableLibrary[],
  chosen: readonly string[],
  page: number,
  values: readonly string[],
): readonly string[] {
  const shown = new Set(pageOf(libraries, page).map((library) => library.id));
  return [...chosen.filter((id) => !shown.has(id)), ...values.filter((id) => shown.has(id))];
}

function pageOf(libraries: readonly PickableLibrary[], page: number): readonly PickableLibrary[] {
  return libraries.slice(page * PAGE, page * PAGE + PAGE);
}
