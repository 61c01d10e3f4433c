/** The port for work that must not overlap: one at a time for each media server, whoever asked for it. */
import type { GuildId, MemberId } from '../../domain/ids.ts';
import type { Server } from '../../domain/model.ts';

/** A media server as its identity, which guilds may share, and as the row of one guild. */
type SharedServer = Pick<Server, 'id' | 'kind' | 'identity' | 'url'>;

/** What work is told while it has its turn. */
export interface Turn {
  /** Whether another guild waits for this media server: what takes long ends early, and goes on with its next turn. */
  isWaitedFor(): boolean;
}

export interface ServerWork {
  /**
   * Runs `work` when everything that was asked for before on this media server has ended, also when that failed.
   * Whatever writes there, or stores what was read there, runs in here: two works at once would decide from the
   * same reading. Guilds that share a media server wait for each other; but not for long where the other's has another
   * address: a server only says of itself which one it is, and may be none of ours.
   */
  exclusive<T>(guildId: GuildId, server: SharedServer, work: (turn: Turn) => Promise<T>): Promise<T>;
  /** Whether something of the guild runs there now, or waits for its turn. */
  isBusy(guildId: GuildId, serverId: string): boolean;
  /** For the making of a member's account, beside the other work on the server: two clicks make one account. */
  exclusiveFor<T>(guildId: GuildId, serverId: string, memberId: MemberId, work: () => Promise<T>): Promise<T>;
  /** How much runs or waits. */
  readonly size: number;
  /** Resolves when nothing runs or waits any more. */
  idle(): Promise<void>;
}
