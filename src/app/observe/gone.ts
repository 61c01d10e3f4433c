/**
 * Accounts that are the server's own and that it does not list any more. One list proves nothing (rule 3): the account
 * is missing first, and gone when another look misses it too. Then its link ends, because nobody can sign in to it any
 * more, and what is granted waits for a new one. Where accounts are a vendor's, whoever is not listed has no share and
 * is the same person still: a grant invites them again.
 */

import { isSecondLook, SECOND_LOOK_MS } from '../../domain/doubt.ts';
import { isOver } from '../../domain/grant.ts';
import type { MemberId } from '../../domain/ids.ts';
import { MEDIA_KINDS } from '../../domain/media-kinds.ts';
import type { Account, Server } from '../../domain/model.ts';
import { say } from '../../words/say.ts';
import { personOf, tell } from '../ledger/alerts.ts';
import { noteNews } from '../ledger/notices.ts';
import { settle } from '../ledger/settle.ts';
import type { Deps } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';
import { inTheWayOf } from './account-room.ts';

/** Of an account whose link to a member ends: nothing is due there that was decided for them. */
export const UNLINKED = {
  memberId: null,
  attempts: 0,
  trouble: null,
  refused: false,
  lossApproved: false,
  deleteAt: null,
  doubtSince: null,
  lookAt: null,
} as const;

/** Whether a server that does not list a linked account does not have it. */
export function mayBeGone({ kind }: Pick<Server, 'kind'>, { memberId }: Pick<Account, 'memberId'>): boolean {
  return memberId !== null && MEDIA_KINDS[kind].accounts === 'created';
}

/** Whether a list at `now` that lacks an account is the second one. */
export function isGone({ missingSince }: Pick<Account, 'missingSince'>, now: Date): boolean {
  return isSecondLook({ seenAt: missingSince }, now);
}

/** When an account that is missing is looked for once more. */
export const lookedForAt = (missingSince: Date): Date => new Date(missingSince.getTime() + SECOND_LOOK_MS);

/** What is written of an account that a list lacks. What Usher gave stays on record: the account may come back. */
export function asMissing({ missingSince }: Pick<Account, 'missingSince'>, now: Date) {
  const nothing = { seenAccess: 'none', pending: false, disabled: false } as const;
  return { ...nothing, seenAt: now, missingSince: missingSince ?? now };
}

/** Part of a transaction: the link of an account that is gone ends, and all who have to know are told. */
export async function endLink(
  deps: Pick<Deps, 'codes'>,
  tx: GuildStores,
  { server, account }: { readonly server: Server; readonly account: Account },
  now: Date,
): Promise<void> {
  const { memberId, name } = account;
  if (memberId === null) return;
  await tx.accounts.update(account.id, {
    ...asMissing(account, now),
    ...UNLINKED,
    formerMemberId: memberId,
    dueAt: null,
  });
  await tx.audit.append({
    action: 'member.unlinked',
    actorId: null,
    targetId: memberId,
    facts: {
      server: server.name,
      account: name,
      how: 'gone',
      detail: say('audit.note.twoLooks'),
    },
    at: now,
  });
  await settle(deps, tx, [memberId], now);
  const grants = (await tx.grants.list({ memberId, serverId: server.id })).filter((grant) => !isOver(grant));
  if (grants.length === 0) return;
  const staff = say('alert.accountGone', {
    server: server.name,
    account: name,
    who: await personOf(tx, memberId),
    count: grants.length,
    grants: grants.map(({ number }) => `#${number}`),
  });
  await tell(deps, tx, { text: staff, isOnRecord: true }, now);
  const part = { event: 'account-gone', server: server.name, account: name, at: null } as const;
  await noteNews(deps, tx, [{ memberId, part }], now);
}

/**
 * Part of a transaction: an account that was gone is listed again, so the link of its member is back, with what was
 * given before. The next pass takes what has ended since. That is so even where the member has another one by now,
 * since only of what is linked anything is taken; then staff are told.
 */
export async function linkBack(
  deps: Pick<Deps, 'codes'>,
  tx: GuildStores,
  {
    server,
    account,
  }: {
    readonly server: Server;
    readonly account: Pick<Account, 'id' | 'name' | 'externalId'> & { readonly formerMemberId: MemberId };
  },
  now: Date,
): Promise<void> {
  const { id, name, externalId, formerMemberId } = account;
  const other = await inTheWayOf(tx, { server, memberId: formerMemberId, externalId });
  await tx.accounts.update(id, {
    memberId: formerMemberId,
    formerMemberId: null,
    missingSince: null,
    dueAt: now,
  });
  await tx.audit.append({
    action: 'member.linked',
    actorId: null,
    targetId: formerMemberId,
    facts: { server: server.name, account: name, how: 'back' },
    at: now,
  });
  if (!other) return;
  const values = {
    server: server.name,
    account: name,
    who: await personOf(tx, formerMemberId),
    other: other.name,
  };
  const text = say('alert.accountBack', values);
  await tell(deps, tx, { text }, now);
}
