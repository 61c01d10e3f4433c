/** What a new account has beside its libraries, in words: only of what was read back. */
import { joinNames } from '../../domain/name-list.ts';
import type { Beside } from '../ports/media-server.ts';

/** For the record. */
export function besideText(beside: Beside): string {
  const { template, notKept } = beside;
  const made = 'account created with only these';
  const rights =
    template === 'copied' ? ', and the other rights of its template' : notKept.length > 0 ? ' libraries' : '';
  const trouble = besideTrouble(beside);
  return trouble === undefined ? `${made}${rights}` : `${made}${rights}; ${trouble}`;
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
