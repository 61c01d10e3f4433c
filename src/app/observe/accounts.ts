/** Stores which accounts a server was read to have. */

import {
  drift,
  type Elsewhere,
  librariesIn,
  listedLibraries,
  ours,
  overlap,
  presentLibraries,
  without,
} from '../../domain/access.ts';
import { confirmedBy, isInDoubt, recentlyEnded } from '../../domain/doubt.ts';
import { isUnread } from '../../domain/exact.ts';
import type { GuildId } from '../../domain/ids.ts';
import type { Account, Library, Server } from '../../domain/model.ts';
import { type Sentence, say } from '../../words/say.ts';
import type { Deps } from '../ports/deps.ts';
import type { AccountAccess } from '../ports/media-server.ts';
import type { SeenAccount } from '../ports/stores/accounts.ts';
import type { GuildStores } from '../ports/stores.ts';
import { noteAccepted } from './accepted.ts';
import { noteDrift } from './drift.ts';
import { readElsewhere } from './elsewhere.ts';
import { asMissing, endLink, isGone, linkBack, lookedForAt, mayBeGone } from './gone.ts';
import { lookAgain } from './libraries.ts';
import { noteProtected } from './protected.ts';
import { actualOf, mayBeUnread, type ServerReading, seenFields, seenIn } from './reading.ts';
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
    if (externalId !== null && mayBeUnread(reading, externalId)) continue;
    const actual = actualOf(externalId === null ? undefined : seenIn(reading, externalId), libraries);
    const lost = without(overlap(given, ids), librariesIn(actual, present));
    if (lost.length > 0) await tx.accounts.setLibraries(id, { ...rest, seen, given: without(given, lost) });
  }
  await tx.accounts.makeDue({ serverId: server.id }, now, 'noticed');
}

/** An account that differs from its row. */
interface AccountNews {
  readonly externalId: string;
  /** Undefined for one that the server lists no more. */
  readonly listed: AccountAccess | undefined;
  /** Its row, as it was when the reading was compared with it; undefined for a new one. */
  readonly old: Account | undefined;
  /** What other guilds do with it. */
  readonly elsewhere: Elsewhere | undefined;
  /** It lost something that Usher gave, and no change of ours is waiting. */
  readonly loses: boolean;
}

/** Compares a reading of all accounts with what is stored. One that a drill plays with is nobody's, and left out. */
export async function findNews(
  deps: Deps,
  guildId: GuildId,
  { server, reading }: ServerReading,
): Promise<readonly AccountNews[]> {
  const stores = deps.stores.of(guildId);
  const libraries = await stores.libraries.list(server.id);
  const now = deps.clock.now();
  const news: AccountNews[] = [];
  const compare = async (batch: readonly Pick<AccountNews, 'externalId' | 'listed'>[]) => {
    const externalIds = batch.map(({ externalId }) => externalId);
    const known = await stores.accounts.list({ serverId: server.id, externalIds });
    const rows = new Map(known.map((account) => [account.externalId, account]));
    const elsewhereOf = await readElsewhere(deps, guildId, { server, libraries }, externalIds);
    for (const { externalId, listed } of batch) {
      const [old, elsewhere] = [rows.get(externalId), elsewhereOf(externalId)];
      const found = newsOf({ server, libraries }, { externalId, listed, old, elsewhere }, now);
      if (found) news.push(found);
    }
  };
  const throwAways = await deps.stores.throwAways(server);
  const isThrowAway = ({ externalId, name }: AccountAccess) =>
    throwAways.some((one) => one.externalId === externalId || (one.externalId === null && one.name === name));
  const listed = reading.accounts
    .filter((account) => !isThrowAway(account))
    .map((account) => ({ externalId: account.externalId, listed: account }));
  for (let start = 0; start < listed.length; start += STORE_BATCH)
    await compare(listed.slice(start, start + STORE_BATCH));
  // An account that the server lists no more keeps its row (rule 3); the row says that nothing was seen.
  const listedIds = new Set(reading.accounts.map(({ externalId }) => externalId));
  const vanished = (await stores.accounts.listKnownIds(server.id))
    .filter((externalId) => !listedIds.has(externalId) && !mayBeUnread(reading, externalId))
    .map((externalId) => ({ externalId, listed: undefined }));
  for (let start = 0; start < vanished.length; start += STORE_BATCH)
    await compare(vanished.slice(start, start + STORE_BATCH));
  return news;
}

/** What people are told of a reading, one sentence per account. */
interface Told {
  /** Accounts that others changed. */
  readonly drift: readonly Sentence[];
  /** Accounts that are missing, gone or back, and invitations that were accepted. */
  readonly accounts: readonly Sentence[];
}

/**
 * Stores what a reading changes, batch by batch. Accounts `aside` are part of a loss that an admin is asked about:
 * nothing is said of each of them, and none of their links ends.
 */
export async function storeNews(
  deps: Deps,
  guildId: GuildId,
  { server, reading, startedAt }: ServerReading & { /** When it was asked. */ readonly startedAt: Date },
  { news, aside }: { readonly news: readonly AccountNews[]; readonly aside: ReadonlySet<string> },
): Promise<Told> {
  const libraries = await deps.stores.of(guildId).libraries.list(server.id);
  const place = { server, libraries, left: new Set(reading.left), aside };
  const told: { drift: Sentence[]; accounts: Sentence[] } = { drift: [], accounts: [] };
  for (let start = 0; start < news.length; start += STORE_BATCH) {
    const { drift, accounts } = await storeBatch(
      deps,
      guildId,
      place,
      news.slice(start, start + STORE_BATCH),
    );
    told.drift.push(...drift);
    told.accounts.push(...accounts);
  }
  // Whatever is seen again after this was given by somebody else. A list with entries that are not understood proves
  // no end.
  if ((reading.unread ?? []).length > 0) return told;
  await deps.stores.transaction(guildId, (tx) => tx.accounts.forgetEnded(server.id, confirmedBy(startedAt)));
  return told;
}

/** A server, with its libraries. */
interface Place {
  readonly server: Server;
  readonly libraries: readonly Library[];
}

/** A place, and what is known of a reading as a whole. */
interface Storing extends Place {
  /** External ids of those who gave up their access themselves. */
  readonly left: ReadonlySet<string>;
  readonly aside: ReadonlySet<string>;
}

/** Undefined when nothing differs. */
function newsOf(
  { server, libraries }: Place,
  found: Omit<AccountNews, 'loses'>,
  now: Date,
): AccountNews | undefined {
  const { listed, old } = found;
  if (!old) return listed && { ...found, loses: false };
  const seen = shownBy(listed, old, libraries, presentLibraries(server.id, libraries));
  const shown = { ...seen, elsewhere: overlap(found.elsewhere?.touched ?? [], seen.seen) };
  const isAway = !listed && mayBeGone(server, old);
  const isBack = listed !== undefined && old.missingSince !== null;
  const isLooked = isAway && (old.missingSince === null || isGone(old, now));
  if (same(old, { ...shown, name: listed?.name ?? old.name }) && !isBack && !isLooked) return undefined;
  const here = listedLibraries(server.id, libraries);
  const lost = without(drift({ ...old, ...shown }, here).missing, drift(old, here).missing);
  const isOurs = old.memberId !== null && old.protection === null;
  return { ...found, loses: isOurs && (isAway || (old.dueAt === null && lost.length > 0)) };
}

async function storeBatch(
  deps: Deps,
  guildId: GuildId,
  storing: Storing,
  news: readonly AccountNews[],
): Promise<Told> {
  const told: { drift: Sentence[]; accounts: Sentence[] } = { drift: [], accounts: [] };
  const { server } = storing;
  await deps.stores.transaction(guildId, async (tx) => {
    if (!(await tx.servers.find(server.id))) return;
    // The rows are read again inside the transaction: somebody may have been linked since, or been granted something.
    const externalIds = news.map(({ externalId }) => externalId);
    const rows = await tx.accounts.list({ serverId: server.id, externalIds });
    const byExternal = new Map(rows.map((row) => [row.externalId, row]));
    const now = deps.clock.now();
    const fresh: SeenAccount[] = [];
    for (const item of news) {
      const { externalId, listed } = item;
      const old = byExternal.get(externalId);
      if (!old) {
        if (listed) fresh.push({ id: deps.codes.newId(), ...newRow(storing, listed, now) });
        continue;
      }
      const { drift = [], accounts = [] } = await storeOld(deps, tx, storing, { ...item, old, now });
      told.drift.push(...drift);
      told.accounts.push(...accounts);
    }
    await tx.accounts.addSeen(fresh);
  });
  return told;
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
    protection: listed ? listed.protection : (old?.protection ?? null),
    signsInElsewhere: listed?.signsInElsewhere === true,
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

/** A row, and what a reading shows of its account; `listed` is undefined when the server lists it no more. */
interface Stored extends Pick<AccountNews, 'listed' | 'elsewhere'> {
  readonly old: Account;
  readonly now: Date;
}

async function storeOld(deps: Deps, tx: GuildStores, storing: Storing, item: Stored): Promise<Partial<Told>> {
  const { old, listed, elsewhere, now } = item;
  const { server, libraries, left, aside } = storing;
  // A pass is to find out what it did: stored as seen, it would look as if somebody else had done it.
  if (listed && old.dueAt !== null && isUnread(old, now)) return {};
  const { seen, ...fields } = shownBy(listed, old, libraries, presentLibraries(server.id, libraries));
  const others = overlap(elsewhere?.touched ?? [], seen);
  const inDoubt = isInDoubt(server, old);
  const here = listedLibraries(server.id, libraries);
  const found = drift({ ...old, ...fields, seen, elsewhere: others }, here);
  // What others gave to an account in doubt is left for the look that follows, which finds it new, and tells it.
  const untold = inDoubt ? without(found.extra, drift(old, here).extra) : [];
  await tx.accounts.update(old.id, {
    ...fields,
    ...(untold.length > 0 && { seenAccess: old.seenAccess }),
    seenAt: now,
    ...(listed && { name: listed.name, emailMasked: listed.emailMasked, missingSince: null }),
  });
  // What is in flight stays so: the account is still due, and the pass finds out what became of it.
  const { given, inFlight, leaving, ended } = old;
  const again = without(overlap(recentlyEnded(old, now), seen), elsewhere?.wanted ?? []);
  const reopened = await findReopened(tx, server, old, again);
  await tx.accounts.setLibraries(old.id, {
    seen: without(seen, untold),
    given,
    inFlight: [...inFlight, ...reopened],
    leaving: [...leaving, ...reopened],
    ended: without(ended, reopened),
    elsewhere: others,
  });
  if (!listed && mayBeGone(server, old)) return await storeMissing(deps, tx, storing, item);
  if (listed && old.formerMemberId !== null) {
    const account = { ...old, name: listed.name, formerMemberId: old.formerMemberId };
    await linkBack(deps, tx, { server, account }, now);
    return { accounts: [say('server.sync.account.back', { account: listed.name })] };
  }
  if (listed && old.missingSince !== null) {
    // Nobody gave it anything: it was only not listed. A pass puts right what was not done meanwhile.
    await tx.accounts.update(old.id, { dueAt: old.dueAt ?? now });
    return {};
  }
  const at = { server, libraries, at: now, hasLeft: old.externalId !== null && left.has(old.externalId) };
  const seenNow = { ...old, ...fields, seen, given, elsewhere: others };
  const accepted = listed && (await noteAccepted(deps, tx, at, { before: old, now: seenNow }));
  await noteProtected(deps, tx, at, { before: old, now: fields.protection });
  if (reopened.length > 0) {
    await noteReopened(deps, tx, at, { account: old, libraryIds: reopened });
    await tx.accounts.update(old.id, { dueAt: now, lossApproved: true });
  }
  const accounts = accepted ? [say('server.sync.account.accepted', { account: old.name })] : [];
  // Of an account that is in doubt, a look finds out what is true; until then nobody else is named.
  if (inDoubt) {
    await tx.accounts.update(old.id, { lookAt: now });
    const differs = old.memberId !== null && found.extra.length + found.missing.length > 0;
    return {
      accounts: differs ? [...accounts, say('server.sync.account.differs', { account: old.name })] : accounts,
    };
  }
  if (aside.has(old.id)) return { drift: [], accounts };
  // What others gave and took again may be granted as well: then it is ours to give.
  const theirs = without(without(old.seen, seen), [...ours(old), ...others]);
  if (theirs.length > 0 && old.memberId !== null && old.dueAt === null)
    await tx.accounts.update(old.id, { dueAt: now });
  return { drift: await noteDrift(tx, at, { ...old, elsewhere: others }, seenNow), accounts };
}

/** It is missing, or gone when it was missing before. */
async function storeMissing(
  deps: Deps,
  tx: GuildStores,
  { server, aside }: Storing,
  { old, now }: Stored,
): Promise<Partial<Told>> {
  if (!isGone(old, now)) {
    await tx.accounts.update(old.id, asMissing(old, now));
    await lookAgain(tx, lookedForAt(old.missingSince ?? now));
    if (aside.has(old.id)) return {};
    return {
      accounts: [say('server.sync.account.missing', { account: old.name })],
    };
  }
  if (aside.has(old.id)) return {};
  await endLink(deps, tx, { server, account: old }, now);
  return { accounts: [say('server.sync.account.gone', { account: old.name })] };
}

function same(
  old: Account,
  now: Pick<
    Account,
    'name' | 'protection' | 'signsInElsewhere' | 'seenAccess' | 'pending' | 'disabled' | 'seen' | 'elsewhere'
  >,
): boolean {
  return (
    old.name === now.name &&
    old.protection === now.protection &&
    old.signsInElsewhere === now.signsInElsewhere &&
    old.seenAccess === now.seenAccess &&
    old.pending === now.pending &&
    old.disabled === now.disabled &&
    old.seen.length === now.seen.length &&
    without(old.seen, now.seen).length === 0 &&
    old.elsewhere.length === now.elsewhere.length
  );
}
