/** Stores which accounts a server was read to have. */

import { type Elsewhere, librariesIn, overlap, presentLibraries, without } from '../../domain/access.ts';
import { confirmedBy, recentlyEnded } from '../../domain/doubt.ts';
import type { GuildId } from '../../domain/ids.ts';
import type { Account, Library, Server } from '../../domain/model.ts';
import type { Deps } from '../ports/deps.ts';
import type { AccountAccess } from '../ports/media-server.ts';
import type { SeenAccount } from '../ports/stores/accounts.ts';
import type { GuildStores } from '../ports/stores.ts';
import { noteAccepted } from './accepted.ts';
import { noteDrift } from './drift.ts';
import { type ElsewhereOf, readElsewhere } from './elsewhere.ts';
import { actualOf, type ServerReading, seenFields, seenIn } from './reading.ts';
import { findReopened, noteReopened } from './reopened.ts';

/**
 * Accounts stored in one transaction. Memory and the time that others wait for the database stay the same, however
 * many there are.
 */
const STORE_BATCH = 200;

/**
 * For libraries that are back after they were gone. On the server the accounts lost them together with the library,
 * so what we gave of them does not count as given any more: a pass then gives them anew to everybody who is granted
 * them.
 */
export async function forgetGiven(
  tx: GuildStores,
  { server, reading }: ServerReading,
  returned: readonly Library[],
  now: Date,
): Promise<void> {
  const libraries = await tx.libraries.list(server.id);
  const present = presentLibraries(server.id, libraries);
  const ids = returned.map(({ id }) => id);
  for (const { id, externalId, seen, given, ...rest } of await tx.accounts.list({ serverId: server.id })) {
    const actual = actualOf(externalId === null ? undefined : seenIn(reading, externalId), libraries);
    const lost = without(overlap(given, ids), librariesIn(actual, present));
    if (lost.length > 0) await tx.accounts.setLibraries(id, { ...rest, seen, given: without(given, lost) });
  }
  await tx.accounts.makeDue({ serverId: server.id }, now, 'noticed');
}

/**
 * Stores what a reading shows, batch by batch; nothing is written where nothing differs. Resolves to one sentence
 * per account that others changed.
 */
export async function storeAccounts(
  deps: Deps,
  guildId: GuildId,
  { server, reading, startedAt }: ServerReading & { /** When it was asked. */ readonly startedAt: Date },
): Promise<readonly string[]> {
  const stores = deps.stores.of(guildId);
  const libraries = await stores.libraries.list(server.id);
  const found: string[] = [];
  for (let start = 0; start < reading.accounts.length; start += STORE_BATCH) {
    const batch = reading.accounts.slice(start, start + STORE_BATCH);
    const externalIds = batch.map(({ externalId }) => externalId);
    const known = await stores.accounts.list({ serverId: server.id, externalIds });
    const elsewhereOf = await readElsewhere(deps, guildId, { server, libraries }, externalIds);
    const news = differing({ server, libraries, elsewhereOf }, known, batch);
    found.push(...(await storeBatch(deps, guildId, { server, libraries, elsewhereOf }, news)));
  }
  const listedIds = new Set(reading.accounts.map(({ externalId }) => externalId));
  const left = new Set(reading.left);
  // An account that the server lists no more keeps its row (rule 3); the row says that nothing was seen.
  const vanished = (await stores.accounts.listSeenIds(server.id))
    .filter((externalId) => !listedIds.has(externalId))
    .map((externalId) => ({ externalId, listed: undefined }));
  for (let start = 0; start < vanished.length; start += STORE_BATCH) {
    const batch = vanished.slice(start, start + STORE_BATCH);
    found.push(...(await storeBatch(deps, guildId, { server, libraries, left }, batch)));
  }
  // Whatever is seen again after this was given by somebody else.
  await deps.stores.transaction(guildId, (tx) => tx.accounts.forgetEnded(server.id, confirmedBy(startedAt)));
  return found;
}

/** A server, with its libraries. */
interface Place {
  readonly server: Server;
  readonly libraries: readonly Library[];
  /** External ids of those who gave up their access themselves. */
  readonly left?: ReadonlySet<string>;
  readonly elsewhereOf?: ElsewhereOf;
}

/** An account that differs from its row; `listed` is undefined for one that the server lists no more. */
interface News {
  readonly externalId: string;
  readonly listed: AccountAccess | undefined;
}

function differing(
  { server, libraries, elsewhereOf }: Place,
  known: readonly Account[],
  batch: readonly AccountAccess[],
): readonly News[] {
  const present = presentLibraries(server.id, libraries);
  const byExternal = new Map(known.map((account) => [account.externalId, account]));
  return batch
    .filter((listed) => {
      const old = byExternal.get(listed.externalId);
      const shown = shownBy(listed, old, libraries, present);
      const elsewhere = overlap(elsewhereOf?.(listed.externalId)?.touched ?? [], shown.seen);
      return !old || !same(old, { ...shown, name: listed.name, elsewhere });
    })
    .map((listed) => ({ externalId: listed.externalId, listed }));
}

async function storeBatch(
  deps: Deps,
  guildId: GuildId,
  { server, libraries, left, elsewhereOf }: Place,
  news: readonly News[],
): Promise<readonly string[]> {
  if (news.length === 0) return [];
  const found: string[] = [];
  await deps.stores.transaction(guildId, async (tx) => {
    if (!(await tx.servers.find(server.id))) return;
    // The rows are read again inside the transaction: somebody may have been linked since, or been granted something.
    const externalIds = news.map(({ externalId }) => externalId);
    const rows = await tx.accounts.list({ serverId: server.id, externalIds });
    const byExternal = new Map(rows.map((row) => [row.externalId, row]));
    const now = deps.clock.now();
    const fresh: SeenAccount[] = [];
    for (const { externalId, listed } of news) {
      const old = byExternal.get(externalId);
      const at = { server, libraries, at: now, hasLeft: left?.has(externalId) ?? false };
      const elsewhere = elsewhereOf?.(externalId);
      if (old) found.push(...(await storeOld(deps, tx, at, { old, listed, elsewhere })));
      else if (listed) fresh.push({ id: deps.codes.newId(), ...newRow({ server, libraries }, listed, now) });
    }
    await tx.accounts.addSeen(fresh);
  });
  return found;
}

/** What a reading shows of an account, in terms of its row. */
function shownBy(
  listed: AccountAccess | undefined,
  old: Account | undefined,
  libraries: readonly Library[],
  present: readonly string[],
) {
  const actual = actualOf(listed, libraries);
  return {
    ...seenFields(actual),
    // While a pass is due, `disabled` stays as it was: the pass compares it with what it finds, to tell whether the
    // disabling was ours.
    ...(old?.dueAt && listed && { disabled: old.disabled }),
    protected: listed?.protected ?? old?.protected ?? false,
    seen: librariesIn(actual, present),
  };
}

function newRow({ server, libraries }: Place, listed: AccountAccess, seenAt: Date): Omit<SeenAccount, 'id'> {
  const { externalId, name, emailMasked } = listed;
  return {
    serverId: server.id,
    externalId,
    name,
    emailMasked,
    ...shownBy(listed, undefined, libraries, presentLibraries(server.id, libraries)),
    seenAt,
  };
}

/** `listed` is undefined when the server lists it no more. */
async function storeOld(
  deps: Deps,
  tx: GuildStores,
  at: Place & { readonly at: Date; readonly hasLeft: boolean },
  {
    old,
    listed,
    elsewhere,
  }: Pick<News, 'listed'> & { readonly old: Account; readonly elsewhere: Elsewhere | undefined },
): Promise<readonly string[]> {
  const { server, libraries } = at;
  const { seen, ...fields } = shownBy(listed, old, libraries, presentLibraries(server.id, libraries));
  await tx.accounts.update(old.id, {
    ...fields,
    seenAt: at.at,
    ...(listed && { name: listed.name, emailMasked: listed.emailMasked }),
  });
  // What is in flight stays so: the account is still due, and the pass finds out what became of it.
  const { given, inFlight, leaving, ended } = old;
  const others = overlap(elsewhere?.touched ?? [], seen);
  const again = without(overlap(recentlyEnded(old, at.at), seen), elsewhere?.wanted ?? []);
  const reopened = await findReopened(tx, server, old, again);
  await tx.accounts.setLibraries(old.id, {
    seen,
    given,
    inFlight: [...inFlight, ...reopened],
    leaving: [...leaving, ...reopened],
    ended: without(ended, reopened),
    elsewhere: others,
  });
  if (listed) await noteAccepted(deps, tx, at, { before: old, now: { ...fields, seen, given } });
  const now = { ...old, ...fields, seen, given, elsewhere: others };
  if (reopened.length > 0) {
    await noteReopened(deps, tx, at, { account: old, libraryIds: reopened });
    await tx.accounts.update(old.id, { dueAt: at.at, lossApproved: true });
  }
  // Of an account that is in doubt, a look finds out what is true; until then nobody else is named.
  if (old.doubtSince === null) return await noteDrift(tx, at, { ...old, elsewhere: others }, now);
  await tx.accounts.update(old.id, { lookAt: at.at });
  return [];
}

function same(
  old: Account,
  now: Pick<Account, 'name' | 'protected' | 'seenAccess' | 'pending' | 'disabled' | 'seen' | 'elsewhere'>,
): boolean {
  return (
    old.name === now.name &&
    old.protected === now.protected &&
    old.seenAccess === now.seenAccess &&
    old.pending === now.pending &&
    old.disabled === now.disabled &&
    old.seen.length === now.seen.length &&
    without(old.seen, now.seen).length === 0 &&
    old.elsewhere.length === now.elsewhere.length
  );
}
