/** Servers, libraries and the results of writes in words, shared by commands. */

import type { AccessCounts } from '../../../domain/access-counts.ts';
import type { Application } from '../../../domain/grant.ts';
import { isUnreadable } from '../../../domain/health.ts';
import { MEDIA_KINDS } from '../../../domain/media-kinds.ts';
import type { Server } from '../../../domain/model.ts';
import { delimited } from '../../../domain/name-list.ts';
import { code, join, type Md, md, moment, relative, type Sentence, say } from './view.ts';

export const kindName = (kind: Server['kind']): string => MEDIA_KINDS[kind].name;

/** `plex.tv`, `Quick Connect`: what people call the place where they prove who they are. */
export const signInName = (kind: Server['kind']): string =>
  MEDIA_KINDS[kind].signIn?.called ?? kindName(kind);

/**
 * `🟢 online, checked …`, `🟡 the last check failed, …: why`, or `🔴 offline since …: why`; and, where it is so, that
 * sharing does not work and that it is frozen.
 */
export function serverStatus(server: Server): Md {
  const lines = [machineStatus(server), sharingStatus(server), frozenText(server)];
  return join(
    lines.filter((line) => line !== undefined),
    '\n',
  );
}

/** Undefined while a server is not frozen. */
export function frozenText({ frozenWhy, frozenAt }: Server): Sentence | undefined {
  if (frozenWhy === null) return undefined;
  return say('server.status.frozen', {
    since: sinceWhen(frozenAt),
    why: frozenWhy,
    show: code('/server show'),
  });
}

/** Undefined while who has access can be read and changed. */
function sharingStatus({
  name: server,
  status,
  sharingFailedChecks,
  sharingSince,
  sharingWhy,
}: Server): Sentence | undefined {
  if (sharingFailedChecks === 0) return undefined;
  const why = sharingWhy ?? say('server.status.noReason');
  if (!sharingSince) return say('server.status.sharingShaky', { why });
  const since = relative(sharingSince);
  return status === 'online'
    ? say('server.status.sharingDown', { server, since, why })
    : say('server.status.sharingDownToo', { since, why });
}

function machineStatus({ status, failedChecks, checkedAt, offlineWhy, offlineSince }: Server): Sentence {
  const checked = sinceWhen(checkedAt);
  if (status === 'online' && failedChecks === 0)
    return checkedAt ? say('server.status.online', { checked }) : say('server.status.onlineUnchecked');
  const why = offlineWhy ?? say('server.status.noReason');
  // A single failed check is not an outage yet, but it is shown.
  if (status === 'online') return say('server.status.shaky', { checked, why });
  return say('server.status.offline', { since: sinceWhen(offlineSince), checked, why });
}

const sinceWhen = (at: Date | null): Md | Sentence => (at ? relative(at) : say('server.status.never'));

/** A number and its noun: `1 library`, `3 libraries`. */
export function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** `2 accounts with access, 1 invited, 3 linked without access`: an invitation is no access. */
export const accessText = ({ has, invited, none }: AccessCounts): Sentence =>
  say('server.access', { has, invited, none });

/** How a grant stands on one server, in words for staff or for the member. */
export function applicationLine(server: Server, application: Application, reader: 'staff' | 'member'): Md {
  return reader === 'staff' ? staffLine(server, application) : memberLine(server, application);
}

function staffLine(server: Server, application: Application): Md {
  const name = md`**${server.name}**`;
  switch (application.kind) {
    case 'applied':
      return isUnreadable(server)
        ? md`❔ ${name}: applied, last seen on the server ${lastSeen(server, application.seenAt)}; it cannot be asked right now`
        : md`✅ ${name}: applied, seen on the server`;
    case 'seen-before':
      return md`✅ ${name}: given (last seen ${moment(application.seenAt)})`;
    case 'invited':
      return md`📨 ${name}: invited; they have to accept the invitation from ${kindName(server.kind)}${looked(server, application.seenAt)}`;
    case 'queued':
      return md`⏳ ${name}: queued, not applied yet`;
    case 'failed':
      return application.refused
        ? md`⚠️ ${name}: not applied. ${application.why} **Needs a person**: ${code('/jobs list')} tries again.`
        : md`⚠️ ${name}: not applied yet. ${application.why}${next(server)}`;
    case 'no-account':
      return md`👤 ${name}: no account linked there yet. Ask them to run ${code('/my access')} and connect one.`;
    case 'account-missing':
      return md`❔ ${name}: the account ${code(application.name)} was not on the server when it was last read ${lastSeen(server, application.seenAt)}. Usher looks once more before its link ends.`;
    case 'not-listed':
      return md`❗ ${name}: nothing of it can be seen on the server at the moment`;
    case 'changed-there':
      return md`❗ ${name}: somebody changed the access on the server itself; it is not what was granted`;
    case 'clock-held':
      return md`❔ ${name}: cannot be said now, because the clock of the machine is not right`;
    case 'still-open':
      return application.why === null
        ? md`⏳ ${name}: access still open, being taken away`
        : application.refused
          ? md`🔴 ${name}: access still open. ${application.why} **Needs a person**: ${code('/jobs list')} tries again.`
          : md`🔴 ${name}: access still open. ${application.why}${next(server)}`;
    case 'not-now':
      return md`▫️ ${name}: nothing is due there now`;
  }
}

/** What is tried while a server is frozen waits for an admin, as it says itself. */
const next = ({ frozenWhy }: Server): string => (frozenWhy === null ? ' Usher keeps trying.' : '');

/** What it means for the member: never why, which they cannot mend. */
function memberLine(server: Server, application: Application): Md {
  const name = md`**${server.name}**`;
  const silent = isUnreadable(server);
  // The machine is away, or it is there and nobody can ask about access.
  const cannot =
    server.status === 'offline' || server.failedChecks > 0 ? 'cannot be reached' : 'cannot be asked';
  switch (application.kind) {
    case 'applied':
    case 'seen-before': {
      const seenAt = application.seenAt ?? null;
      return silent
        ? md`❔ ${name} ${cannot} right now. You keep what you have there (last seen ${lastSeen(server, seenAt)}).`
        : application.kind === 'applied'
          ? md`✅ ${name}: applied, seen on the server`
          : md`✅ ${name}: given (last seen ${moment(application.seenAt)})`;
    }
    case 'invited':
      return md`📨 ${name}: you are invited; accept the invitation in ${kindName(server.kind)} (or its e-mail)${looked(server, application.seenAt)}`;
    case 'queued':
      return silent
        ? md`⏳ ${name} ${cannot} right now. You will get this as soon as it answers.`
        : md`⏳ ${name}: queued, not applied yet`;
    case 'failed':
      if (application.refused)
        return md`⚠️ ${name}: not applied yet. The staff have to put something right first; you are told when it is done.`;
      return silent
        ? md`⚠️ ${name} ${cannot} right now. You will get this as soon as it answers.`
        : md`⚠️ ${name}: not applied yet, because it cannot be done right now. Usher keeps trying.`;
    case 'no-account':
      return md`👤 ${name}: no account connected yet. Use the button below.`;
    case 'account-missing':
      return md`❔ ${name}: your account ${code(application.name)} was not on the server when Usher last looked. It looks once more; when the account is gone, you are told, and can make or connect a new one with ${code('/my access')}.`;
    case 'not-listed':
      return md`❗ ${name}: nothing of it can be seen on the server at the moment`;
    case 'changed-there':
      return md`❗ ${name}: somebody changed the access on the server itself; it is not what was granted. Ask the staff.`;
    case 'clock-held':
      return md`❔ ${name}: cannot be said now, because the clock of the machine is not right`;
    case 'still-open':
      if (application.refused)
        return md`🔴 ${name}: access still open. The staff have to put something right first; there is nothing for you to do.`;
      return silent
        ? md`🔴 ${name} ${cannot} right now: access still open. You will lose this as soon as it answers.`
        : md`⏳ ${name}: access still open, being taken away; there is nothing for you to do.`;
    case 'not-now':
      return md`▫️ ${name}: nothing is due there now`;
  }
}

/** Whoever has accepted since then need not be told to. */
const looked = (server: Server, seenAt: Date | null = null): Md =>
  seenAt ? md`. Usher last looked ${lastSeen(server, seenAt)}.` : md``;

/** The last complete sync read it as well. */
function lastSeen({ lastSyncAt }: Server, seenAt: Date | null = null): Md {
  const last = [lastSyncAt, seenAt]
    .filter((at) => at !== null)
    .toSorted((a, b) => b.getTime() - a.getTime())[0];
  return last ? moment(last) : md`some time ago`;
}

/** `Movies, TV and 3 more`. */
export function nameList(names: readonly string[], max = 12): Md {
  if (names.length === 0) return md`${say('shared.nothing')}`;
  const shown = join(
    names.slice(0, max).map((name) => md`${delimited(name)}`),
    ', ',
  );
  return names.length > max ? md`${shown} ${say('shared.more', { count: names.length - max })}` : shown;
}
