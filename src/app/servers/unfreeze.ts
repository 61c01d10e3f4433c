/** An admin has looked at a frozen server, and what waited there goes on. */

import { withinPatience } from '../../concurrency/patience.ts';
import type { ActorId, GuildId } from '../../domain/ids.ts';
import type { Server } from '../../domain/model.ts';
import { say, timeOf } from '../../words/say.ts';
import { over, personOf } from '../ledger/alerts.ts';
import type { Deps } from '../ports/deps.ts';
import type { Enforce } from '../reconcile/enforce.ts';

/** How long an admin waits for what goes on; it goes on behind them. */
const PATIENCE_MS = 8_000;

export interface UnfreezeInput {
  readonly guildId: GuildId;
  readonly actorId: ActorId;
  readonly serverId: string;
  /** When the freeze began that the admin has looked at: another one since then is not lifted. */
  readonly frozenAt: Date;
}

export type UnfreezeResult =
  | { readonly kind: 'unfrozen'; readonly server: Server }
  /** Somebody was faster, it is frozen anew, or it is not there. */
  | { readonly kind: 'decided-before' };

export function makeUnfreezeServer(deps: Deps, enforce: Enforce) {
  return async ({ guildId, actorId, serverId, frozenAt }: UnfreezeInput): Promise<UnfreezeResult> => {
    const result = await deps.stores.transaction(guildId, async (tx): Promise<UnfreezeResult> => {
      const server = await tx.servers.find(serverId);
      if (!server?.frozenAt || server.frozenAt.getTime() !== frozenAt.getTime())
        return { kind: 'decided-before' };
      const now = deps.clock.now();
      await tx.servers.update(serverId, { frozenWhy: null, frozenAt: null });
      const detail = say('trouble.unfrozen', { why: server.frozenWhy ?? '' });
      const facts = { server: server.name, detail };
      await tx.audit.append({ action: 'server.unfrozen', actorId, facts, at: now });
      await tx.accounts.hasten(serverId, now);
      const values = { who: await personOf(tx, actorId), server: server.name, at: timeOf(now) };
      await over(deps, tx, `frozen ${serverId}`, { text: say('alert.frozen.over', values), now });
      return { kind: 'unfrozen', server };
    });
    if (result.kind === 'unfrozen')
      await withinPatience(
        deps.clock,
        PATIENCE_MS,
        enforce.servers(guildId, [serverId]).catch((err) => {
          // What waited stays due.
          deps.log.error({ guildId, serverId, err }, 'a pass after a freeze broke off');
        }),
      );
    return result;
  };
}
