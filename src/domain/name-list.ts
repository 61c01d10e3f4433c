/** Names next to one another in a sentence, so that one with a comma reads as one. Pure. */

/** What stands between names, or between what is said of them. */
const BETWEEN = /[,，、;；]|\s·\s| and \d/u;
/** The same for `server · library`: the dot is ours. */
const BETWEEN_FULL = /[,，、;；]| and \d/u;

/** `“Movies, 4K”`, but `Movies`: quoted where its end could not be seen. `shown` is what is written for the name. */
export function delimited(name: string, shown = name): string {
  return BETWEEN.test(name) ? quoted(shown) : shown;
}

/** The same for a name with its server before it. */
export function delimitedFull(name: string, shown = name): string {
  return BETWEEN_FULL.test(name) ? quoted(shown) : shown;
}

/** `Movies, “Movies, 4K”, TV`. */
export const joinNames = (names: readonly string[]): string =>
  names.map((name) => delimited(name)).join(', ');

/** `Movies, TV and 3 more`. */
export function listNames(names: readonly string[], max: number): string {
  if (names.length === 0) return 'nothing';
  const shown = joinNames(names.slice(0, max));
  return names.length > max ? `${shown} and ${names.length - max} more` : shown;
}

/** Curly quotes within would end it early, so they become straight ones. Completion and typing ignore them all. */
const quoted = (name: string): string => `“${name.replace(/[“”]/g, '"')}”`;
