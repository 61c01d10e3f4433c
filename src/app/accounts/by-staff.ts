/** Accounts that staff link to a member, or let go of, without a sign-in of the member. */

import { nextTransition, serversOf } from '../../domain/grant.ts';
import type { ActorId, GuildId, MemberId } from '../../domain/ids.ts';
import { MEDIA_KINDS } from '../../domain/media-kinds.ts';
import type { Account, AuditFacts, Grant, Library, Server } from '../../domain/model.ts';
import { type Sentence, say } from '../../words/say.ts';
import { settle } from '../ledger/settle.ts';
import { inTheWayOf } from '../observe/account-room.ts';
import { touchedElsewhere } from '../observe/elsewhere.ts';
import { refreshLibraries } from '../observe/follow-libraries.ts';
import { UNLINKED } from '../observe/gone.ts';
import { namesUnknown, seenIn, unreadIn } from '../observe/reading.ts';
import { noteFailure } from '../observe/server-health.ts';
import { type Deps, openServer } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';
import type { Enforce } from '../reconcile/enforce.ts';
import { type LinkRefusal, linkAccount } from './link.ts';

/** Whose account it is to be, or is no more. */
export interface LinkInput {
  readonly guildId: GuildId;
  readonly actorId: ActorId;
  readonly memberId: MemberId;
  readonly accountId: string;
}

export type StaffLink =
  | {
      readonly kind: 'linked';
      readonly account: string;
      readonly server: Server;
      /** What it had, which is a grant without an end now; undefined when that was nothing, or was granted already. */
      readonly imported: { readonly grant: Grant; readonly libraries: readonly Library[] } | undefined;
    }
  | { readonly kind: 'refused'; readonly account: string; readonly server: Server; readonly why: Sentence }
  | { readonly kind: 'gone' };

/** What letting go of an account means. */
export interface UnlinkPreview {
  readonly account: string;
  /** On which it is let go: an account of a vendor is one on all servers. */
  readonly servers: readonly Server[];
  /** What it keeps, as it was last seen. */
  readonly keeps: readonly { readonly server: Server; readonly libraries: readonly Library[] }[];
  /** Grants that are not over and give something there: from then on they wait for another account. */
  readonly waiting: readonly number[];
  /** Servers on which something is still to be changed for the account, which nobody would do any more. */
  readonly busy: readonly Server[];
}

interface Row {
  readonly account: Account;
  readonly server: Server;
}

export type Unlinked = { readonly kind: 'unlinked' } | { readonly kind: 'busy' } | { readonly kind: 'gone' };

export function makeLinkByStaff(deps: Deps, enforce: Enforce) {
  return {
    /** Links an account that nobody has. What it has becomes a grant, so it is read first. */
    async link({ guildId, actorId, memberId, accountId }: LinkInput): Promise<StaffLink> {
      const stores = deps.stores.of(guildId);
      const account = await stores.accounts.find(accountId);
      const begun = account && (await stores.servers.find(account.serverId));
      if (!begun || account.externalId === null) return { kind: 'gone' };
      const { externalId, name, emailMasked } = account;
      const before = new Set((await stores.grants.list({ memberId })).map(({ id }) => id));
      const outcome = await deps.servers.exclusive(guildId, begun, () => readAndLink());
      if (outcome) return outcome;
      await enforce.servers(guildId, [begun.id]);
      const made = (await stores.grants.list({ memberId })).find(
        ({ id, source }) => source === 'imported' && !before.has(id),
      );
      const libraries = await stores.libraries.list();
      return {
        kind: 'linked',
        account: name,
        server: begun,
        imported: made && {
          grant: made,
          libraries: libraries.filter(({ id }) => made.libraryIds.includes(id)),
        },
      };

      async function readAndLink(): Promise<StaffLink | undefined> {
        const server = await stores.servers.find(account?.serverId ?? '');
        if (!server) return { kind: 'gone' };
        const refused = (why: Sentence) => ({ kind: 'refused', account: name, server, why }) as const;
        const media = await openServer(deps, stores, server);
        const reading = await media.readAccess({ of: [externalId ?? ''] });
        if (reading.kind === 'unknown') {
          await noteFailure(deps, guildId, { server, media }, reading.why);
          return refused(say('member.link.notRead', { server: server.name, why: reading.why.message }));
        }
        const seen = seenIn(reading.value, externalId ?? '');
        const unread = seen ? undefined : unreadIn(reading.value, externalId ?? '');
        if (unread) return refused(say('member.link.notRead', { server: server.name, why: unread.message }));
        if (namesUnknown(reading.value, await stores.libraries.list(server.id))) {
          const learnt = await refreshLibraries(deps, guildId, server, media);
          if (learnt.kind === 'unknown')
            return refused(say('member.link.notRead', { server: server.name, why: learnt.why.message }));
        }
        const elsewhere = await touchedElsewhere(deps, guildId, server, externalId ?? '');
        return await deps.stores.transaction(guildId, async (tx) => {
          const wanted = {
            server,
            memberId,
            externalId: externalId ?? '',
            name,
            emailMasked,
            seen,
            elsewhere,
          };
          const linked = await linkAccount(deps, tx, { ...wanted, by: actorId }, deps.clock.now());
          if (linked === 'linked') return undefined;
          if (linked === 'already') return refused(say('member.link.already'));
          return refused(await refusalText(tx, linked, wanted));
        });
      }
    },

    /** Undefined when the account is not this member's any more. */
    async unlinkPreview(
      guildId: GuildId,
      { memberId, accountId }: Pick<LinkInput, 'memberId' | 'accountId'>,
    ): Promise<UnlinkPreview | undefined> {
      const stores = deps.stores.of(guildId);
      const rows = await sameAccount(stores, memberId, accountId);
      const [first] = rows;
      if (!first) return undefined;
      const [libraries, grants] = await Promise.all([
        stores.libraries.list(),
        stores.grants.list({ memberId, states: ['active', 'scheduled', 'paused'] }),
      ]);
      const servers = rows.map(({ server }) => server);
      const here = new Set(
        libraries.filter(({ serverId }) => servers.some(({ id }) => id === serverId)).map(({ id }) => id),
      );
      return {
        account: first.account.name,
        servers,
        keeps: rows.map(({ account, server }) => ({
          server,
          libraries: libraries.filter(
            ({ id, serverId, goneAt }) =>
              serverId === server.id &&
              goneAt === null &&
              (account.seenAccess === 'all' || account.seen.includes(id)),
          ),
        })),
        waiting: grants
          .filter(({ libraryIds }) => libraryIds.some((id) => here.has(id)))
          .map(({ number }) => number),
        busy: await busyOf(stores, memberId, rows, deps.clock.now()),
      };
    },

    /**
     * The account is nobody's any more, and stays as it is. While something is still to be changed for it, it is not
     * let go: an end would count as done that no server has shown (rule 2).
     */
    async unlink({ guildId, actorId, memberId, accountId }: LinkInput): Promise<Unlinked> {
      return await deps.stores.transaction(guildId, async (tx) => {
        const rows = await sameAccount(tx, memberId, accountId);
        if (rows.length === 0) return { kind: 'gone' };
        const now = deps.clock.now();
        if ((await busyOf(tx, memberId, rows, now)).length > 0) return { kind: 'busy' };
        for (const row of rows) await letGo(tx, { ...row, memberId, actorId }, now);
        await settle(deps, tx, [memberId], now);
        return { kind: 'unlinked' };
      });
    },
  };
}

/** Part of a transaction: the account is nobody's, and stays as it is. */
export async function letGo(
  tx: GuildStores,
  {
    account,
    server,
    memberId,
    actorId,
    facts: more,
  }: Row & { readonly memberId: MemberId; readonly actorId: ActorId; readonly facts?: AuditFacts },
  now: Date,
): Promise<void> {
  await tx.accounts.update(account.id, { ...UNLINKED, formerMemberId: null });
  const { seen, elsewhere } = account;
  const nothing = { given: [], inFlight: [], leaving: [], ended: [] };
  await tx.accounts.setLibraries(account.id, { seen, elsewhere, ...nothing });
  const facts = { server: server.name, account: account.name, ...more };
  await tx.audit.append({ action: 'member.unlinked', actorId, targetId: memberId, facts, at: now });
}

/** The rows of an account of a member: one, or, of a vendor's account, those on all servers of its kind. */
async function sameAccount(
  stores: GuildStores,
  memberId: MemberId,
  accountId: string,
): Promise<readonly Row[]> {
  const [theirs, servers] = await Promise.all([stores.accounts.list({ memberId }), stores.servers.list()]);
  const serverOf = (account: Account) => servers.find(({ id }) => id === account.serverId);
  const meant = theirs.find(({ id }) => id === accountId);
  const kind = meant && serverOf(meant)?.kind;
  if (!meant || kind === undefined || meant.externalId === null) return [];
  return theirs.flatMap((account) => {
    const server = serverOf(account);
    const isSame =
      account.id === accountId ||
      (MEDIA_KINDS[kind].accounts === 'invited' &&
        server?.kind === kind &&
        account.externalId === meant.externalId);
    return server && isSame ? [{ account, server }] : [];
  });
}

/** Where something is still to be changed for the account, or is now that a grant begins or ends. */
export async function busyOf(
  stores: GuildStores,
  memberId: MemberId,
  rows: readonly Row[],
  now: Date,
): Promise<readonly Server[]> {
  const [grants, libraries] = await Promise.all([
    stores.grants.list({ memberId, states: ['scheduled', 'active'] }),
    stores.libraries.list(),
  ]);
  const turning = grants.filter((grant) => {
    const at = nextTransition(grant);
    return at !== null && at <= now;
  });
  const turningOn = new Set(turning.flatMap((grant) => serversOf(grant, libraries)));
  return rows
    .filter(({ account, server }) => account.dueAt !== null || turningOn.has(server.id))
    .map(({ server }) => server);
}

/** Why an account cannot be linked, for staff. */
export async function refusalText(
  tx: GuildStores,
  why: LinkRefusal,
  wanted: Parameters<typeof inTheWayOf>[1],
): Promise<Sentence> {
  const server = wanted.server.name;
  switch (why) {
    case 'somebody-elses':
      return say('member.link.somebodyElses');
    case 'has-another': {
      const other = await inTheWayOf(tx, wanted);
      return say('member.link.hasAnother', { server, account: other?.name ?? '' });
    }
    default:
      return say(`member.link.protected.${why}`, { server });
  }
}
