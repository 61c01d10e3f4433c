/**
 * Imports accounts that a server has already: each becomes its member's, and what it has becomes a grant. Nothing is
 * changed on the server by it, and all of it can be undone.
 */

import { without } from '../../domain/access.ts';
import { grantMark } from '../../domain/grant.ts';
import type { ActorId, GuildId, MemberId } from '../../domain/ids.ts';
import type { Account, Server } from '../../domain/model.ts';
import { isText, listOf, orNull, shape } from '../../domain/shape.ts';
import { type Sentence, say } from '../../words/say.ts';
import { keepDraft, takeDraft } from '../guild/drafts.ts';
import { importGrants, inLedger } from '../ledger/ledger.ts';
import { settle } from '../ledger/settle.ts';
import { refreshLibraries } from '../observe/follow-libraries.ts';
import { namesUnknown, type ServerReading, seenIn, unreadIn } from '../observe/reading.ts';
import { noteFailure } from '../observe/server-health.ts';
import { type Deps, openServer } from '../ports/deps.ts';
import type { AccessReading, Known, Trouble } from '../ports/media-server.ts';
import type { GuildStores } from '../ports/stores.ts';
import type { Enforce } from '../reconcile/enforce.ts';
import { busyOf, letGo, refusalText } from './by-staff.ts';
import { HAD_BEFORE, linkOnly } from './link.ts';

/** Accounts linked, or let go of, in one transaction. */
const BATCH = 50;
/** How long an import can be undone by whoever made it. */
const UNDO_MS = 24 * 60 * 60 * 1000;

/** An account, and whose it is to be. */
export interface Pair {
  readonly accountId: string;
  readonly memberId: MemberId;
  readonly name: string;
}

export interface ImportPreview {
  readonly server: Server;
  readonly pairs: readonly Pair[];
  /** How many of the accounts have something there, which becomes a grant. */
  readonly withAccess: number;
  /** Members who are given something there already: their account gets that as well. */
  readonly given: readonly MemberId[];
}

/** An account that was left as it is, and why. */
export interface LeftOut {
  readonly name: string;
  readonly why: Sentence;
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
interface Step {
  readonly accountId: string;
  readonly memberId: MemberId;
  readonly grantId: string | null;
  /** How the grant was when it was made. */
  readonly mark: string;
}

/** What became of one: what it has and is to be granted, or why it was left. */
interface Done {
  readonly pair: Pair;
  readonly imports?: readonly string[];
  readonly why?: Sentence;
}

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
      const { guildId, actorId, serverId } = input;
      const stores = deps.stores.of(guildId);
      const begun = await stores.servers.find(serverId);
      if (!begun) return { kind: 'gone' };
      const done = await deps.servers.exclusive(guildId, begun, () => linkThem(input));
      if (done.kind !== 'done') return done;
      const { server, steps, linked, left } = done;
      // Whoever is granted more than the account has gets it now.
      if (linked.length > 0) await enforce.servers(guildId, [serverId]);
      const grants = steps.filter(({ grantId }) => grantId !== null).length;
      if (steps.length === 0) return { kind: 'imported', server, linked, grants, left, undoId: undefined };
      const undoId = deps.codes.newId();
      const draft = { id: undoId, userId: actorId, content: { imported: steps } };
      await deps.stores.transaction(guildId, (tx) => keepDraft(deps, tx, draft, UNDO_MS));
      return { kind: 'imported', server, linked, grants, left, undoId };
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

  async function linkThem(input: ImportInput) {
    const { guildId, serverId, accountIds } = input;
    const stores = deps.stores.of(guildId);
    const server = await stores.servers.find(serverId);
    if (!server) return { kind: 'gone' } as const;
    const pairs = await pairsOf(stores, serverId, accountIds);
    const reading = await readThose(guildId, server, pairs);
    if (reading.kind === 'unknown') return { kind: 'failed', server, why: reading.why } as const;
    const [steps, linked, left]: [Step[], Pair[], LeftOut[]] = [[], [], []];
    for (let start = 0; start < pairs.length; start += BATCH) {
      const some = pairs.slice(start, start + BATCH);
      const done = await linkSome(input, { server, reading: reading.value }, some);
      for (const { pair, step, why } of done) {
        if (why) left.push({ name: pair.name, why });
        if (step) steps.push(step);
        if (step) linked.push(pair);
      }
      await input.progress?.(start + some.length);
    }
    return { kind: 'done', server, steps, linked, left } as const;
  }

  /** What they have becomes theirs, so it is read first: what the server shows now counts. */
  async function readThose(
    guildId: GuildId,
    server: Server,
    pairs: readonly { readonly externalId: string }[],
  ): Promise<Known<AccessReading>> {
    const stores = deps.stores.of(guildId);
    const media = await openServer(deps, stores, server);
    const reading = await media.readAccess({ of: pairs.map(({ externalId }) => externalId) });
    if (reading.kind === 'unknown') {
      await noteFailure(deps, guildId, { server, media }, reading.why);
      return reading;
    }
    if (!namesUnknown(reading.value, await stores.libraries.list(server.id))) return reading;
    const learnt = await refreshLibraries(deps, guildId, server, media);
    return learnt.kind === 'unknown' ? learnt : reading;
  }

  async function linkSome(
    { guildId, actorId, until }: ImportInput,
    { server, reading }: ServerReading,
    pairs: readonly (Pair & { readonly externalId: string })[],
  ): Promise<readonly (Done & { readonly step?: Step })[]> {
    const externalIds = pairs.map(({ externalId }) => externalId);
    const elsewhere = await deps.stores.elsewhere(guildId, server, externalIds);
    return await deps.stores.transaction(guildId, async (stores) => {
      const tx = readingOnce(stores);
      const done: Done[] = [];
      for (const { externalId, ...pair } of pairs) {
        const seen = seenIn(reading, externalId);
        if (!seen) {
          const unread = unreadIn(reading, externalId);
          const values = { server: server.name, why: unread?.message ?? '' };
          done.push({ pair, why: unread ? say('member.link.notRead', values) : say('member.link.gone') });
          continue;
        }
        const { name, emailMasked } = seen;
        const link = {
          ...{ server, memberId: pair.memberId, externalId, name, emailMasked, seen },
          ...{ elsewhere: elsewhere.get(externalId)?.touched ?? [], by: actorId, isImport: true as const },
        };
        const linked = await linkOnly(deps, tx, link, deps.clock.now());
        if (linked.outcome === 'linked') done.push({ pair, imports: linked.imports });
        else if (linked.outcome === 'already') done.push({ pair, why: say('member.link.already') });
        else done.push({ pair, why: await refusalText(tx, linked.outcome, link) });
      }
      return await withGrants(tx, done, until);
    });
  }

  /** What each of them has becomes a grant; of two accounts of one member, each library once. */
  async function withGrants(
    tx: GuildStores,
    done: readonly Done[],
    expiresAt: Date | null,
  ): Promise<readonly (Done & { readonly step?: Step })[]> {
    const had = new Map<MemberId, readonly string[]>();
    const found = done.map(({ pair: { memberId }, imports = [] }) => {
      const before = had.get(memberId) ?? [];
      had.set(memberId, [...before, ...imports]);
      return { memberId, libraryIds: without(imports, before), expiresAt, ...HAD_BEFORE };
    });
    const grants = await importGrants(
      deps,
      tx,
      found.filter(({ libraryIds }) => libraryIds.length > 0),
    );
    const inOrder = grants.values();
    return done.map((one, at) => {
      if (!one.imports) return one;
      const { accountId, memberId } = one.pair;
      const grant = found[at]?.libraryIds.length ? inOrder.next().value : undefined;
      return {
        ...one,
        step: { accountId, memberId, grantId: grant?.id ?? null, mark: grant ? grantMark(grant) : '' },
      };
    });
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
    await letGo(tx, { account, server, memberId, actorId, how: 'undone' }, now);
    if (grant)
      await inLedger(deps, tx, { memberIds: [memberId], asFound: true }, (ledger) =>
        ledger.undoImport(grant, { actorId }),
      );
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

/** The same stores, asked once for what no import changes: of thousands of accounts that would be half of the work. */
function readingOnce(tx: GuildStores): GuildStores {
  const once = <T>(read: () => Promise<T>) => {
    let kept: Promise<T> | undefined;
    return () => {
      kept ??= read();
      return kept;
    };
  };
  const libraries = once(() => tx.libraries.list());
  const list = async (serverId?: string) => {
    const all = await libraries();
    return serverId === undefined ? all : all.filter((library) => library.serverId === serverId);
  };
  return {
    ...tx,
    settings: { ...tx.settings, get: once(() => tx.settings.get()) },
    servers: { ...tx.servers, list: once(() => tx.servers.list()) },
    libraries: { ...tx.libraries, list },
  };
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
