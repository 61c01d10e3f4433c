/** Whether somebody's account can be played with: it must be nobody's here, and have nothing to lose. */
import type { GuildId } from '../../../domain/ids.ts';
import type { Server } from '../../../domain/model.ts';
import type { Protection } from '../../../domain/protection.ts';
import type { Deps } from '../../ports/deps.ts';
import type { DrillSide } from '../../ports/drill.ts';
import type { MediaServer, Trouble } from '../../ports/media-server.ts';
import type { VendorAccount } from '../../ports/sign-in.ts';

/** `member`: somebody's here. `has-access`: it has, or is invited to, something on this server. */
export type ThrowAwayRefusal = Protection | 'member' | 'has-access';

export async function refusalOfThrowAway(
  deps: Deps,
  guildId: GuildId,
  { server, media, side }: { readonly server: Server; readonly media: MediaServer; readonly side: DrillSide },
  { externalId, protection }: VendorAccount,
): Promise<
  | { readonly kind: 'refused'; readonly why: ThrowAwayRefusal }
  | { readonly kind: 'unknown'; readonly why: Trouble }
  | undefined
> {
  if (protection !== null) return { kind: 'refused', why: protection };
  const here = await media.invitations?.protectionOf(externalId);
  if (here?.kind === 'unknown') return here;
  if (here && here.value !== null) return { kind: 'refused', why: here.value };
  // On any server of the guild, and in other guilds on this one: a drill changes what is kept of the person as well.
  const rows = await deps.stores.of(guildId).accounts.list({ externalIds: [externalId] });
  const elsewhere = await deps.stores.elsewhere(guildId, server, [externalId]);
  if (rows.some(({ memberId }) => memberId !== null) || elsewhere.has(externalId))
    return { kind: 'refused', why: 'member' };
  const lists = await side.listsOf(externalId);
  if (lists.kind === 'unknown') return lists;
  return lists.value.length > 0 ? { kind: 'refused', why: 'has-access' } : undefined;
}
