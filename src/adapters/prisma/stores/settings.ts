import type { SettingsStore } from '../../../app/ports/stores/guild.ts';
import { capability, effect } from './column-enums.ts';
import type { GuildContext } from './context.ts';

/**
 * The settings of a guild that has set nothing; its first sync is due at once. A test keeps them equal to the
 * schema.
 */
const defaults = {
  zone: 'UTC',
  auditChannelId: null,
  requestsChannelId: null,
  alertsChannelId: null,
  syncEveryMinutes: 60,
  syncDailyAt: null,
  nextSyncAt: new Date(0),
};

export function createSettingsStore({ guildId, queries, counters }: GuildContext): SettingsStore {
  return {
    async get() {
      const row = await queries.guild.findUnique({
        where: { id: guildId },
        select: {
          zone: true,
          auditChannelId: true,
          requestsChannelId: true,
          alertsChannelId: true,
          syncEveryMinutes: true,
          syncDailyAt: true,
          nextSyncAt: true,
        },
      });
      return { guildId, ...(row ?? defaults) };
    },
    async update(changes) {
      await queries.guild.update({ where: { id: guildId }, data: { ...changes }, select: { id: true } });
      if (counters && changes.auditChannelId !== undefined) counters.auditChannelId = changes.auditChannelId;
    },
    async listRoleRules() {
      const rows = await queries.roleCapability.findMany({
        where: { guildId },
        orderBy: [{ roleId: 'asc' }, { capability: 'asc' }],
      });
      return rows.map((row) => ({
        roleId: row.roleId,
        capability: capability(row.capability),
        effect: effect(row.effect),
      }));
    },
    async setRoleRule(rule) {
      const key = { guildId, roleId: rule.roleId, capability: rule.capability };
      await queries.roleCapability.upsert({
        where: { guildId_roleId_capability: key },
        create: { ...key, effect: rule.effect },
        update: { effect: rule.effect },
      });
    },
    async removeRoleRule(roleId, capability) {
      await queries.roleCapability.deleteMany({ where: { guildId, roleId, capability } });
    },
  };
}
