/** Writes down, and tells staff, that more was open after a change of ours than was asked (reconcile/exact.ts). */

import { joinNames } from '../../domain/name-list.ts';
import { type Sentence, say } from '../../words/say.ts';
import { tell } from '../ledger/alerts.ts';
import { libraryNames } from '../ledger/audit-facts.ts';
import { freeze } from '../observe/freeze.ts';
import type { Deps } from '../ports/deps.ts';
import { isTakenBack } from './exact.ts';
import { type AppliedPass, type Exceeded, type PassCase, targetOf } from './pass.ts';

const NOW = {
  'taken back': 'takenBack',
  going: 'going',
  closed: 'closed',
  open: 'open',
} as const satisfies Readonly<Record<Exceeded['now'], string>>;

/** One line of the record for each account. Unless all of it could be taken back, the server is frozen. */
export async function noteExceeded(deps: Deps, pass: AppliedPass): Promise<void> {
  const { guildId, server } = pass;
  const items = pass.cases.flatMap((item) => {
    const exceeded = pass.exceeded.get(item.account.id);
    return exceeded ? [{ item, exceeded, detail: detailOf(pass, item, exceeded) }] : [];
  });
  if (items.length === 0) return;
  const standing = items.filter(({ exceeded }) => !isTakenBack(exceeded));
  await deps.stores.transaction(guildId, async (tx) => {
    const at = deps.clock.now();
    for (const { item, exceeded, detail } of items) {
      const { name, memberId } = item.account;
      const libraries = libraryNames(exceeded.libraryIds, pass.libraries);
      const facts = { server: server.name, account: name, libraries, detail };
      await tx.audit.append({ action: 'access.exceeded', actorId: null, targetId: memberId, facts, at });
      if (!isTakenBack(exceeded)) continue;
      const text = say('alert.exceeded', { server: server.name, account: name, detail });
      await tell(deps, tx, { text, isOnRecord: true }, at);
    }
    const [first] = standing;
    if (!first) return;
    const account = first.item.account.name;
    const why = say('trouble.exceeded', { account, detail: first.detail, more: standing.length - 1 });
    await freeze(deps, tx, server, { why, look: say('alert.frozen.look.exceeded') });
  });
  deps.log.warn({ guildId, serverId: server.id, accounts: items.length }, 'more was open than was asked');
}

function detailOf(pass: AppliedPass, item: PassCase, { all, libraryIds, now }: Exceeded): Sentence {
  const names = (ids: readonly string[]) => joinNames(libraryNames(ids, pass.libraries));
  const target = targetOf(pass, item);
  const asked = target.length > 0 ? names(target) : say('alert.exceededHad.nothing');
  const beside = libraryIds.length > 0;
  const had = all
    ? say('alert.exceededHad.all')
    : beside
      ? say('alert.exceededHad.aswell', { libraries: names(libraryIds) })
      : say('alert.exceededHad.more');
  return say('alert.exceededDetail', { asked, had, now: say(`alert.exceededNow.${NOW[now]}`) });
}
