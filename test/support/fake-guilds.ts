/** What Discord would say of a guild: the test decides. Everybody is a member, and staff is its owner. */
import type { FoundMember, GuildMember, Guilds } from '../../src/app/ports/guilds.ts';
import type { Known, Trouble } from '../../src/app/ports/media-server.ts';
import type { ChannelRight } from '../../src/domain/channel-rights.ts';
import { type ActorId, type GuildId, type MemberId, toMemberId } from '../../src/domain/ids.ts';
import type { DiscordRole, Ranks } from '../../src/domain/role-gift.ts';
import { STAFF } from './people.ts';

export const SILENT: Trouble = {
  kind: 'discord',
  message: 'Discord does not answer as it should right now.',
};
const BOT_ROLE = 'role-of-usher';

export class FakeGuilds implements Guilds {
  /** Who has left, by user id. */
  readonly left = new Set<string>();
  /** Roles that somebody has, by user id. */
  readonly roleIds = new Map<string, readonly string[]>();
  ownerId: string = STAFF;
  /** How many of the next questions Discord does not answer. */
  silent = 0;
  /** What was asked: `guild user`. */
  readonly asked: string[] = [];
  readonly #roles = new Map<string, DiscordRole>();

  /** A role below Usher's, without a permission of its own. */
  role(id: string, changes: Partial<DiscordRole> = {}): DiscordRole {
    const role = { id, permissions: 0n, position: 1, managed: false, ...changes };
    this.#roles.set(id, role);
    return role;
  }

  removeRole(id: string): void {
    this.#roles.delete(id);
  }

  async isMember(guildId: GuildId | null, userId: string): Promise<Known<boolean>> {
    this.asked.push(`${guildId} ${userId}`);
    if (this.silent-- > 0) return { kind: 'unknown', why: SILENT };
    return { kind: 'known', value: guildId !== null && !this.left.has(userId) };
  }

  /** What Usher lacks, by channel. */
  readonly lacking = new Map<string, readonly ChannelRight[]>();

  async lacksIn(_guildId: GuildId, channelId: string): Promise<Known<readonly ChannelRight[]>> {
    if (this.silent-- > 0) return { kind: 'unknown', why: SILENT };
    return { kind: 'known', value: this.lacking.get(channelId) ?? [] };
  }

  /** Channels that members do not see. */
  readonly hidden = new Set<string>();

  async seesChannel(_guildId: GuildId, channelId: string, userId: string): Promise<Known<boolean>> {
    if (this.silent-- > 0) return { kind: 'unknown', why: SILENT };
    return { kind: 'known', value: !this.hidden.has(channelId) && !this.left.has(userId) };
  }

  /** Who is there, with their names and roles; without `mayList`, only one by one. */
  readonly members = new Map<string, GuildMember>();
  readonly banned = new Set<string>();
  mayList: boolean | undefined = true;
  /** Usher may see who is banned. */
  maySeeBans = true;
  /** How often the whole list was asked for. */
  listed = 0;

  /** Somebody joins, or has these roles from now on. */
  has(userId: string, ...roleIds: string[]): void {
    this.left.delete(userId);
    this.members.set(userId, { name: `name of ${userId}`, roleIds });
  }

  /** Somebody leaves. */
  leaves(userId: string): void {
    this.left.add(userId);
    this.members.delete(userId);
  }

  mayListMembers(): boolean | undefined {
    return this.mayList;
  }

  async rolesOf(guildId: GuildId, userId: string): Promise<Known<readonly string[] | undefined>> {
    this.asked.push(`${guildId} ${userId}`);
    if (this.silent-- > 0) return { kind: 'unknown', why: SILENT };
    return {
      kind: 'known',
      value: this.left.has(userId) ? undefined : (this.members.get(userId)?.roleIds ?? []),
    };
  }

  async listMembers(): Promise<Known<ReadonlyMap<MemberId, GuildMember>>> {
    this.listed += 1;
    if (this.silent-- > 0) return { kind: 'unknown', why: SILENT };
    return { kind: 'known', value: new Map([...this.members].map(([id, one]) => [toMemberId(id), one])) };
  }

  async isBanned(_guildId: GuildId, userId: string): Promise<Known<boolean>> {
    if (!this.maySeeBans) return { kind: 'unknown', why: { ...SILENT, refusal: 'final' } };
    if (this.silent-- > 0) return { kind: 'unknown', why: SILENT };
    return { kind: 'known', value: this.banned.has(userId) };
  }

  /** Members who never appeared here, as Discord finds them. */
  readonly strangers: FoundMember[] = [];

  async findMembers(guildId: GuildId, beginning: string): Promise<Known<readonly FoundMember[]>> {
    this.asked.push(`${guildId} ${beginning}…`);
    if (this.silent-- > 0) return { kind: 'unknown', why: SILENT };
    const begins = (name: string | null) => name?.toLowerCase().startsWith(beginning.toLowerCase()) ?? false;
    const value = this.strangers.filter(({ names, nickname }) => [...names, nickname].some(begins));
    return { kind: 'known', value };
  }

  async nameOf(): Promise<string | null> {
    return 'Film Club';
  }

  async ranks(guildId: GuildId, giverId: ActorId | null): Promise<Known<Ranks>> {
    if (this.silent-- > 0) return { kind: 'unknown', why: SILENT };
    const giver = giverId === null ? undefined : { id: giverId, roleIds: this.roleIds.get(giverId) ?? [] };
    const everyone = { id: guildId, permissions: 0n, position: 0, managed: false };
    const own = { id: BOT_ROLE, permissions: 0n, position: 10, managed: true };
    const roles = [everyone, own, ...this.#roles.values()];
    return { kind: 'known', value: { guildId, ownerId: this.ownerId, roles, bot: [BOT_ROLE], giver } };
  }
}
