/** Long lists, a page at a time: the component `page` gets the number of the page to show as its last argument. */
import { type Block, type Button, buttons } from '../views/view.ts';

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

/** `1–20 of 45`. */
export function spanText({ items, start, total }: Page<unknown>): string {
  return `${start + 1}–${start + items.length} of ${total}`;
}

/** ◀ and ▶ where there is more than one page; `args` come before the number of the page. */
export function turnButtons({ number, pages }: Page<unknown>, ...args: readonly string[]): readonly Button[] {
  if (pages === 1) return [];
  const turn = (label: string, to: number, disabled: boolean): Button => ({
    label,
    op: 'page',
    args: [...args, String(to)],
    disabled,
  });
  return [turn('◀', number - 1, number === 0), turn('▶', number + 1, number === pages - 1)];
}

/** The same as a row of their own. */
export function turnRow(page: Page<unknown>, ...args: readonly string[]): Block | undefined {
  return page.pages === 1 ? undefined : buttons(...turnButtons(page, ...args));
}
