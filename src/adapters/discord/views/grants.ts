/** Grants in words, shared by commands. */

import type { GrantStanding } from '../../../app/queries/grant-status.ts';
import { describeSeconds } from '../../../domain/duration.ts';
import { isListed } from '../../../domain/grant.ts';
import { isUnreadable } from '../../../domain/health.ts';
import type { Grant, GrantState } from '../../../domain/model.ts';
import { delimited } from '../../../domain/name-list.ts';
import { applicationLine, nameList } from './media.ts';
import { join, type Md, md, mention, moment, until } from './view.ts';

const STATE: Readonly<Record<GrantState, string>> = {
  scheduled: '🕒 scheduled',
  active: '🟢 active',
  paused: '⏸️ paused',
  ending: '🟠 ending, not confirmed yet',
  ended: '⚫ ended',
};

/** `from … until …`, with the start only if it is still to come. For a paused grant, the time that is left. */
export function spanOf(grant: Grant): Md {
  if (grant.state === 'paused')
    return grant.remainingSeconds === null
      ? md`for good, once it is resumed`
      : md`${describeSeconds(grant.remainingSeconds)} left, once it is resumed`;
  const end = until(grant.expiresAt);
  return grant.state === 'scheduled' ? md`from ${moment(grant.startsAt)} ${end}` : end;
}

/** What the grant gives on each server. */
function librariesOf({ libraries, servers }: GrantStanding): Md {
  const lines = servers.map(({ server }) => {
    const names = libraries
      .filter((library) => library.serverId === server.id)
      .map((library) => (isListed(library) ? library.name : `${library.name} (not there now)`));
    return md`**${server.name}** · ${nameList(names)}`;
  });
  return join(lines, '\n');
}

/** Grants as they are after something was done with them, one below the other. */
export function grantTexts(standings: readonly GrantStanding[], reader: 'staff' | 'member'): Md {
  return join(
    standings.map((standing) => grantText(standing, reader)),
    '\n\n',
  );
}

/** Everything about a grant: what, for whom, for how long, and how it stands on each server. */
export function grantText(standing: GrantStanding, reader: 'staff' | 'member'): Md {
  const { grant, servers } = standing;
  const head =
    reader === 'staff'
      ? md`**Grant #${grant.number}** for ${mention.user(grant.memberId)} · ${STATE[grant.state]}`
      : md`**Grant #${grant.number}** · ${STATE[grant.state]}`;
  const lines = [
    head,
    ...(standing.planName === null ? [] : [md`Plan: ${standing.planName}`]),
    librariesOf(standing),
    ended(grant) ?? spanOf(grant),
    ...(grant.reason && reader === 'staff' ? [md`Reason: ${grant.reason}`] : []),
    ...(grant.state !== 'scheduled' && grant.state !== 'ended'
      ? [
          ...servers.map(({ server, application }) => applicationLine(server, application, reader)),
          ...unlistedLines(standing),
        ]
      : []),
  ];
  return join(lines, '\n');
}

/** What cannot be given, because a server does not list it: nobody took it from the member. */
function unlistedLines({ libraries, servers }: GrantStanding): readonly Md[] {
  return servers.flatMap(({ server }) => {
    const away = libraries.filter((library) => library.serverId === server.id && !isListed(library));
    if (away.length === 0) return [];
    const is = away.length === 1 ? 'is' : 'are';
    const names = nameList(away.map(({ name }) => name));
    return [
      md`❗ ${names} ${is} not on ${server.name} at the moment, and cannot be given until the server lists ${away.length === 1 ? 'it' : 'them'} again`,
    ];
  });
}

function ended(grant: Grant): Md | undefined {
  if (grant.endedAt === null || grant.state !== 'ended') return undefined;
  return md`ended ${moment(grant.endedAt)}, confirmed on every server`;
}

/** Whether a server is yet to show what it should. */
const isOpen = ({ application }: GrantStanding['servers'][number]): boolean =>
  application.kind !== 'applied' && application.kind !== 'not-now';

/** Whether every server shows what it should. */
export function isSettled({ grant, servers }: GrantStanding): boolean {
  return grant.state !== 'ending' && !servers.some(isOpen);
}

/** A grant as one line of a list. */
export function grantLine(standing: GrantStanding): Md {
  const { grant, libraries, servers } = standing;
  const unsettled = servers.filter(isOpen);
  const old = servers.some(({ server }) => isUnreadable(server));
  const applied =
    grant.state === 'active' && unsettled.length === 0
      ? md` · ${old ? 'applied, as last seen' : 'applied'}`
      : md``;
  const open = join(
    unsettled.map(
      ({ server, application }) => md`${delimited(server.name)}: ${application.kind.replaceAll('-', ' ')}`,
    ),
    ', ',
  );
  const names = nameList(
    libraries.map((library) => library.name),
    4,
  );
  return md`**#${grant.number}** ${mention.user(grant.memberId)} · ${names} · ${spanOf(grant)} · ${STATE[grant.state]}${applied}${unsettled.length > 0 ? md` · ${open}` : md``}`;
}
