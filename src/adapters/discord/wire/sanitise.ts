/**
 * Names, titles and reasons come from people and media servers, so they may be hostile (discord.md 3.5).
 * `escapeMarkdown()` of discord.js leaves masked links, headings, lists, `-#`, mentions, `<t:…>` and bidi controls
 * active, so this is our own. The result is shown as it was typed and has no effect: no formatting, no mention, no
 * link.
 */

/** Long enough for a sentence of ours that is inserted with `md`, short enough that no name fills a message. */
const DEFAULT_MAX = 300;

/**
 * Characters that are never visible or that reorder others: C0 and C1 (except line breaks, which become blanks),
 * soft hyphen, combining grapheme joiner, Arabic letter mark, Hangul fillers, Khmer inherent vowels, Mongolian
 * separators, zero-width characters, bidi controls, word joiners, unused variation selectors, byte order mark,
 * interlinear marks, tags. U+200D is handled by `withoutLooseJoiners`.
 */
const INVISIBLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it removes
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: single code points are meant
  /[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/gu;

/** Line breaks, and blanks of every width. In Discord a line break could start a heading or a list. */
const BLANKS = /[\s\u0085\u2028\u2029]+/gu;

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * Makes text safe to be inserted into Discord markdown. `inCode` is for the inside of `inline code`, where only the
 * backtick has an effect. `max` counts characters as people see them.
 */
export function sanitise(
  text: string,
  options: { readonly inCode?: boolean; readonly max?: number } = {},
): string {
  const plain = plainText(text, options.max ?? DEFAULT_MAX);
  // Two backticks with nothing in between would not be code: they would open a span that swallows what follows.
  if (options.inCode) return plain.replaceAll('`', "'") || ' ';
  return escapeMarkdown(plain);
}

/**
 * For labels, choices and file names, where markdown is not rendered: visible characters on one line, at most
 * `max`.
 */
export function plainText(text: string, max: number): string {
  const visible = withoutLooseJoiners(text.toWellFormed().replace(INVISIBLE, '').replace(BLANKS, ' '))
    // Stacked marks could make one character as tall as the window and as long as the message.
    .replace(/(\p{M}{4})\p{M}+/gu, '$1')
    .replace(/ {2,}/g, ' ');
  if (visible === '' && text !== '') return '\ufffd';
  return clamp(visible, max);
}

/** Keeps a zero-width joiner only where it joins emoji. */
function withoutLooseJoiners(text: string): string {
  return text.replace(
    /(?<!\p{Extended_Pictographic}[\ufe0f\u{1f3fb}-\u{1f3ff}]?)\u200d|\u200d(?!\p{Extended_Pictographic})/gu,
    '',
  );
}

/**
 * Cuts to at most `max` graphemes, never inside one, and marks the cut. UTF-16 units are limited as well, because a
 * joined emoji can have any length.
 */
export function clamp(text: string, max: number): string {
  return cut(text, max, Math.max(max * 4, 40));
}

/** Cuts to at most `max` UTF-16 units, which Discord's limits count. Never cuts inside a grapheme. */
export function clampUnits(text: string, max: number): string {
  return cut(text, max, max);
}

function cut(text: string, maxGraphemes: number, maxUnits: number): string {
  // There are never more graphemes than units, so a short text needs no segmenting.
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
 * Uses Discord's own escape: a backslash before anything but a letter, digit or space shows that character. Only
 * what can have an effect is escaped, so that programs can read audit lines. Rules for the end of the text (`$`)
 * are needed because the next piece of the message follows it directly.
 */
function escapeMarkdown(text: string): string {
  return (
    text
      // Emphasis, code, spoilers, masked links, mentions, timestamps, custom emoji, automatic links, mentions of
      // commands.
      .replace(/[\\*_~`|<[\]]/g, '\\$&')
      // Links that Discord would detect: every scheme, and invite links, which need no scheme.
      .replace(/:(?=\/|$)/g, '\\:')
      .replace(/\.(?=(?:gg|com|me|io)(?:\/|$))/gi, '\\.')
      .replace(/(discord(?:app)?|dsc)\.(?=\w{0,2}$)/gi, '$1\\.')
      // Discord's server looks for these in the raw text and ignores backslashes, so the word itself has to be
      // broken.
      .replace(/@(?=everyone|here|$)/gi, '@\u200b')
      // Quote, heading, list and small text: at the start of a line, before a blank.
      .replace(/^( ?)(?=[>#+-]+(?: |$))/, '$1\\')
      .replace(/^( ?\d+)([.)])(?= |$)/, '$1\\$2')
      .replace(/^[.)](?= |$)/, '\\$&')
  );
}
