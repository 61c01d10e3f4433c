/** What a pass over one server knows and decides: who is due, what each should have, and what is to be written. */
import {
  type Actual,
  type Change,
  closingAction,
  decideChange,
  desiredLibraries,
  listedLibraries,
  presentLibraries,
} from '../../domain/access.ts';
import type { Account, ExpiryAction, Grant, Library, Server } from '../../domain/model.ts';
import { actualIn } from '../observe/reading.ts';
import type { AccessReading, AccountAccess } from '../ports/media-server.ts';
import type { GuildStores } from '../ports/stores.ts';

/** An account that is due, with what it should have. */
export interface PassCase {
  readonly account: Account & { readonly externalId: string };
  readonly desired: readonly string[];
  /** What happens to the account while nothing is granted. */
  readonly closing: ExpiryAction;
  /** By the expiry action `delete`: to be deleted now, or later; null when it stays. */
  readonly deletion: 'now' | 'later' | null;
}

/** What was known when a pass over one server began. */
export interface Pass {
  readonly server: Server;
  readonly startedAt: Date;
  readonly libraries: readonly Library[];
  readonly present: readonly string[];
  readonly listed: readonly string[];
  readonly cases: readonly PassCase[];
}

/** How one account came out of the pass. */
export type CaseResult =
  | {
      readonly kind: 'settled';
      readonly given: readonly string[];
      readonly seen: AccountAccess | undefined;
      /** What it had before something was written; absent when nothing was. */
      readonly before?: Actual;
    }
  /** By the expiry action, and the server no longer lists it. */
  | { readonly kind: 'deleted' }
  | { readonly kind: 'due'; readonly message: string; readonly retryAfterMs?: number };

/** Who is due on a server, with what each should have now. */
export async function preparePass(stores: GuildStores, server: Server, now: Date): Promise<Pass> {
  const due = await stores.accounts.listDue(now, server.id);
  const accounts = due.flatMap((account) =>
    account.externalId !== null && account.memberId !== null
      ? [{ ...account, externalId: account.externalId }]
      : [],
  );
  const memberIds = accounts.flatMap((account) => account.memberId ?? []);
  const [libraries, grants] = await Promise.all([
    stores.libraries.list(server.id),
    stores.grants.list({ memberIds, states: ['active'] }),
  ]);
  const byMember = Map.groupBy(grants, (grant) => grant.memberId);
  const closings = await closingActions(stores, server, libraries, memberIds, byMember);
  return {
    server,
    startedAt: now,
    libraries,
    present: presentLibraries(server.id, libraries),
    listed: listedLibraries(server.id, libraries),
    cases: accounts.map((account) => {
      const theirs = byMember.get(account.memberId ?? '') ?? [];
      const closing = closings.get(account.memberId ?? '') ?? 'withdraw';
      const desired = desiredLibraries(server, libraries, theirs, closing);
      // Only what Usher made is Usher's to delete.
      const deletes = closing === 'delete' && desired.length === 0 && account.createdByUs;
      const isTime = account.deleteAt !== null && account.deleteAt <= now;
      return { account, closing, desired, deletion: deletes ? (isTime ? 'now' : 'later') : null };
    }),
  };
}

/** The expiry action of each member who is granted nothing on the server now, where it is another than withdrawing. */
async function closingActions(
  stores: GuildStores,
  server: Server,
  libraries: readonly Library[],
  memberIds: readonly string[],
  active: ReadonlyMap<string, readonly Grant[]>,
): Promise<ReadonlyMap<string, ExpiryAction>> {
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

/** What is to be written, by account. */
export function decideAll(pass: Pass, reading: AccessReading): ReadonlyMap<string, Change> {
  const { server, present, listed } = pass;
  return new Map(
    pass.cases.map(({ account, desired }) => {
      const actual = actualIn(reading, account.externalId, pass.libraries);
      return [
        account.id,
        decideChange({ account, actual, desired, present, listed, policy: server.driftPolicy }),
      ];
    }),
  );
}
