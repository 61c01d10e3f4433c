/**
 * Which rows the libraries are that a server lists, written down: new ones, those whose id has changed, and those whose
 * id is another library's now. Grants, plans and invites name rows, so they follow by themselves.
 */

import { GuildFull } from '../../domain/guild-limits.ts';
import type { GuildId } from '../../domain/ids.ts';
import { carryMarks, type LibraryMatch, type Moved, matchLibraries } from '../../domain/library-match.ts';
import { MEDIA_KINDS } from '../../domain/media-kinds.ts';
import type { Account, Library, Server } from '../../domain/model.ts';
import { delimited } from '../../domain/name-list.ts';
import { type Sentence, say } from '../../words/say.ts';
import { mustHaveRoom } from '../ledger/room.ts';
import type { Deps } from '../ports/deps.ts';
import type { Known, LibraryOnServer, MediaServer } from '../ports/media-server.ts';
import type { GuildStores } from '../ports/stores.ts';
import { freeze } from './freeze.ts';
import { someNames } from './some-names.ts';

/** A server, and the libraries that it listed. */
export interface Listing {
  readonly server: Server;
  readonly listed: readonly LibraryOnServer[];
  /** Not surely all of them. */
  readonly isPartial?: boolean;
}

export interface Followed extends Pick<LibraryMatch<Library, LibraryOnServer>, 'same' | 'unlisted'> {
  /** Names of those that we did not know. */
  readonly added: readonly string[];
  /** Those of which another one has the id now, so that they are gone. */
  readonly replaced: readonly Library[];
  /** What people are told of all that, in sentences. */
  readonly news: readonly Sentence[];
}

type Match = LibraryMatch<Library, LibraryOnServer>;

/** How many libraries a sentence names; the others are counted. */
const NAMED = 10;

/** How many former ids are remembered: accounts that could not be written for so many renames are rare. */
const FORMER_IDS = 20;

/**
 * Part of a transaction, of a sync and of a pass that is about to give something. What is missing or gone is judged by
 * a sync, because that takes a second look.
 * @throws {GuildFull} when the server is new and the guild may not have as many libraries more.
 */
export async function followLibraries(
  deps: Deps,
  tx: GuildStores,
  { server, listed }: Listing,
  now: Date,
): Promise<Followed> {
  const known = await tx.libraries.list(server.id);
  const match = matchLibraries(known, listed, MEDIA_KINDS[server.kind].libraryIdentity);
  await storeIds(tx, known, match, now);
  const rows = await addFresh(deps, tx, { server, known, match }, now);
  const accounts = isNewsOfIds(match) ? await tx.accounts.list({ serverId: server.id }) : [];
  await carryAll(tx, { server, match, rows, accounts }, now);
  const replaced = match.replaced.filter(({ goneAt }) => goneAt === null);
  const news = [
    ...(await noteMoved(tx, { server, match, accounts }, now)),
    ...(await noteReplaced(tx, { server, match, replaced }, now)),
    ...(await noteClosed(tx, server, match, now)),
  ];
  if (replaced.length > 1) await freeze(deps, tx, server, whyFrozen(replaced));
  return {
    added: rows.map(({ one }) => one.name),
    same: match.same,
    unlisted: match.unlisted,
    replaced,
    news,
  };
}

/** One may be made again after another was deleted; several at once are a server that was set up anew. */
const whyFrozen = (replaced: readonly Library[]) => ({
  why: say('trouble.replaced', {
    names: someNames(
      replaced.map(({ name }) => name),
      NAMED,
    ),
  }),
  look: say('alert.frozen.look.replaced'),
});

/** Some library has another id than before. */
const isNewsOfIds = ({ same, replaced }: Match): boolean =>
  replaced.length > 0 || same.some((each) => each.externalId !== each.known.externalId);

/**
 * Before something is given: asks a server for its libraries and writes down what is news of their ids, because the one
 * that is about to be sent may be another library's by now. Resolves to whether there was any.
 */
export async function refreshLibraries(
  deps: Deps,
  guildId: GuildId,
  server: Server,
  media: MediaServer,
): Promise<Known<boolean>> {
  const listed = await media.listLibraries();
  if (listed.kind === 'unknown') return listed;
  const value = isNews(server, await deps.stores.of(guildId).libraries.list(server.id), listed.value);
  if (!value) return { kind: 'known', value };
  return await unlessFull(async () => {
    await deps.stores.transaction(guildId, (tx) =>
      followLibraries(deps, tx, { server, listed: listed.value }, deps.clock.now()),
    );
    return value;
  });
}

/** A list for which there is no room is one that cannot be had. */
export async function unlessFull<T>(work: () => Promise<T>): Promise<Known<T>> {
  try {
    return { kind: 'known', value: await work() };
  } catch (error) {
    if (!(error instanceof GuildFull)) throw error;
    return { kind: 'unknown', why: { kind: 'not-possible', message: error.says } };
  }
}

/** Whether a list says anything of ids that is not written down yet. */
function isNews(server: Server, known: readonly Library[], listed: readonly LibraryOnServer[]): boolean {
  const { same, fresh, replaced } = matchLibraries(known, listed, MEDIA_KINDS[server.kind].libraryIdentity);
  return (
    replaced.length > 0 ||
    fresh.some(({ grantable }) => grantable) ||
    same.some(
      (each) => each.externalId !== each.known.externalId || closedIn(each.listed) !== each.known.closed,
    )
  );
}

const closedIn = ({ closed }: LibraryOnServer): Library['closed'] => closed ?? null;

/** An id is one library's at a time, so whoever gives one up does so before another one gets it. */
async function storeIds(tx: GuildStores, known: readonly Library[], match: Match, now: Date): Promise<void> {
  const moving = match.same.filter((each) => each.externalId !== each.known.externalId);
  for (const { id } of [...moving.map((each) => each.known), ...match.replaced])
    await tx.libraries.update(id, { externalId: `without id: ${id}` });
  for (const { id, goneAt } of match.replaced)
    await tx.libraries.update(id, { goneAt: goneAt ?? now, missingSince: null, closed: null });
  const inUse = new Set([...match.same, ...match.fresh].map(({ externalId }) => externalId));
  const found = new Map(match.same.map((each) => [each.known.id, each]));
  for (const { id, externalId, identity, closed, formerIds } of known) {
    const each = found.get(id);
    const had = each && each.externalId !== externalId ? [...formerIds, externalId] : formerIds;
    const former = had.filter((old) => !inUse.has(old)).slice(-FORMER_IDS);
    const row = each && {
      externalId: each.externalId,
      identity: each.listed.identity ?? identity,
      closed: closedIn(each.listed),
    };
    const isSame =
      !row || (row.externalId === externalId && row.identity === identity && row.closed === closed);
    if (!isSame || former.length !== formerIds.length)
      await tx.libraries.update(id, { ...row, formerIds: former });
  }
}

/** A library that was not known, with our id of it. */
interface Added {
  readonly one: LibraryOnServer;
  readonly id: string;
}

/**
 * A library that cannot be granted yet is not added yet (media-servers.md A5.2, B3), unless accounts may have it
 * already, because another one had its id.
 */
async function addFresh(
  deps: Deps,
  tx: GuildStores,
  {
    server,
    known,
    match,
  }: { readonly server: Server; readonly known: readonly Library[]; readonly match: Match },
  now: Date,
): Promise<readonly Added[]> {
  const before = new Set(known.map(({ externalId }) => externalId));
  const fresh = match.fresh.filter(({ externalId, grantable }) => grantable || before.has(externalId));
  // What grows on a server that is known is a fact like any other: not to know it would hold up what ends there.
  if (server.lastSyncAt === null) await mustHaveRoom(deps, tx, 'libraries', fresh.length);
  const rows = fresh.map((one) => ({ one, id: deps.codes.newId() }));
  for (const { one, id } of rows) {
    const { externalId, identity, name, type } = one;
    const closed = closedIn(one);
    await tx.libraries.add({
      id,
      serverId: server.id,
      externalId,
      identity,
      name,
      type,
      closed,
      firstSeenAt: now,
    });
  }
  return rows;
}

/** What accounts have they have under an id, so their marks go where the id went; then all of them are compared. */
async function carryAll(
  tx: GuildStores,
  {
    server,
    match,
    rows,
    accounts,
  }: {
    readonly server: Server;
    readonly match: Match;
    readonly rows: readonly Added[];
    readonly accounts: readonly Account[];
  },
  now: Date,
): Promise<void> {
  const owners = new Map([
    ...match.same.map((each) => [each.externalId, each.known.id] as const),
    ...rows.map(({ one, id }) => [one.externalId, id] as const),
  ]);
  const moving = match.same.filter((each) => each.externalId !== each.known.externalId);
  const moved = [...moving.map((each) => each.known), ...match.replaced].map(({ id, externalId }): Moved => {
    const heir = owners.get(externalId);
    return heir === undefined ? { id } : { id, heir };
  });
  if (moved.length > 0) {
    const touched = new Set(moved.map(({ id }) => id));
    const isTouched = (account: Account) => marksOf(account).some((id) => touched.has(id));
    for (const account of accounts.filter(isTouched))
      await tx.accounts.setLibraries(account.id, carryMarks(account, moved));
  }
  const opened = match.same.some((each) => each.known.closed !== null && closedIn(each.listed) === null);
  if (moved.length > 0 || opened) await tx.accounts.makeDue({ serverId: server.id }, now, 'noticed');
}

const marksOf = ({ seen, given, inFlight, ended, elsewhere }: Account): readonly string[] => [
  ...seen,
  ...given,
  ...inFlight,
  ...ended,
  ...elsewhere,
];

/** One line for each library, whatever the number of accounts. `accounts` are as they were before. */
async function noteMoved(
  tx: GuildStores,
  {
    server,
    match,
    accounts,
  }: { readonly server: Server; readonly match: Match; readonly accounts: readonly Account[] },
  at: Date,
): Promise<readonly Sentence[]> {
  const news: Sentence[] = [];
  const written = new Map<string, number>();
  for (const { memberId, given, inFlight } of accounts)
    if (memberId !== null)
      for (const id of new Set([...given, ...inFlight])) written.set(id, (written.get(id) ?? 0) + 1);
  for (const { known, listed, externalId } of match.same) {
    if (externalId === known.externalId) continue;
    await tx.libraries.update(known.id, { name: listed.name });
    const count = written.get(known.id) ?? 0;
    const isRenamed = known.name !== listed.name;
    const values = { library: delimited(known.name), count };
    const detail = isRenamed
      ? say('server.sync.news.called', { ...values, now: delimited(listed.name) })
      : say('server.sync.news.otherId', values);
    const facts = {
      ...{ server: server.name, libraries: [listed.name] },
      detail: [
        isRenamed ? say('audit.note.called', { name: known.name }) : say('audit.note.otherId'),
        say('audit.note.writtenAgain', { count }),
      ],
    };
    await tx.audit.append({ action: 'library.renamed', actorId: null, facts, at });
    news.push(detail);
  }
  return news;
}

async function noteReplaced(
  tx: GuildStores,
  {
    server,
    match,
    replaced,
  }: { readonly server: Server; readonly match: Match; readonly replaced: readonly Library[] },
  at: Date,
): Promise<readonly Sentence[]> {
  const names = new Map([
    ...match.same.map((each) => [each.externalId, each.listed.name] as const),
    ...match.fresh.map(({ externalId, name }) => [externalId, name] as const),
  ]);
  const news: Sentence[] = [];
  for (const { name, externalId } of replaced) {
    const other = delimited(names.get(externalId) ?? '?');
    const detail = say('server.sync.news.replaced', { library: delimited(name), other });
    const its = say('audit.note.replaced', { other: names.get(externalId) ?? '?' });
    const facts = { server: server.name, libraries: [name], detail: its };
    await tx.audit.append({ action: 'library.gone', actorId: null, facts, at });
    news.push(detail);
  }
  return news;
}

async function noteClosed(
  tx: GuildStores,
  server: Server,
  { same }: Match,
  at: Date,
): Promise<readonly Sentence[]> {
  const news: Sentence[] = [];
  for (const { known, listed } of same) {
    const [before, now] = [known.closed, closedIn(listed)];
    if ((before === 'off') === (now === 'off')) continue;
    const action = now === 'off' ? 'library.off' : 'library.back';
    const detail = say(`server.sync.news.${now === 'off' ? 'off' : 'on'}`, {
      library: delimited(listed.name),
    });
    const facts = { server: server.name, libraries: [listed.name] };
    await tx.audit.append({ action, actorId: null, facts, at });
    news.push(detail);
  }
  return news;
}
