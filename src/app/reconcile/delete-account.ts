/** The expiry action `delete`: only after a further delay, always announced, only of accounts that Usher made. */
import type { Account, Server } from '../../domain/model.ts';
import type { Deps } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';

/** Between the end of everything granted and the deletion. */
const DELAY_MS = 7 * 24 * 60 * 60 * 1000;

/** When an account that is closed now is to be deleted; announced to staff and member when that is new. */
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
      until: deleteAt.toISOString(),
      detail: 'closed; the account is deleted then, unless something is granted before',
    },
    at: now,
  });
  if (account.memberId !== null) {
    const day = deleteAt.toISOString().slice(0, 10);
    const text = `Your access on ${server.name} has ended. Your account ${account.name} there is deleted on ${day}, unless you are given access before.`;
    const content = { kind: 'notice', text } as const;
    await tx.deliveries.owe({ id: deps.codes.newId(), kind: 'dm', sink: account.memberId, content }, now);
  }
  return deleteAt;
}

/** The server no longer lists it: the row goes, the grants that were stay on the record. */
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
      detail: 'deleted on the server, a week after everything granted had ended',
    },
    at: now,
  });
}
