/** Endings that the servers have confirmed, and those that they contradict. */

import { isConfirmedGone } from '../../domain/grant.ts';
import type { MemberId } from '../../domain/ids.ts';
import type { Grant } from '../../domain/model.ts';
import type { Deps } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';
import { grantFacts, proofOfEnd } from './audit-facts.ts';
import { newsOf, noteNews } from './notices.ts';

/**
 * Writes `ended` on the ending grants of these members whose servers have all been read since and show the access gone
 * (rule 2), with the proof, and their members hear it. Part of the transaction that recorded the reading.
 */
export async function settle(
  deps: Pick<Deps, 'codes'>,
  tx: GuildStores,
  memberIds: readonly MemberId[],
  now: Date,
): Promise<void> {
  const endings = await tx.grants.list({ memberIds, states: ['ending'] });
  if (endings.length === 0) return;
  const theirIds = [...new Set(endings.map((grant) => grant.memberId))];
  const [accounts, libraries, servers, active] = await Promise.all([
    tx.accounts.list({ memberIds: theirIds }),
    tx.libraries.list(),
    tx.servers.list(),
    tx.grants.list({ memberIds: theirIds, states: ['active'] }),
  ]);
  const accountsOf = Map.groupBy(accounts, ({ memberId }) => memberId);
  const activeOf = Map.groupBy(active, ({ memberId }) => memberId);
  const proven = endings.flatMap((grant) => {
    const theirs = accountsOf.get(grant.memberId) ?? [];
    const others = activeOf.get(grant.memberId) ?? [];
    return isConfirmedGone(grant, theirs, libraries, others) ? [{ grant, accounts: theirs, others }] : [];
  });
  const ids = proven.map(({ grant }) => grant.id);
  const moved = await tx.grants.move(ids, ['ending'], 'ended', { endedAt: now });
  for (const end of proven) {
    const { grant } = end;
    if (!moved.has(grant.id)) continue;
    await tx.audit.append({
      action: 'grant.ended',
      actorId: null,
      targetId: grant.memberId,
      facts: {
        grant: grant.number,
        ...grantFacts(grant.libraryIds, libraries, servers),
        detail: proofOfEnd(end, libraries, servers),
      },
      at: now,
    });
  }
  const news = proven.filter(({ grant }) => moved.has(grant.id)).map(({ grant }) => newsOf(grant, grant));
  await noteNews(deps, tx, news, now);
}

/**
 * Libraries of which it was said that nothing is open are open: the grants that said so, for each library the one that
 * was paused or ended last. Those that had ended are ending again, and staff are told by whoever found it.
 */
export async function unsettle(
  tx: GuildStores,
  memberId: MemberId,
  libraryIds: readonly string[],
  now: Date,
): Promise<readonly Grant[]> {
  const since = ({ endedAt, pausedAt }: Grant) => (endedAt ?? pausedAt)?.getTime() ?? 0;
  const over = (await tx.grants.list({ memberId, states: ['ended', 'paused'] })).toSorted(
    (a, b) => since(b) - since(a),
  );
  const latest = libraryIds.flatMap((id) => over.find((grant) => grant.libraryIds.includes(id)) ?? []);
  const grants = [...new Set(latest)];
  for (const grant of grants.filter(({ state }) => state === 'ended')) {
    await tx.grants.change(grant.id, { state: 'ending', endedAt: null });
    await tx.grants.markOverdueAlerted(grant.id, now);
  }
  return grants;
}
