/**
 * The expiry action `delete`: deletes an account that Usher made, a week after its last access ended, and announces
 * it first.
 */
import type { Account, Server } from '../../domain/model.ts';
import { say } from '../../words/say.ts';
import { tellMember } from '../ledger/tell-member.ts';
import type { Deps } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';
import type { PassCase } from './pass.ts';

/** From the end of everything that was granted to the deletion. */
const DELAY_MS = 7 * 24 * 60 * 60 * 1000;

/** When a closed account is to be deleted. The first time, staff and the member are told. */
export async function deletionOf(
  deps: Pick<Deps, 'codes'>,
  tx: GuildStores,
  {
    server,
    account,
    deletion,
  }: {
    readonly server: Server;
    readonly account: Account;
    readonly deletion: 'now' | 'later' | null;
  },
  now: Date,
): Promise<Date | null> {
  if (deletion === null) return null;
  if (account.deleteAt !== null) return account.deleteAt;
  const deleteAt = new Date(now.getTime() + DELAY_MS);
  await tx.audit.append({
    action: 'access.applied',
    actorId: null,
    targetId: account.memberId,
    facts: {
      server: server.name,
      account: account.name,
      deleteAt: deleteAt.toISOString(),
      detail: say('audit.note.staysIfGiven'),
    },
    at: now,
  });
  if (account.memberId !== null) {
    const day = deleteAt.toISOString().slice(0, 10);
    const text = `Your access on ${server.name} has ended. Your account ${account.name} there is deleted on ${day}, unless you are given access before.`;
    await tellMember(deps, tx, { memberId: account.memberId, text }, now);
  }
  return deleteAt;
}

/**
 * One that would be deleted is not, because another service lets it in and would make it anew: it stays disabled.
 * Whoever was told otherwise hears it.
 */
export async function noteNotDeleted(
  deps: Pick<Deps, 'codes'>,
  tx: GuildStores,
  { server, item }: { readonly server: Server; readonly item: PassCase },
  now: Date,
): Promise<void> {
  const { account, closing, desired } = item;
  const { name, memberId, deleteAt } = account;
  if (closing !== 'delete' || desired.length > 0 || !account.createdByUs) return;
  await tx.audit.append({
    action: 'access.applied',
    actorId: null,
    targetId: memberId,
    facts: {
      server: server.name,
      account: name,
      how: 'not-deleted',
      detail: say('audit.note.signsInElsewhere'),
    },
    at: now,
  });
  if (deleteAt === null) return;
  const text = `Your account ${name} on ${server.name} is not deleted after all. It stays closed until you are given access.`;
  await tellMember(deps, tx, { memberId, text }, now);
}

/** The server no longer lists a deleted account: its row goes, and the grants that it had stay on the record. */
export async function recordDeleted(
  tx: GuildStores,
  server: Server,
  account: Account,
  now: Date,
): Promise<void> {
  await tx.accounts.remove(account.id);
  await tx.audit.append({
    action: 'member.unlinked',
    actorId: null,
    targetId: account.memberId,
    facts: {
      server: server.name,
      account: account.name,
      how: 'deleted',
      detail: say('audit.note.aWeekAfter'),
    },
    at: now,
  });
}
