/** Accounts of the server's own that a reading lacks: looked for once more, and then linked to nobody any more. */

import type { GuildId } from '../../domain/ids.ts';
import type { Account, Server } from '../../domain/model.ts';
import { settle } from '../ledger/settle.ts';
import { asMissing, endLink, isGone, lookedForAt, mayBeGone } from '../observe/gone.ts';
import { mayBeUnread, seenIn } from '../observe/reading.ts';
import type { Deps } from '../ports/deps.ts';
import type { AccessReading, Known, MediaServer } from '../ports/media-server.ts';
import type { GuildStores } from '../ports/stores.ts';
import { holdLosses } from './hold.ts';
import type { PlannedPass } from './pass.ts';

/**
 * What becomes of an account that a reading lacks. `missing`: it is looked for once more. `held`: an admin is asked,
 * because so many are gone at once.
 */
type Fate = 'missing' | 'gone' | 'held';

/**
 * Takes the accounts that the server does not list out of a pass: nothing can be written to them. One for which nothing
 * is wanted stays in when an admin is asked about it, so that its ends are settled.
 */
export async function withoutMissing(
  deps: Deps,
  pass: PlannedPass,
  reading: AccessReading,
): Promise<PlannedPass> {
  const { server, guildId, startedAt } = pass;
  // An entry that is not understood may be theirs.
  const isListed = ({ externalId }: { readonly externalId: string }) =>
    seenIn(reading, externalId) !== undefined || mayBeUnread(reading, externalId);
  const back = pass.cases.filter(({ account }) => account.missingSince !== null && isListed(account));
  if (back.length > 0)
    await deps.stores.transaction(guildId, async (tx) => {
      for (const { account } of back) await tx.accounts.update(account.id, { missingSince: null });
    });
  // One that Usher has deleted is expected to be gone.
  const absent = pass.cases.filter(
    ({ account, deletion }) => mayBeGone(server, account) && deletion !== 'now' && !isListed(account),
  );
  if (absent.length === 0) return pass;
  const accounts = absent.map(({ account }) => account);
  const fates = await noteAbsent(deps, guildId, { server, accounts }, startedAt);
  const isAside = (id: string, desired: readonly string[]) => {
    const fate = fates.get(id);
    return fate === 'missing' || fate === 'gone' || (fate === 'held' && desired.length > 0);
  };
  return { ...pass, cases: pass.cases.filter(({ account, desired }) => !isAside(account.id, desired)) };
}

/** Asks the server whether it still has an account, and notes it when it does not. */
export async function lookFor(
  deps: Deps,
  guildId: GuildId,
  {
    server,
    account,
    media,
  }: { readonly server: Server; readonly account: Account; readonly media: MediaServer },
): Promise<Known<Fate | 'there'>> {
  const { externalId } = account;
  if (externalId === null || !mayBeGone(server, account)) return { kind: 'known', value: 'there' };
  const reading = await media.readAccess({ of: [externalId] });
  if (reading.kind === 'unknown') return reading;
  if (seenIn(reading.value, externalId) || mayBeUnread(reading.value, externalId))
    return { kind: 'known', value: 'there' };
  const fates = await noteAbsent(deps, guildId, { server, accounts: [account] }, deps.clock.now());
  return { kind: 'known', value: fates.get(account.id) ?? 'missing' };
}

/** `now` is when the server was asked. */
async function noteAbsent(
  deps: Deps,
  guildId: GuildId,
  { server, accounts }: { readonly server: Server; readonly accounts: readonly Account[] },
  now: Date,
): Promise<ReadonlyMap<string, Fate>> {
  const fates = new Map<string, Fate>();
  const aside = accounts.some((account) => isGone(account, now))
    ? await holdLosses(deps, guildId, server, await allGone(deps.stores.of(guildId), server, now))
    : new Set();
  await deps.stores.transaction(guildId, async (tx) => {
    for (const { id } of accounts) {
      const fresh = await tx.accounts.find(id);
      if (!fresh || fresh.memberId === null) continue;
      const fate = !isGone(fresh, now) ? 'missing' : aside.has(id) ? 'held' : 'gone';
      fates.set(id, fate);
      if (fate === 'gone') await endLink(deps, tx, { server, account: fresh }, now);
      else await tx.accounts.update(id, { ...asMissing(fresh, now), ...nextOf(fate, fresh, now) });
      await tx.accounts.setLibraries(id, { ...fresh, seen: [] });
      if (fate === 'held') await settle(deps, tx, [fresh.memberId], now);
    }
  });
  return fates;
}

/** When it is compared again: nothing is to be done for one that an admin is asked about. */
function nextOf(fate: Exclude<Fate, 'gone'>, { missingSince }: Account, now: Date) {
  return {
    attempts: 0,
    refused: false,
    trouble: null,
    lookAt: null,
    dueAt: fate === 'held' ? null : lookedForAt(missingSince ?? now),
  };
}

/** All accounts of the server that a look at `now` misses a second time, as far as is known. */
async function allGone(stores: GuildStores, server: Server, now: Date): Promise<readonly Account[]> {
  const all = await stores.accounts.list({ serverId: server.id });
  return all.filter((account) => mayBeGone(server, account) && isGone(account, now));
}
