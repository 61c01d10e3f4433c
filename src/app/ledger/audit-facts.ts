/** What the audit events about grants say. */

import { overlap, without } from '../../domain/access.ts';
import { isOver, serversOf } from '../../domain/grant.ts';
import { keptWithout, keptWords } from '../../domain/keeps.ts';
import { MEDIA_KINDS } from '../../domain/media-kinds.ts';
import type { Account, AuditedEnd, AuditFacts, Grant, Library, Server } from '../../domain/model.ts';
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
  const [ends, ended] = [endFacts(after), endFacts(before)];
  const otherEnd = JSON.stringify(ends) !== JSON.stringify(ended);
  const was: AuditedEnd & { readonly libraries?: readonly string[] } = {
    ...(added.length + removed.length > 0 && {
      libraries: grantFacts(before.libraryIds, libraries, servers).libraries ?? [],
    }),
    ...(otherEnd && !isOver(after) ? ended : {}),
  };
  const detail = [
    added.length > 0 && `added ${joinNames(added)}`,
    removed.length > 0 && `removed ${joinNames(removed)}`,
    isOver(before) && !isOver(after) && 'it was over, and is given again',
  ]
    .filter((part) => part !== false)
    .join('; ');
  return {
    grant: after.number,
    ...grantFacts(after.libraryIds, libraries, servers),
    ...(after.state === 'scheduled' && { from: after.startsAt.toISOString() }),
    ...ends,
    ...(Object.keys(was).length > 0 && { before: was }),
    ...(detail && { detail }),
  };
}

/** How long a grant lasts; nothing for one that is over. */
export function endFacts(grant: Grant): AuditedEnd {
  if (isOver(grant)) return {};
  if (grant.state === 'paused') return { leftSeconds: grant.remainingSeconds };
  return { until: grant.expiresAt?.toISOString() ?? null };
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

/** Why a grant counts as ended, server by server: what was read there, and what stays there for which reason. */
export function proofOfEnd(
  { grant, accounts, others }: Ended,
  libraries: readonly Library[],
  servers: readonly Pick<Server, 'id' | 'name' | 'kind' | 'defaultLibraryId' | 'driftPolicy'>[],
): string {
  const used = serversOf(grant, libraries);
  if (used.length === 0) return 'its server was removed from Usher; what the account has there stays';
  return used
    .map((serverId) => {
      const here = accounts.filter((account) => account.serverId === serverId);
      const server = servers.find(({ id }) => id === serverId);
      if (!server) return 'a removed server: what the account has there stays';
      if (here.length === 0) return `${server.name}: no account there`;
      const kept = here.flatMap((account) => keptWithout({ server, libraries, account, others }));
      const keptIds = kept.flatMap(({ libraryIds }) => libraryIds);
      const names = new Map(libraries.map(({ id, name }) => [id, name]));
      const mine = libraries.filter((library) => library.serverId === serverId);
      const gone = without(
        overlap(
          mine.map(({ id }) => id),
          grant.libraryIds,
        ),
        keptIds,
      );
      const isAll = overlap(grant.libraryIds, keptIds).length === 0;
      // Nothing was written for this end where somebody else had taken it all before.
      const isOurs = here.some(({ writtenAt }) => writtenAt && grant.endingAt && writtenAt >= grant.endingAt);
      const place = accessReadAt(server.kind);
      const how = `${place ? ` at ${place}` : ''}${isAll && !isOurs ? ' (it was gone already)' : ''}`;
      const what = isAll ? 'access' : joinNames(libraryNames(gone, libraries));
      const said = [
        gone.length > 0 && `read back, ${what} gone${how}`,
        kept.length > 0 && `keeps ${keptWords(kept, (id) => names.get(id) ?? id)}`,
      ].filter((part) => part !== false);
      return `${server.name}: ${said.join('; ')}`;
    })
    .join('; ');
}

/** The vendor that tells what an account may see; null where the server itself does. */
function accessReadAt(kind: Server['kind']): string | null {
  const { accessReadFrom, signIn } = MEDIA_KINDS[kind];
  return accessReadFrom === 'vendor' && signIn?.by === 'page' ? signIn.called : null;
}
