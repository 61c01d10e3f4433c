/** What a member hears later than in the reply to their command. */
import type { MemberId } from '../../domain/ids.ts';
import type { Deps } from '../ports/deps.ts';
import type { DeliveryContent } from '../ports/outbox.ts';
import type { GuildStores } from '../ports/stores.ts';

/** Owes a member a direct message. */
export async function tellMember(
  deps: Pick<Deps, 'codes'>,
  tx: GuildStores,
  {
    memberId,
    ...what
  }: { readonly memberId: MemberId } & Omit<Extract<DeliveryContent, { kind: 'notice' }>, 'kind'>,
  now: Date,
): Promise<void> {
  const content = { kind: 'notice', ...what } as const;
  await tx.deliveries.owe({ id: deps.codes.newId(), kind: 'dm', sink: memberId, content }, now);
}
