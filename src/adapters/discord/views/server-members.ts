/** Who has access on a server. */

import type { AccountWithAccess, ServerMembers } from '../../../app/queries/who-has.ts';
import { namesText } from '../../../domain/place-words.ts';
import { staffSentence } from '../../../domain/trouble.ts';
import { whoIs, whoPlain } from './brief.ts';
import { accessText } from './media.ts';
import { type Md, md, relative, type Sentence, say } from './view.ts';

/** When it was read, and how many there are; or why it could not be read. */
export function membersText({ server: asked, counts, readAt, trouble }: ServerMembers): readonly Md[] {
  const server = asked.name;
  const access = accessText(counts);
  if (trouble === null && readAt !== null)
    return [md`-# ${say('server.members.read', { access, when: relative(readAt) })}`];
  const why = trouble ? staffSentence(trouble, asked) : '';
  return [
    md`⚠️ ${say('server.members.unasked', { server, why })}`,
    readAt
      ? md`-# ${say('server.members.lately', { access, when: relative(readAt) })}`
      : md`-# ${say('server.members.unread')}`,
  ];
}

/** An account, with the name of the member whose it is. */
export type NamedAccess = AccountWithAccess & { readonly memberName: string | undefined };

/** As many names of libraries as a row has room for. */
const FEW = 3;

export function accountLine({ name, protection, pending, libraries, ...whose }: NamedAccess): Md {
  const has = libraries === 'all' ? say('server.members.all') : namesText(libraries, FEW);
  const invited = pending ? '📨 ' : '';
  return md`${invited}**${name}** · ${protection ? say(`server.protected.${protection}`) : memberOf(whose)} · ${has}`;
}

function memberOf({
  memberId,
  memberName,
  isOutside,
}: Pick<NamedAccess, 'memberId' | 'memberName' | 'isOutside'>): Md | Sentence {
  if (memberId !== null) return whoIs(memberId, memberName);
  return say(isOutside ? 'server.members.outside' : 'server.members.unlinked');
}

export const accountLegend = (rows: readonly NamedAccess[]): readonly Sentence[] =>
  rows.some(({ pending }) => pending) ? [say('server.members.pending')] : [];

/** For the select that opens the member. */
export const accountChoice = ({ memberId, memberName, name }: NamedAccess) =>
  memberId === null ? undefined : { label: whoPlain(memberName), value: memberId, description: name };

export const ACCOUNT_HEAD = ['account', 'email', 'member', 'name', 'state', 'libraries'] as const;

/** For a spreadsheet. */
export const accountCells = (account: NamedAccess): readonly string[] => {
  const { name, emailMasked, memberId, memberName, pending, protection, libraries } = account;
  return [
    ...[name, emailMasked ?? '', memberId ?? '', memberName ?? ''],
    protection ?? (pending ? 'invited' : 'has access'),
    libraries === 'all' ? 'all' : libraries.join(', '),
  ];
};
