/**
 * What the gateway tells of who is in a guild: people who join, change and leave, with the intent for members; bans and
 * deleted roles without it. Events may be lost, late or told twice, so what follows compares and never counts.
 */
import { ApplicationFlags, GatewayIntentBits } from 'discord.js';
import { type GuildId, type MemberId, toGuildId, toMemberId } from '../../../domain/ids.ts';
import { findString, getId, getObject, isJsonObject, type JsonObject, listIds } from '../wire/json-reader.ts';
import { nameOf } from '../wire/names.ts';

export type PresenceEvent =
  | {
      readonly kind: 'here';
      readonly guildId: GuildId;
      readonly userId: MemberId;
      readonly name: string;
      readonly roleIds: readonly string[];
    }
  | { readonly kind: 'left' | 'banned'; readonly guildId: GuildId; readonly userId: MemberId }
  | { readonly kind: 'role-gone'; readonly guildId: GuildId; readonly roleId: string };

/** Undefined for anything else, and for bots. @throws {NotAsDocumented} */
export function presenceIn({ t, d }: JsonObject): PresenceEvent | undefined {
  if (typeof t !== 'string' || !isJsonObject(d) || findString(d, 'guild_id') === undefined) return undefined;
  const guildId = toGuildId(getId(d, 'guild_id'));
  if (t === 'GUILD_ROLE_DELETE') return { kind: 'role-gone', guildId, roleId: getId(d, 'role_id') };
  if (!PEOPLE.has(t)) return undefined;
  const user = getObject(d, 'user');
  if (user.bot === true) return undefined;
  const of = { guildId, userId: toMemberId(getId(user, 'id')) };
  if (t === 'GUILD_MEMBER_REMOVE') return { kind: 'left', ...of };
  if (t === 'GUILD_BAN_ADD') return { kind: 'banned', ...of };
  return { kind: 'here', ...of, name: nameOf(user, d), roleIds: listIds(d, 'roles') };
}

const PEOPLE = new Set(['GUILD_MEMBER_ADD', 'GUILD_MEMBER_UPDATE', 'GUILD_MEMBER_REMOVE', 'GUILD_BAN_ADD']);

/**
 * Whether the intent for members is switched on, by the flags of the application. Asking for it when it is not ends the
 * connection for good (close code 4014).
 */
export function hasMembersIntent({ flags }: JsonObject): boolean {
  const switchedOn = ApplicationFlags.GatewayGuildMembers | ApplicationFlags.GatewayGuildMembersLimited;
  return typeof flags === 'number' && (flags & switchedOn) !== 0;
}

/** Without a privileged one but that for members, where that is switched on (discord.md 1.9). */
export const intentsFor = (members: boolean): number =>
  GatewayIntentBits.Guilds |
  GatewayIntentBits.GuildModeration |
  (members ? GatewayIntentBits.GuildMembers : 0);
