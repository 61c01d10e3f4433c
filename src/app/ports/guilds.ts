/** The port for what Discord says of a guild when it is asked. */
import type { ChannelRight } from '../../domain/channel-rights.ts';
import type { ActorId, GuildId, MemberId } from '../../domain/ids.ts';
import type { Ranks } from '../../domain/role-gift.ts';
import type { Known } from './media-server.ts';

/** Somebody who is in a guild. */
export interface GuildMember {
  readonly name: string;
  readonly roleIds: readonly string[];
}

export interface FoundMember {
  readonly userId: MemberId;
  /** User name and display name. */
  readonly names: readonly string[];
  readonly nickname: string | null;
}

export interface Guilds {
  /**
   * Whether somebody is in the guild now. Nobody is in no guild (null), and Discord is asked all the same: a code that
   * does not exist takes as long as one of a guild that they have left, and fails when that fails.
   */
  isMember(guildId: GuildId | null, userId: string): Promise<Known<boolean>>;
  /** Their roles, by id; undefined for who is not there. */
  rolesOf(guildId: GuildId, userId: string): Promise<Known<readonly string[] | undefined>>;
  /** Whether the intent for members is switched on; undefined until the application was asked about itself. */
  mayListMembers(): boolean | undefined;
  /** Everybody who is in the guild, bots aside, by id. Complete, or unknown. Needs `mayListMembers`. */
  listMembers(guildId: GuildId): Promise<Known<ReadonlyMap<MemberId, GuildMember>>>;
  /** Whether they are banned; unknown with `final` where Usher may not see bans. */
  isBanned(guildId: GuildId, userId: string): Promise<Known<boolean>>;
  /** What people call it; null while Discord does not say. */
  nameOf(guildId: GuildId): Promise<string | null>;
  /** Roles and who stands where; a giver who has left has none. `final`: Discord refuses to say it. */
  ranks(guildId: GuildId, giverId: ActorId | null): Promise<Known<Ranks>>;
  /** Members, without bots, of whom a name begins so, in any case; not surely all of them. */
  findMembers(guildId: GuildId, beginning: string): Promise<Known<readonly FoundMember[]>>;
  /** What Usher lacks in a channel to post there; all of it where the channel is gone or not to be seen. */
  lacksIn(guildId: GuildId, channelId: string): Promise<Known<readonly ChannelRight[]>>;
  /** Whether somebody sees a channel; nobody sees one that is gone, or that Usher may not see. */
  seesChannel(guildId: GuildId, channelId: string, userId: string): Promise<Known<boolean>>;
}
