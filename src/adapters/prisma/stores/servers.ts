import { z } from 'zod';
import type { ServerStore } from '../../../app/ports/stores/servers.ts';
import { hourOf } from '../../../domain/availability.ts';
import { asKept, readKeptText } from '../../../domain/kept-text.ts';
import type { Server } from '../../../domain/model.ts';
import type { Server as Row } from '../generated/sqlite/client.ts';
import { driftPolicy, expiryAction, orNull, serverKind, serverStatus } from './column-enums.ts';
import { countersOf, type GuildContext, mustHit, NotThere } from './context.ts';
import { byText } from './order.ts';

export function createServerStore(context: GuildContext): ServerStore {
  const { guildId, queries } = context;
  // It is among the facts of the installation, where nothing goes with the server by itself; so the guild is in the
  // key.
  const lookKey = (id: string) => `endpoints.${guildId}.${id}`;
  return {
    async list() {
      const rows = await queries.server.findMany({ where: { guildId }, omit });
      return rows.map(toServer).toSorted(
        byText(
          (server) => server.name,
          (server) => server.id,
        ),
      );
    },
    async find(id) {
      const row = await queries.server.findUnique({ where: { guildId_id: { guildId, id } }, omit });
      return row === null ? undefined : toServer(row);
    },
    async add(server) {
      await queries.server.createMany({ data: [{ ...server, guildId, nameKey: nameKey(server.name) }] });
    },
    async update(id, changes) {
      const kept = asKept(changes, 'offlineWhy', 'sharingWhy', 'frozenWhy');
      const data = changes.name === undefined ? kept : { ...kept, nameKey: nameKey(changes.name) };
      if (changes.name !== undefined) countersOf(context).namesVersion += 1;
      mustHit(await queries.server.updateMany({ where: { guildId, id }, data }), 'The server');
    },
    async remove(id) {
      countersOf(context).namesVersion += 1;
      await queries.server.deleteMany({ where: { guildId, id } });
      await queries.installation.deleteMany({ where: { key: lookKey(id) } });
    },
    async findEndpointLook(id) {
      const row = await queries.installation.findUnique({ where: { key: lookKey(id) } });
      return row === null ? undefined : endpointLook.parse(row.value);
    },
    async noteEndpointLook(id, look) {
      if ((await queries.server.count({ where: { guildId, id } })) === 0) return;
      const [key, value] = [lookKey(id), JSON.stringify(look)];
      await queries.installation.upsert({ where: { key }, create: { key, value }, update: { value } });
    },
    async getTokenCipher(id) {
      const row = await queries.server.findUnique({
        where: { guildId_id: { guildId, id } },
        select: { tokenCipher: true },
      });
      if (row === null) throw new NotThere('The server is not there.');
      return row.tokenCipher;
    },
    async isLookNoted(serverId, at) {
      const { day, bit } = hourOf(at);
      const where = { guildId_serverId_day: { guildId, serverId, day } };
      const row = await queries.serverDay.findUnique({ where, select: { looked: true } });
      return row !== null && (row.looked & bit) !== 0;
    },
    async noteLook(serverId, at, isAway) {
      const { day, bit } = hourOf(at);
      const away = isAway ? bit : 0;
      await queries.$executeRaw`
        INSERT INTO "ServerDay" ("guildId", "serverId", "day", "looked", "away")
        SELECT ${guildId}, ${serverId}, ${day}, CAST(${bit} AS INTEGER), CAST(${away} AS INTEGER)
        WHERE EXISTS (SELECT 1 FROM "Server" WHERE "guildId" = ${guildId} AND "id" = ${serverId})
        ON CONFLICT ("guildId", "serverId", "day") DO UPDATE SET
          "looked" = "ServerDay"."looked" | excluded."looked",
          "away" = "ServerDay"."away" | excluded."away"`;
    },
    async listDays(since, serverId) {
      return await queries.serverDay.findMany({
        where: { guildId, day: { gte: since }, ...(serverId !== undefined && { serverId }) },
        orderBy: [{ serverId: 'asc' }, { day: 'asc' }],
        omit: { guildId: true },
      });
    },
    async setBack(now) {
      await queries.server.updateMany({
        where: { guildId, nextProbeAt: { gt: now } },
        data: { nextProbeAt: now },
      });
    },
    async listProbesDue(now) {
      const rows = await queries.server.findMany({
        where: { guildId, nextProbeAt: { lte: now } },
        orderBy: { nextProbeAt: 'asc' },
        omit,
      });
      return rows.map(toServer);
    },
  };
}

/** Names that differ only in case count as the same, because people would confuse them. */
const nameKey = (name: string) => name.toLowerCase();

const endpointLook = z
  .string()
  .transform((text): unknown => JSON.parse(text))
  .pipe(z.object({ at: z.iso.datetime().transform((text) => new Date(text)), removed: z.array(z.string()) }));

const omit = { guildId: true, nameKey: true, tokenCipher: true, createdAt: true } as const;

function toServer(row: Omit<Row, keyof typeof omit>): Server {
  return {
    ...row,
    kind: serverKind(row.kind),
    status: serverStatus(row.status),
    offlineWhy: orNull(readKeptText)(row.offlineWhy),
    sharingWhy: orNull(readKeptText)(row.sharingWhy),
    frozenWhy: orNull(readKeptText)(row.frozenWhy),
    expiryAction: expiryAction(row.expiryAction),
    driftPolicy: driftPolicy(row.driftPolicy),
  };
}
