import type { Stores } from '../../../app/ports/stores.ts';
import type { Elsewhere } from '../../../domain/access.ts';
import { laterDoubt } from '../../../domain/doubt.ts';
import type { Queries } from '../client.ts';

const NOTHING: Elsewhere = { wanted: [], touched: [], disabledByUs: false, doubtSince: null };

/** Guilds that share a media server. Nearly always there is none, and then this costs one query by an index. */
export function createElsewhere(queries: Queries): Stores['elsewhere'] {
  return async (guildId, { kind, identity }, externalIds) => {
    const servers = await queries.server.findMany({
      where: { identity, kind, guildId: { not: guildId } },
      select: { guildId: true, id: true, defaultLibraryId: true },
    });
    const found = new Map<string, Elsewhere>();
    for (const server of servers) {
      for (const account of await accountsOn(queries, server, externalIds)) {
        if (account.externalId === null) continue;
        const before = found.get(account.externalId) ?? NOTHING;
        const wanted = [...before.wanted, ...account.wanted];
        found.set(account.externalId, {
          wanted,
          touched: [...before.touched, ...account.wanted, ...account.touched],
          disabledByUs: before.disabledByUs || account.disabledByUs,
          doubtSince: laterDoubt(before, account),
        });
      }
    }
    return found;
  };
}

/** The end of a token is all that can be compared without opening it. So a rare one counts as shared that is not. */
export function createSharesToken(queries: Queries): Stores['sharesToken'] {
  return async (guildId, { id, kind, identity, ownerAccountId, clientIdentifier, tokenLast4 }) => {
    const sameOwner = ownerAccountId === null ? [] : [{ ownerAccountId }];
    const sameClient = clientIdentifier === null ? [] : [{ clientIdentifier, ownerAccountId }];
    const others = await queries.server.count({
      where: {
        kind,
        NOT: { guildId, id },
        OR: [...sameClient, { tokenLast4, OR: [{ identity }, ...sameOwner] }],
      },
    });
    return others > 0;
  };
}

interface Place {
  readonly guildId: string;
  readonly id: string;
  readonly defaultLibraryId: string | null;
}

/** The linked accounts of one guild on its row of the server, with external ids of libraries. */
async function accountsOn(
  queries: Queries,
  { guildId, id, defaultLibraryId }: Place,
  externalIds: readonly string[],
) {
  const accounts = await queries.account.findMany({
    where: { guildId, serverId: id, externalId: { in: [...externalIds] }, memberId: { not: null } },
    select: { id: true, externalId: true, memberId: true, disabledByUs: true, doubtSince: true },
  });
  if (accounts.length === 0) return [];
  const memberIds = accounts.flatMap(({ memberId }) => memberId ?? []);
  const [libraries, links, granted] = await Promise.all([
    queries.library.findMany({
      where: { guildId, serverId: id, goneAt: null },
      select: { id: true, externalId: true },
    }),
    queries.accountLibrary.findMany({
      where: {
        guildId,
        accountId: { in: accounts.map((account) => account.id) },
        OR: [{ given: true }, { inFlight: true }, { ended: true }],
      },
      select: { accountId: true, libraryId: true },
    }),
    queries.grantLibrary.findMany({
      where: { guildId, grant: { memberId: { in: memberIds }, state: 'active' } },
      select: { libraryId: true, grant: { select: { memberId: true } } },
    }),
  ]);
  const externals = new Map(libraries.map((library) => [library.id, library.externalId]));
  const externalOf = ({ libraryId }: { readonly libraryId: string }) => externals.get(libraryId) ?? [];
  return accounts.map(({ id: accountId, externalId, memberId, disabledByUs, doubtSince }) => {
    const wanted = granted.filter(({ grant }) => grant.memberId === memberId).flatMap(externalOf);
    const byDefault = defaultLibraryId === null ? [] : [externalOf({ libraryId: defaultLibraryId })].flat();
    return {
      externalId,
      disabledByUs,
      doubtSince,
      wanted: wanted.length > 0 ? wanted : byDefault,
      touched: links.filter((link) => link.accountId === accountId).flatMap(externalOf),
    };
  });
}
