/**
 * An account at a vendor that a member has proven is theirs on every server of the kind: linked there without another
 * sign-in.
 */

import { inParallel } from '../../concurrency/in-parallel.ts';
import { serversOf } from '../../domain/grant.ts';
import type { GuildId, MemberId } from '../../domain/ids.ts';
import { MEDIA_KINDS } from '../../domain/media-kinds.ts';
import type { Account, Server } from '../../domain/model.ts';
import { refreshLibraries } from '../observe/follow-libraries.ts';
import { namesUnknown, type ServerReading, seenIn, unreadIn } from '../observe/reading.ts';
import { noteFailure } from '../observe/server-health.ts';
import { type Deps, openServer } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';
import { linkAccount } from './link.ts';

const SERVERS_AT_ONCE = 8;
/** Accounts linked in one transaction. */
const BATCH = 50;

/** The one account of a member at a vendor. */
interface Proven {
  readonly memberId: MemberId;
  readonly externalId: string;
  readonly name: string;
  readonly emailMasked: string | null;
  /** Name of a server on which it is linked. */
  readonly on: string;
}

/** Resolves to the ids of the servers on which one of these members was linked; their accounts are due there. */
export type LinkKnown = (guildId: GuildId, memberIds: readonly MemberId[]) => Promise<readonly string[]>;

/**
 * Links these members where a grant gives them something and they have no account yet. What cannot be read is left to
 * the next sync.
 */
export function makeLinkKnown(deps: Deps): LinkKnown {
  return async (guildId, memberIds) => {
    const stores = deps.stores.of(guildId);
    const servers = (await stores.servers.list()).filter(isOfVendor);
    if (servers.length < 2) return [];
    const [accounts, grants, libraries] = await Promise.all([
      stores.accounts.list({ memberIds }),
      stores.grants.list({ memberIds, states: ['active', 'scheduled'] }),
      stores.libraries.list(),
    ]);
    const granted = Map.groupBy(
      grants.flatMap((grant) =>
        serversOf(grant, libraries).map((serverId) => ({ serverId, memberId: grant.memberId })),
      ),
      ({ serverId }) => serverId,
    );
    const links = servers.flatMap((server) => {
      const here = new Set(granted.get(server.id)?.map(({ memberId }) => memberId));
      const missing = provenOf(accounts, alike(servers, server), server).filter(({ memberId }) =>
        here.has(memberId),
      );
      return missing.length > 0 ? [{ server, missing }] : [];
    });
    const linked = await inParallel(links, SERVERS_AT_ONCE, ({ server, missing }) =>
      deps.servers.exclusive(guildId, server, () => readAndLink(deps, guildId, server, missing)),
    );
    return links.filter((_, index) => (linked[index] ?? 0) > 0).map(({ server }) => server.id);
  };
}

async function readAndLink(
  deps: Deps,
  guildId: GuildId,
  server: Server,
  missing: readonly Proven[],
): Promise<number> {
  const stores = deps.stores.of(guildId);
  const media = await openServer(deps, stores, server);
  const reading = await media.readAccess({ of: missing.map(({ externalId }) => externalId) });
  // What an account has becomes a grant by linking, so it has to be known first; otherwise it would be lost.
  if (reading.kind === 'unknown') {
    await noteFailure(deps, guildId, { server, media }, reading.why);
    return 0;
  }
  if (namesUnknown(reading.value, await stores.libraries.list(server.id))) {
    const learnt = await refreshLibraries(deps, guildId, server, media);
    if (learnt.kind === 'unknown') return 0;
  }
  return await linkAll(deps, guildId, { server, reading: reading.value }, missing);
}

/**
 * Part of a sync: links members who are granted something on the server, and at the `first` sync also all whose account
 * has something there. Resolves to how many were linked.
 */
export async function linkKnownInSync(
  deps: Deps,
  guildId: GuildId,
  { server, reading }: ServerReading,
  first: boolean,
): Promise<number> {
  if (!isOfVendor(server)) return 0;
  const stores = deps.stores.of(guildId);
  const servers = alike(await stores.servers.list(), server);
  if (servers.length < 2) return 0;
  const grants = await stores.grants.list({ serverId: server.id, states: ['active', 'scheduled'] });
  const granted = new Set(grants.map(({ memberId }) => memberId));
  if (granted.size === 0 && !first) return 0;
  const accounts = await stores.accounts.list(first ? {} : { memberIds: [...granted] });
  const listed = new Set(first ? reading.accounts.map(({ externalId }) => externalId) : []);
  const missing = provenOf(accounts, servers, server).filter(
    ({ memberId, externalId }) => granted.has(memberId) || listed.has(externalId),
  );
  return await linkAll(deps, guildId, { server, reading }, missing);
}

async function linkAll(
  deps: Deps,
  guildId: GuildId,
  { server, reading }: ServerReading,
  missing: readonly Proven[],
): Promise<number> {
  let linked = 0;
  for (let start = 0; start < missing.length; start += BATCH) {
    const batch = missing.slice(start, start + BATCH);
    const externalIds = batch.map(({ externalId }) => externalId);
    const others = await deps.stores.elsewhere(guildId, server, externalIds);
    linked += await deps.stores.transaction(guildId, async (tx) => {
      const servers = alike(await tx.servers.list(), server);
      const fresh = servers.find(({ id }) => id === server.id);
      if (!fresh) return 0;
      let count = 0;
      for (const { on, ...proven } of batch) {
        if (!(await isStillMissing(tx, fresh, servers, proven))) continue;
        const seen = seenIn(reading, proven.externalId);
        if (!seen && unreadIn(reading, proven.externalId)) continue;
        const elsewhere = others.get(proven.externalId)?.touched ?? [];
        const link = { server: fresh, ...proven, seen, elsewhere, knownFrom: on };
        if ((await linkAccount(deps, tx, link, deps.clock.now())) === 'linked') count += 1;
      }
      return count;
    });
  }
  return linked;
}

/**
 * Checked again in the transaction: the member may have signed in since the reading. An account that two members have
 * linked elsewhere is linked to neither without a proof of its own.
 */
async function isStillMissing(
  tx: GuildStores,
  server: Server,
  servers: readonly Server[],
  { memberId, externalId }: Pick<Proven, 'memberId' | 'externalId'>,
): Promise<boolean> {
  const [theirs, same] = await Promise.all([
    tx.accounts.list({ memberId }),
    tx.accounts.list({ externalIds: [externalId] }),
  ]);
  const owners = new Set(same.flatMap((account) => account.memberId ?? []));
  const proven = provenOf(theirs, servers, server).some((account) => account.externalId === externalId);
  return proven && owners.size === 1;
}

/**
 * For each member without an account on `server`, the one that they have on other servers of its kind. Members who have
 * two are left out: nobody can tell which is meant.
 */
function provenOf(
  accounts: readonly Account[],
  servers: readonly Server[],
  server: Server,
): readonly Proven[] {
  const names = new Map(servers.map(({ id, name }) => [id, name]));
  const linked = accounts.flatMap(({ memberId, externalId, serverId, name, emailMasked }) => {
    const on = names.get(serverId);
    // An invitation to an address is known on its own server only.
    if (on === undefined || memberId === null || externalId === null || externalId.startsWith('email:'))
      return [];
    return [{ memberId, externalId, name, emailMasked, on, serverId }];
  });
  return [...Map.groupBy(linked, ({ memberId }) => memberId).values()].flatMap((theirs) => {
    const [first] = theirs;
    if (!first || theirs.some(({ serverId }) => serverId === server.id)) return [];
    if (theirs.some(({ externalId }) => externalId !== first.externalId)) return [];
    const { serverId: _, ...proven } = first;
    return [proven];
  });
}

/** Only accounts of a vendor are the same on all servers of the kind. */
const isOfVendor = ({ kind }: Server): boolean => MEDIA_KINDS[kind].accounts === 'invited';

const alike = (servers: readonly Server[], { kind }: Server): readonly Server[] =>
  servers.filter((server) => server.kind === kind);
