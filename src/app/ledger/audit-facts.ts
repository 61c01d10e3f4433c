/** What the audit events about grants say. */

import { overlap, without } from '../../domain/access.ts';
import { isOver, serversOf, stillGiven } from '../../domain/grant.ts';
import type { Account, AuditFacts, Grant, Library, Server } from '../../domain/model.ts';
import { joinNames } from '../../domain/name-list.ts';

/** The libraries of a grant: `Tower · Movies, TV`, or each with its server where there are several. */
export function grantFacts(
  ids: readonly string[],
  libraries: readonly Library[],
  servers: readonly Pick<Server, 'id' | 'name'>[],
): Pick<AuditFacts, 'server' | 'libraries'> {
  const granted = libraries.filter((library) => ids.includes(library.id));
  const used = servers.filter((server) => granted.some((library) => library.serverId === server.id));
  const [only] = used;
  if (only && used.length === 1)
    return { server: only.name, libraries: granted.map((library) => library.name) };
  return {
    libraries: used.flatMap((server) =>
      granted
        .filter((library) => library.serverId === server.id)
        .map((library) => `${server.name} · ${library.name}`),
    ),
  };
}

/** How a grant is after a change, and what of it is new. `detail` is absent when nothing that it names differs. */
export function changeFacts(
  before: Grant,
  after: Grant,
  libraries: readonly Library[],
  servers: readonly Pick<Server, 'id' | 'name'>[],
): AuditFacts {
  const added = libraryNames(without(after.libraryIds, before.libraryIds), libraries);
  const removed = libraryNames(without(before.libraryIds, after.libraryIds), libraries);
  const sameEnd = before.expiresAt?.getTime() === after.expiresAt?.getTime();
  const detail = [
    added.length > 0 && `added ${joinNames(added)}`,
    removed.length > 0 && `removed ${joinNames(removed)}`,
    !sameEnd && after.expiresAt === null && 'no end any more',
    isOver(before) && !isOver(after) && 'it was over, and is given again',
  ]
    .filter((part) => part !== false)
    .join('; ');
  return {
    grant: after.number,
    ...grantFacts(after.libraryIds, libraries, servers),
    ...(after.state === 'scheduled' && { from: after.startsAt.toISOString() }),
    ...(after.expiresAt &&
      !isOver(after) &&
      after.state !== 'paused' && { until: after.expiresAt.toISOString() }),
    ...(detail && { detail }),
  };
}

/** Names of libraries, in the order of `libraries`. */
export function libraryNames(ids: readonly string[], libraries: readonly Library[]): readonly string[] {
  const wanted = new Set(ids);
  return libraries.filter((library) => wanted.has(library.id)).map((library) => library.name);
}

/** What is known of a member when the end of a grant is confirmed. */
interface Ended {
  readonly grant: Grant;
  readonly accounts: readonly Account[];
  /** The member's active grants. */
  readonly others: readonly Grant[];
}

/** Why a grant counts as ended, server by server: what was read there, or what keeps some of its libraries. */
export function proofOfEnd(
  { grant, accounts, others }: Ended,
  libraries: readonly Library[],
  servers: readonly Pick<Server, 'id' | 'name' | 'defaultLibraryId'>[],
): string {
  const used = serversOf(grant, libraries);
  if (used.length === 0) return 'its server was removed from Usher; what the account has there stays';
  return used
    .map((serverId) => {
      const here = accounts.filter((account) => account.serverId === serverId);
      const server = servers.find(({ id }) => id === serverId);
      const name = server?.name ?? 'a removed server';
      if (here.length === 0) return `${name}: no account there`;
      const kept = stillGiven(grant, here);
      // Nothing was written for this end where somebody else had taken it all before.
      const isOurs = here.some(({ writtenAt }) => writtenAt && grant.endingAt && writtenAt >= grant.endingAt);
      if (kept.length === 0)
        return `${name}: read back, access gone${isOurs ? '' : ' (it was gone already)'}`;
      const granted = kept.filter((id) => others.some(({ libraryIds }) => libraryIds.includes(id)));
      const rest = without(kept, granted);
      const elsewhere = here.flatMap((account) => account.elsewhere);
      const byDefault = rest.filter((id) => id === server?.defaultLibraryId);
      const reasons: readonly (readonly [readonly string[], string])[] = [
        [granted, 'by other grants'],
        [byDefault, 'as the default library'],
        [overlap(without(rest, byDefault), elsewhere), 'given by something else on this installation'],
        [without(rest, [...byDefault, ...elsewhere]), 'given by somebody else'],
      ];
      const said = reasons.filter(([ids]) => ids.length > 0);
      return `${name}: keeps ${said.map(([ids, why]) => `${joinNames(libraryNames(ids, libraries))} ${why}`).join('; ')}`;
    })
    .join('; ');
}
