/**
 * Communities that come from another tool: what its file says is compared with what is on the servers now, and what fits
 * is linked when an admin says so. Nothing is opened or closed by it: what an account has becomes a grant, until the end
 * that the other tool had for it.
 */
import { inParallel } from '../../concurrency/in-parallel.ts';
import type { ActorId, GuildId, MemberId } from '../../domain/ids.ts';
import { type Found, matchRows, type PresentAccount, type Verdict } from '../../domain/imports/match.ts';
import type { ImportedRow, ImportTool } from '../../domain/imports/rows.ts';
import { MEDIA_KINDS } from '../../domain/media-kinds.ts';
import type { Server } from '../../domain/model.ts';
import { refreshLibraries } from '../observe/follow-libraries.ts';
import { namesUnknown, type ServerReading, seenIn, unreadIn } from '../observe/reading.ts';
import { noteFailure } from '../observe/server-health.ts';
import { type Deps, openServer } from '../ports/deps.ts';
import type { AttachedFile, ImportRefusal } from '../ports/imports.ts';
import type { Trouble } from '../ports/media-server.ts';
import type { NamedAccount } from '../ports/stores/accounts.ts';
import type { Enforce } from '../reconcile/enforce.ts';
import { type LinkRefusal, linkAccount } from './link.ts';

const SERVERS_AT_ONCE = 8;
/** Accounts linked in one transaction. */
const BATCH = 50;
/** Accounts linked by one reading: what else is due on the server waits for no more than these. */
const READ_FOR = 1_000;
/** People in one import: what was asked about has to be kept until it is answered. */
export const MOST_IMPORTED = 5_000;
/** People whose names are compared. */
const MOST_PEOPLE = 50_000;

/** A link to be made: whose, our id of the account, and when it ends in milliseconds since 1970; 0 is for good. */
export type PlannedLink = readonly [memberId: MemberId, accountId: string, until: number];

/** What a file comes to, before anything is done. */
export type ImportDraft =
  | {
      readonly kind: 'read';
      readonly rows: readonly { readonly row: ImportedRow; readonly verdict: Verdict }[];
      readonly openInvites: number;
      /** Those whose two sides are certain, and those that are told by equal names. */
      readonly sure: readonly PlannedLink[];
      readonly likely: readonly PlannedLink[];
      /** Servers that do not say now who has access there: their accounts are compared as they were seen last. */
      readonly unread: readonly { readonly server: Server; readonly why: Trouble }[];
    }
  | { readonly kind: 'refused'; readonly why: ImportRefusal };

/** What links would mean now, as far as it is known without asking the servers. */
export interface ImportPreview {
  readonly memberIds: readonly MemberId[];
  /** Those that are still to be made. */
  readonly links: readonly PlannedLink[];
  readonly servers: readonly Server[];
  readonly withEnd: number;
}

export interface ImportedLink {
  readonly memberId: MemberId;
  readonly account: string;
  readonly server: string;
  readonly until: Date | null;
  readonly result: 'linked' | 'already' | 'gone' | 'not-read' | LinkRefusal;
}

interface Order {
  readonly guildId: GuildId;
  readonly actorId: ActorId;
}

export function makeImports(deps: Deps, enforce: Enforce) {
  return {
    /** Reads a file, and compares it with what is on the servers now. Changes nothing. */
    async read(guildId: GuildId, tool: ImportTool, file: AttachedFile): Promise<ImportDraft> {
      const read = await deps.imports.read(file, tool);
      if (read.kind === 'refused') return read;
      const stores = deps.stores.of(guildId);
      const servers = await stores.servers.list();
      const looked = await inParallel(servers, SERVERS_AT_ONCE, async (server) => ({
        server,
        ...(await presentOn(guildId, server)),
      }));
      const [{ maxAccounts, zone }, people] = await Promise.all([
        stores.settings.get(),
        stores.members.findByName('', MOST_PEOPLE),
      ]);
      const verdicts = matchRows(read.rows, {
        ...{ servers, maxAccounts, zone, now: deps.clock.now() },
        accounts: looked.flatMap(({ accounts }) => accounts),
        people: people.map(({ userId, name }) => ({ memberId: userId, names: [name] })),
      });
      const found = verdicts.filter((verdict) => verdict.kind === 'found');
      if (found.length > MOST_IMPORTED) return { kind: 'refused', why: 'too-many' };
      return {
        kind: 'read',
        rows: read.rows.flatMap((row, index) => {
          const verdict = verdicts[index];
          return verdict ? [{ row, verdict }] : [];
        }),
        openInvites: read.openInvites,
        sure: found.filter(({ isSure }) => isSure).flatMap(linksOf),
        likely: found.filter(({ isSure }) => !isSure).flatMap(linksOf),
        unread: looked.flatMap(({ server, why }) => (why ? [{ server, why }] : [])),
      };
    },

    async preview(guildId: GuildId, links: readonly PlannedLink[]): Promise<ImportPreview> {
      const places = await placesOf(guildId);
      const open = links.filter(([, accountId]) => places.get(accountId)?.account.memberId === null);
      return {
        links: open,
        memberIds: [...new Set(open.map(([memberId]) => memberId))],
        servers: [...new Set(open.flatMap(([, accountId]) => places.get(accountId)?.server ?? []))],
        withEnd: open.filter(([, , until]) => until > deps.clock.now().getTime()).length,
      };
    },

    /** Makes the links, each once, whatever became of the accounts since; `progress` hears how many are done. */
    async run(
      { guildId, actorId }: Order,
      links: readonly PlannedLink[],
      progress: (done: number) => Promise<void>,
    ): Promise<readonly ImportedLink[]> {
      const places = await placesOf(guildId);
      const wanted = links.flatMap(([memberId, accountId, until]) => {
        const place = places.get(accountId);
        return place ? [{ ...place, memberId, until: until === 0 ? null : new Date(until) }] : [];
      });
      const results: ImportedLink[] = [];
      for (const onServer of Map.groupBy(wanted, ({ server }) => server).values())
        for (let start = 0; start < onServer.length; start += READ_FOR)
          await linkSome(onServer.slice(start, start + READ_FOR), { guildId, actorId }, async (batch) => {
            results.push(...batch);
            await progress(results.length);
          });
      await enforce.servers(guildId, [...new Set(wanted.map(({ server }) => server.id))]);
      return results;
    },
  };

  /** The accounts that are on a server now; where it does not say, those that were when it was read last. */
  async function presentOn(
    guildId: GuildId,
    server: Server,
  ): Promise<{ readonly accounts: readonly PresentAccount[]; readonly why?: Trouble }> {
    const stores = deps.stores.of(guildId);
    const media = await openServer(deps, stores, server);
    const [known, reading] = await Promise.all([
      stores.accounts.list({ serverId: server.id }),
      media.readAccess(),
    ]);
    const isOwn = MEDIA_KINDS[server.kind].accounts === 'created';
    const accounts = known.flatMap((account) => {
      const { externalId } = account;
      if (externalId === null) return [];
      if (reading.kind === 'unknown') {
        const isThere = isOwn ? account.missingSince === null : account.seenAccess !== 'none';
        return isThere || account.memberId !== null ? [{ ...account, externalId, emailKey: null }] : [];
      }
      const seen = seenIn(reading.value, externalId);
      // Whoever is linked is told to be so, whatever they have now.
      if (!seen && account.memberId === null) return [];
      return [{ ...account, externalId, emailKey: seen?.emailKey ?? null }];
    });
    return reading.kind === 'unknown' ? { accounts, why: reading.why } : { accounts };
  }

  interface Place {
    readonly account: NamedAccount;
    readonly server: Server;
  }

  /** All accounts and where they are, by our ids. */
  async function placesOf(guildId: GuildId): Promise<ReadonlyMap<string, Place>> {
    const stores = deps.stores.of(guildId);
    const places = new Map<string, Place>();
    for (const server of await stores.servers.list())
      for (const account of await stores.accounts.listNames(server.id))
        places.set(account.id, { account, server });
    return places;
  }

  interface Wanted extends Place {
    readonly memberId: MemberId;
    readonly until: Date | null;
  }

  /** Links accounts of one server, by one reading of it. */
  async function linkSome(
    wanted: readonly Wanted[],
    order: Order,
    done: (batch: readonly ImportedLink[]) => Promise<void>,
  ): Promise<void> {
    const [first] = wanted;
    if (!first) return;
    const { guildId } = order;
    const stores = deps.stores.of(guildId);
    await deps.servers.exclusive(guildId, first.server, async () => {
      const server = await stores.servers.find(first.server.id);
      const reading = server && (await readFor(guildId, server, wanted));
      for (let start = 0; start < wanted.length; start += BATCH) {
        const batch = wanted.slice(start, start + BATCH);
        await done(reading ? await linkBatch(batch, order, reading) : batch.map((one) => toldOf(one, 'not-read')));
      }
    });
  }

  /** What an account has becomes a grant by linking, so it has to be known first: otherwise it would be lost. */
  async function readFor(
    guildId: GuildId,
    server: Server,
    wanted: readonly Wanted[],
  ): Promise<ServerReading | undefined> {
    const stores = deps.stores.of(guildId);
    const media = await openServer(deps, stores, server);
    const reading = await media.readAccess({ of: wanted.map(({ account }) => account.externalId) });
    if (reading.kind === 'unknown') {
      await noteFailure(deps, guildId, { server, media }, reading.why);
      return undefined;
    }
    if (namesUnknown(reading.value, await stores.libraries.list(server.id))) {
      const learnt = await refreshLibraries(deps, guildId, server, media);
      if (learnt.kind === 'unknown') return undefined;
    }
    return { server, reading: reading.value };
  }

  async function linkBatch(
    batch: readonly Wanted[],
    { guildId, actorId }: Order,
    { server, reading }: ServerReading,
  ): Promise<readonly ImportedLink[]> {
    const ids = batch.map(({ account }) => account.externalId);
    const others = await deps.stores.elsewhere(guildId, server, ids);
    return await deps.stores.transaction(guildId, async (tx) => {
      const results: ImportedLink[] = [];
      const now = deps.clock.now();
      for (const one of batch) {
        const { externalId, name } = one.account;
        const seen = seenIn(reading, externalId);
        if (!seen) {
          results.push(toldOf(one, unreadIn(reading, externalId) ? 'not-read' : 'gone'));
          continue;
        }
        const link = {
          ...{ server, memberId: one.memberId, externalId, name, emailMasked: seen.emailMasked, seen },
          elsewhere: others.get(externalId)?.touched ?? [],
          by: actorId,
          until: one.until && one.until > now ? one.until : null,
        };
        results.push(toldOf(one, await linkAccount(deps, tx, link, now)));
      }
      return results;
    });
  }

  function toldOf(one: Wanted, result: ImportedLink['result']): ImportedLink {
    const { account, server, memberId, until } = one;
    return { memberId, account: account.name, server: server.name, until, result };
  }
}

const linksOf = ({ memberId, accountIds, until }: Found): readonly PlannedLink[] =>
  accountIds.map((accountId) => [memberId, accountId, until?.getTime() ?? 0] as const);
