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
export function besideTrouble({ template, notKept }: Beside): string | undefined {
  const sentences = [
    template !== null &&
      template !== 'copied' &&
      `${NOT_COPIED[template]}, so it has nothing beside its libraries.`,
    notKept.length > 0 &&
      `the server did not keep what was set for: ${joinNames(notKept)}. Look at the account there.`,
  ].filter((sentence) => sentence !== false);
  return sentences.length > 0 ? sentences.join(' Also, ') : undefined;
}

const NOT_COPIED: Readonly<Record<'gone' | 'administrator' | 'unread', string>> = {
  gone: 'the template account is gone from the server',
  administrator: 'the template account is an administrator of the server by now',
  unread: 'the template account could not be read',
};
