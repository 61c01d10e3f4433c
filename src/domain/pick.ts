/** What people type in place of an id: a name, or the unique beginning of one (commands.md). */

export type Picked<T> =
  | { readonly kind: 'one'; readonly item: T }
  | { readonly kind: 'none' }
  | { readonly kind: 'several'; readonly items: readonly T[] };

/**
 * Finds what was meant among `items`: by id; else by an equal name; else by a unique beginning; case does not matter.
 * `names` gives the names under which an item goes, the most specific first.
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

/** Whether a name should be offered while `typed` is being typed: every word of it occurs. */
export function matches(name: string, typed: string): boolean {
  const folded = fold(name);
  return fold(typed)
    .split(' ')
    .every((word) => folded.includes(word));
}

function fold(text: string): string {
  return text.normalize('NFC').trim().toLowerCase().replaceAll(/\s+/g, ' ');
}

/** Splits what was typed into a list option at its commas. */
export function splitList(typed: string): readonly string[] {
  return typed
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
