/** One action on many grants: what it would mean, before it happens. */

import type { GrantAction } from '../../domain/grant-change.ts';
import type { GuildId } from '../../domain/ids.ts';
import type { Grant, GrantState, Server } from '../../domain/model.ts';
import { effectOf, type ServerEffect } from '../../domain/preview.ts';
import type { Deps } from '../ports/deps.ts';
import { standingsOf } from '../queries/grant-status.ts';
import type { ChangeGrants } from './change.ts';
import { UNDO_MOST } from './undo.ts';

/** Which grants an action is for. */
const STATES: Readonly<Record<Exclude<GrantAction['kind'], 'set'>, readonly GrantState[]>> = {
  extend: ['scheduled', 'active', 'paused'],
  end: ['scheduled', 'active', 'paused'],
  pause: ['active'],
  resume: ['paused'],
};

export type BulkAction = Exclude<GrantAction, { kind: 'set' }>;

export interface BulkPreview {
  /** Ids of the grants that would change, newest first. */
  readonly grantIds: readonly string[];
  readonly members: number;
  /** Grants that were meant and would stay as they are, with the reason. */
  readonly unchanged: readonly { readonly grant: Grant; readonly message: string }[];
  /** Whether it can be undone at once. */
  readonly canUndo: boolean;
  /** Members who would have to accept an invitation again. */
  readonly acceptAgain: number;
  /** What members would gain and lose, server by server. */
  readonly effects: readonly (ServerEffect & { readonly server: Server })[];
}

export function makeBulkGrants(deps: Deps, changeGrants: ChangeGrants) {
  return {
    /** All grants of a guild that the action is for, or those of a plan, or on a server. */
    async preview(input: {
      readonly guildId: GuildId;
      readonly action: BulkAction;
      readonly planId?: string | undefined;
      readonly serverId?: string | undefined;
    }): Promise<BulkPreview> {
      const { guildId, action, planId, serverId } = input;
      const stores = deps.stores.of(guildId);
      const meant = await stores.grants.list({
        states: STATES[action.kind],
        ...(planId !== undefined && { planId }),
        ...(serverId !== undefined && { serverId }),
      });
      const grantIds = meant.map(({ id }) => id);
      const { changes, unchanged } = await changeGrants.preview({ guildId, grantIds, action });
      const after = new Map(changes.map((change) => [change.after.id, change.after]));
      const memberIds = [...new Set(changes.map(({ before }) => before.memberId))];
      const [all, libraries, servers] = await Promise.all([
        stores.grants.list({ memberIds, states: ['scheduled', 'active', 'paused'] }),
        stores.libraries.list(),
        stores.servers.list(),
      ]);
      const goOn = changes.filter(
        ({ before, after: { state } }) => state === 'active' && state !== before.state,
      );
      const again = (
        await standingsOf(
          deps,
          stores,
          goOn.map(({ before }) => before),
        )
      ).filter(({ invitesAgain }) => invitesAgain.length > 0);
      const changed = all.map((grant) => after.get(grant.id) ?? grant);
      return {
        grantIds: [...after.keys()],
        members: memberIds.length,
        unchanged,
        canUndo: after.size <= UNDO_MOST,
        acceptAgain: new Set(again.map(({ grant }) => grant.memberId)).size,
        effects: effectOf(all, changed, libraries).flatMap((effect) => {
          const server = servers.find(({ id }) => id === effect.serverId);
          return server ? [{ ...effect, server }] : [];
        }),
      };
    },
  };
}
