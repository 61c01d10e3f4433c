/** A member's account has become one that Usher gives nothing to: said at once, and not when its grant ends. */

import type { Account, Server } from '../../domain/model.ts';
import { PROTECTIONS, type Protection } from '../../domain/protection.ts';
import { say } from '../../words/say.ts';
import { tell } from '../ledger/alerts.ts';
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
  const { is, seesAll } = PROTECTIONS[now];
  const detail = seesAll
    ? `is ${is} now, and sees everything there because of that, whatever is granted and whatever has ended`
    : `is ${is} now: Usher gives it nothing more, and takes what it gave at its end`;
  const what = say(`audit.protection.${now}`);
  const facts = {
    ...{ server: server.name, account: name, how: 'protected' },
    detail: say(seesAll ? 'audit.note.seesAll' : 'audit.note.givenNothing', { what }),
  };
  await tx.audit.append({ action: 'drift.found', actorId: null, targetId: memberId, facts, at });
  await tell(
    deps,
    tx,
    { text: `${server.name}: the account ${name} of <@${memberId}> ${detail}.`, isOnRecord: true },
    at,
  );
}
