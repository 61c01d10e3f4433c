/** Libraries of a server in a sentence: `Movies and TV on Tower`. */
import { type Sentence, say } from '../words/say.ts';
import type { Library, Server } from './model.ts';
import { delimited } from './name-list.ts';

/** That many, and how many more. */
const MOST = 8;

export function placeOf(
  libraries: readonly Pick<Library, 'name'>[],
  { name }: Pick<Server, 'name'>,
): Sentence {
  const names = libraries.map((library) => delimited(library.name));
  const shown = names.slice(0, names.length === MOST + 1 ? MOST + 1 : MOST);
  const more = names.length - shown.length;
  return say('my.on', {
    libraries: more > 0 ? [...shown, say('shared.others', { count: more })] : shown,
    server: delimited(name),
  });
}
