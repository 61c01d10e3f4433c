/** What a member waits for after their sign-in: that an invitation is there, and that it is accepted. */

import type { Account } from '../../domain/model.ts';
import { libraryNames } from '../ledger/audit-facts.ts';
import { newsOf, noteNews } from '../ledger/notices.ts';
import type { Deps } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';
import type { Where } from './drift.ts';

/** An account as it was known, and as it is seen now. */
interface Seen {
  readonly before: Account;
  readonly now: Pick<Account, 'pending' | 'seenAccess' | 'seen' | 'given'>;
}

/**
 * Audits the first time that an invitation is seen accepted, by whomever it was accepted, and tells the member.
 * Resolves to whether it was.
 */
export async function noteAccepted(
  deps: Pick<Deps, 'codes'>,
  tx: GuildStores,
  { server, libraries, at }: Where,
  { before, now }: Seen,
): Promise<boolean> {
  const { memberId } = before;
  if (memberId === null || now.pending || now.seenAccess === 'none') return false;
  if (!before.pending && !(await wasInvited(tx, server, before))) return false;
  const has = now.seenAccess === 'all' ? now.given : now.seen;
  await tx.audit.append({
    action: 'access.accepted',
    actorId: null,
    targetId: memberId,
    facts: { server: server.name, account: before.name, libraries: libraryNames(has, libraries) },
    at,
  });
  await tellGiven(deps, tx, { server, at }, before);
  return true;
}

/** Of so many events about a member the last about their invitation is looked for. */
const LOOKED_AT = 50;

/** Whether it was invited when it was last seen: a list that lacks the account shows no invitation either. */
async function wasInvited(
  tx: GuildStores,
  { name: server }: Where['server'],
  { memberId, seenAccess, given }: Account,
): Promise<boolean> {
  if (memberId === null || seenAccess !== 'none' || given.length === 0) return false;
  const events = await tx.audit.list({ targetId: memberId, limit: LOOKED_AT });
  const last = events.find(
    ({ action, facts }) =>
      facts.server === server && (action === 'access.accepted' || action === 'access.applied'),
  );
  return last?.action === 'access.applied' && last.facts.how === 'invited';
}

/**
 * Something was given without the member: it failed at first, needs a new invitation, or is accepted. They hear how it
 * stands, unless a sign-in of theirs is going on: then its own reply says it.
 */
export async function tellGiven(
  deps: Pick<Deps, 'codes'>,
  tx: GuildStores,
  { server, at }: Pick<Where, 'server' | 'at'>,
  { memberId }: Pick<Account, 'memberId'>,
): Promise<void> {
  if (memberId === null) return;
  const signIns = await tx.signIns.listOpen();
  if (signIns.some((signIn) => signIn.memberId === memberId && signIn.state === 'confirmed')) return;
  const grants = await tx.grants.list({ memberId, serverId: server.id, states: ['active'] });
  await noteNews(
    deps,
    tx,
    grants.map((grant) => newsOf(grant, null)),
    at,
  );
}
