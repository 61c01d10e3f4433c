import type { AccountStore, NamedAccount } from '../../../app/ports/stores/accounts.ts';
import { toMemberId } from '../../../domain/ids.ts';
import { asKept, readKeptText } from '../../../domain/kept-text.ts';
import type { Account } from '../../../domain/model.ts';
import type { Prisma, Account as Row } from '../generated/sqlite/client.ts';
import { orNull, protection, seenAccess } from './column-enums.ts';
import { type GuildContext, idsOf, mustHit, type NewRow, NotThere } from './context.ts';
import { insertRows, updateRows } from './many-rows.ts';

export function createAccountStore(context: GuildContext): AccountStore {
  const { guildId, queries, dialect } = context;

  async function listNamed(where: Prisma.AccountWhereInput, take?: number): Promise<readonly NamedAccount[]> {
    const rows = await queries.account.findMany({
      where: { ...where, guildId, externalId: { not: null } },
      orderBy: [{ name: 'asc' }, { id: 'asc' }],
      ...(take !== undefined && { take }),
      select: {
        ...{ id: true, externalId: true, name: true },
        ...{ protection: true, signsInElsewhere: true, memberId: true, formerMemberId: true },
      },
    });
    return rows.flatMap(({ externalId, memberId, formerMemberId, ...row }) =>
      externalId === null
        ? []
        : [
            {
              ...{ ...row, externalId },
              memberId: memberId === null ? null : toMemberId(memberId),
              formerMemberId: formerMemberId === null ? null : toMemberId(formerMemberId),
              protection: orNull(protection)(row.protection),
            },
          ],
    );
  }

  /**
   * Reads the libraries in a second query by account id. Prisma's `include` fails for some thousand accounts,
   * because it asks for pairs of guild and id. A query by id alone may have any number of them: without an order,
   * Prisma splits it.
   */
  async function list(
    where: Prisma.AccountWhereInput,
    orderBy: Prisma.AccountOrderByWithRelationInput[] = [{ name: 'asc' }, { id: 'asc' }],
  ): Promise<readonly Account[]> {
    const rows = await queries.account.findMany({ where: { ...where, guildId }, orderBy, omit });
    if (rows.length === 0) return [];
    const links = await queries.accountLibrary.findMany({
      where: { guildId, accountId: { in: rows.map(({ id }) => id) } },
      select: {
        accountId: true,
        libraryId: true,
        seen: true,
        given: true,
        inFlight: true,
        leaving: true,
        ended: true,
        elsewhere: true,
      },
    });
    const byAccount = Map.groupBy(links, ({ accountId }) => accountId);
    return rows.map((row) => toAccount(row, byAccount.get(row.id) ?? []));
  }

  async function replaceLibraries(
    accounts: readonly { readonly id: string; readonly libraries: NewLibraries }[],
  ): Promise<void> {
    if (accounts.length === 0) return;
    const accountId = { in: accounts.map(({ id }) => id) };
    await queries.accountLibrary.deleteMany({ where: { guildId, accountId } });
    const rows = accounts.flatMap(({ id, libraries }) => linksOf(libraries, { guildId, accountId: id }));
    await insertRows(context, 'AccountLibrary', rows);
  }

  return {
    async list({ serverId, memberId, memberIds, externalIds, troubled } = {}) {
      const accounts = await list({
        ...(troubled && { trouble: { not: null } }),
        // A member has few accounts. With the server in the query, SQLite would read all of the server's.
        ...(serverId === undefined || memberIds !== undefined ? {} : { serverId }),
        ...(externalIds === undefined ? {} : { externalId: { in: [...externalIds] } }),
        AND: [
          ...(memberId === undefined ? [] : [{ memberId }]),
          ...(memberIds === undefined ? [] : [{ memberId: { in: [...memberIds] } }]),
        ],
      });
      return serverId === undefined ? accounts : accounts.filter((account) => account.serverId === serverId);
    },
    async find(id) {
      const [account] = await list({ id });
      return account;
    },
    async listMembers(filter) {
      const rows = await queries.account.findMany({
        where: { ...filter, guildId, memberId: { not: null }, externalId: { not: null } },
        distinct: ['memberId'],
        select: { memberId: true },
      });
      return rows.flatMap(({ memberId }) => (memberId === null ? [] : [toMemberId(memberId)]));
    },
    listNames: (serverId) => listNamed({ serverId }),
    findNames: (serverId, words, limit, linked) => {
      // SQLite compares plain letters in any case by itself, and has no word for it.
      const mode = dialect === 'postgresql' ? { mode: 'insensitive' } : {};
      const named = words.map((word) => ({ name: { contains: word, ...mode } }));
      const whose = linked === undefined ? {} : { memberId: linked ? { not: null } : null };
      return listNamed({ serverId, protection: null, AND: named, ...whose }, limit);
    },
    async listKnownIds(serverId) {
      const rows = await queries.account.findMany({
        where: {
          ...{ guildId, serverId },
          OR: [{ seenAccess: { not: 'none' } }, { memberId: { not: null } }, { signsInElsewhere: true }],
        },
        select: { externalId: true },
      });
      return rows.flatMap(({ externalId }) => externalId ?? []).toSorted();
    },
    async countAccess() {
      const sees = { disabled: false, seenAccess: { in: ['all', 'libraries'] } };
      const [seeing, linked] = await Promise.all([
        queries.account.groupBy({
          by: ['serverId', 'pending'],
          where: { guildId, ...sees },
          _count: { _all: true },
        }),
        queries.account.groupBy({
          by: ['serverId'],
          where: { guildId, memberId: { not: null }, externalId: { not: null }, NOT: sees },
          _count: { _all: true },
        }),
      ]);
      const none = new Map(linked.map((row) => [row.serverId, row._count._all]));
      const byServer = Map.groupBy(seeing, ({ serverId }) => serverId);
      const countOf = (serverId: string, isPending: boolean) =>
        byServer.get(serverId)?.find(({ pending }) => pending === isPending)?._count._all ?? 0;
      return new Map(
        [...new Set([...byServer.keys(), ...none.keys()])].map((id) => [
          id,
          { has: countOf(id, false), invited: countOf(id, true), none: none.get(id) ?? 0 },
        ]),
      );
    },
    async listDue(now, serverId) {
      const ofServer = serverId === undefined ? {} : { serverId };
      const [due, looks, deletions] = await Promise.all([
        list({ ...isDue(now), ...ofServer }, [{ dueAt: 'asc' }, { id: 'asc' }]),
        list(isToBeLookedAt(now), [{ lookAt: 'asc' }, { id: 'asc' }]),
        list(isToBeDeleted(now), [{ deleteAt: 'asc' }, { id: 'asc' }]),
      ]);
      // Read for all servers and filtered here, because they are few. Filtered by server, SQLite would read all of
      // its accounts.
      const more = [...looks, ...deletions].filter(
        (account) => serverId === undefined || account.serverId === serverId,
      );
      return [...new Map([...due, ...more].map((account) => [account.id, account])).values()];
    },
    async listDueServers(now) {
      const rows = await Promise.all(
        [isDue(now), isToBeLookedAt(now), isToBeDeleted(now)].map((where) =>
          queries.account.groupBy({ by: ['serverId'], where: { ...where, guildId } }),
        ),
      );
      return [...new Set(rows.flat().map(({ serverId }) => serverId))].toSorted();
    },
    async addSeen(accounts) {
      const rows = accounts.map(({ seen, ...row }) => ({ ...row, guildId, createdAt: row.seenAt }));
      await insertRows(context, 'Account', rows);
      const links = accounts.flatMap(({ id, seen }) =>
        seen.map((libraryId) => ({
          guildId,
          accountId: id,
          libraryId,
          seen: true,
          given: false,
          inFlight: false,
          leaving: false,
          ended: false,
          elsewhere: false,
        })),
      );
      await insertRows(context, 'AccountLibrary', links);
    },
    async save({ id, serverId, externalId, ...row }) {
      const columns = asKept(row, 'trouble');
      const select = { id: true } as const;
      const create = { ...columns, guildId, id, serverId, externalId };
      const saved =
        externalId === null
          ? await queries.account.create({ data: create, select })
          : await queries.account.upsert({
              where: { guildId_serverId_externalId: { guildId, serverId, externalId } },
              create,
              update: columns,
              select,
            });
      return saved.id;
    },
    async update(id, changes) {
      const data = asKept(changes, 'trouble');
      mustHit(await queries.account.updateMany({ where: { guildId, id }, data }), 'The account');
    },
    async remove(id) {
      await queries.account.deleteMany({ where: { guildId, id } });
    },
    async setLibraries(accountId, libraries) {
      await replaceLibraries([{ id: accountId, libraries }]);
    },
    async updateMany(updates) {
      await updateRows(
        context,
        'Account',
        updates.map(({ id, changes }) => ({ ...asKept(changes, 'trouble'), id })),
      );
      await replaceLibraries(
        updates.flatMap(({ id, libraries }) => (libraries === undefined ? [] : [{ id, libraries }])),
      );
    },
    async noteInFlight(accountIds, { giving, taking }, now) {
      const accounts = { guildId, id: { in: [...accountIds] } };
      await queries.account.updateMany({ where: accounts, data: { writtenAt: now, doubtSince: now } });
      // One that is only looked at becomes due: whoever is killed now leaves something to be finished.
      await queries.account.updateMany({ where: { ...accounts, dueAt: null }, data: { dueAt: now } });
      for (const [libraryIds, leaving] of [
        [giving, false],
        [taking, true],
      ] as const) {
        const where = { guildId, accountId: { in: [...accountIds] }, libraryId: { in: [...libraryIds] } };
        const known = await queries.accountLibrary.findMany({
          where,
          select: { accountId: true, libraryId: true },
        });
        await queries.accountLibrary.updateMany({
          where,
          data: { given: false, inFlight: true, leaving, ended: false },
        });
        const byAccount = Map.groupBy(known, ({ accountId }) => accountId);
        const rows = accountIds.flatMap((accountId) => {
          const has = new Set(byAccount.get(accountId)?.map(({ libraryId }) => libraryId));
          const missing = libraryIds.filter((libraryId) => !has.has(libraryId));
          return missing.map((libraryId) => ({
            guildId,
            accountId,
            libraryId,
            seen: false,
            given: false,
            inFlight: true,
            leaving,
            ended: false,
            elsewhere: false,
          }));
        });
        await insertRows(context, 'AccountLibrary', rows);
      }
    },
    async setBack(now) {
      for (const column of ['dueAt', 'lookAt', 'doubtSince', 'seenAt', 'writtenAt', 'endedAt'] as const)
        await queries.account.updateMany({
          where: { guildId, [column]: { gt: now } },
          data: { [column]: now },
        });
    },
    async getSecretCipher(id) {
      const row = await queries.account.findUnique({
        where: { guildId_id: { guildId, id } },
        select: { secretCipher: true },
      });
      if (row === null) throw new NotThere('The account is not there.');
      return row.secretCipher;
    },
    async makeDue({ memberIds, serverId }, now, cause) {
      await queries.account.updateMany({
        where: {
          guildId,
          externalId: { not: null },
          memberId: memberIds === undefined ? { not: null } : { in: [...memberIds] },
          ...(serverId === undefined ? {} : { serverId }),
        },
        data: {
          dueAt: now,
          attempts: 0,
          trouble: null,
          refused: false,
          ...(cause === 'decided' && { lossApproved: true }),
        },
      });
    },
    async hasten(serverId, now) {
      const linked = { guildId, serverId, memberId: { not: null } };
      const waiting = { ...linked, refused: false, dueAt: { gt: now } };
      await queries.account.updateMany({ where: waiting, data: { dueAt: now } });
      const unsure = { ...linked, dueAt: null, lookAt: { gt: now } };
      await queries.account.updateMany({ where: unsure, data: { lookAt: now } });
      return queries.account.count({
        where: { ...linked, OR: [{ dueAt: { lte: now } }, { lookAt: { lte: now } }] },
      });
    },
    async forgetEnded(serverId, before) {
      await queries.accountLibrary.updateMany({
        where: { guildId, ended: true, account: { serverId, endedAt: { lte: before } } },
        data: { ended: false },
      });
    },
    listUnfinished: () => list({ externalId: null }),
  };
}

const omit = { guildId: true, linkedAt: true, secretCipher: true, createdAt: true } as const;

// A query for each instead of an OR, for which SQLite would read every account of the guild.
const isDue = (now: Date): Prisma.AccountWhereInput => ({ dueAt: { lte: now }, memberId: { not: null } });
const isToBeLookedAt = (now: Date): Prisma.AccountWhereInput => ({
  lookAt: { lte: now },
  memberId: { not: null },
});
const isToBeDeleted = (now: Date): Prisma.AccountWhereInput => ({
  deleteAt: { lte: now },
  memberId: { not: null },
});

type NewLibraries = Parameters<AccountStore['setLibraries']>[1];

/** The rows for what is known of an account's libraries. */
function linksOf(
  { seen, given, inFlight = [], leaving = [], ended = [], elsewhere = [] }: NewLibraries,
  account: { readonly guildId: string; readonly accountId: string },
): readonly NewRow[] {
  const [sees, has] = [new Set(seen), new Set(given)];
  const [doubts, leaves] = [new Set(inFlight), new Set(leaving)];
  const [over, others] = [new Set(ended), new Set(elsewhere)];
  return [...sees.union(has).union(doubts).union(over).union(others)].map((libraryId) => ({
    ...account,
    libraryId,
    seen: sees.has(libraryId),
    given: has.has(libraryId),
    inFlight: doubts.has(libraryId),
    leaving: leaves.has(libraryId),
    ended: over.has(libraryId),
    elsewhere: others.has(libraryId),
  }));
}

function toAccount(
  row: Omit<Row, keyof typeof omit>,
  links: readonly {
    readonly libraryId: string;
    readonly seen: boolean;
    readonly given: boolean;
    readonly inFlight: boolean;
    readonly leaving: boolean;
    readonly ended: boolean;
    readonly elsewhere: boolean;
  }[],
): Account {
  return {
    ...row,
    memberId: row.memberId === null ? null : toMemberId(row.memberId),
    formerMemberId: row.formerMemberId === null ? null : toMemberId(row.formerMemberId),
    protection: orNull(protection)(row.protection),
    trouble: orNull(readKeptText)(row.trouble),
    seenAccess: seenAccess(row.seenAccess),
    seen: idsOf(links.filter(({ seen }) => seen)),
    given: idsOf(links.filter(({ given }) => given)),
    inFlight: idsOf(links.filter(({ inFlight }) => inFlight)),
    leaving: idsOf(links.filter(({ leaving }) => leaving)),
    ended: idsOf(links.filter(({ ended }) => ended)),
    elsewhere: idsOf(links.filter(({ elsewhere }) => elsewhere)),
  };
}
