/** Who has access on a server. */

import type { AccountWithAccess, ServerMembers } from '../../../app/queries/who-has.ts';
import { staffSentence } from '../../../domain/trouble.ts';
import { accessText, nameList } from './media.ts';
import { type Md, md, nameOf, relative, type Sentence, say } from './view.ts';

/** When it was read, and how many there are; or why it could not be read. */
export function membersTitle({ server: asked, counts, readAt, trouble }: ServerMembers): Sentence {
  const server = asked.name;
  const access = accessText(counts);
  if (trouble === null && readAt !== null)
    return say('server.members.title', { server, access, when: relative(readAt) });
  const why = trouble ? staffSentence(trouble, asked) : '';
  return readAt
    ? say('server.members.unasked', { server, why, access, when: relative(readAt) })
    : say('server.members.unread', { server, why });
}

/** `names` are those of members. */
export function accountWithAccessLine(account: AccountWithAccess, names: ReadonlyMap<string, string>): Md {
  const { name, emailMasked, protection, pending, libraries } = account;
  const has = libraries === 'all' ? say('server.members.all') : nameList(libraries, 6);
  const email = emailMasked ? md` (${emailMasked})` : md``;
  const invited = pending ? md` · ${say('server.members.pending')}` : md``;
  const whose = protection ? md`${say(`server.protected.${protection}`)}` : ownerOf(account, names);
  return md`• **${name}**${email} · ${whose} · ${has}${invited}`;
}

function ownerOf({ memberId, isOutside }: AccountWithAccess, names: ReadonlyMap<string, string>): Md {
  if (memberId !== null) return nameOf(memberId, names.get(memberId));
  return md`${say(isOutside ? 'server.members.outside' : 'server.members.unlinked')}`;
}
