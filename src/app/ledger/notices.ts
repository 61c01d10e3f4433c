/**
 * What members are to hear of changes of their grants. Noted in the transaction that makes the change (rule 8), and
 * sent a minute later: what happens to one member meanwhile is one message, about how things stand then.
 */

import type { MemberId } from '../../domain/ids.ts';
import type { Grant } from '../../domain/model.ts';
import { type ChangedGrant, type KnownGrant, knownOf, type NoticePart } from '../../domain/notice.ts';
import type { Deps } from '../ports/deps.ts';
import type { DeliveryContent, Owed } from '../ports/outbox.ts';
import type { GuildStores } from '../ports/stores.ts';

/** How long what happens to a member is joined. */
export const JOINED_MS = 60_000;

/** Something that a member is to hear: of a grant that changed, or something that is said as it is. */
export type News = { readonly memberId: MemberId } & (ChangedGrant | { readonly part: NoticePart });

/** News of a grant; `before` is what its member has known of it. */
export const newsOf = (
  { id, memberId }: Pick<Grant, 'id' | 'memberId'>,
  before: KnownGrant | null,
): News => ({ memberId, grantId: id, before: before && knownOf(before) });

/** That a grant is about to end. */
export const reminderOf = (grant: Grant & { readonly expiresAt: Date }): News => ({
  ...{ memberId: grant.memberId, grantId: grant.id },
  ...{ before: knownOf(grant), reminds: grant.expiresAt },
});

/**
 * Joins news to what its members are to hear already. Of a grant that changes twice, what was known before the first
 * change counts, unless there is something to say whatever was known.
 */
export async function noteNews(
  deps: Pick<Deps, 'codes'>,
  tx: GuildStores,
  news: readonly News[],
  now: Date,
): Promise<void> {
  if (news.length === 0) return;
  const byMember = Map.groupBy(news, ({ memberId }) => memberId);
  const owed = await tx.deliveries.listOwed('notice', [...byMember.keys()]);
  const dueAt = new Date(now.getTime() + JOINED_MS);
  const fresh: Omit<Owed, 'kind'>[] = [];
  for (const [memberId, theirs] of byMember) {
    const waiting = owed.find(({ sink, content }) => sink === memberId && isOpen(content));
    const before = waiting?.content.kind === 'changes' ? waiting.content : NOTHING;
    const grants = theirs.filter((one) => 'grantId' in one);
    const content = {
      kind: 'changes',
      grants: joined(before.grants, grants),
      parts: [...before.parts, ...theirs.flatMap((one) => ('part' in one ? [one.part] : []))],
    } as const;
    if (waiting) await tx.deliveries.rewrite(waiting.id, content);
    else fresh.push({ id: deps.codes.newId(), sink: memberId, content, dueAt });
  }
  await tx.deliveries.oweEach('notice', fresh, now);
}

/** Whether more may be joined to it: it may not have reached Discord yet. */
const isOpen = (content: DeliveryContent): boolean =>
  content.kind === 'changes' && content.said === undefined;

const NOTHING = { grants: [], parts: [] } as const;

function joined(before: readonly ChangedGrant[], news: readonly ChangedGrant[]): readonly ChangedGrant[] {
  const byGrant = new Map<string, ChangedGrant>();
  for (const { grantId, before: known, reminds } of [...before, ...news]) {
    const first = byGrant.get(grantId);
    const asked = reminds ?? first?.reminds;
    byGrant.set(grantId, {
      ...{ grantId, before: first && known !== null ? first.before : known },
      ...(asked && { reminds: asked }),
    });
  }
  return [...byGrant.values()];
}
