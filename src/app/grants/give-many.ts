/** One gift for many members: what it would mean, and giving it to as many as it can be given to. */

import { accountOn } from '../../domain/access.ts';
import { serversOf } from '../../domain/grant.ts';
import { GuildFull } from '../../domain/guild-limits.ts';
import type { ActorId, GuildId, MemberId } from '../../domain/ids.ts';
import type { Grant, Library, Server } from '../../domain/model.ts';
import type { Sentence } from '../../words/say.ts';
import { inLedger } from '../ledger/ledger.ts';
import type { Deps } from '../ports/deps.ts';
import { type GrantStanding, standingsOf } from '../queries/grant-status.ts';
import type { ApplyNow } from '../reconcile/apply-now.ts';
import { nothingNew } from './warnings.ts';

/** Grants made in one transaction. */
const BATCH = 50;

/** What is given, from now on. */
export interface Gift {
  readonly libraryIds: readonly string[];
  readonly planId?: string | undefined;
  /** Null is for good. */
  readonly expiresAt: Date | null;
}

export interface GiftForMany {
  /** To whom it gives something that they do not have for as long already. */
  readonly memberIds: readonly MemberId[];
  /** Who has all of it for as long. */
  readonly has: readonly MemberId[];
  /** How many of those who get it have an account on none of its servers. */
  readonly withoutAccount: number;
  readonly libraries: readonly Library[];
  readonly servers: readonly Server[];
}

export interface GivenToMany {
  readonly standings: readonly GrantStanding[];
  /** Who got nothing, and why. */
  readonly failed: readonly { readonly memberId: MemberId; readonly why: Sentence }[];
}

export function makeGiveMany(deps: Deps, applyNow: ApplyNow) {
  return {
    async preview(guildId: GuildId, members: readonly MemberId[], gift: Gift): Promise<GiftForMany> {
      const stores = deps.stores.of(guildId);
      const at = deps.clock.now();
      const [all, servers, grants, accounts] = await Promise.all([
        stores.libraries.list(),
        stores.servers.list(),
        stores.grants.list({ memberIds: members, states: ['active', 'scheduled'], at }),
        stores.accounts.list({ memberIds: members }),
      ]);
      const byMember = Map.groupBy(grants, ({ memberId }) => memberId);
      const hasIt = (memberId: MemberId) =>
        nothingNew({ ...gift, memberId, startsAt: at }, byMember.get(memberId) ?? []);
      const memberIds = members.filter((memberId) => !hasIt(memberId));
      const used = serversOf(gift, all);
      const without = memberIds.filter((memberId) => {
        const theirs = accounts.filter((account) => account.memberId === memberId);
        return used.every((serverId) => accountOn(theirs, serverId) === undefined);
      });
      return {
        memberIds,
        has: members.filter(hasIt),
        withoutAccount: without.length,
        libraries: all.filter(({ id }) => gift.libraryIds.includes(id)),
        servers: servers.filter(({ id }) => used.includes(id)),
      };
    },

    /** Makes a grant for each of them and applies them as far as the servers answer in time. */
    async give(
      input: Gift & {
        readonly guildId: GuildId;
        readonly actorId: ActorId;
        readonly memberIds: readonly MemberId[];
        /** Called after each batch with how many are decided. */
        readonly progress?: (done: number) => Promise<void>;
      },
    ): Promise<GivenToMany> {
      const { guildId, memberIds } = input;
      const made: Grant[] = [];
      const failed: GivenToMany['failed'][number][] = [];
      for (let start = 0; start < memberIds.length; start += BATCH) {
        const some = memberIds.slice(start, start + BATCH);
        const result = await giveSome(input, some);
        made.push(...result.made);
        failed.push(...result.failed);
        await input.progress?.(start + some.length);
      }
      await applyNow(
        guildId,
        made.map(({ memberId }) => memberId),
      );
      return { standings: await this.stands(guildId, made), failed };
    },

    /** How these stand now. */
    async stands(guildId: GuildId, made: readonly Pick<Grant, 'id'>[]): Promise<readonly GrantStanding[]> {
      const stores = deps.stores.of(guildId);
      const grants = await Promise.all(made.map(({ id }) => stores.grants.find(id)));
      return await standingsOf(
        deps,
        stores,
        grants.filter((grant) => grant !== undefined),
      );
    },
  };

  async function giveSome(
    { guildId, actorId, libraryIds, planId, expiresAt }: Gift & { guildId: GuildId; actorId: ActorId },
    memberIds: readonly MemberId[],
  ) {
    return await deps.stores.transaction(guildId, (tx) =>
      inLedger(deps, tx, { memberIds }, async (ledger) => {
        const made: Grant[] = [];
        const failed: { readonly memberId: MemberId; readonly why: Sentence }[] = [];
        const of = {
          source: 'command',
          planId: planId ?? null,
          expiresAt,
          reason: null,
          createdById: actorId,
        } as const;
        for (const memberId of memberIds) {
          try {
            made.push(await ledger.create({ ...of, memberId, libraryIds }, { actorId, reason: null }));
          } catch (error) {
            // Nothing of this one was written, and the others do not depend on it.
            if (!(error instanceof GuildFull)) throw error;
            failed.push({ memberId, why: error.says });
          }
        }
        return { made, failed };
      }),
    );
  }
}
