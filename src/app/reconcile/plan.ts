/** The plan of a pass: who is due on a server, what each of them should have, and what follows from what was read. */

import {
  asUnsure,
  closingAction,
  decideChange,
  desiredLibraries,
  librariesIn,
  listedLibraries,
  overlap,
  presentLibraries,
  without,
} from '../../domain/access.ts';
import { recentlyEnded } from '../../domain/doubt.ts';
import type { MemberId } from '../../domain/ids.ts';
import type { ExpiryAction, Grant, Library, Server } from '../../domain/model.ts';
import { actualIn } from '../observe/reading.ts';
import type { AccessReading } from '../ports/media-server.ts';
import type { GuildStores } from '../ports/stores.ts';
import type { DecidedPass, PassCase, PlannedPass } from './pass.ts';

/** Who is due on a server, with what each should have now. */
export async function planPass(stores: GuildStores, server: Server, now: Date): Promise<PlannedPass> {
  const due = await stores.accounts.listDue(now, server.id);
  const accounts = due.flatMap((account) =>
    account.externalId !== null && account.memberId !== null
      ? [{ ...account, externalId: account.externalId, memberId: account.memberId }]
      : [],
  );
  const memberIds = accounts.map(({ memberId }) => memberId);
  const [libraries, grants] = await Promise.all([
    stores.libraries.list(server.id),
    stores.grants.list({ memberIds, states: ['active'] }),
  ]);
  const byMember = Map.groupBy(grants, (grant) => grant.memberId);
  const closings = await closingActions(stores, { server, libraries }, memberIds, byMember);
  return {
    guildId: stores.guildId,
    server,
    startedAt: now,
    libraries,
    present: presentLibraries(server.id, libraries),
    listed: listedLibraries(server.id, libraries),
    cases: accounts.map((account) => {
      const theirs = byMember.get(account.memberId) ?? [];
      const closing = closings.get(account.memberId) ?? 'withdraw';
      const desired = desiredLibraries(server, libraries, theirs, closing);
      // Only an account that Usher made may be deleted by it.
      const deletes = closing === 'delete' && desired.length === 0 && account.createdByUs;
      const isTime = account.deleteAt !== null && account.deleteAt <= now;
      const known = { ...account, ended: recentlyEnded(account, now) };
      return { account: known, closing, desired, deletion: deletes ? (isTime ? 'now' : 'later') : null };
    }),
  };
}

/** The expiry action of each member who is granted nothing on the server now; absent where that is to withdraw. */
async function closingActions(
  stores: GuildStores,
  { server, libraries }: { readonly server: Server; readonly libraries: readonly Library[] },
  memberIds: readonly MemberId[],
  active: ReadonlyMap<MemberId, readonly Grant[]>,
): Promise<ReadonlyMap<MemberId, ExpiryAction>> {
  const plans = await stores.plans.list();
  // Where nobody chose anything else, the grants that are over need not be read.
  if (server.expiryAction === 'withdraw' && plans.every(({ expiryAction }) => expiryAction === null))
    return new Map();
  const here = new Set(libraries.map(({ id }) => id));
  const isHere = ({ libraryIds }: Grant) => libraryIds.some((id) => here.has(id));
  const without = memberIds.filter((id) => !active.get(id)?.some(isHere));
  const grants = await stores.grants.list({ memberIds: without, serverId: server.id });
  const byMember = Map.groupBy(grants, (grant) => grant.memberId);
  return new Map(without.map((id) => [id, closingAction(server, libraries, byMember.get(id) ?? [], plans)]));
}

/** What is to be written for each account, by what the server was read to show. */
export function decidePass(pass: PlannedPass, reading: AccessReading): DecidedPass {
  const { server, present, listed } = pass;
  const policy = server.driftPolicy;
  const cases = pass.cases.map((item) => asFound(pass, item, reading));
  const changes = cases.map(({ account, desired }) => {
    const actual = actualIn(reading, account.externalId, pass.libraries);
    return [account.id, decideChange({ account, actual, desired, present, listed, policy })] as const;
  });
  return { ...pass, cases, reading, changes: new Map(changes), held: new Set() };
}

/** What a reading means for an account of which something is in doubt, or has ended lately. */
function asFound({ libraries, present }: PlannedPass, item: PassCase, reading: AccessReading): PassCase {
  const { account, desired } = item;
  const actual = actualIn(reading, account.externalId, libraries);
  const sure = account.doubtSince === null ? account : asUnsure(account, { actual, desired, present });
  // The end that is undone was decided by somebody, and so was what is lost by doing it again.
  const isOpen = overlap(without(account.ended, desired), librariesIn(actual, present)).length > 0;
  return { ...item, account: { ...sure, lossApproved: account.lossApproved || isOpen } };
}
