/** Grants in words, shared by commands. */

import type { GrantStanding, KeptThere } from '../../../app/queries/grant-status.ts';
import { isListed, isOver } from '../../../domain/grant.ts';
import { isUnreadable } from '../../../domain/health.ts';
import type { EndCause, Grant, GrantState, Library } from '../../../domain/model.ts';
import { delimited } from '../../../domain/name-list.ts';
import { applicationLine, nameList } from './media.ts';
import { listed } from './standing.ts';
import { afterResume, join, type Md, md, mention, moment, type Sentence, say, until } from './view.ts';

const STATE: Readonly<Record<GrantState, string>> = {
  scheduled: '🕒 scheduled',
  active: '🟢 active',
  paused: '⏸️ paused',
  ending: '🟠 ending, not confirmed yet',
  ended: '⚫ ended',
};

const ENDED_BY: Readonly<Record<EndCause, string>> = {
  expired: 'ran out',
  revoked: 'revoked',
  removed: 'taken on the server',
};

/**
 * `from … until …`, with the start only if it is still to come. For a paused grant, the time that is left; for one that
 * is over, when that was decided, because the end that it once had says nothing any more.
 */
export function spanOf(grant: Grant): Md {
  if (grant.state === 'paused') return afterResume(grant.remainingSeconds);
  if (isOver(grant)) {
    const at = grant.endingAt ?? grant.endedAt;
    return md`${ENDED_BY[grant.endCause ?? 'expired']}${at ? md` ${moment(at)}` : md``}`;
  }
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
  const keeps = keepsText(standing.keeps, grant);
  const head =
    reader === 'staff'
      ? md`**Grant #${grant.number}** for ${mention.user(grant.memberId)} · ${STATE[grant.state]}`
      : md`**Grant #${grant.number}** · ${STATE[grant.state]}`;
  const lines = [
    head,
    ...(standing.planName === null ? [] : [md`Plan: ${standing.planName}`]),
    librariesOf(standing),
    ended(grant) ?? spanOf(grant),
    ...(keeps ? [keeps] : []),
    ...(reader === 'staff' && standing.invitesAgain.length > 0 ? [acceptAgain(standing)] : []),
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

/** What cannot be seen, because a server does not list it or nobody sees it there: nobody took it from the member. */
function unlistedLines({ libraries, servers }: GrantStanding): readonly Md[] {
  return servers.flatMap(({ server }) => {
    const here = libraries.filter((library) => library.serverId === server.id && !isListed(library));
    const [closed, away] = [here.filter(isClosed), here.filter((library) => !isClosed(library))];
    return [
      ...(away.length > 0
        ? [
            md`❗ ${isOrAre(away)} not on ${server.name} at the moment, and cannot be given until the server lists ${away.length === 1 ? 'it' : 'them'} again`,
          ]
        : []),
      ...(closed.length > 0
        ? [
            md`❗ ${isOrAre(closed)} closed on ${server.name} itself at the moment: nobody sees ${closed.length === 1 ? 'it' : 'them'} there`,
          ]
        : []),
    ];
  });
}

const isClosed = ({ goneAt, missingSince, closed }: Library): boolean =>
  goneAt === null && missingSince === null && closed !== null;

const isOrAre = (libraries: readonly Library[]): Md =>
  md`${nameList(libraries.map(({ name }) => name))} ${libraries.length === 1 ? 'is' : 'are'}`;

/** What a member keeps when a grant is over, and why; undefined when that is nothing, or nothing is known to end. */
export function keepsText(
  keeps: readonly KeptThere[],
  grant: Pick<Grant, 'state'> = { state: 'active' },
): Md | undefined {
  if (keeps.length === 0) return undefined;
  const isNow = isOver(grant) || grant.state === 'paused';
  return isNow
    ? md`${say('grant.keeps.now', { what: keptItems(keeps, 'now') })}`
    : md`${say('grant.keeps.then', { what: keptItems(keeps, 'then') })}`;
}

/** `Kids on Tower as the default library`. */
export const keptText = (keeps: readonly KeptThere[]): Md => join(keptItems(keeps, 'now'), ' · ');

export function keptItems(keeps: readonly KeptThere[], when: 'now' | 'then'): readonly Sentence[] {
  return keeps.flatMap(({ server, kept, libraries }) => {
    const names = new Map(libraries.map(({ id, name }) => [id, name]));
    return kept.map(({ libraryIds, why }) => {
      const values = {
        libraries: listed(libraryIds.map((id) => delimited(names.get(id) ?? id))),
        server: delimited(server.name),
      };
      if (why.kind === 'default') return say('grant.keeps.default', values);
      if (why.kind === 'elsewhere') return say('grant.keeps.elsewhere', values);
      if (why.kind === 'foreign')
        return when === 'now' ? say('grant.keeps.foreign', values) : say('grant.keeps.foreignThen', values);
      const numbers = why.numbers.map((number) => `#${number}`);
      return say('grant.keeps.grants', { ...values, numbers, count: numbers.length });
    });
  });
}

function acceptAgain({ grant, invitesAgain }: GrantStanding): Md {
  const names = nameList(invitesAgain.map(({ name }) => name));
  return md`📨 If it goes on, ${mention.user(grant.memberId)} will have to accept again: ${names} sends a new invitation.`;
}

function ended(grant: Grant): Md | undefined {
  if (grant.endedAt === null || grant.state !== 'ended') return undefined;
  // One that never began gave nothing, so there was nothing to confirm.
  if (grant.startsAt >= grant.endedAt) return undefined;
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
