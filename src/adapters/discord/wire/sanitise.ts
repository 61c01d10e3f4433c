/**
 * Names, titles and reasons come from people and media servers and are hostile (discord.md 3.5). discord.js'
 * `escapeMarkdown()` leaves masked links, headings, lists, `-#`, mentions, `<t:…>` and bidi controls active (measured
 * there), so this is our own. The result shows as typed and does nothing: no formatting, no mention, no link.
 */

/** Long enough for a sentence of ours that went through `md`, short enough that no name takes a message over. */
const DEFAULT_MAX = 300;

/**
 * Never visible, or able to reorder what is: C0 and C1 (less what breaks lines, which becomes a blank), soft hyphen,
 * combining grapheme joiner, Arabic letter mark, Hangul fillers, Khmer inherent vowels, Mongolian separators, zero-width
 * characters, bidi controls, word joiners, variation selectors without use, byte order mark, interlinear marks, tags.
 * U+200D is decided by `withoutLooseJoiners`.
 */
const INVISIBLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it removes
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: single code points are meant
  /[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/gu;

/** Breaks and blanks of every width; Discord would start a new line, and with it a heading or a list. */
const BLANKS = /[\s\u0085\u2028\u2029]+/gu;

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * Makes text safe to put into Discord markdown. With `inCode`, for the inside of `inline code`, where only the backtick
 * is active. `max` counts what people see as characters.
 */
export function sanitise(
  text: string,
  options: { readonly inCode?: boolean; readonly max?: number } = {},
): string {
  const plain = plainText(text, options.max ?? DEFAULT_MAX);
  // Two backticks with nothing between them are not code, they open a code span that swallows what follows.
  if (options.inCode) return plain.replaceAll('`', "'") || ' ';
  return escapeMarkdown(plain);
}

/** For labels, choices and file names, where markdown is not rendered: visible, on one line, at most `max` characters. */
export function plainText(text: string, max: number): string {
  const visible = withoutLooseJoiners(text.toWellFormed().replace(INVISIBLE, '').replace(BLANKS, ' '))
    // Stacked marks make one "character" as tall as the window, and as long as the message.
    .replace(/(\p{M}{4})\p{M}+/gu, '$1')
    .replace(/ {2,}/g, ' ');
  if (visible === '' && text !== '') return '\ufffd';
  return clamp(visible, max);
}

/** A joiner is kept only where it builds an emoji. */
function withoutLooseJoiners(text: string): string {
  return text.replace(
    /(?<!\p{Extended_Pictographic}[\ufe0f\u{1f3fb}-\u{1f3ff}]?)\u200d|\u200d(?!\p{Extended_Pictographic})/gu,
    '',
  );
}

/** Cuts to at most `max` graphemes and marks the cut. Never inside a character; joined emoji can be of any length, so units count, too. */
export function clamp(text: string, max: number): string {
  return cut(text, max, Math.max(max * 4, 40));
}

/** Cuts to at most `max` UTF-16 units, which is what Discord's limits count, between graphemes. */
export function clampUnits(text: string, max: number): string {
  return cut(text, max, max);
}

function cut(text: string, maxGraphemes: number, maxUnits: number): string {
  // As many units as graphemes or fewer: nothing to cut, and nothing to segment.
  if (text.length <= maxGraphemes && text.length <= maxUnits) return text;
  let count = 0;
  let kept = '';
  for (const { segment } of graphemes.segment(text)) {
    count += 1;
    if (count > maxGraphemes || kept.length + segment.length > maxUnits)
      return shorten(kept, maxGraphemes, maxUnits);
    kept += segment;
  }
  return kept;
}

/** Makes room for the ellipsis. */
function shorten(kept: string, maxGraphemes: number, maxUnits: number): string {
  const segments = [...graphemes.segment(kept)].map(({ segment }) => segment);
  while (segments.length > 0 && (segments.length >= maxGraphemes || segments.join('').length >= maxUnits)) {
    segments.pop();
  }
  return `${segments.join('').trimEnd()}…`;
}

/**
 * Discord's own escape: a backslash before anything that is neither a letter, a digit nor a space shows that thing.
 * Only what can be active is escaped, so that audit lines stay readable for programs.
 * Rules that look at an edge ("at the end") hold when the next piece of the message is glued on.
 */
function escapeMarkdown(text: string): string {
  return (
    text
      // Emphasis, code, spoilers, masked links; mentions, timestamps, custom emoji, autolinks, command mentions.
      .replace(/[\\*_~`|<[\]]/g, '\\$&')
      // Links and unfurling: every scheme, and invites, which are found without one.
      .replace(/:(?=\/|$)/g, '\\:')
      .replace(/\.(?=(?:gg|com|me|io)(?:\/|$))/gi, '\\.')
      .replace(/(discord(?:app)?|dsc)\.(?=\w{0,2}$)/gi, '$1\\.')
      // The server looks for these in the raw text and knows no backslash: only a break in the word helps.
      .replace(/@(?=everyone|here|$)/gi, '@\u200b')
      // Quote, heading, list, small text: at the start of a line, before a blank.
      .replace(/^( ?)(?=[>#+-]+(?: |$))/, '$1\\')
      .replace(/^( ?\d+)([.)])(?= |$)/, '$1\\$2')
      .replace(/^[.)](?= |$)/, '\\$&')
  );
}
