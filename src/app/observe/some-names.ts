/** Names of libraries in what is told of many at once. */
import { delimited } from '../../domain/name-list.ts';
import { type Sentence, say } from '../../words/say.ts';

/** The first few; the others are counted. */
export const someNames = (names: readonly string[], most: number): readonly (string | Sentence)[] => [
  ...names.slice(0, most).map((name) => delimited(name)),
  ...(names.length > most ? [say('alert.others', { count: names.length - most })] : []),
];
