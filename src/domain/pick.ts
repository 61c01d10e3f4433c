/** What people type in place of an id: a name, or a beginning of it that fits only one. */

export type Picked<T> =
  | { readonly kind: 'one'; readonly item: T }
  | { readonly kind: 'none' }
  | { readonly kind: 'several'; readonly items: readonly T[] };

/**
 * Finds the item that was meant: by its id, else by an equal name, else by a name that begins like this if it is
 * the only one. Case does not matter. `names` lists the names of an item, the most specific first.
 */
export function pick<T extends { readonly id: string }>(
  items: readonly T[],
  typed: string,
  names: (item: T) => readonly string[],
): Picked<T> {
  const byId = items.find((item) => item.id === typed);
  if (byId) return { kind: 'one', item: byId };
  const wanted = fold(typed);
  if (wanted === '') return { kind: 'none' };
  for (const test of [(name: string) => name === wanted, (name: string) => name.startsWith(wanted)]) {
    const found = items.filter((item) => names(item).some((name) => test(fold(name))));
    const [only] = found;
    if (only && found.length === 1) return { kind: 'one', item: only };
    if (found.length > 1) return { kind: 'several', items: found };
  }
  return { kind: 'none' };
}

/** Whether to offer a name as a completion of `typed`: every typed word occurs in it. */
export function matches(name: string, typed: string): boolean {
  const folded = fold(name);
  return fold(typed)
    .split(' ')
    .every((word) => folded.includes(word));
}

function fold(text: string): string {
  return text.normalize('NFC').trim().toLowerCase().replaceAll(/\s+/g, ' ');
}

/** Splits the typed text of a list option at its commas. */
export function splitList(typed: string): readonly string[] {
  return typed
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
