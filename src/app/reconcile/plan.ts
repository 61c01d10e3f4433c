/** The plan of a pass: who is due on a server, what each of them should have, and what follows from what was read. */

import {
  asTouched,
  asUnsure,
  type Change,
  closingAction,
  decideChange,
  desiredLibraries,
  type Elsewhere,
  librariesIn,
  listedLibraries,
  overlap,
  presentLibraries,
  without,
} from '../../domain/access.ts';
import { isInDoubt, laterDoubt, recentlyEnded } from '../../domain/doubt.ts';
import { beyondUnread } from '../../domain/exact.ts';
import { whileFrozen } from '../../domain/frozen.ts';
import type { GuildId, MemberId } from '../../domain/ids.ts';
import type { Account, ExpiryAction, Grant, Library, Server } from '../../domain/model.ts';
import { PROTECTIONS } from '../../domain/protection.ts';
import { readElsewhere } from '../observe/elsewhere.ts';
import { actualIn, seenIn } from '../observe/reading.ts';
import type { Deps } from '../ports/deps.ts';
import type { AccessReading } from '../ports/media-server.ts';
import type { GuildStores } from '../ports/stores.ts';
import { actualBefore, changeOf, type DecidedPass, type PassCase, type PlannedPass } from './pass.ts';

/** Who is due on a server, with what each should have now. */
export async function planPass(
  deps: Pick<Deps, 'stores' | 'clockHold'>,
  guildId: GuildId,
  server: Server,
  now: Date,
): Promise<PlannedPass> {
  const stores = deps.stores.of(guildId);
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
  const forgotten = new Set((await stores.forgettings.list()).map(({ userId }) => userId));
  const byMember = Map.groupBy(grants, (grant) => grant.memberId);
  const externalIds = accounts.map(({ externalId }) => externalId);
  const [closings, elsewhereOf] = await Promise.all([
    closingActions(stores, { server, libraries, forgotten }, memberIds, byMember),
    readElsewhere(deps, guildId, { server, libraries }, externalIds),
  ]);
  return {
    guildId,
    server,
    startedAt: now,
    libraries,
    present: presentLibraries(server.id, libraries),
    listed: listedLibraries(server.id, libraries),
    cases: accounts.map((account) => {
      const theirs = byMember.get(account.memberId) ?? [];
      const closing = closings.get(account.memberId) ?? 'withdraw';
      const desired = desiredLibraries(server, libraries, theirs, closing);
      const elsewhere = elsewhereOf(account.externalId);
      // Only an account that Usher made may be deleted by it, none that another guild uses, and none that another
      // service would make anew.
      const isOurs = account.createdByUs && !account.signsInElsewhere && !elsewhere;
      const deletes = closing === 'delete' && desired.length === 0 && isOurs;
      // A pass that a command began goes on by a clock that is not believed; what cannot be undone waits (rule 5).
      const isDue = account.deleteAt !== null && account.deleteAt <= now;
      const isTime = (isDue || forgotten.has(account.memberId)) && !deps.clockHold.isHeld();
      const deletion = deletes ? (isTime ? 'now' : 'later') : null;
      return { account: asKnown(account, elsewhere, now), closing, desired, deletion, elsewhere };
    }),
  };
}

/** An account with what is known of it beside its row: which ends count, and what is done, or in doubt, elsewhere. */
function asKnown<T extends Account>(account: T, elsewhere: Elsewhere | undefined, now: Date): T {
  return {
    ...account,
    ended: without(recentlyEnded(account, now), elsewhere?.wanted ?? []),
    elsewhere: elsewhere?.touched ?? [],
    disabledByUs: account.disabledByUs || (elsewhere?.disabledByUs ?? false),
    doubtSince: elsewhere ? laterDoubt(account, elsewhere) : account.doubtSince,
  };
}

/**
 * The expiry action of each member who is granted nothing on the server now; absent where that is to withdraw. Whoever
 * is to be forgotten keeps nothing, not even the default library: they asked for it (rule 6).
 */
async function closingActions(
  stores: GuildStores,
  {
    server,
    libraries,
    forgotten,
  }: {
    readonly server: Server;
    readonly libraries: readonly Library[];
    readonly forgotten: ReadonlySet<MemberId>;
  },
  memberIds: readonly MemberId[],
  active: ReadonlyMap<MemberId, readonly Grant[]>,
): Promise<ReadonlyMap<MemberId, ExpiryAction>> {
  const plans = await stores.plans.list();
  // Where nobody chose anything else, the grants that are over need not be read.
  const isUsual =
    server.expiryAction === 'withdraw' && plans.every(({ expiryAction }) => expiryAction === null);
  if (isUsual && memberIds.every((id) => !forgotten.has(id))) return new Map();
  const here = new Set(libraries.map(({ id }) => id));
  const isHere = ({ libraryIds }: Grant) => libraryIds.some((id) => here.has(id));
  const without = memberIds.filter((id) => !active.get(id)?.some(isHere));
  const grants = await stores.grants.list({ memberIds: without, serverId: server.id });
  const byMember = Map.groupBy(grants, (grant) => grant.memberId);
  return new Map(
    without.map((id) => {
      const closing = closingAction(server, libraries, byMember.get(id) ?? [], plans);
      return [id, closing === 'withdraw' && forgotten.has(id) ? 'disable' : closing];
    }),
  );
}

/** What is to be written for each account, by what the server was read to show. */
export function decidePass(pass: PlannedPass, reading: AccessReading): DecidedPass {
  const { server, present, listed } = pass;
  const policy = server.driftPolicy;
  const cases = pass.cases.map((item) => asFound(pass, item, reading));
  const changes = cases.map(({ account, desired, elsewhere, beyond }) => {
    const actual = actualIn(reading, account.externalId, pass.libraries);
    const { protection } = seenIn(reading, account.externalId) ?? account;
    const kept = elsewhere?.wanted ?? [];
    const now = { ...account, protection };
    if (beyond && (beyond.all || server.frozenWhy !== null)) return [account.id, WITHDRAW] as const;
    const situation = { account: now, actual, desired, present, listed, policy, elsewhere: kept };
    return [account.id, decideChange(situation)] as const;
  });
  const decided = { ...pass, cases, reading, changes: new Map(changes), held: new Set<string>() };
  return asFrozen({ ...decided, frozen: new Set() });
}

const WITHDRAW: Change = { kind: 'withdraw' };

/** On a frozen server only an end that leaves an account nothing is written; the rest stays due. */
function asFrozen(pass: DecidedPass): DecidedPass {
  if (pass.server.frozenWhy === null) return pass;
  const changes = pass.cases.map((item) => {
    const before = changeOf(pass, item);
    const { account } = item;
    const found = { actual: actualBefore(pass, item), account, present: pass.present };
    return [account.id, before, whileFrozen(before, found)] as const;
  });
  return {
    ...pass,
    changes: new Map(changes.map(([id, , change]) => [id, change])),
    frozen: new Set(changes.filter(([, before, change]) => change.kind !== before.kind).map(([id]) => id)),
  };
}

/**
 * What a reading means for an account of which something is in doubt, has ended lately, or was opened beyond what was
 * asked.
 */
function asFound(pass: PlannedPass, item: PassCase, reading: AccessReading): PassCase {
  const { server, libraries, present, startedAt } = pass;
  const { account, desired } = item;
  const actual = actualIn(reading, account.externalId, libraries);
  // A server that undoes a write enables an account, and never disables one.
  const mayBeUndone = isInDoubt(server, account) && actual.kind === 'present' && !actual.disabled;
  const isUnsure = actual.kind !== 'unread' && (account.doubtSince !== null || mayBeUndone);
  const sure = isUnsure ? asUnsure(account, { actual, desired, present }) : account;
  const seen = seenIn(reading, account.externalId);
  const { protection } = seen ?? account;
  const deletion = seen?.signsInElsewhere ? null : item.deletion;
  const isOpenToAll = protection !== null && PROTECTIONS[protection].seesAll;
  const wanted = [...desired, ...(item.elsewhere?.wanted ?? [])];
  const found = { actual, desired: wanted, present, now: startedAt };
  const beyond = isOpenToAll ? undefined : beyondUnread(account, found);
  // The end that is undone was decided by somebody, and so was what is lost by doing it again.
  const isOpen = overlap(without(account.ended, desired), librariesIn(actual, present)).length > 0;
  const lossApproved = account.lossApproved || isOpen || beyond !== undefined;
  if (!beyond) return { ...item, deletion, account: { ...sure, lossApproved } };
  // Nobody else gave it, so it is ours to take.
  const taken = asTouched(sure, { giving: [], taking: beyond.libraryIds });
  return { ...item, deletion, beyond, account: { ...taken, lossApproved } };
}
