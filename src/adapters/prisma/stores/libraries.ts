import type { LibraryStore } from '../../../app/ports/stores/servers.ts';
import type { Library } from '../../../domain/model.ts';
import { libraryClosed, libraryType, orNull } from './column-enums.ts';
import { countersOf, type GuildContext, mustHit } from './context.ts';
import { parseIds } from './json.ts';
import { byText } from './order.ts';

export function createLibraryStore(context: GuildContext): LibraryStore {
  const { guildId, queries } = context;
  return {
    async list(serverId) {
      // Servers are read separately: with a relation in the select, two thousand libraries take three times as
      // long.
      const [rows, servers] = await Promise.all([
        queries.library.findMany({
          where: { guildId, ...(serverId === undefined ? {} : { serverId }) },
          omit: { guildId: true },
        }),
        queries.server.findMany({ where: { guildId }, select: { id: true, name: true } }),
      ]);
      const serverNames = new Map(servers.map(({ id, name }) => [id, name]));
      return rows
        .toSorted(
          byText(
            (row) => serverNames.get(row.serverId) ?? '',
            (row) => row.name,
            (row) => row.type,
            (row) => row.id,
          ),
        )
        .map((row) => ({
          ...row,
          type: libraryType(row.type),
          formerIds: parseIds(row.formerIds),
          closed: orNull(libraryClosed)(row.closed),
        }));
    },
    async namesVersion() {
      const row = await queries.guild.findUnique({ where: { id: guildId }, select: { namesVersion: true } });
      return row?.namesVersion ?? 0;
    },
    async add(library) {
      countersOf(context).namesVersion += 1;
      await queries.library.createMany({ data: [{ ...library, guildId }] });
    },
    async update(id, { formerIds, ...changes }) {
      countersOf(context).namesVersion += 1;
      const data = { ...changes, ...(formerIds && { formerIds: JSON.stringify(formerIds) }) };
      mustHit(await queries.library.updateMany({ where: { guildId, id }, data }), 'The library');
    },
    async countUsers() {
      const count = async (pending: boolean) => {
        const seeing = { pending, disabled: false };
        const [seen, all] = await Promise.all([
          queries.accountLibrary.groupBy({
            by: ['libraryId'],
            where: { guildId, seen: true, account: { ...seeing, seenAccess: { notIn: ['all', 'none'] } } },
            _count: { _all: true },
          }),
          queries.account.groupBy({
            by: ['serverId'],
            where: { guildId, ...seeing, seenAccess: 'all' },
            _count: { _all: true },
          }),
        ]);
        const bySeen = new Map(seen.map((row) => [row.libraryId, row._count._all]));
        const byAll = new Map(all.map((row) => [row.serverId, row._count._all]));
        return ({ id, serverId, goneAt }: Pick<Library, 'id' | 'serverId' | 'goneAt'>) =>
          (bySeen.get(id) ?? 0) + (goneAt === null ? (byAll.get(serverId) ?? 0) : 0);
      };
      const [libraries, has, invited] = await Promise.all([
        queries.library.findMany({ where: { guildId }, select: { id: true, serverId: true, goneAt: true } }),
        count(false),
        count(true),
      ]);
      return new Map(libraries.map((each) => [each.id, { has: has(each), invited: invited(each) }]));
    },
  };
}
