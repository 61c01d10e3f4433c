/**
 * The expiry action `delete`: deletes an account that Usher made, a week after its last access ended, and announces
 * it first.
 */
import type { Account, Server } from '../../domain/model.ts';
import { say } from '../../words/say.ts';
import { noteNews } from '../ledger/notices.ts';
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
  const part = { event: 'deletion', server: server.name, account: account.name, at: deleteAt } as const;
  if (account.memberId !== null) await noteNews(deps, tx, [{ memberId: account.memberId, part }], now);
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
  const part = { event: 'kept', server: server.name, account: name, at: null } as const;
  await noteNews(deps, tx, [{ memberId, part }], now);
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
      // Of whoever is forgotten nobody waits for a week.
      ...(account.deleteAt && { detail: say('audit.note.aWeekAfter') }),
    },
    at: now,
  });
}
