/** What a text says in English, for expectations. */
import { type Md, md, type Text } from '../../src/adapters/discord/views/view.ts';
import { markdownOf, plainOf } from '../../src/adapters/discord/wire/speech.ts';
import type { Said } from '../../src/words/say.ts';

export const said = (text: Md): string => markdownOf(text, 'en');
export const saidPlain = (text: Text): string => plainOf(text, 'en');
/** Of what is kept until it is told. */
export const told = (text: Said): string => (typeof text === 'string' ? text : said(md`${text}`));
