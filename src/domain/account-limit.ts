/** How many accounts a member may have on a media server. */
import { MEDIA_KINDS } from './media-kinds.ts';
import type { Account, Server } from './model.ts';

type Place = Pick<Server, 'id' | 'kind' | 'ownerAccountId'>;

type Had = Pick<Account, 'id' | 'serverId' | 'externalId'>;

interface Where<One extends Had> {
  readonly server: Place;
  /** All servers of the guild. */
  readonly servers: readonly Place[];
  /** All accounts of the member, those that are being made included. */
  readonly theirs: readonly One[];
}

/**
 * The accounts of a member where `server` is. What counts is people's accounts and not rows: a vendor's account is one
 * on all servers of an owner.
 */
export function accountsThere<One extends Had>({ server, servers, theirs }: Where<One>): readonly One[] {
  const shared = new Set(servers.filter((other) => sharesAccounts(server, other)).map(({ id }) => id));
  const there = theirs.filter(({ serverId }) => serverId === server.id || shared.has(serverId));
  return [...new Map(there.map((account) => [account.externalId ?? account.id, account])).values()];
}

/**
 * Accounts that leave no room for this one; none when the member may have it. `externalId`: its id on the server; null
 * for one that is yet to be made.
 */
export function accountsInTheWay<One extends Had>(
  where: Where<One>,
  { externalId, max }: { readonly externalId: string | null; readonly max: number },
): readonly One[] {
  const there = accountsThere(where);
  const has = externalId !== null && there.some((account) => account.externalId === externalId);
  return has || there.length < max ? [] : there;
}

function sharesAccounts(one: Place, other: Place): boolean {
  if (one.id === other.id) return true;
  const ofVendor = one.kind === other.kind && MEDIA_KINDS[one.kind].accounts === 'invited';
  return ofVendor && one.ownerAccountId !== null && one.ownerAccountId === other.ownerAccountId;
}
