/** When a message that shows how things stand is looked at. Pure. */

/** From one look to the next: an edit in so long at most, however much happens. */
const PANEL_EVERY_MS = 30_000;

/**
 * When panels are looked at because something happened at `at`. A look that is due is not put off, so that there is one
 * in each half minute at most.
 */
export const panelsDueAt = (at: Date): Date => new Date(at.getTime() + PANEL_EVERY_MS);

/** Servers that a panel names. */
export const MOST_PANEL_SERVERS = 10;

/** Access that ends so soon is said to end soon. */
export const SOON_MS = 7 * 86_400_000;

/**
 * When a panel would show something else though nothing happens: access comes to end soon, or an invite runs out.
 * Undefined when time alone changes nothing.
 */
export function nextByTime(
  moments: { readonly ends: readonly (Date | null)[]; readonly runsOutAt: Date | undefined },
  now: Date,
): Date | undefined {
  const soon = moments.ends
    .flatMap((end) => (end === null ? [] : [end.getTime() - SOON_MS]))
    .filter((at) => at > now.getTime());
  const all = [...soon, ...(moments.runsOutAt ? [moments.runsOutAt.getTime()] : [])];
  if (all.length === 0) return undefined;
  const next = all.reduce((first, at) => Math.min(first, at));
  return new Date(Math.max(next, panelsDueAt(now).getTime()));
}
