/** What should be closed and is still open, on the record: once each, after a few tries. */
import { without } from '../../domain/access.ts';
import { applicationOn, serversOf } from '../../domain/grant.ts';
import type { Account, Server } from '../../domain/model.ts';
import { isFirstAlert } from '../../domain/retry.ts';
import { say, type Text } from '../../words/say.ts';
import type { GuildStores } from '../ports/stores.ts';
import { libraryNames } from './audit-facts.ts';

/** An account whose comparison failed, and what it was to lose. */
export interface StillOpen {
  readonly account: Account;
  /** Ids of the libraries that are ours to take and that nothing proves to be gone. */
  readonly libraryIds: readonly string[];
}

type Decided = 'paused' | 'revoked' | 'expired' | 'dropped';

/**
 * Writes down what cannot be taken (`grant.overdue`), for accounts that have failed too often: once for each grant that
 * has ended or is paused, and once for each account that keeps what no grant gives any more, whatever took it out.
 */
export async function noteOverdue(
  tx: GuildStores,
  { server, open }: { readonly server: Pick<Server, 'id' | 'name'>; readonly open: readonly StillOpen[] },
  now: Date,
): Promise<void> {
  const memberIds = [...new Set(open.flatMap(({ account }) => account.memberId ?? []))];
  const [grants, libraries] = await Promise.all([
    tx.grants.list({ memberIds, states: ['ending', 'paused'] }),
    tx.libraries.list(),
  ]);
  const accounts = open.map(({ account }) => account);
  const note = async (
    account: Account | undefined,
    facts: { readonly grant?: number; readonly account?: string; readonly libraries: readonly string[] },
    /** `how`: what became of it, as the sentence of the line says it. */
    { how, why, refused }: { readonly how: Decided; readonly why: Text; readonly refused: boolean },
  ) => {
    const detail = [why, say(refused ? 'audit.note.person' : 'audit.note.tries')];
    await tx.audit.append({
      action: 'grant.overdue',
      actorId: null,
      targetId: account?.memberId ?? null,
      facts: { ...facts, server: server.name, how, detail },
      at: now,
    });
  };
  for (const grant of grants) {
    if (grant.overdueAlertedAt !== null) continue;
    const theirs = accounts.filter((account) => account.memberId === grant.memberId);
    const standing = applicationOn(grant, server, theirs, libraries);
    if (standing.kind !== 'still-open' || !serversOf(grant, libraries).includes(server.id)) continue;
    await tx.grants.markOverdueAlerted(grant.id, now);
    const how = grant.state === 'paused' ? 'paused' : grant.endCause === 'revoked' ? 'revoked' : 'expired';
    const facts = { grant: grant.number, libraries: libraryNames(grant.libraryIds, libraries) };
    const { why, refused = false } = standing;
    await note(theirs[0], facts, { how, why: why ?? say('trouble.notConfirmed'), refused });
  }
  for (const { account, libraryIds } of open) {
    const theirs = grants.filter(({ memberId }) => memberId === account.memberId);
    const rest = without(
      libraryIds,
      theirs.flatMap((grant) => grant.libraryIds),
    );
    if (rest.length === 0 || !isFirstAlert(account)) continue;
    const facts = { account: account.name, libraries: libraryNames(rest, libraries) };
    const { trouble, refused } = account;
    await note(account, facts, { how: 'dropped', why: trouble ?? say('trouble.notConfirmed'), refused });
  }
}
