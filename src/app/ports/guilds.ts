/** The port for what Discord says of a guild when it is asked: no event tells who left or what a role became. */
import type { ChannelRight } from '../../domain/channel-rights.ts';
import type { ActorId, GuildId, MemberId } from '../../domain/ids.ts';
import type { Ranks } from '../../domain/role-gift.ts';
import type { Known } from './media-server.ts';

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
  /** What people call it; null while Discord does not say. */
  nameOf(guildId: GuildId): Promise<string | null>;
  /** Roles and who stands where; a giver who has left has none. `final`: Discord refuses to say it. */
  ranks(guildId: GuildId, giverId: ActorId | null): Promise<Known<Ranks>>;
  /** Members, without bots, of whom a name begins so, in any case; not surely all of them. */
  findMembers(guildId: GuildId, beginning: string): Promise<Known<readonly FoundMember[]>>;
  /** What Usher lacks in a channel to post there; all of it where the channel is gone or not to be seen. */
  lacksIn(guildId: GuildId, channelId: string): Promise<Known<readonly ChannelRight[]>>;
}
