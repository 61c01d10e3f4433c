/**
 * Imports accounts that a server has already: each becomes its member's, and what it has becomes a grant. Nothing is
 * changed on the server by it, and all of it can be undone.
 */

import { grantMark } from '../../domain/grant.ts';
import type { ActorId, GuildId, MemberId } from '../../domain/ids.ts';
import type { Account, Server } from '../../domain/model.ts';
import { isText, listOf, orNull, shape } from '../../domain/shape.ts';
import { say } from '../../words/say.ts';
import { keepDraft, takeDraft } from '../guild/drafts.ts';
import { libraryNames } from '../ledger/audit-facts.ts';
import { inLedger } from '../ledger/ledger.ts';
import { settle } from '../ledger/settle.ts';
import type { Deps } from '../ports/deps.ts';
import type { Trouble } from '../ports/media-server.ts';
import type { GuildStores } from '../ports/stores.ts';
import type { Enforce } from '../reconcile/enforce.ts';
import { busyOf, letGo } from './by-staff.ts';
import {
  type LeftOut,
  type LinkOrder,
  makeLinkMany,
  type Pair,
  type PairWithEnd,
  type Step,
} from './link-many.ts';

/** Accounts let go of in one transaction. */
const BATCH = 50;
/** A draft holds as much. */
const MOST_UNDONE = 4_000;
/** How long an import can be undone by whoever made it. */
const UNDO_MS = 24 * 60 * 60 * 1000;

export interface ImportPreview {
  readonly server: Server;
  readonly pairs: readonly Pair[];
  /** How many of the accounts have something there, which becomes a grant. */
  readonly withAccess: number;
  /** Members who are given something there already: their account gets that as well. */
  readonly given: readonly MemberId[];
}

export type Imported =
  | {
      readonly kind: 'imported';
      readonly server: Server;
      readonly linked: readonly Pair[];
      /** How many grants that made. */
      readonly grants: number;
      readonly left: readonly LeftOut[];
      /** Undefined when there is nothing to be undone. */
      readonly undoId: string | undefined;
    }
  | { readonly kind: 'failed'; readonly server: Server; readonly why: Trouble }
  | { readonly kind: 'gone' };

export interface Undone {
  readonly undone: number;
  readonly left: readonly LeftOut[];
}

/** What is needed to undo one. */
const isStep = shape({ accountId: isText, memberId: isText, grantId: orNull(isText), mark: isText });
const isUndo = shape({ imported: listOf(isStep) });

interface ImportInput {
  readonly guildId: GuildId;
  readonly actorId: ActorId;
  readonly serverId: string;
  readonly accountIds: readonly string[];
  /** Until when what they have is theirs; null is for good. */
  readonly until: Date | null;
  readonly progress?: (done: number) => Promise<void>;
}

export function makeMemberImport(deps: Deps, enforce: Enforce) {
  const linkMany = makeLinkMany(deps);
  return {
    /** What importing these would mean; those that nobody is proposed for are left out. */
    async preview(
      guildId: GuildId,
      serverId: string,
      accountIds: readonly string[],
    ): Promise<ImportPreview | undefined> {
      const stores = deps.stores.of(guildId);
      const server = await stores.servers.find(serverId);
      if (!server) return undefined;
      const pairs = await pairsOf(stores, serverId, accountIds);
      const ids = new Set(pairs.map(({ accountId }) => accountId));
      const memberIds = pairs.map(({ memberId }) => memberId);
      const [accounts, grants] = await Promise.all([
        stores.accounts.list({ serverId, externalIds: pairs.map(({ externalId }) => externalId) }),
        stores.grants.list({ memberIds, serverId, states: ['active'] }),
      ]);
      const has = ({ id, seen, seenAccess }: Account) =>
        ids.has(id) && (seenAccess === 'all' || seen.length > 0);
      return {
        server,
        pairs,
        withAccess: accounts.filter(has).length,
        given: [...new Set(grants.map(({ memberId }) => memberId))],
      };
    },

    async run(input: ImportInput): Promise<Imported> {
      const { guildId, actorId, serverId, accountIds, until } = input;
      const stores = deps.stores.of(guildId);
      const begun = await stores.servers.find(serverId);
      if (!begun) return { kind: 'gone' };
      const order = { guildId, actorId, progress: input.progress };
      const done = await linkMany(order, begun, async () =>
        (await pairsOf(stores, serverId, accountIds)).map((pair) => ({ ...pair, until })),
      );
      if (done.kind !== 'done') return done;
      const { server, steps, linked, left } = done;
      // Whoever is granted more than the account has gets it now.
      if (linked.length > 0) await enforce.servers(guildId, [serverId]);
      const grants = steps.filter(({ grantId }) => grantId !== null).length;
      const undoId = await keepUndo({ guildId, actorId }, steps);
      return { kind: 'imported', server, linked, grants, left, undoId };
    },

    /**
     * Links accounts of any servers, each until an end of its own: what another tool knew. A server that does not say
     * what they have leaves its accounts as they are.
     */
    async link(
      order: LinkOrder,
      wanted: readonly { readonly server: Server; readonly pairs: readonly PairWithEnd[] }[],
    ): Promise<Omit<Extract<Imported, { kind: 'imported' }>, 'kind' | 'server' | 'grants'>> {
      const [linked, left, steps]: [Pair[], LeftOut[], Step[]] = [[], [], []];
      const before = {
        ...order,
        progress: (done: number) => order.progress?.(linked.length + left.length + done),
      };
      for (const { server, pairs } of wanted) {
        const done = await linkMany(before, server, async () => pairs);
        if (done.kind === 'done') {
          linked.push(...done.linked);
          left.push(...done.left);
          steps.push(...done.steps);
          continue;
        }
        const message = done.kind === 'failed' ? done.why.message : '';
        const why =
          done.kind === 'gone'
            ? say('member.link.gone')
            : say('member.link.notRead', { server: server.name, why: message });
        left.push(...pairs.map(({ name }) => ({ name, why })));
      }
      await enforce.servers(order.guildId, [...new Set(wanted.map(({ server }) => server.id))]);
      return { linked, left, undoId: await keepUndo(order, steps) };
    },

    /** Takes back an import, once; what was changed since stays. Undefined when that is not possible any more. */
    async undo(guildId: GuildId, actorId: ActorId, undoId: string): Promise<Undone | undefined> {
      const kept = await takeDraft(deps, { guildId, actorId }, undoId, isUndo);
      if (!kept) return undefined;
      const steps = kept.imported.map((step): Step => ({ ...step, memberId: step.memberId as MemberId }));
      return await undoSteps({ guildId, actorId }, steps);
    },

    /** The same for what a member has claimed themselves. Undefined when it is not theirs any more. */
    async undoClaim(
      { guildId, actorId }: Pick<ImportInput, 'guildId' | 'actorId'>,
      { accountId, grantId }: { readonly accountId: string; readonly grantId: string },
    ): Promise<Undone | undefined> {
      const stores = deps.stores.of(guildId);
      const [account, grant] = await Promise.all([
        stores.accounts.find(accountId),
        stores.grants.find(grantId),
      ]);
      if (!account?.memberId || grant?.memberId !== account.memberId || grant.state === 'ended')
        return undefined;
      const step = { accountId, memberId: account.memberId, grantId, mark: grantMark(grant) };
      return await undoSteps({ guildId, actorId }, [step]);
    },
  };

  /** Undefined when there is nothing to be undone, or too much to be kept for it. */
  async function keepUndo(
    { guildId, actorId }: Pick<LinkOrder, 'guildId' | 'actorId'>,
    steps: readonly Step[],
  ): Promise<string | undefined> {
    if (steps.length === 0 || steps.length > MOST_UNDONE) return undefined;
    const undoId = deps.codes.newId();
    const draft = { id: undoId, userId: actorId, content: { imported: steps } };
    await deps.stores.transaction(guildId, (tx) => keepDraft(deps, tx, draft, UNDO_MS));
    return undoId;
  }

  async function undoSteps(
    who: { readonly guildId: GuildId; readonly actorId: ActorId },
    steps: readonly Step[],
  ): Promise<Undone> {
    const left: LeftOut[] = [];
    for (let start = 0; start < steps.length; start += BATCH) {
      const some = steps.slice(start, start + BATCH);
      await deps.stores.transaction(who.guildId, async (tx) => {
        for (const step of some) {
          const why = await undoOne(tx, who.actorId, step);
          if (why) left.push(why);
        }
      });
    }
    return { undone: steps.length - left.length, left };
  }

  /** Why it stays; undefined when it was undone. */
  async function undoOne(tx: GuildStores, actorId: ActorId, step: Step): Promise<LeftOut | undefined> {
    const { accountId, memberId, grantId, mark } = step;
    const account = await tx.accounts.find(accountId);
    const server = account && (await tx.servers.find(account.serverId));
    if (!account || !server || account.memberId !== memberId)
      return { name: account?.name ?? accountId, why: say('member.import.undoGone') };
    const grant = grantId === null ? undefined : await tx.grants.find(grantId);
    if (grantId !== null && (grant?.state !== 'active' || grantMark(grant) !== mark))
      return { name: account.name, why: say('member.import.undoChanged') };
    const now = deps.clock.now();
    if ((await busyOf(tx, memberId, [{ account, server }], now)).length > 0)
      return { name: account.name, why: say('member.import.undoBusy', { server: server.name }) };
    const libraries = grant ? libraryNames(grant.libraryIds, await tx.libraries.list(server.id)) : [];
    const undone = { ...(grant && { grant: grant.number }), libraries, how: 'undone' };
    await letGo(tx, { account, server, memberId, actorId, facts: undone }, now);
    if (grant)
      await inLedger(deps, tx, { memberIds: [memberId], asFound: true }, (ledger) => ledger.withdraw(grant));
    await settle(deps, tx, [memberId], now);
    // It is proposed as it was, should it be imported again.
    const proposed = {
      memberId,
      score: 0,
      why: 'chosen',
      isSure: false,
      isLookedUp: true,
      aside: null,
    } as const;
    await tx.arrivals.put([{ accountId, ...proposed }]);
    return undefined;
  }
}

/** Those of these accounts that are nobody's and for which somebody is proposed. */
async function pairsOf(
  stores: GuildStores,
  serverId: string,
  accountIds: readonly string[],
): Promise<readonly (Pair & { readonly externalId: string })[]> {
  const [named, arrivals] = await Promise.all([
    stores.accounts.listNames(serverId),
    stores.arrivals.list({ serverId }),
  ]);
  const wanted = new Set(accountIds);
  const memberOf = new Map(arrivals.map(({ accountId, memberId }) => [accountId, memberId]));
  return named.flatMap(({ id: accountId, name, externalId, memberId: linked, protection }) => {
    const memberId = memberOf.get(accountId);
    if (!wanted.has(accountId) || !memberId || linked !== null || protection !== null) return [];
    return [{ accountId, memberId, name, externalId }];
  });
}
