/** The forms of a list: what is searched for, and where it is to go. */

import { type Modal, say } from '../views/view.ts';

/** What fits into an id beside the longest filters. */
const SEARCH_LENGTH = 20;

/** Short, and without what takes more room in the id of a control: punctuation does not matter in a search. */
export function searchOf(typed: string): string {
  const words = typed.replaceAll(/[\s,~%]+/gu, ' ').trim();
  return words.slice(0, SEARCH_LENGTH).toWellFormed().replaceAll('\ufffd', '').trim();
}

export const searchForm = (op: string, args: readonly string[]): Modal => ({
  kind: 'modal',
  title: say('list.searchForm.title'),
  op,
  args,
  fields: [
    {
      id: 'words',
      label: say('list.searchForm.words'),
      description: say('list.searchForm.help'),
      required: true,
      maxLength: SEARCH_LENGTH,
    },
  ],
});

export const jumpForm = (
  op: string,
  args: readonly string[],
  { title, label } = { title: say('list.jumpForm.title'), label: say('list.jumpForm.page') },
): Modal => ({
  kind: 'modal',
  title,
  op,
  args,
  fields: [{ id: 'page', label, required: true, maxLength: 10 }],
});
