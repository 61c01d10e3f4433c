/** What others changed on a server is put back or taken over, as the drift policy of the server says (design.md 4). */

import { drift, listedLibraries, without } from '../../domain/access.ts';
import { isAdoptable } from '../../domain/doubt.ts';
import type { GuildId, MemberId } from '../../domain/ids.ts';
import { takesTooMuch } from '../../domain/limits.ts';
import type { Account, Server } from '../../domain/model.ts';
import { say } from '../../words/say.ts';
import { importGrants, inLedger } from '../ledger/ledger.ts';
import type { Deps } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';
import { hold, releaseOf } from './hold.ts';

interface Drifted {
  readonly account: Account & { readonly memberId: MemberId };
  /** Library ids that somebody else gave. */
  readonly extra: readonly string[];
  /** Library ids that we gave and somebody else took. */
  readonly missing: readonly string[];
}

/**
 * Applies the policy after a sync. It looks at the stored rows instead of what the sync has just found, so that the
 * next sync makes up for one that was killed. `enforce` makes the accounts due, and a pass puts them right; `adopt`
 * makes the grants agree with the server, as far as two readings agree. `decided`: an admin has seen and confirmed
 * what this does, so neither a second look nor the limit of rule 5 applies.
 */
export async function applyDriftPolicy(
  deps: Deps,
  guildId: GuildId,
  serverId: string,
  cause: 'decided' | 'noticed' = 'noticed',
): Promise<void> {
  const stores = deps.stores.of(guildId);
  const server = await stores.servers.find(serverId);
  if (!server || server.driftPolicy === 'report') return;
  const [libraries, accounts] = await Promise.all([
    stores.libraries.list(serverId),
    stores.accounts.list({ serverId }),
  ]);
  const managed = accounts.flatMap((account) =>
    account.memberId !== null && account.protection === null
      ? [{ ...account, memberId: account.memberId }]
      : [],
  );
  const listed = listedLibraries(serverId, libraries);
  const drifted = managed
    .filter(
      ({ dueAt, seenAccess, missingSince }) =>
        dueAt === null && seenAccess !== 'unknown' && missingSince === null,
    )
    .map((account) => ({
      account: { ...account, lossApproved: account.lossApproved || cause === 'decided' },
      ...drift(account, listed),
    }))
    .filter(({ extra, missing }) => extra.length + missing.length > 0);
  if (drifted.length === 0) return;
  if (server.driftPolicy === 'enforce') {
    // What an admin is asked about waits for the answer.
    const held = new Set((await stores.heldRuns.listHeld(serverId)).flatMap(({ accountIds }) => accountIds));
    return await putBack(
      deps,
      guildId,
      drifted.filter(({ account }) => account.lossApproved || !held.has(account.id)),
    );
  }
  const now = deps.clock.now();
  const agreed = drifted.filter(({ account }) => account.lossApproved || isAdoptable(account, now));
  await adopt(deps, server, agreed, { guildId, managed: managed.length });
}

async function putBack(deps: Deps, guildId: GuildId, drifted: readonly Drifted[]): Promise<void> {
  await deps.stores.transaction(guildId, async (tx) => {
    const now = deps.clock.now();
    for (const { account } of drifted)
      await tx.accounts.update(account.id, { dueAt: now, lossApproved: account.lossApproved });
  });
}

/**
 * What others gave becomes a grant without an end. What they took leaves the grants, and a grant that gives nothing
 * else ends. A disabled account says nothing about what its admin wants, because the server locks accounts by
 * itself (media-servers.md B6.5).
 */
async function adopt(
  deps: Deps,
  server: Server,
  drifted: readonly Drifted[],
  {
    guildId,
    managed,
  }: { readonly guildId: GuildId /** Managed accounts of the server. */; readonly managed: number },
): Promise<void> {
  const readable = drifted.filter(({ account }) => !account.disabled);
  const losing = readable.filter(({ account, missing }) => missing.length > 0 && !account.lossApproved);
  const tooMuch = takesTooMuch(losing.length, managed);
  if (tooMuch) {
    const detail = say('alert.held.detail.adopt', { server: server.name, lost: losing.length, managed });
    const what = say('alert.held.lost', { server: server.name, lost: losing.length, managed });
    const accountIds = losing.map(({ account }) => account.id);
    await hold(deps, guildId, { server, accountIds, detail, told: { what, release: releaseOf(server) } });
  }
  for (const item of readable) {
    const kept = tooMuch && losing.includes(item);
    await deps.stores.transaction(guildId, (tx) =>
      adoptOne(deps, tx, server, kept ? { ...item, missing: [] } : item),
    );
  }
}

async function adoptOne(
  deps: Deps,
  tx: GuildStores,
  server: Server,
  { account, extra, missing }: Drifted,
): Promise<void> {
  const { memberId } = account;
  const fresh = await tx.accounts.find(account.id);
  // A command came in between; then the grants say what is wanted, not the server.
  if (!fresh || fresh.dueAt !== null) return;
  if (extra.length > 0)
    await importGrants(deps, tx, [
      {
        memberId,
        libraryIds: extra,
        reason: `given on ${server.name}`,
        how: 'adopted',
        detail: say('audit.note.givenThere', { server: server.name }),
      },
    ]);
  if (missing.length > 0) {
    const grants = await tx.grants.list({ memberId, states: ['active'] });
    const detail = say('audit.note.takenThere', { server: server.name });
    const how = { actorId: null, cause: 'removed', detail } as const;
    await inLedger(deps, tx, { memberIds: [memberId], asFound: true }, (ledger) =>
      ledger.take(grants, missing, how),
    );
  }
  // What somebody took stays ours until a pass has seen it gone: the list may have been old or short.
  const given = [...fresh.given, ...extra];
  await tx.accounts.setLibraries(account.id, { seen: fresh.seen, given, ended: without(fresh.ended, given) });
  // A pass finds out what follows: the default library is given, an ending grant is confirmed, an account is closed.
  await tx.accounts.update(account.id, { dueAt: deps.clock.now() });
}
