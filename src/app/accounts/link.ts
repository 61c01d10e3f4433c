/** Linking an account to a member: from then on it is managed, and what it already has becomes a grant. */

import { overlap, presentLibraries, type Understood, without } from '../../domain/access.ts';
import type { ActorId, MemberId } from '../../domain/ids.ts';
import { asActor } from '../../domain/ids.ts';
import { MEDIA_KINDS } from '../../domain/media-kinds.ts';
import type { Library, Server } from '../../domain/model.ts';
import type { Protection } from '../../domain/protection.ts';
import { say } from '../../words/say.ts';
import { importGrant } from '../ledger/ledger.ts';
import { inTheWayOf } from '../observe/account-room.ts';
import { linkBack } from '../observe/gone.ts';
import { actualOf, idsOf, seenFields } from '../observe/reading.ts';
import type { Deps } from '../ports/deps.ts';
import type { AccountAccess } from '../ports/media-server.ts';
import type { GuildStores } from '../ports/stores.ts';

export interface NewLink {
  readonly server: Server;
  readonly memberId: MemberId;
  readonly externalId: string;
  readonly name: string;
  readonly emailMasked: string | null;
  /** What the server shows the account to have now; undefined when it has nothing there. */
  readonly seen: AccountAccess | undefined;
  /** What the server says it is, where it was asked; it tells of accounts that have nothing there, too. */
  readonly protection?: Protection | null;
  /** External ids of the libraries that another guild of this installation gives it there. */
  readonly elsewhere: readonly string[];
  /** Name of the server on which the member has proven the same account; absent when they have just done so. */
  readonly knownFrom?: string;
  /** Who of the staff says so; absent when the member has proven it. */
  readonly by?: ActorId;
  /** Until when it keeps what it has; absent and null are for good. */
  readonly until?: Date | null;
}

/** The account is another member's, the member has another one, or it is given nothing because of what it is. */
export type LinkRefusal = 'somebody-elses' | 'has-another' | Protection;

/** Why an account cannot be linked; nothing is changed. */
export async function refusalOfLink(tx: GuildStores, link: NewLink): Promise<LinkRefusal | undefined> {
  const { server, memberId, externalId } = link;
  const [old] = await tx.accounts.list({ serverId: server.id, externalIds: [externalId] });
  if (old && old.memberId !== null) return old.memberId === memberId ? undefined : 'somebody-elses';
  if (server.ownerAccountId === externalId) return 'owner';
  // What was just read is newer than what is known.
  const { protection } = link.seen ?? link;
  const refusal = protection === undefined ? old?.protection : protection;
  if (refusal) return refusal;
  // One that is known from another server is the only account that its member has, which was looked up just before.
  if (link.knownFrom !== undefined) return undefined;
  return (await inTheWayOf(tx, link)) && 'has-another';
}

/**
 * Part of a transaction, so that of two sign-ins that end at once one is refused. What the account has becomes a grant
 * "imported", without an end unless staff say one, so that linking takes nothing away (rule 5), not even when another grant of the same
 * libraries ends. Linking twice does no harm.
 */
export async function linkAccount(
  deps: Deps,
  tx: GuildStores,
  link: NewLink,
  now: Date,
): Promise<'linked' | 'already' | LinkRefusal> {
  const refusal = await refusalOfLink(tx, link);
  if (refusal) return refusal;
  const { server, memberId, externalId } = link;
  const [libraries, [old]] = await Promise.all([
    tx.libraries.list(server.id),
    tx.accounts.list({ serverId: server.id, externalIds: [externalId] }),
  ]);
  if (old?.memberId === memberId) return 'already';
  // What Usher gave to it before it was gone is known still, so it becomes no grant.
  if (old?.formerMemberId === memberId) {
    await linkBack(deps, tx, { server, account: { ...old, name: link.name, formerMemberId: memberId } }, now);
    return 'linked';
  }
  const actual = actualOf(link.seen, libraries);
  const sees = seenLibraries(actual, server, libraries);
  // What another guild gives ends there, and so it does not become a grant for good here.
  const elsewhere = overlap(sees, idsOf(link.elsewhere, libraries));
  const has = without(sees, elsewhere);
  await tx.members.ensure(memberId);
  const accountId = await tx.accounts.save({
    id: deps.codes.newId(),
    serverId: server.id,
    externalId,
    name: link.name,
    emailMasked: link.emailMasked,
    memberId,
    formerMemberId: null,
    missingSince: null,
    ...seenFields(actual),
    seenAt: now,
    dueAt: now,
  });
  await tx.accounts.setLibraries(accountId, { seen: sees, given: has, elsewhere });
  await tx.audit.append({
    action: 'member.linked',
    actorId: link.by ?? (link.knownFrom === undefined ? asActor(memberId) : null),
    targetId: memberId,
    facts: {
      server: server.name,
      account: link.name,
      ...(link.knownFrom !== undefined && {
        how: 'known',
        detail: say('audit.note.knownFrom', { server: link.knownFrom, kind: MEDIA_KINDS[server.kind].name }),
      }),
    },
    at: now,
  });
  await importAccess(deps, tx, link, has);
  return 'linked';
}

function seenLibraries(actual: Understood, server: Server, libraries: readonly Library[]): readonly string[] {
  if (actual.kind === 'absent') return [];
  return actual.access === 'all' ? presentLibraries(server.id, libraries) : actual.access;
}

async function importAccess(
  deps: Deps,
  tx: GuildStores,
  { memberId, until = null }: NewLink,
  has: readonly string[],
): Promise<void> {
  const grants = await tx.grants.list({ memberId, states: ['active'] });
  const imported = without(
    has,
    grants.filter((grant) => grant.source === 'imported').flatMap((grant) => grant.libraryIds),
  );
  if (imported.length === 0) return;
  await importGrant(deps, tx, {
    memberId,
    libraryIds: imported,
    expiresAt: until,
    reason: 'had it before',
    how: 'had-before',
  });
}
