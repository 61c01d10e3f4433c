import type { SettingsStore } from '../../../app/ports/stores/guild.ts';
import type { StaffPlace } from '../../../app/ports/stores.ts';
import { parseDuration } from '../../../domain/duration.ts';
import { toGuildId } from '../../../domain/ids.ts';
import { leaveGraceOf } from '../../../domain/leaving.ts';
import { NOTICE_KINDS } from '../../../domain/notice-kinds.ts';
import { DEFAULT_SETTINGS } from '../../../domain/settings.ts';
import { languageOf } from '../../../words/languages.ts';
import type { Queries } from '../client.ts';
import { capability, effect, mayAsk, orNull, weekday } from './column-enums.ts';
import type { GuildContext } from './context.ts';

/** Columns of a guild's row that are no settings. */
const omit = {
  id: true,
  auditNumber: true,
  auditHead: true,
  grantNumber: true,
  namesVersion: true,
  purgedAt: true,
  recordCheckedAt: true,
  recordChainedTo: true,
  removedAt: true,
  createdAt: true,
} as const;

/** Nothing of `off`. */
const durationsIn = (text: string) =>
  text.split(',').flatMap((one) => {
    const parsed = parseDuration(one);
    return parsed.kind === 'duration' ? [parsed.duration] : [];
  });

/** Of all guilds that have one. */
export async function listStaffPlaces(queries: Queries): Promise<readonly StaffPlace[]> {
  const rows = await queries.guild.findMany({
    select: { id: true, alertsChannelId: true, auditChannelId: true, language: true },
  });
  return rows.flatMap(({ id, alertsChannelId, auditChannelId, language }) => {
    const channelId = alertsChannelId ?? auditChannelId;
    return channelId === null ? [] : [{ guildId: toGuildId(id), channelId, language: languageOf(language) }];
  });
}

export function createSettingsStore({ guildId, queries, counters }: GuildContext): SettingsStore {
  return {
    async get() {
      const row = await queries.guild.findUnique({ where: { id: guildId }, omit });
      if (row === null) return { guildId, ...DEFAULT_SETTINGS };
      const chosen = row.notices.split(',');
      const notices = NOTICE_KINDS.filter((kind) => chosen.includes(kind));
      return {
        ...{ guildId, ...row, notices },
        language: languageOf(row.language),
        leaveGrace: leaveGraceOf(row.leaveGrace),
        mayAsk: mayAsk(row.mayAsk),
        digestDay: orNull(weekday)(row.digestDay),
        reminders: row.reminders === '' ? DEFAULT_SETTINGS.reminders : durationsIn(row.reminders),
      };
    },
    async update({ notices, reminders, ...changes }) {
      const data = {
        ...changes,
        ...(notices && { notices: notices.join(',') }),
        ...(reminders && { reminders: reminders.join(',') || 'off' }),
      };
      await queries.guild.update({ where: { id: guildId }, data, select: { id: true } });
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
