/** Limits that apply to a components V2 message as a whole, and how text is cut to fit them (discord.md 0.3, 1.5). */
import { clampUnits } from '../wire/sanitise.ts';

export const LIMITS = {
  components: 40,
  characters: 4_000,
  /**
   * Discord answers 500 when the UTF-8 bytes plus 12 per text display exceed this. The limit is undocumented
   * (discord-api-docs#8562, #8554); Chinese text or emoji reach it within the 4,000 characters.
   */
  bytes: 10_170,
  bytesPerDisplay: 12,
} as const;

export interface Size {
  readonly characters: number;
  readonly bytes: number;
}

export function sizeOf(texts: readonly string[]): Size {
  return {
    characters: texts.reduce((sum, text) => sum + text.length, 0),
    bytes: texts.reduce((sum, text) => sum + Buffer.byteLength(text) + LIMITS.bytesPerDisplay, 0),
  };
}

function excessOf(texts: readonly string[]): Size {
  const { characters, bytes } = sizeOf(texts);
  return {
    characters: Math.max(0, characters - LIMITS.characters),
    bytes: Math.max(0, bytes - LIMITS.bytes),
  };
}

/** Shortens the longest texts until all of them fit into one message together. */
export function fitTexts(texts: readonly string[]): readonly string[] {
  const fitted = [...texts];
  // Each round shortens the longest text. The number of rounds is limited only so that a bug cannot hang the bot.
  for (let round = 0; round < 200; round += 1) {
    const excess = excessOf(fitted);
    if (excess.characters === 0 && excess.bytes === 0) return fitted;
    const size = (text: string) => (excess.characters > 0 ? text.length : Buffer.byteLength(text));
    const over = excess.characters > 0 ? excess.characters : excess.bytes;
    const sizes = fitted.map(size);
    const longest = sizes.indexOf(Math.max(...sizes));
    const text = fitted[longest] ?? '';
    // Removes at most half of the longest text in one round, so that of two long texts neither is lost completely.
    fitted[longest] = cutAtLine(text, Math.max(size(text) - over, Math.floor(size(text) / 2)), size);
  }
  throw new RangeError('text does not fit into a message');
}

/** Keeps whole lines from the start, and says how many more there are. */
export function cutAtLine(
  text: string,
  max: number,
  size: (text: string) => number = (t) => t.length,
): string {
  if (size(text) <= max) return text;
  const lines = text.split('\n');
  for (let kept = lines.length - 1; kept > 0; kept -= 1) {
    const shorter = closed(`${lines.slice(0, kept).join('\n')}\n${more(lines.slice(kept))}`);
    if (size(shorter) <= max) return shorter;
  }
  return cutLine(lines[0] ?? '', max, size);
}

/**
 * "… and n more lines". A dropped line that itself says so counts as n, so that the number stays right after a
 * second cut.
 */
function more(dropped: readonly string[]): string {
  const count = dropped.reduce((sum, line) => sum + (MORE.exec(line) ? Number(MORE.exec(line)?.[1]) : 1), 0);
  return `… and ${count} more ${count === 1 ? 'line' : 'lines'}`;
}
const MORE = /^… and (\d+) more lines?$/;

/** Cuts a single line that is too long. A mention or an escape that was cut in two is removed completely. */
function cutLine(line: string, max: number, size: (text: string) => number): string {
  let units = Math.min(line.length, max);
  for (;;) {
    const shorter = clampUnits(line, units).replace(/(<[^>]*|\\+)?…$/, '…');
    if (size(shorter) <= max || units <= 1) return shorter;
    units = Math.min(units - 1, Math.floor((units * max) / size(shorter)));
  }
}

/** Closes a code block whose end was cut off. It would swallow the rest of the message. */
function closed(text: string): string {
  const fences = text.split('```').length - 1;
  return fences % 2 === 0 ? text : `${text}\n\`\`\``;
}
