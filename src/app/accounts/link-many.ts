/**
 * Links many accounts of a server at once, and makes grants of what they have. Nothing is changed on the server by it.
 */

import { without } from '../../domain/access.ts';
import { grantMark } from '../../domain/grant.ts';
import type { ActorId, GuildId, MemberId } from '../../domain/ids.ts';
import type { Server } from '../../domain/model.ts';
import { type Sentence, say } from '../../words/say.ts';
import { importGrants } from '../ledger/ledger.ts';
import { refreshLibraries } from '../observe/follow-libraries.ts';
import { namesUnknown, type ServerReading, seenIn, unreadIn } from '../observe/reading.ts';
import { noteFailure } from '../observe/server-health.ts';
import { type Deps, openServer } from '../ports/deps.ts';
import type { AccessReading, Known, Trouble } from '../ports/media-server.ts';
import type { GuildStores } from '../ports/stores.ts';
import { refusalText } from './by-staff.ts';
import { HAD_BEFORE, linkOnly } from './link.ts';

/** Accounts linked in one transaction. */
const BATCH = 50;

/** An account, and whose it is to be. */
export interface Pair {
  readonly accountId: string;
  readonly memberId: MemberId;
  readonly name: string;
}

export interface PairWithEnd extends Pair {
  readonly externalId: string;
  /** Until when what it has is theirs; null is for good. */
  readonly until: Date | null;
}

/** An account that was left as it is, and why. */
export interface LeftOut {
  readonly name: string;
  readonly why: Sentence;
}

/** What is needed to undo one. */
export interface Step {
  readonly accountId: string;
  readonly memberId: MemberId;
  readonly grantId: string | null;
  /** How the grant was when it was made. */
  readonly mark: string;
}

/** What became of one: what it has and is to be granted, or why it was left. */
interface Done {
  readonly pair: Pair;
  readonly until?: Date | null;
  readonly imports?: readonly string[];
  readonly why?: Sentence;
}

export interface LinkOrder {
  readonly guildId: GuildId;
  readonly actorId: ActorId;
  readonly progress?: ((done: number) => Promise<void> | undefined) | undefined;
}

type Many =
  | {
      readonly kind: 'done';
      readonly server: Server;
      readonly steps: readonly Step[];
      readonly linked: readonly Pair[];
      readonly left: readonly LeftOut[];
    }
  | { readonly kind: 'failed'; readonly server: Server; readonly why: Trouble }
  | { readonly kind: 'gone' };

/** `find` is asked when it is the turn of these on the server. */
export function makeLinkMany(deps: Deps) {
  return async (
    order: LinkOrder,
    begun: Server,
    find: () => Promise<readonly PairWithEnd[]>,
  ): Promise<Many> =>
    await deps.servers.exclusive(
      order.guildId,
      begun,
      async () => await linkThem(order, begun.id, await find()),
    );

  async function linkThem(order: LinkOrder, serverId: string, pairs: readonly PairWithEnd[]): Promise<Many> {
    const { guildId } = order;
    const stores = deps.stores.of(guildId);
    const server = await stores.servers.find(serverId);
    if (!server) return { kind: 'gone' };
    const reading = await readThose(guildId, server, pairs);
    if (reading.kind === 'unknown') return { kind: 'failed', server, why: reading.why };
    const [steps, linked, left]: [Step[], Pair[], LeftOut[]] = [[], [], []];
    for (let start = 0; start < pairs.length; start += BATCH) {
      const some = pairs.slice(start, start + BATCH);
      const done = await linkSome(order, { server, reading: reading.value }, some);
      for (const { pair, step, why } of done) {
        if (why) left.push({ name: pair.name, why });
        if (step) steps.push(step);
        if (step) linked.push(pair);
      }
      await order.progress?.(start + some.length);
    }
    return { kind: 'done', server, steps, linked, left };
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
    { guildId, actorId }: LinkOrder,
    { server, reading }: ServerReading,
    pairs: readonly PairWithEnd[],
  ): Promise<readonly (Done & { readonly step?: Step })[]> {
    const externalIds = pairs.map(({ externalId }) => externalId);
    const elsewhere = await deps.stores.elsewhere(guildId, server, externalIds);
    return await deps.stores.transaction(guildId, async (stores) => {
      const memberIds = pairs.map(({ memberId }) => memberId);
      const tx = await readAhead(readingOnce(stores), { serverId: server.id, externalIds, memberIds });
      await tx.members.ensure(...(await toBeLinked(tx, server.id, pairs)));
      const done: Done[] = [];
      for (const { externalId, until, ...pair } of pairs) {
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
        if (linked.outcome === 'linked') done.push({ pair, until, imports: linked.imports });
        else if (linked.outcome === 'already') done.push({ pair, why: say('member.link.already') });
        else done.push({ pair, why: await refusalText(tx, linked.outcome, link) });
      }
      return await withGrants(tx, done);
    });
  }

  /** What each of them has becomes a grant; of two accounts of one member, each library once. */
  async function withGrants(
    tx: GuildStores,
    done: readonly Done[],
  ): Promise<readonly (Done & { readonly step?: Step })[]> {
    const had = new Map<MemberId, readonly string[]>();
    const now = deps.clock.now();
    const found = done.map(({ pair: { memberId }, until = null, imports = [] }) => {
      const before = had.get(memberId) ?? [];
      had.set(memberId, [...before, ...imports]);
      // One that has come since it was asked about takes nobody's access.
      const expiresAt = until !== null && until > now ? until : null;
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
}

/** Those whose accounts are nobody's yet. */
async function toBeLinked(
  { accounts }: GuildStores,
  serverId: string,
  pairs: readonly PairWithEnd[],
): Promise<readonly MemberId[]> {
  const memberIds: MemberId[] = [];
  for (const { externalId, memberId } of pairs) {
    const [account] = await accounts.list({ serverId, externalIds: [externalId] });
    if (account?.memberId === null) memberIds.push(memberId);
  }
  return memberIds;
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

/**
 * The same stores, which have read in one go what each link asks for: its account, what was proposed for it, and what
 * its member has. Whatever is written of an account, its member is asked about again; a new link makes no grant by
 * itself.
 */
async function readAhead(
  tx: GuildStores,
  about: {
    readonly serverId: string;
    readonly externalIds: readonly string[];
    readonly memberIds: readonly MemberId[];
  },
): Promise<GuildStores> {
  const { serverId, externalIds, memberIds } = about;
  const rows = await tx.accounts.list({ serverId, externalIds });
  const [arrivals, theirs, grants] = await Promise.all([
    tx.arrivals.list({ accountIds: rows.map(({ id }) => id) }),
    tx.accounts.list({ memberIds }),
    tx.grants.list({ memberIds, states: ['active'] }),
  ]);
  const byId = new Map(rows.map((row) => [row.externalId, row]));
  const byMember = Map.groupBy(theirs, ({ memberId }) => memberId);
  const grantsOf = Map.groupBy(grants, ({ memberId }) => memberId);
  const arrived = new Set(arrivals.map(({ accountId }) => accountId));
  const stale = { accounts: new Set<MemberId>(), grants: new Set<MemberId>() };
  return {
    ...tx,
    arrivals: {
      ...tx.arrivals,
      async remove(accountIds) {
        const there = accountIds.filter((accountId) => arrived.has(accountId));
        if (there.length > 0) await tx.arrivals.remove(there);
      },
    },
    accounts: {
      ...tx.accounts,
      async list(filter = {}) {
        const { memberId, externalIds: [externalId, another] = [], ...rest } = filter;
        const isOfServer = Object.keys(rest).join() === 'serverId' && rest.serverId === serverId;
        if (isOfServer && externalId !== undefined && another === undefined && memberId === undefined)
          return [byId.get(externalId) ?? []].flat();
        if (memberId !== undefined && Object.keys(filter).length === 1 && !stale.accounts.has(memberId))
          return byMember.get(memberId) ?? [];
        return await tx.accounts.list(filter);
      },
      save(account) {
        if (account.memberId) stale.accounts.add(account.memberId);
        return tx.accounts.save(account);
      },
      update(accountId, changes) {
        if (changes.memberId) for (const kind of [stale.accounts, stale.grants]) kind.add(changes.memberId);
        return tx.accounts.update(accountId, changes);
      },
    },
    grants: {
      ...tx.grants,
      async list(filter) {
        const { memberId, states = [], ...rest } = filter;
        const isActive = states.join() === 'active' && Object.keys(rest).length === 0;
        return memberId !== undefined && isActive && !stale.grants.has(memberId)
          ? (grantsOf.get(memberId) ?? [])
          : await tx.grants.list(filter);
      },
    },
  };
}
