import type { Drill, DrillStore } from '../../../app/ports/stores/drills.ts';
import type { Stores } from '../../../app/ports/stores.ts';
import { asKept, readKeptText } from '../../../domain/kept-text.ts';
import type { Queries } from '../client.ts';
import type { Drill as Row } from '../generated/sqlite/client.ts';
import { type GuildContext, mustHit, NotThere } from './context.ts';

export function createDrillStore({ guildId, queries }: GuildContext): DrillStore {
  return {
    async add(drill) {
      await queries.drill.createMany({ data: [{ ...drill, guildId }] });
    },
    async find(id) {
      const row = await queries.drill.findUnique({ where: { guildId_id: { guildId, id } }, omit });
      return row === null ? undefined : toDrill(row);
    },
    async list() {
      const orderBy = [{ createdAt: 'asc' }, { id: 'asc' }] as const;
      return (await queries.drill.findMany({ where: { guildId }, orderBy: [...orderBy], omit })).map(toDrill);
    },
    async getSecretCipher(id) {
      const row = await queries.drill.findUnique({
        where: { guildId_id: { guildId, id } },
        select: { secretCipher: true },
      });
      if (row === null) throw new NotThere('The drill is not there.');
      return row.secretCipher;
    },
    async update(id, changes) {
      const data = asKept(changes, 'trouble');
      mustHit(await queries.drill.updateMany({ where: { guildId, id }, data }), 'The drill');
    },
    async remove(id) {
      await queries.drill.deleteMany({ where: { guildId, id } });
    },
    async setBack(now) {
      await queries.drill.updateMany({ where: { guildId, dueAt: { gt: now } }, data: { dueAt: now } });
    },
  };
}

const omit = { guildId: true, secretCipher: true, createdAt: true } as const;

const toDrill = (row: Omit<Row, keyof typeof omit>): Drill => ({
  ...row,
  trouble: row.trouble === null ? null : readKeptText(row.trouble),
});

/** Throw-away accounts on a media server, whichever guild plays with them. */
export function createThrowAways(queries: Queries): Stores['throwAways'] {
  return async ({ kind, identity }) =>
    await queries.drill.findMany({
      where: { server: { kind, identity } },
      select: { externalId: true, name: true },
    });
}
