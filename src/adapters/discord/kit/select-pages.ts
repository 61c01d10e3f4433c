/** Selects of more options than Discord takes, a page at a time. Lists that people read are in list.ts. */
import type { Button } from '../views/view.ts';

export interface Page<T> {
  readonly items: readonly T[];
  /** Counted from 0. */
  readonly number: number;
  readonly pages: number;
  readonly total: number;
  /** Position of its first item in the whole, counted from 0. */
  readonly start: number;
}

/** `number` as it came with the button: of a list that became shorter meanwhile, the last page there is. */
export function pageOf<T>(all: readonly T[], size: number, number: string | undefined = '0'): Page<T> {
  const pages = Math.max(1, Math.ceil(all.length / size));
  const wanted = /^\d{1,6}$/.test(number) ? Number(number) : 0;
  const shown = Math.min(wanted, pages - 1);
  const start = shown * size;
  return { items: all.slice(start, start + size), number: shown, pages, total: all.length, start };
}

/** ◀ and ▶ where there is more than one page: `op` gets the draft and the number of the page. */
export function turnButtons(
  { number, pages }: Page<unknown>,
  op: string,
  draftId: string,
): readonly Button[] {
  if (pages === 1) return [];
  const turn = (label: string, to: number): Button => ({
    label,
    op,
    args: [draftId, String(to)],
    disabled: to < 0 || to >= pages,
  });
  return [turn('◀', number - 1), turn('▶', number + 1)];
}
