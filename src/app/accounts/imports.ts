/**
 * Communities that come from another tool: what its file says is compared with what is on the servers now, and what
 * fits is linked when an admin says so. Nothing is opened or closed by it: what an account has becomes a grant, until
 * the end that the other tool had for it.
 */
import { inParallel } from '../../concurrency/in-parallel.ts';
import { emailName } from '../../domain/email-key.ts';
import type { ActorId, GuildId, MemberId } from '../../domain/ids.ts';
import {
  type Found,
  type Here,
  matchRows,
  type PresentAccount,
  type Verdict,
} from '../../domain/imports/match.ts';
import type { ImportedRow, ImportTool } from '../../domain/imports/rows.ts';
import { MEDIA_KINDS } from '../../domain/media-kinds.ts';
import type { Server } from '../../domain/model.ts';
import type { Login } from '../../domain/person-match.ts';
import { seenIn } from '../observe/reading.ts';
import { type Deps, openServer } from '../ports/deps.ts';
import type { AttachedFile, ImportRefusal } from '../ports/imports.ts';
import type { Trouble } from '../ports/media-server.ts';
import type { NamedAccount } from '../ports/stores/accounts.ts';
import { keepNames, whoIsCalledSo } from './called-so.ts';
import type { makeMemberImport } from './import.ts';

const SERVERS_AT_ONCE = 8;
/** Accounts linked by one reading: what else is due on the server waits for no more than these. */
const READ_FOR = 1_000;
/** Of how many names Discord is asked, and for how long: it answers some a second, and somebody waits for it. */
const ASKED = { most: 300, patienceMs: 45_000 } as const;
/** People in one import: what was asked about has to be kept until it is answered. */
const MOST_IMPORTED = 5_000;

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
      /** Rows of which Discord did not say, or was not asked, who is called so. */
      readonly unasked: number;
      /** Servers that do not say now who has access there: their accounts are compared as they were seen last. */
      readonly unread: readonly { readonly server: Server; readonly why: Trouble }[];
    }
  | { readonly kind: 'refused'; readonly why: ImportRefusal };

/** What links would mean now, as far as it is known without asking the servers. */
export interface ImportPreview {
  readonly memberIds: readonly MemberId[];
  /** What an account of each is called, for those whom Usher never saw. */
  readonly accountNames: ReadonlyMap<string, string>;
  /** Those that are still to be made. */
  readonly links: readonly PlannedLink[];
  readonly servers: readonly Server[];
  readonly withEnd: number;
}

export type ImportedLinks = Awaited<ReturnType<MemberImport['link']>>;
type MemberImport = ReturnType<typeof makeMemberImport>;

export function makeImports(deps: Deps, memberImport: Pick<MemberImport, 'link'>) {
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
        stores.members.listNamed(),
      ]);
      const known = people.map(({ userId, name }) => ({ memberId: userId, names: [name] }));
      const here = {
        ...{ servers, maxAccounts, zone, now: deps.clock.now() },
        accounts: looked.flatMap(({ accounts }) => accounts),
      };
      const { verdicts, unasked } = await matched(guildId, read.rows, { ...here, people: known });
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
        unasked,
        unread: looked.flatMap(({ server, why }) => (why ? [{ server, why }] : [])),
      };
    },

    async preview(guildId: GuildId, links: readonly PlannedLink[]): Promise<ImportPreview> {
      const places = await placesOf(guildId);
      const open = links.filter(([, accountId]) => places.get(accountId)?.account.memberId === null);
      return {
        links: open,
        memberIds: [...new Set(open.map(([memberId]) => memberId))],
        accountNames: new Map(
          open.map(([memberId, accountId]) => [memberId, places.get(accountId)?.account.name ?? '']),
        ),
        servers: [...new Set(open.flatMap(([, accountId]) => places.get(accountId)?.server ?? []))],
        withEnd: open.filter(([, , until]) => until > deps.clock.now().getTime()).length,
      };
    },

    /** Makes the links, each once, whatever became of the accounts since; `progress` hears how many are done. */
    async run(
      order: { readonly guildId: GuildId; readonly actorId: ActorId },
      links: readonly PlannedLink[],
      progress: (done: number) => Promise<void>,
    ): Promise<ImportedLinks> {
      const places = await placesOf(order.guildId);
      const wanted = links.flatMap(([memberId, accountId, until]) => {
        const place = places.get(accountId);
        if (!place) return [];
        const { name, externalId } = place.account;
        const end = until === 0 ? null : new Date(until);
        return [{ server: place.server, pair: { accountId, memberId, name, externalId, until: end } }];
      });
      const some = [...Map.groupBy(wanted, ({ server }) => server)].flatMap(([server, all]) =>
        inParts(all, READ_FOR).map((part) => ({ server, pairs: part.map(({ pair }) => pair) })),
      );
      return await memberImport.link({ ...order, progress }, some);
    },
  };

  /** Of rows that nobody is known for, Discord is asked who is called so: many have never used Usher. */
  async function matched(
    guildId: GuildId,
    rows: readonly ImportedRow[],
    here: Here,
  ): Promise<{ readonly verdicts: readonly Verdict[]; readonly unasked: number }> {
    const first = matchRows(rows, here);
    const unknown = rows.filter((_, index) => {
      const verdict = first[index];
      return verdict?.kind === 'left' && verdict.why === 'no-member';
    });
    if (unknown.length === 0) return { verdicts: first, unasked: 0 };
    const answers = await whoIsCalledSo(deps, guildId, unknown.map(loginOf), ASKED);
    const found = answers.flatMap((answer) => answer ?? []);
    const unasked = answers.filter((answer) => answer === undefined).length;
    if (found.length === 0) return { verdicts: first, unasked };
    const verdicts = matchRows(rows, { ...here, people: [...here.people, ...found] });
    const theirs = verdicts.flatMap((verdict) => (verdict.kind === 'found' ? [verdict.memberId] : []));
    await keepNames(deps, guildId, new Set(theirs), found);
    return { verdicts, unasked };
  }

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
}

function inParts<T>(all: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}

/** By what a row says of somebody, as it is compared (`matchRows`). */
const loginOf = ({ discordName, account, email }: ImportedRow): Login =>
  discordName !== null
    ? { names: [discordName] }
    : { names: [account ?? ''], emailName: emailName(email ?? '') };

const linksOf = ({ memberId, accountIds, until }: Found): readonly PlannedLink[] =>
  accountIds.map((accountId) => [memberId, accountId, until?.getTime() ?? 0] as const);
