/** A run that would take too much away at once is held, says why, and waits for an admin (rule 5). */

import { drift, listedLibraries } from '../../domain/access.ts';
import type { ActorId, GuildId } from '../../domain/ids.ts';
import { takesTooMuch } from '../../domain/limits.ts';
import { MEDIA_KINDS } from '../../domain/media-kinds.ts';
import type { Account, HeldRun, Server } from '../../domain/model.ts';
import { lines, type Sentence, say, type Text, timeOf } from '../../words/say.ts';
import { alert, over } from '../ledger/alerts.ts';
import type { Deps } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';

interface Held {
  readonly server: Server;
  /** Ids of the accounts that would lose something, or have lost it. */
  readonly accountIds: readonly string[];
  /** What would happen, or has happened, as the beginning of a sentence. */
  readonly detail: Sentence;
  /** What staff are told of it, and what a release does about it. */
  readonly told: { readonly what: Sentence; readonly release: Sentence };
}

/** Notes a held run and asks the admins, once per server and set of accounts. */
export async function hold(
  deps: Deps,
  guildId: GuildId,
  { server, accountIds, detail, told }: Held,
): Promise<void> {
  await deps.stores.transaction(guildId, async (tx) => {
    const now = deps.clock.now();
    const [before] = await tx.heldRuns.listHeld(server.id);
    const known = new Set(before?.accountIds);
    if (before && accountIds.every((id) => known.has(id))) return;
    // More accounts would lose something than the open question says, so it is replaced by one about all of them.
    if (before) await tx.heldRuns.decide(before.id, 'dismissed', null, now);
    const id = deps.codes.newId();
    const all = [...known.union(new Set(accountIds))];
    await tx.heldRuns.add({ id, serverId: server.id, accountIds: all, detail, createdAt: now });
    await noteHeld(tx, server, { how: 'asked', detail, actorId: null }, now);
    const text = lines(told.what, told.release, say('alert.held.dismiss'));
    await alert(deps, tx, topicOf(server), { text, heldRun: id, now });
  });
  deps.log.warn({ guildId, serverId: server.id, accounts: accountIds.length }, 'a run was held');
}

const topicOf = ({ id }: Pick<Server, 'id'>) => `held ${id}` as const;

/** Nobody is asked any more: the question says why, and has no buttons. */
export async function closeQuestion(
  deps: Pick<Deps, 'codes'>,
  tx: GuildStores,
  { server, text }: { readonly server: Pick<Server, 'id'>; readonly text: Sentence },
  now: Date,
): Promise<void> {
  await over(deps, tx, topicOf(server), { text, now });
}

/**
 * Accounts lost something on the server by nobody's command. When it is many of them at once (the server was claimed
 * anew, its database was restored), that is one question to an admin instead of so many changes. Resolves to the ids of
 * those that wait for the answer, or that an admin has said to leave as they are.
 */
export async function holdLosses(
  deps: Deps,
  guildId: GuildId,
  server: Server,
  losing: readonly Account[],
): Promise<ReadonlySet<string>> {
  if (losing.length === 0) return new Set();
  const stores = deps.stores.of(guildId);
  const [held, dismissed] = await Promise.all([
    stores.heldRuns.listHeld(server.id),
    stores.heldRuns.findDismissed(server.id),
  ]);
  const asked = new Set(held.flatMap(({ accountIds }) => accountIds));
  const isAside = (account: Account) => asked.has(account.id) || isLeft(account, dismissed);
  const fresh = losing.filter((account) => !isAside(account));
  // With few losses the number of accounts cannot matter, so they are not read.
  const managed = takesTooMuch(fresh.length, 0) ? await countManaged(stores, server) : fresh.length;
  if (!takesTooMuch(fresh.length, managed)) return new Set(losing.filter(isAside).map(({ id }) => id));
  const accountIds = fresh.map(({ id }) => id);
  const detail = say('alert.held.detail.lost', { server: server.name, lost: fresh.length, managed });
  const what = say('alert.held.lost', { server: server.name, lost: fresh.length, managed });
  await hold(deps, guildId, { server, accountIds, detail, told: { what, release: releaseOf(server) } });
  return new Set(losing.map(({ id }) => id));
}

/** What a release does about what has happened on the server already. */
export function releaseOf({ driftPolicy, kind }: Server): Sentence {
  const isCreated = MEDIA_KINDS[kind].accounts === 'created';
  if (driftPolicy === 'adopt')
    return say(isCreated ? 'alert.held.release.adoptCreated' : 'alert.held.release.adoptInvited');
  return say(isCreated ? 'alert.held.release.givenCreated' : 'alert.held.release.givenInvited');
}

/** Nobody has to decide about a loss any more when all of it is back. */
export async function closeSettled(deps: Deps, guildId: GuildId, serverId: string): Promise<void> {
  if ((await deps.stores.of(guildId).heldRuns.listHeld(serverId)).length === 0) return;
  await deps.stores.transaction(guildId, async (tx) => {
    const now = deps.clock.now();
    const [server, [run], libraries, accounts] = await Promise.all([
      tx.servers.find(serverId),
      tx.heldRuns.listHeld(serverId),
      tx.libraries.list(serverId),
      tx.accounts.list({ serverId }),
    ]);
    if (!server || !run) return;
    const listed = listedLibraries(serverId, libraries);
    const isOpen = (account: Account) =>
      account.dueAt !== null || account.missingSince !== null || drift(account, listed).missing.length > 0;
    if (accounts.some((account) => run.accountIds.includes(account.id) && isOpen(account))) return;
    await tx.heldRuns.decide(run.id, 'dismissed', null, now);
    await noteHeld(tx, server, { how: 'settled', detail: run.detail, actorId: null }, now);
    await closeQuestion(deps, tx, { server, text: say('alert.held.settled', { at: timeOf(now) }) }, now);
  });
}

/** An admin has seen this loss and wants it left as it is. */
function isLeft({ id, missingSince }: Account, dismissed: HeldRun | undefined): boolean {
  if (!dismissed?.decidedAt || missingSince === null) return false;
  return dismissed.accountIds.includes(id) && missingSince <= dismissed.decidedAt;
}

async function countManaged(stores: GuildStores, server: Server): Promise<number> {
  const all = await stores.accounts.list({ serverId: server.id });
  return all.filter((account) => account.memberId !== null && account.protection === null).length;
}

/** Audits one step of a held run: held, released or dismissed. */
export async function noteHeld(
  tx: GuildStores,
  server: Server,
  {
    how,
    detail,
    actorId,
  }: {
    readonly how: 'asked' | 'released' | 'dismissed' | 'settled';
    readonly detail: Text;
    /** Null is Usher itself. */
    readonly actorId: ActorId | null;
  },
  at: Date,
): Promise<void> {
  const facts = { server: server.name, how, detail };
  await tx.audit.append({ action: 'access.held', actorId, facts, at });
}
