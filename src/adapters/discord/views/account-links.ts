/** Accounts that staff link to a member, and let go of. */

import type { StaffLink, UnlinkPreview } from '../../../app/accounts/by-staff.ts';
import type { Server } from '../../../domain/model.ts';
import { delimited } from '../../../domain/name-list.ts';
import { few, placesOf } from './standing.ts';
import { card, code, join, type Md, md, problem, say, type View } from './view.ts';

/** What was linked, above the card of the member. */
export function linkedText(
  { account, server, imported }: Extract<StaffLink, { kind: 'linked' }>,
  member: Md,
): Md {
  const had = imported
    ? say('member.link.imported', {
        what: placesOf({ libraries: imported.libraries, servers: [{ server }] }),
      })
    : say('member.link.nothingHad', { member });
  return join([say('member.link.linked', { account, server: md`**${server.name}**`, member }), had], '\n');
}

export function notLinked(result: Exclude<StaffLink, { kind: 'linked' }>): View {
  const why = result.kind === 'gone' ? say('member.link.gone') : result.why;
  return problem(say('member.link.notDone'), why);
}

/** It is noted that an account is of somebody who is not on this Discord server. */
export const outsideView = (account: string): View =>
  card('good', say('member.link.outside', { account, command: code('/member unlink') }));

export const notOutsideView = (account: string): View =>
  card('good', say('member.unlink.notOutside', { account }));

/** What letting go means, before it is done. */
export function unlinkQuestion(preview: UnlinkPreview, member: Md): readonly Md[] {
  const { account, servers, keeps, waiting } = preview;
  const kept = keeps.filter(({ libraries }) => libraries.length > 0);
  const what = placesOf({ libraries: kept.flatMap(({ libraries }) => libraries), servers: kept });
  return [
    md`**${say('member.unlink.ask', { account, member })}**`,
    join(
      [
        say('member.unlink.where', { servers: namesOf(servers) }),
        kept.length > 0 ? say('member.unlink.keeps', { what }) : say('member.unlink.keepsNothing'),
        ...(waiting.length > 0
          ? [
              say('member.unlink.waiting', {
                numbers: waiting.map((number) => `#${number}`),
                count: waiting.length,
              }),
            ]
          : []),
      ],
      '\n',
    ),
  ];
}

export const unlinkedText = ({ account, servers }: UnlinkPreview, member: Md): Md =>
  md`${say('member.unlink.done', { account, member, servers: namesOf(servers) })}`;

/** Something is still to be changed for the account. */
export const busyView = (servers: readonly Server[]): View =>
  problem(
    say('member.unlink.notDone'),
    say('member.unlink.busy', { servers: namesOf(servers), command: code('/jobs list') }),
  );

export const notTheirs = (account: string, member: Md): View =>
  problem(say('member.unlink.notDone'), say('member.unlink.notTheirs', { account, member }));

const namesOf = (servers: readonly Server[]) => few(servers.map(({ name }) => delimited(name)));
