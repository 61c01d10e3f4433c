/** What a member waits for after their sign-in: that an invitation is there, and that it is accepted. */

import { MEDIA_KINDS } from '../../domain/media-kinds.ts';
import type { Account } from '../../domain/model.ts';
import { libraryNames } from '../ledger/audit-facts.ts';
import { tellMember } from '../ledger/tell-member.ts';
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
  const isAccepted = before.pending && !now.pending && now.seenAccess !== 'none';
  if (memberId === null || !isAccepted) return false;
  const has = now.seenAccess === 'all' ? now.given : now.seen;
  await tx.audit.append({
    action: 'access.accepted',
    actorId: null,
    targetId: memberId,
    facts: { server: server.name, account: before.name, libraries: libraryNames(has, libraries) },
    at,
  });
  const text = `You can watch on ${server.name} now. /my access shows what you have.`;
  await tellLater(deps, tx, { memberId, text }, at);
  return true;
}

/** Something was given without the member: it failed at first, or needs a new invitation. They hear what it means. */
export async function tellGiven(
  deps: Pick<Deps, 'codes'>,
  tx: GuildStores,
  { server, at }: Pick<Where, 'server' | 'at'>,
  { memberId, pending }: Pick<Account, 'memberId' | 'pending'>,
): Promise<void> {
  if (memberId === null) return;
  const { name } = MEDIA_KINDS[server.kind];
  const text = pending
    ? `You are invited to ${server.name} now. Accept the invitation in ${name} or in its e-mail; or open /my access and press “Sign in with ${name}”, and Usher accepts it for you.`
    : `You can watch on ${server.name} now. /my access shows what you have.`;
  const { signIn } = MEDIA_KINDS[server.kind];
  const button = pending && signIn?.by === 'page' ? { signIn: server.kind } : {};
  await tellLater(deps, tx, { memberId, text, ...button }, at);
}

/** By direct message, unless a sign-in of the member is going on: then its own reply says it. */
async function tellLater(
  deps: Pick<Deps, 'codes'>,
  tx: GuildStores,
  { memberId, ...what }: Parameters<typeof tellMember>[2],
  at: Date,
): Promise<void> {
  const signIns = await tx.signIns.listOpen();
  if (signIns.some((signIn) => signIn.memberId === memberId && signIn.state === 'confirmed')) return;
  await tellMember(deps, tx, { memberId, ...what }, at);
}
