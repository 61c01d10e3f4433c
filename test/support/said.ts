/** What a text says in English, for expectations. */
import type { Md, Text } from '../../src/adapters/discord/views/view.ts';
import { markdownOf, plainOf } from '../../src/adapters/discord/wire/speech.ts';

export const said = (text: Md): string => markdownOf(text, 'en');
export const saidPlain = (text: Text): string => plainOf(text, 'en');
