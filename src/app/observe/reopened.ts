/** What was ours, had ended, and is seen again: still ours and still open, whoever or whatever brought it back. */

import { overlap, without } from '../../domain/access.ts';
import type { Account, Server } from '../../domain/model.ts';
import { PROTECTIONS } from '../../domain/protection.ts';
import { say } from '../../words/say.ts';
import { personOf, tell } from '../ledger/alerts.ts';
import { libraryNames } from '../ledger/audit-facts.ts';
import { newsOf, noteNews } from '../ledger/notices.ts';
import { unsettle } from '../ledger/settle.ts';
import type { Deps } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';
import type { Where } from './drift.ts';

/** Those of the libraries that ended lately, and are seen again, which nothing gives the account by now. */
export async function findReopened(
  tx: GuildStores,
  { defaultLibraryId }: Pick<Server, 'defaultLibraryId'>,
  { memberId, protection }: Account,
  seenAgain: readonly string[],
): Promise<readonly string[]> {
  if (seenAgain.length === 0 || memberId === null) return [];
  // Who sees everything by what they are sees this as well.
  if (protection !== null && PROTECTIONS[protection].seesAll) return [];
  const grants = await tx.grants.list({ memberId, states: ['active'] });
  const given = grants.flatMap(({ libraryIds }) => libraryIds);
  return without(seenAgain, [...given, ...(defaultLibraryId === null ? [] : [defaultLibraryId])]);
}

/**
 * Part of the transaction that makes the account due, or notes that it is taken again. The grants whose end is not true
 * any more are ending again, and end once more with a new proof; staff are told (rule 2).
 */
export async function noteReopened(
  deps: Pick<Deps, 'codes'>,
  tx: GuildStores,
  { server, libraries, at }: Where,
  { account, libraryIds }: { readonly account: Account; readonly libraryIds: readonly string[] },
): Promise<void> {
  const grants = account.memberId === null ? [] : await unsettle(tx, account.memberId, libraryIds, at);
  const named = grants.map(({ number, libraryIds: its }) => ({
    grant: number,
    ids: overlap(its, libraryIds),
  }));
  const nameless = without(
    libraryIds,
    named.flatMap(({ ids }) => ids),
  );
  for (const { ids, ...grant } of [...named, ...(nameless.length > 0 ? [{ ids: nameless }] : [])]) {
    const names = libraryNames(ids, libraries);
    const seen = say('audit.note.reopened', { server: server.name });
    const facts = { ...grant, server: server.name, account: account.name, libraries: names, detail: seen };
    await tx.audit.append({ action: 'grant.overdue', actorId: null, targetId: account.memberId, facts, at });
  }
  // Who has heard that it ended is not told again when it ends once more at once.
  const news = grants.filter(({ state }) => state === 'ended').map((grant) => newsOf(grant, grant));
  await noteNews(deps, tx, news, at);
  const { memberId, name } = account;
  const text = say('alert.reopened', {
    who: memberId === null ? name : await personOf(tx, memberId),
    libraries: libraryNames(libraryIds, libraries),
    server: server.name,
  });
  await tell(deps, tx, { text, isOnRecord: true }, at);
}
