/** Servers, libraries and the results of writes in words, shared by commands. */

import type { AccessCounts } from '../../../domain/access-counts.ts';
import { MEDIA_KINDS } from '../../../domain/media-kinds.ts';
import type { Server } from '../../../domain/model.ts';
import { code, join, type Md, relative, type Sentence, say } from './view.ts';

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

/** `2 accounts with access, 1 invited, 3 linked without access`: an invitation is no access. */
export const accessText = ({ has, invited, none }: AccessCounts): Sentence =>
  say('server.access', { has, invited, none });
