/** One action on many grants: what it would mean, before it happens. */

import { accountOn } from '../../domain/access.ts';
import { RUNNING, serversOf } from '../../domain/grant.ts';
import type { GrantAction } from '../../domain/grant-change.ts';
import type { GuildId, MemberId } from '../../domain/ids.ts';
import type { Account, Grant, GrantState, Library, Server } from '../../domain/model.ts';
import { effectOf, type ServerEffect } from '../../domain/preview.ts';
import type { Sentence } from '../../words/say.ts';
import type { Deps } from '../ports/deps.ts';
import { standingsOf } from '../queries/grant-status.ts';
import type { ChangeGrants } from './change.ts';
import { UNDO_MOST } from './undo.ts';

/** Which grants an action is for. */
const STATES: Readonly<Record<Exclude<GrantAction['kind'], 'set'>, readonly GrantState[]>> = {
  extend: RUNNING,
  take: RUNNING,
  end: RUNNING,
  pause: ['active'],
  resume: ['paused'],
};

export type BulkAction = Exclude<GrantAction, { kind: 'set' }>;

export interface BulkPreview {
  /** Ids of the grants that would change, newest first. */
  readonly grantIds: readonly string[];
  /** Whose they are, each once. */
  readonly memberIds: readonly MemberId[];
  /** How many of the grants are of members without an account on any of their servers. */
  readonly withoutAccount: number;
  /** Grants that were meant and would stay as they are, with the reason. */
  readonly unchanged: readonly { readonly grant: Grant; readonly message: Sentence }[];
  /** Whether it can be undone at once. */
  readonly canUndo: boolean;
  /** Members who would have to accept an invitation again. */
  readonly acceptAgain: number;
  /** What members would gain and lose, server by server. */
  readonly effects: readonly (ServerEffect & { readonly server: Server })[];
}

/** Which grants are meant: all that the action is for, narrowed by each of these that is given. */
export interface BulkWish {
  readonly action: BulkAction;
  readonly planId?: string | undefined;
  readonly serverId?: string | undefined;
  readonly memberIds?: readonly MemberId[] | undefined;
  readonly grantIds?: readonly string[] | undefined;
}

export function makeBulkGrants(deps: Deps, changeGrants: ChangeGrants) {
  return {
    async preview(input: BulkWish & { readonly guildId: GuildId }): Promise<BulkPreview> {
      const { guildId, action, planId, serverId, memberIds: members } = input;
      const chosen = input.grantIds && new Set(input.grantIds);
      const stores = deps.stores.of(guildId);
      const all = await stores.grants.list({
        states: STATES[action.kind],
        ...(planId !== undefined && { planId }),
        ...(serverId !== undefined && { serverId }),
        ...(members !== undefined && { memberIds: members }),
      });
      // Who has none of what is taken is not meant.
      const gives = (grant: Grant) =>
        action.kind !== 'take' || action.libraryIds.some((id) => grant.libraryIds.includes(id));
      const isMeant = (grant: Grant) => gives(grant) && (chosen === undefined || chosen.has(grant.id));
      const grantIds = all.filter(isMeant).map(({ id }) => id);
      const { changes, unchanged } = await changeGrants.preview({ guildId, grantIds, action });
      const after = new Map(changes.map((change) => [change.after.id, change.after]));
      const memberIds = [...new Set(changes.map(({ before }) => before.memberId))];
      const [running, libraries, servers, accounts] = await Promise.all([
        stores.grants.list({ memberIds, states: RUNNING }),
        stores.libraries.list(),
        stores.servers.list(),
        stores.accounts.list({ memberIds }),
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
      const changed = running.map((grant) => after.get(grant.id) ?? grant);
      return {
        grantIds: [...after.keys()],
        memberIds,
        withoutAccount: countWithoutAccount([...after.values()], accounts, libraries),
        unchanged,
        canUndo: after.size <= UNDO_MOST,
        acceptAgain: new Set(again.map(({ grant }) => grant.memberId)).size,
        effects: effectOf(running, changed, libraries).flatMap((effect) => {
          const server = servers.find(({ id }) => id === effect.serverId);
          return server ? [{ ...effect, server }] : [];
        }),
      };
    },
  };
}

function countWithoutAccount(
  grants: readonly Grant[],
  accounts: readonly Account[],
  libraries: readonly Library[],
): number {
  const byMember = Map.groupBy(accounts, ({ memberId }) => memberId);
  return grants.filter((grant) => {
    const theirs = byMember.get(grant.memberId) ?? [];
    return serversOf(grant, libraries).every((serverId) => accountOn(theirs, serverId) === undefined);
  }).length;
}
