/** Where what a member is told of is, and how far it is there. */

import { memberAddress } from '../../domain/address.ts';
import { type Application, isListed } from '../../domain/grant.ts';
import { isUnreadable } from '../../domain/health.ts';
import { MEDIA_KINDS } from '../../domain/media-kinds.ts';
import type { Library, Server } from '../../domain/model.ts';
import type { NoticePlace, NoticeStep } from '../../domain/notice.ts';
import type { GrantStanding } from '../queries/grant-status.ts';

/** What a grant gives, server by server, with what is still to be done there. */
export function placesOf(
  { servers, libraries }: GrantStanding,
  isMeant: (library: Library) => boolean,
): readonly NoticePlace[] {
  return servers.flatMap(({ server, application }) => {
    const step = stepOf(server, application);
    const here = libraries.filter((library) => library.serverId === server.id && isMeant(library));
    // What the server does not list at the moment, nobody can watch.
    const listed = here.filter(isListed);
    const shown = step === 'watch' && listed.length > 0 ? listed : here;
    return shown.length === 0 ? [] : [placeAt(server, shown, listed.length > 0 ? step : 'later')];
  });
}

/** Libraries that are not given, or not yet. */
export function placesThere(
  libraries: readonly Library[],
  servers: readonly Server[],
): readonly NoticePlace[] {
  return servers.flatMap((server) => {
    const here = libraries.filter(({ serverId }) => serverId === server.id);
    return here.length === 0 ? [] : [placeAt(server, here, 'later')];
  });
}

const placeAt = (server: Server, libraries: readonly Library[], step: NoticeStep): NoticePlace => ({
  serverId: server.id,
  server: server.name,
  kind: server.kind,
  address: memberAddress(server),
  libraries: libraries.map(({ name }) => name),
  step,
});

function stepOf(server: Server, application: Application): NoticeStep {
  const { accounts, signIn } = MEDIA_KINDS[server.kind];
  switch (application.kind) {
    case 'applied':
    case 'seen-before':
      return isUnreadable(server) ? 'silent' : 'watch';
    case 'invited':
      return signIn?.by === 'page' ? 'accept' : 'later';
    case 'no-account':
      return accounts === 'created' ? 'create' : 'sign-in';
    case 'changed-there':
      return 'staff';
    case 'failed':
      return application.refused ? 'staff' : isUnreadable(server) ? 'silent' : 'later';
    default:
      return isUnreadable(server) ? 'silent' : 'later';
  }
}
