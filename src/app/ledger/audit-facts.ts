/** What the audit events about grants say. */

import { overlap, without } from '../../domain/access.ts';
import { isOver, serversOf } from '../../domain/grant.ts';
import { type Kept, keptWithout } from '../../domain/keeps.ts';
import { MEDIA_KINDS } from '../../domain/media-kinds.ts';
import type { Account, AuditedEnd, AuditFacts, Grant, Library, Server } from '../../domain/model.ts';
import { type Sentence, say } from '../../words/say.ts';

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

/** How a grant is after a change, and how it was before. Nothing is said to have been before that is the same. */
export function changeFacts(
  before: Grant,
  after: Grant,
  libraries: readonly Library[],
  servers: readonly Pick<Server, 'id' | 'name'>[],
): AuditFacts {
  const names = new Set(libraries.map(({ id }) => id));
  const differing = [
    ...without(after.libraryIds, before.libraryIds),
    ...without(before.libraryIds, after.libraryIds),
  ].filter((id) => names.has(id));
  const [ends, ended] = [endFacts(after), endFacts(before)];
  const otherEnd = JSON.stringify(ends) !== JSON.stringify(ended);
  const was: AuditedEnd & { readonly libraries?: readonly string[] } = {
    ...(differing.length > 0 && {
      libraries: grantFacts(before.libraryIds, libraries, servers).libraries ?? [],
    }),
    ...(otherEnd && !isOver(after) ? ended : {}),
  };
  return {
    grant: after.number,
    ...grantFacts(after.libraryIds, libraries, servers),
    ...(after.state === 'scheduled' && { from: after.startsAt.toISOString() }),
    ...ends,
    ...(Object.keys(was).length > 0 && { before: was }),
    ...(isOver(before) && !isOver(after) && { detail: say('audit.note.again') }),
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
): readonly Sentence[] {
  const used = serversOf(grant, libraries);
  if (used.length === 0) return [say('audit.proof.removed')];
  return used.flatMap((serverId): readonly Sentence[] => {
    const here = accounts.filter((account) => account.serverId === serverId);
    const server = servers.find(({ id }) => id === serverId);
    if (!server) return [say('audit.proof.removed')];
    if (here.length === 0) return [say('audit.proof.noAccount', { server: server.name })];
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
    const readBack = goneSentence(server, {
      libraries: isAll ? undefined : libraryNames(gone, libraries),
      isOurs,
    });
    const name = (id: string) => names.get(id) ?? id;
    return [
      ...(gone.length > 0 ? [readBack] : []),
      ...kept.map(({ libraryIds, why }) => keptSentence(libraryIds.map(name), why)),
    ];
  });
}

/** `libraries` are those that are gone where not all of them are. */
function goneSentence(
  { name: server, kind }: Pick<Server, 'name' | 'kind'>,
  { libraries, isOurs }: { readonly libraries: readonly string[] | undefined; readonly isOurs: boolean },
): Sentence {
  const place = accessReadAt(kind);
  if (libraries)
    return place
      ? say('audit.proof.partlyAt', { place, server, libraries })
      : say('audit.proof.partly', { server, libraries });
  if (!isOurs) return say('audit.proof.goneBefore', { server });
  return place ? say('audit.proof.goneAt', { place, server }) : say('audit.proof.gone', { server });
}

function keptSentence(libraries: readonly string[], why: Kept['why']): Sentence {
  if (why.kind !== 'grants') return say(`audit.proof.kept.${why.kind}`, { libraries, n: libraries.length });
  const grants = why.numbers.map((number) => `#${number}`);
  return say('audit.proof.kept.grants', { libraries, n: libraries.length, grants });
}

/** The vendor that tells what an account may see; null where the server itself does. */
function accessReadAt(kind: Server['kind']): string | null {
  const { accessReadFrom, signIn } = MEDIA_KINDS[kind];
  return accessReadFrom === 'vendor' && signIn?.by === 'page' ? signIn.called : null;
}
