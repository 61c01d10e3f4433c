/** Linking an account to a member: from then on it is managed, and what it already has becomes a grant. */

import { overlap, presentLibraries, type Understood, without } from '../../domain/access.ts';
import { isOver } from '../../domain/grant.ts';
import type { ActorId, MemberId } from '../../domain/ids.ts';
import { asActor } from '../../domain/ids.ts';
import { MEDIA_KINDS } from '../../domain/media-kinds.ts';
import type { Account, Grant, Library, Server } from '../../domain/model.ts';
import type { Protection } from '../../domain/protection.ts';
import { say } from '../../words/say.ts';
import { endBegin } from '../guild/begin.ts';
import { personOf, tell } from '../ledger/alerts.ts';
import { libraryNames } from '../ledger/audit-facts.ts';
import { importGrants } from '../ledger/ledger.ts';
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
  /** It is imported together with others. */
  readonly isImport?: true;
}

type Outcome = 'linked' | 'already' | LinkRefusal;
export type Linked =
  | {
      readonly outcome: 'linked';
      readonly accountId: string;
      /** What the account has and no grant "imported" gives: it is to become one. */
      readonly imports: readonly string[];
      /** A member, to whom nobody here has given anything, has proven that it is theirs. */
      readonly isClaim: boolean;
    }
  | { readonly outcome: Exclude<Outcome, 'linked'> };

/** The account is another member's, the member has another one, or it is given nothing because of what it is. */
export type LinkRefusal = 'somebody-elses' | 'has-another' | Protection;

/** Why an account cannot be linked; nothing is changed. */
export async function refusalOfLink(tx: GuildStores, link: NewLink): Promise<LinkRefusal | undefined> {
  return await refusalOf(tx, link, await findOld(tx, link));
}

const findOld = async (tx: GuildStores, { server, externalId }: NewLink): Promise<Account | undefined> =>
  (await tx.accounts.list({ serverId: server.id, externalIds: [externalId] }))[0];

async function refusalOf(
  tx: GuildStores,
  link: NewLink,
  old: Account | undefined,
): Promise<LinkRefusal | undefined> {
  const { server, memberId, externalId } = link;
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
 * "imported" without an end, so that linking takes nothing away (rule 5), not even when another grant of the same
 * libraries ends. Linking twice does no harm.
 */
export async function linkAccount(deps: Deps, tx: GuildStores, link: NewLink, now: Date): Promise<Outcome> {
  const linked = await linkOnly(deps, tx, link, now);
  if (linked.outcome !== 'linked' || linked.imports.length === 0) return linked.outcome;
  const { memberId } = link;
  const [grant] = await importGrants(deps, tx, [{ memberId, libraryIds: linked.imports, ...HAD_BEFORE }]);
  if (linked.isClaim && grant) await tellClaimed(deps, tx, { link, grant, accountId: linked.accountId }, now);
  return 'linked';
}

/** How a grant reads that says what an account had when it was linked. */
export const HAD_BEFORE = { reason: 'had it before', how: 'had-before' } as const;

/** The same, without the grant. Whoever calls it sees to it that what the account has becomes one. */
export async function linkOnly(deps: Deps, tx: GuildStores, link: NewLink, now: Date): Promise<Linked> {
  const { server, memberId, externalId } = link;
  const old = await findOld(tx, link);
  const refusal = await refusalOf(tx, link, old);
  if (refusal) return { outcome: refusal };
  if (old?.memberId === memberId) return { outcome: 'already' };
  // Whatever was proposed or said of it, it is somebody's now.
  if (old) await tx.arrivals.remove([old.id]);
  // What Usher gave to it before it was gone is known still, so it becomes no grant.
  if (old?.formerMemberId === memberId) {
    await linkBack(deps, tx, { server, account: { ...old, name: link.name, formerMemberId: memberId } }, now);
    return { outcome: 'linked', accountId: old.id, imports: [], isClaim: false };
  }
  const libraries = await tx.libraries.list(server.id);
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
  // Of thousands, who has begun is seen when their buttons are looked at.
  if (!link.isImport) await endBegin(deps, tx, memberId, now);
  const imports = await notGranted(tx, memberId, has);
  const isClaim = imports.length > 0 && (await isNews(tx, link));
  await tx.audit.append({
    action: isClaim || link.isImport ? 'member.imported' : 'member.linked',
    actorId: link.by ?? (link.knownFrom === undefined ? asActor(memberId) : null),
    targetId: memberId,
    facts: {
      server: server.name,
      account: link.name,
      ...(isClaim && { how: 'claimed' }),
      ...(link.knownFrom !== undefined && {
        how: 'known',
        detail: say('audit.note.knownFrom', { server: link.knownFrom, kind: MEDIA_KINDS[server.kind].name }),
      }),
    },
    at: now,
  });
  return { outcome: 'linked', accountId, imports, isClaim };
}

/** Whether a member, to whom nobody here has given anything, has proven an account that has something. */
async function isNews(tx: GuildStores, { memberId, by, knownFrom }: NewLink): Promise<boolean> {
  if (by !== undefined || knownFrom !== undefined) return false;
  const grants = await tx.grants.list({ memberId });
  return grants.every((grant) => isOver(grant) || grant.source === 'imported');
}

async function tellClaimed(
  deps: Deps,
  tx: GuildStores,
  { link, accountId, grant }: { readonly link: NewLink; readonly accountId: string; readonly grant: Grant },
  now: Date,
): Promise<void> {
  const values = {
    who: await personOf(tx, link.memberId),
    account: link.name,
    server: link.server.name,
    libraries: libraryNames(grant.libraryIds, await tx.libraries.list(link.server.id)),
  };
  const claimed = { accountId, grantId: grant.id };
  await tell(deps, tx, { text: say('alert.claimed', values), claimed }, now);
}

function seenLibraries(actual: Understood, server: Server, libraries: readonly Library[]): readonly string[] {
  if (actual.kind === 'absent') return [];
  return actual.access === 'all' ? presentLibraries(server.id, libraries) : actual.access;
}

/** What of it no grant "imported" gives already. */
async function notGranted(
  tx: GuildStores,
  memberId: MemberId,
  has: readonly string[],
): Promise<readonly string[]> {
  if (has.length === 0) return [];
  const grants = await tx.grants.list({ memberId, states: ['active'] });
  const known = grants.filter(({ source }) => source === 'imported').flatMap(({ libraryIds }) => libraryIds);
  return without(has, known);
}
