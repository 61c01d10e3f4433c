/** A member's account has become one that Usher gives nothing to: said at once, and not when its grant ends. */

import type { Account, Server } from '../../domain/model.ts';
import { PROTECTIONS, type Protection } from '../../domain/protection.ts';
import { say } from '../../words/say.ts';
import { personOf, tell } from '../ledger/alerts.ts';
import type { Deps } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';

/** Audits it and tells staff, the first time that it is seen. */
export async function noteProtected(
  deps: Pick<Deps, 'codes'>,
  tx: GuildStores,
  { server, at }: { readonly server: Pick<Server, 'name'>; readonly at: Date },
  { before, now }: { readonly before: Account; readonly now: Protection | null },
): Promise<void> {
  const { memberId, name } = before;
  if (memberId === null || now === null || before.protection !== null) return;
  const { seesAll } = PROTECTIONS[now];
  const what = say(`audit.protection.${now}`);
  const facts = {
    ...{ server: server.name, account: name, how: 'protected' },
    detail: say(seesAll ? 'audit.note.seesAll' : 'audit.note.givenNothing', { what }),
  };
  await tx.audit.append({ action: 'drift.found', actorId: null, targetId: memberId, facts, at });
  const who = await personOf(tx, memberId);
  const text = say('alert.protected', {
    server: server.name,
    account: name,
    who,
    what: now,
    seesAll: seesAll ? 'yes' : 'no',
  });
  await tell(deps, tx, { text, isOnRecord: true }, at);
}
