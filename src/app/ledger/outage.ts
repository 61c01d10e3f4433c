/**
 * One message for each outage of a server: since when it does not answer, whose ends wait for it, and in the end that
 * they are closed.
 */
import { applicationOn } from '../../domain/grant.ts';
import type { MemberId } from '../../domain/ids.ts';
import { MEDIA_KINDS } from '../../domain/media-kinds.ts';
import type { Grant, Server } from '../../domain/model.ts';
import { lines, type Markup, type Sentence, say, sinceOf, timesOf } from '../../words/say.ts';
import type { Deps } from '../ports/deps.ts';
import type { Outage } from '../ports/outbox.ts';
import type { GuildStores } from '../ports/stores.ts';
import { alert, over, whoOf, wordsOf } from './alerts.ts';
import { keepTooMuch } from './still-open.ts';

/** A server that is back by then was hardly away: staff are not called. */
const PATIENCE_MS = 3 * 60_000;

/** With more members it costs less to read all accounts of the server. */
const MANY = 500;
/** Numbers in one question. */
const NUMBERS_AT_ONCE = 5_000;

type Codes = Pick<Deps, 'codes'>;

/** What is still open on a server. */
export interface Unclosed {
  /** Grants that have ended, or are paused, and are not seen to be gone. */
  readonly waiting: readonly Grant[];
  /** Whose grant goes on, and who keep there what it does not give any more. */
  readonly dropped: readonly MemberId[];
}

/**
 * Read before the transaction in which it is told: of thousands it takes long, and nobody else could write meanwhile.
 * What changes in between is told by the pass that changes it.
 */
export async function readUnclosed(stores: GuildStores, serverId: string): Promise<Unclosed> {
  const server = await stores.servers.find(serverId);
  if (!server) return { waiting: [], dropped: [] };
  const waiting = await endsThatWait(stores, server);
  return { waiting, dropped: await lossesThatWait(stores, server, waiting) };
}

/**
 * Begins to tell of an outage, or tells what is different: of `outage`, or of what waits for the server. Part of the
 * transaction that notes it. Without an outage that is told of, nothing is.
 */
export async function tellOutage(
  deps: Codes,
  tx: GuildStores,
  {
    serverId,
    outage,
    open,
  }: { readonly serverId: string; readonly outage?: Outage; readonly open: Unclosed },
  now: Date,
): Promise<void> {
  const topic = `outage ${serverId}` as const;
  const post = await tx.posts.find(topic);
  const told = post && post.state !== 'closed' && post.content?.kind === 'alert' ? post.content : undefined;
  const what = outage ?? told?.outage;
  const server = await tx.servers.find(serverId);
  if (!what || !server) return;
  const { waiting, dropped } = open;
  const about = [...new Set([...(told?.about ?? []), ...waiting.map(({ number }) => String(number))])];
  const began = server.offlineSince ?? server.sharingSince;
  if (began === null && waiting.length + dropped.length === 0) {
    const closed = await countEnded(tx, about.map(Number));
    const [from, to] = timesOf(post?.openedAt ?? now, now);
    const text = lines(
      say('alert.outage.over', { server: server.name, from, to }),
      closed > 0 ? say('alert.outage.closed', { count: closed }) : undefined,
    );
    return await over(deps, tx, topic, { text, now });
  }
  const since = began !== null && began < now ? began : now;
  const dueAt = new Date(since.getTime() + PATIENCE_MS);
  const isPatient = !what.needsStaff && now < dueAt;
  const text = began === null ? back(server, now) : away(server, what, since);
  await alert(deps, tx, topic, {
    text: lines(text, ...(await waits(tx, open, began !== null))),
    isOnRecord: !what.needsStaff,
    outage: what,
    about,
    retry: serverId,
    ...(isPatient && { isPatient, dueAt }),
    now,
  });
}

function away(server: Server, outage: Outage, at: Date): Markup {
  const { name, kind } = server;
  const values = { server: name, since: sinceOf(at) };
  const why = wordsOf((server.offlineSince ? server.offlineWhy : server.sharingWhy) ?? '');
  if (outage.what === 'wrong') return lines(say('alert.outage.wrong', values), say('alert.outage.wrongNext'));
  if (outage.what === 'unasked') return lines(say('alert.outage.unasked', values), why);
  const next = outage.needsToken
    ? say(MEDIA_KINDS[kind].signIn ? 'alert.outage.signInAgain' : 'alert.outage.newToken')
    : outage.needsStaff
      ? say('alert.outage.byPerson')
      : say('alert.outage.kept');
  if (server.offlineSince) return lines(say('alert.outage.away', values), why, next);
  return lines(say('alert.outage.sharing', values), why, next);
}

/** It is back, and what waited is not done yet. */
const back = ({ name }: Server, now: Date): Markup =>
  lines(say('alert.outage.back', { server: name, since: sinceOf(now) }));

async function waits(
  tx: GuildStores,
  { waiting, dropped }: Unclosed,
  isAway: boolean,
): Promise<readonly (Sentence | undefined)[]> {
  if (waiting.length + dropped.length === 0) return [isAway ? say('alert.outage.nothingWaits') : undefined];
  const ends = waiting.map(({ memberId }) => memberId);
  return [
    ends.length > 0
      ? say('alert.outage.waits', { count: ends.length, who: await whoOf(tx, ends) })
      : undefined,
    dropped.length > 0
      ? say('alert.outage.dropped', { count: dropped.length, who: await whoOf(tx, dropped) })
      : undefined,
  ];
}

async function lossesThatWait(
  stores: GuildStores,
  server: Server,
  waiting: readonly Grant[],
): Promise<readonly MemberId[]> {
  const named = new Set(waiting.map(({ memberId }) => memberId));
  const troubled = await stores.accounts.list({ serverId: server.id, troubled: true });
  const others = troubled.filter(({ memberId }) => memberId !== null && !named.has(memberId));
  return (await keepTooMuch(stores, server, others)).flatMap(({ memberId }) => memberId ?? []);
}

async function endsThatWait(stores: GuildStores, server: Server): Promise<readonly Grant[]> {
  const grants = await stores.grants.list({ serverId: server.id, states: ['ending', 'paused'] });
  if (grants.length === 0) return [];
  const memberIds = [...new Set(grants.map(({ memberId }) => memberId))];
  const [accounts, libraries] = await Promise.all([
    stores.accounts.list({ serverId: server.id, ...(memberIds.length <= MANY && { memberIds }) }),
    stores.libraries.list(),
  ]);
  const accountsOf = Map.groupBy(accounts, ({ memberId }) => memberId);
  return grants.filter((grant) => {
    const theirs = accountsOf.get(grant.memberId) ?? [];
    return applicationOn(grant, server, theirs, libraries).kind === 'still-open';
  });
}

/** How many of these grants have ended: one may have been extended instead. */
async function countEnded(tx: GuildStores, numbers: readonly number[]): Promise<number> {
  let ended = 0;
  for (let start = 0; start < numbers.length; start += NUMBERS_AT_ONCE) {
    const some = numbers.slice(start, start + NUMBERS_AT_ONCE);
    ended += await tx.grants.count({ numbers: some, states: ['ended', 'paused'] });
  }
  return ended;
}
