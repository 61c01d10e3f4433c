import type { DrillStore } from '../../../app/ports/stores/drills.ts';
import type { Stores } from '../../../app/ports/stores.ts';
import type { Queries } from '../client.ts';
import { type GuildContext, mustHit, NotThere } from './context.ts';

export function createDrillStore({ guildId, queries }: GuildContext): DrillStore {
  return {
    async add(drill) {
      await queries.drill.createMany({ data: [{ ...drill, guildId }] });
    },
    async find(id) {
      return (await queries.drill.findUnique({ where: { guildId_id: { guildId, id } }, omit })) ?? undefined;
    },
    list: () =>
      queries.drill.findMany({ where: { guildId }, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }], omit }),
    async getSecretCipher(id) {
      const row = await queries.drill.findUnique({
        where: { guildId_id: { guildId, id } },
        select: { secretCipher: true },
      });
      if (row === null) throw new NotThere('The drill is not there.');
      return row.secretCipher;
    },
    async update(id, changes) {
      mustHit(await queries.drill.updateMany({ where: { guildId, id }, data: changes }), 'The drill');
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

/** Throw-away accounts on a media server, whichever guild plays with them. */
export function createThrowAways(queries: Queries): Stores['throwAways'] {
  return async ({ kind, identity }) =>
    await queries.drill.findMany({
      where: { server: { kind, identity } },
      select: { externalId: true, name: true },
    });
}
