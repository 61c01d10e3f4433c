/** Turns sentences into text, in the language of whoever reads them. */

import { type Language, translate } from '../../../words/catalogue.ts';
import type { Markup, Sentence, Text, Value } from '../../../words/say.ts';
import { sanitise } from './sanitise.ts';

/** Markdown for Discord. What came from people has no effect in it. */
export function markdownOf(markup: Markup, language: Language): string {
  return markup.pieces
    .map((piece) => {
      if (typeof piece === 'string') return piece;
      return 'bold' in piece
        ? bold(markdownOf(piece.bold, language))
        : sentence(piece, { language, safe: sanitise });
    })
    .join('');
}

/** Bold in bold would show asterisks, so the inner ones go. Escaped asterisks of people stay. */
const bold = (markdown: string): string => `**${markdown.replaceAll(/(\\.)|\*\*/g, '$1')}**`;

/** Text for places that know no formatting: labels, choices, placeholders. Their renderers clean and cut it. */
export function plainOf(text: Text, language: Language): string {
  return typeof text === 'string' ? text : sentence(text, { language, safe: (value) => value });
}

interface Manner {
  readonly language: Language;
  /** What is done to a text of others before it is inserted. */
  readonly safe: (text: string) => string;
}

function sentence({ key, values = {} }: Sentence, manner: Manner): string {
  const ready = Object.entries(values).map(([name, value]) => [name, shown(value, manner)] as const);
  return translate(manner.language, key, Object.fromEntries(ready));
}

function shown(value: Value, manner: Manner): string | number {
  if (typeof value === 'number') return value;
  if (typeof value === 'string') return manner.safe(value);
  if (value instanceof Date) return `<t:${Math.floor(value.getTime() / 1000)}:f>`;
  if ('key' in value) return sentence(value, manner);
  if ('pieces' in value) return markdownOf(value, manner.language);
  const items = value.map((item) => String(shown(item, manner)));
  return LISTS[manner.language].format(items);
}

/** British English, which has no comma before the "and". Made once: they cost more than the sentence. */
const LISTS: Readonly<Record<Language, Intl.ListFormat>> = {
  en: new Intl.ListFormat('en-GB', { type: 'conjunction' }),
  de: new Intl.ListFormat('de', { type: 'conjunction' }),
};
