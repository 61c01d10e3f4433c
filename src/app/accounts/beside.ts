/** What a new account has beside its libraries, in words: only of what was read back. */
import { joinNames } from '../../domain/name-list.ts';
import { type Sentence, say } from '../../words/say.ts';
import type { Beside } from '../ports/media-server.ts';

/** For the record. */
export function besideDetail(beside: Beside): readonly (string | Sentence)[] {
  const { template, notKept } = beside;
  const rights =
    template === 'copied' ? 'copied' : notKept.length > 0 || template !== null ? 'libraries' : 'nothing';
  return [say(`audit.beside.${rights}`), besideTrouble(beside) ?? []].flat();
}

/** What staff have to know; undefined when all is as it was chosen. */
export function besideTrouble({ template, notKept }: Beside): Sentence | undefined {
  const copied = template === null || template === 'copied' ? undefined : say(`trouble.beside.${template}`);
  const kept = notKept.length > 0 ? say('trouble.beside.notKept', { names: joinNames(notKept) }) : undefined;
  return copied && kept ? say('trouble.beside.also', { first: copied, second: kept }) : (copied ?? kept);
}
