/**
 * Applies what a command changed while its author waits, as long as the servers answer in time; else it stays
 * queued.
 */

import { withinPatience } from '../../concurrency/patience.ts';
import type { GuildId, MemberId } from '../../domain/ids.ts';
import type { Deps } from '../ports/deps.ts';
import type { Enforce } from './enforce.ts';

/** How long a command waits for media servers before it says "queued"; the pass goes on behind it. */
export const COMMAND_PATIENCE_MS = 8_000;

/**
 * Links members to accounts that they have proven elsewhere; resolves to the ids of the servers where that made
 * work.
 */
type LinkKnown = (guildId: GuildId, memberIds: readonly MemberId[]) => Promise<readonly string[]>;

export type ApplyNow = (guildId: GuildId, memberIds: readonly MemberId[]) => Promise<void>;

export function makeApplyNow(deps: Deps, enforce: Enforce, linkKnown: LinkKnown): ApplyNow {
  return async (guildId, memberIds) => {
    const accounts = await deps.stores.of(guildId).accounts.list({ memberIds });
    if (accounts.length === 0) return;
    const due = accounts.filter((account) => account.dueAt !== null);
    const passes = [
      enforce.servers(guildId, [...new Set(due.map((account) => account.serverId))]),
      // At the same time as the others, because a server has to be read before somebody is linked there, and that
      // may be slow.
      linkKnown(guildId, memberIds).then((serverIds) => enforce.servers(guildId, serverIds)),
    ].map((pass) =>
      // A pass that breaks off loses nothing: the change stays due.
      pass.catch((err) => deps.log.error({ guildId, err }, 'a pass after a command broke off')),
    );
    await withinPatience(deps.clock, COMMAND_PATIENCE_MS, Promise.all(passes));
  };
}
