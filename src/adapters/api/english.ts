/** Sentences as programs read them: in English, with moments in ISO 8601 and without formatting. */

import { translate } from '../../words/catalogue.ts';
import type { Markup, Sentence, Text, Value } from '../../words/say.ts';

const LISTS = new Intl.ListFormat('en-GB', { type: 'conjunction' });

/** The sentence that a person would get. */
export const english = (text: Text | Markup): string => {
  if (typeof text === 'string') return withoutMarkdown(text);
  return withoutMarkdown('key' in text ? sentence(text) : markup(text));
};

function sentence({ key, values = {} }: Sentence): string {
  const ready = Object.entries(values).map(([name, value]) => [name, shown(value)] as const);
  return translate('en', key, Object.fromEntries(ready));
}

const markup = ({ pieces }: Markup): string =>
  pieces
    .map((piece) => {
      if (typeof piece === 'string') return piece;
      return 'bold' in piece ? markup(piece.bold) : sentence(piece);
    })
    .join('');

function shown(value: Value): string | number {
  if (typeof value === 'number' || typeof value === 'string') return value;
  if (value instanceof Date) return value.toISOString();
  if ('key' in value) return sentence(value);
  if ('pieces' in value) return markup(value);
  return LISTS.format(value.map((item) => String(shown(item))));
}

/** Moments and mentions as Discord writes them become what they stand for; marks of bold and code go. */
function withoutMarkdown(text: string): string {
  return text
    .replaceAll(/<t:(\d{1,12}):f> \(<t:\1:R>\)/g, '<t:$1:f>')
    .replaceAll(/<t:(\d{1,12})(?::\w)?>/g, (_mark, seconds) => new Date(Number(seconds) * 1000).toISOString())
    .replaceAll(/<[@#][!&]?(\d{1,20})>/g, '$1')
    .replaceAll(/\*\*|`/g, '');
}
