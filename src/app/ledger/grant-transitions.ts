/** Grants that start or end by themselves, and endings that the servers have confirmed. */
import { without } from '../../domain/access.ts';
import { applicationOn, isConfirmedGone, isOver, serversOf, stillGiven } from '../../domain/grant.ts';
import type { Account, AuditFacts, Grant, Library, Server } from '../../domain/model.ts';
import type { Deps } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';
import { withPlanRoles } from './plan-roles.ts';

const BATCH = 100;

/** What an audit line says about the libraries of a grant: `Tower · Movies, TV`, or with the server at each when there are several. */
export function grantFacts(
  ids: readonly string[],
  libraries: readonly Library[],
  servers: readonly Pick<Server, 'id' | 'name'>[],
): Pick<AuditFacts, 'server' | 'libraries'> {
  const granted = libraries.filter((library) => ids.includes(library.id));
  const used = servers.filter((server) => granted.some((library) => library.serverId === server.id));
  const [only] = used;
  if (only && used.length === 1)
    return { server: only.name, libraries: granted.map((library) => library.name) };
  return {
    libraries: used.flatMap((server) =>
      granted
        .filter((library) => library.serverId === server.id)
        .map((library) => `${server.name} · ${library.name}`),
    ),
  };
}

/** What an audit line says about a change of a grant: how it is now, and what differs. */
export function changeFacts(
  before: Grant,
  after: Grant,
  libraries: readonly Library[],
  servers: readonly Pick<Server, 'id' | 'name'>[],
): AuditFacts {
  const added = libraryNames(without(after.libraryIds, before.libraryIds), libraries);
  const removed = libraryNames(without(before.libraryIds, after.libraryIds), libraries);
  const was = before.expiresAt?.getTime() === after.expiresAt?.getTime();
  const detail = [
    added.length > 0 && `added ${added.join(', ')}`,
    removed.length > 0 && `removed ${removed.join(', ')}`,
    !was && after.expiresAt === null && 'no end any more',
    isOver(before) && !isOver(after) && 'it was over, and is given again',
  ]
    .filter((part) => part !== false)
    .join('; ');
  return {
    grant: after.number,
    ...grantFacts(after.libraryIds, libraries, servers),
    ...(after.state === 'scheduled' && { from: after.startsAt.toISOString() }),
    ...(after.expiresAt &&
      !isOver(after) &&
      after.state !== 'paused' && { until: after.expiresAt.toISOString() }),
    ...(detail && { detail }),
  };
}

/** Names of libraries for an audit line. */
export function libraryNames(ids: readonly string[], libraries: readonly Library[]): readonly string[] {
  const wanted = new Set(ids);
  return libraries.filter((library) => wanted.has(library.id)).map((library) => library.name);
}

/**
 * Starts what is to start and ends what is to end, by the clock. What ends becomes `ending`: decided, to be confirmed
 * by a pass over the servers. Asking twice does no harm.
 */
export async function moveDueGrants(deps: Deps, guildId: string): Promise<void> {
  for (;;) {
    const now = deps.clock.now();
    const due = await deps.stores.of(guildId).grants.listTransitionsDue(now, BATCH);
    if (due.length === 0) return;
    await deps.stores.transaction(guildId, async (tx) => {
      const [libraries, servers] = await Promise.all([tx.libraries.list(), tx.servers.list()]);
      const memberIds = [...new Set(due.map((grant) => grant.memberId))];
      await withPlanRoles(deps, tx, memberIds, now, async () => {
        for (const grant of due)
          await moveOne(tx, grant, grantFacts(grant.libraryIds, libraries, servers), now);
      });
      await tx.accounts.makeDue({ memberIds }, now, 'decided');
      await settleEndings(tx, memberIds, now);
    });
    deps.log.info({ guildId, grants: due.length }, 'grants reached their start or end');
  }
}

async function moveOne(
  tx: GuildStores,
  grant: Grant,
  what: ReturnType<typeof grantFacts>,
  now: Date,
): Promise<void> {
  const facts = {
    grant: grant.number,
    ...what,
    ...(grant.expiresAt && { until: grant.expiresAt.toISOString() }),
  };
  if (grant.state === 'scheduled') {
    if (!(await tx.grants.move(grant.id, ['scheduled'], 'active', {}))) return;
    await tx.audit.append({
      action: 'grant.started',
      actorId: null,
      targetId: grant.memberId,
      facts,
      at: now,
    });
    return;
  }
  const moved = await tx.grants.move(grant.id, ['active'], 'ending', { endCause: 'expired', endingAt: now });
  if (!moved) return;
  await tx.audit.append({ action: 'grant.ending', actorId: null, targetId: grant.memberId, facts, at: now });
}

/**
 * Writes `ended` on the ending grants of these members whose servers have all been read since and show the access gone
 * (rule 2), with the proof. Part of the transaction that recorded the reading.
 */
export async function settleEndings(tx: GuildStores, memberIds: readonly string[], now: Date): Promise<void> {
  const endings = await tx.grants.list({ memberIds, states: ['ending'] });
  if (endings.length === 0) return;
  const [accounts, libraries, servers] = await Promise.all([
    tx.accounts.list({ memberIds: [...new Set(endings.map((grant) => grant.memberId))] }),
    tx.libraries.list(),
    tx.servers.list(),
  ]);
  const names = new Map(servers.map((server) => [server.id, server.name]));
  for (const grant of endings) {
    const theirs = accounts.filter((account) => account.memberId === grant.memberId);
    if (!isConfirmedGone(grant, theirs, libraries)) continue;
    if (!(await tx.grants.move(grant.id, ['ending'], 'ended', { endedAt: now }))) continue;
    await tx.audit.append({
      action: 'grant.ended',
      actorId: null,
      targetId: grant.memberId,
      facts: {
        grant: grant.number,
        ...grantFacts(grant.libraryIds, libraries, servers),
        detail: proof(grant, theirs, libraries, names),
      },
      at: now,
    });
  }
}

/** One sentence per server: what was read there that shows the access gone, or what keeps it. */
function proof(
  grant: Grant,
  accounts: readonly Account[],
  libraries: readonly Library[],
  serverNames: ReadonlyMap<string, string>,
): string {
  const used = serversOf(grant, libraries);
  if (used.length === 0) return 'its server was removed from Usher; what the account has there stays';
  return used
    .map((serverId) => {
      const here = accounts.filter((account) => account.serverId === serverId);
      const name = serverNames.get(serverId) ?? 'a removed server';
      if (here.length === 0) return `${name}: no account there`;
      const kept = libraryNames(stillGiven(grant, here), libraries);
      return kept.length > 0
        ? `${name}: keeps ${kept.join(', ')} by other grants`
        : `${name}: read back, access gone`;
    })
    .join('; ');
}

/**
 * After failures: tells staff once that a grant's access is open after its end (`grant.overdue`), for the ending grants of
 * these members on this server.
 */
export async function alertOverdue(
  deps: Deps,
  tx: GuildStores,
  server: { readonly id: string; readonly name: string },
  accounts: readonly Account[],
  now: Date,
): Promise<void> {
  const memberIds = [...new Set(accounts.flatMap((account) => account.memberId ?? []))];
  const [endings, libraries, settings] = await Promise.all([
    tx.grants.list({ memberIds, states: ['ending'] }),
    tx.libraries.list(),
    tx.settings.get(),
  ]);
  for (const grant of endings) {
    if (grant.overdueAlertedAt !== null) continue;
    const standing = applicationOn(grant, server, accountsOf(grant, accounts), libraries);
    if (standing.kind !== 'still-open' || !serversOf(grant, libraries).includes(server.id)) continue;
    await tx.grants.markOverdueAlerted(grant.id, now);
    const detail = `${grant.endCause === 'revoked' ? 'revoked' : 'expired'} but still open on ${server.name}: ${standing.why ?? 'not confirmed'} Usher keeps trying.`;
    await tx.audit.append({
      action: 'grant.overdue',
      actorId: null,
      targetId: grant.memberId,
      facts: {
        grant: grant.number,
        server: server.name,
        libraries: libraryNames(grant.libraryIds, libraries),
        detail,
      },
      at: now,
    });
    if (settings.alertsChannelId === null) continue;
    await tx.deliveries.owe(
      {
        id: deps.codes.newId(),
        kind: 'channel',
        sink: settings.alertsChannelId,
        content: { kind: 'alert', text: `Grant #${grant.number} ${detail}` },
      },
      now,
    );
  }
}

function accountsOf(grant: Grant, accounts: readonly Account[]): readonly Account[] {
  return accounts.filter((account) => account.memberId === grant.memberId);
}
