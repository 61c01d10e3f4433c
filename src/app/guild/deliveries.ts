/** Records how a delivery to Discord ended, together with what follows from that (rule 8). */
import { type MemberId, toMemberId } from '../../domain/ids.ts';
import { tell } from '../ledger/alerts.ts';
import type { Deps } from '../ports/deps.ts';
import type { Delivery, DeliveryContent } from '../ports/outbox.ts';
import type { GuildStores } from '../ports/stores.ts';

export function makeDeliveries(deps: Deps) {
  return {
    /** Discord has it. */
    async sent(delivery: Delivery, messageId: string): Promise<void> {
      await deps.stores.transaction(delivery.guildId, async (tx) => {
        const now = deps.clock.now();
        if (!(await tx.deliveries.markSent(delivery.id, messageId, now))) return;
        await noteDm(tx, delivery, 'open', now);
      });
    },

    /** It will not be sent: `closed` when the person takes no direct messages. */
    async parked(delivery: Delivery, trouble: string, closed: boolean): Promise<void> {
      await deps.stores.transaction(delivery.guildId, async (tx) => {
        const now = deps.clock.now();
        if (!(await tx.deliveries.park(delivery.id, trouble, now))) return;
        if (closed) await noteDm(tx, delivery, 'closed', now);
        if (delivery.content.kind === 'notice' && delivery.kind === 'dm')
          await tellOtherwise(deps, tx, toMemberId(delivery.sink), delivery.content.text, now);
        if (delivery.content.kind === 'role')
          await alertRole(deps, tx, { memberId: toMemberId(delivery.sink), ...delivery.content }, now);
      });
    },
  };
}

async function noteDm(
  tx: GuildStores,
  { kind, sink, content }: Delivery,
  dmState: 'open' | 'closed',
  at: Date,
) {
  if (kind !== 'dm' || content.kind === 'role') return;
  const targetId = toMemberId(sink);
  await tx.members.ensure(targetId);
  await tx.members.update(targetId, { dmState });
  if (content.kind !== 'invite') return;
  const invite = await tx.invites.find(content.inviteId);
  await tx.audit.append({
    action: dmState === 'open' ? 'invite.sent' : 'invite.dm_closed',
    actorId: null,
    targetId,
    facts: invite ? { invite: invite.prefix } : {},
    at,
  });
}

/** Tells staff that Discord did not let Usher give or take a role: nobody else would notice. */
async function alertRole(
  deps: Deps,
  tx: GuildStores,
  { memberId, roleId, remove }: Extract<DeliveryContent, { kind: 'role' }> & { readonly memberId: MemberId },
  now: Date,
): Promise<void> {
  const what = remove ? `taken from` : `given to`;
  const text = `The role <@&${roleId}> could not be ${what} <@${memberId}>. Usher needs the permission Manage Roles, and its own role must stand above that one; or the member has left. Please do it by hand.`;
  await tell(deps, tx, { text }, now);
}

/**
 * What a member should hear did not reach them. Where they claimed their invite, they are told that there is news, but
 * not what it is, because others read there; else staff are asked to tell them.
 */
async function tellOtherwise(
  deps: Deps,
  tx: GuildStores,
  memberId: MemberId,
  text: string,
  now: Date,
): Promise<void> {
  const grants = await tx.grants.list({ memberId });
  const used = new Set(grants.map(({ inviteId }) => inviteId));
  const invites = (await tx.invites.list()).filter(({ id }) => used.has(id));
  const channelId = invites.find((invite) => invite.claimChannelId !== null)?.claimChannelId;
  if (channelId) {
    const content = { kind: 'news', memberId } as const;
    await tx.deliveries.owe({ id: deps.codes.newId(), kind: 'channel', sink: channelId, content }, now);
    return;
  }
  await tell(deps, tx, { text: `<@${memberId}> takes no direct messages. Please tell them: ${text}` }, now);
}
