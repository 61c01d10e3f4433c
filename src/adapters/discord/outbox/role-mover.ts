/** Gives and takes Discord roles. Doing either twice does no harm, so nothing has to be looked for. */
import { Routes } from 'discord.js';
import type { Known, Trouble } from '../../../app/ports/media-server.ts';
import type { Delivery, DeliveryContent } from '../../../app/ports/outbox.ts';
import type { ActorId, GuildId } from '../../../domain/ids.ts';
import type { Text } from '../../../words/say.ts';
import type { Rests } from '../wire/rest.ts';
import { plainOf } from '../wire/speech.ts';

/** Why a role may not be given, asked just before it is: much may have changed since it was attached. */
export type RefusalOfRole = (
  guildId: GuildId,
  gift: { readonly roleId: string; readonly byId: ActorId | null },
) => Promise<Known<Text | undefined>>;

/** It is none that may be given (`final`), or nobody says whether it is. */
export class RoleNotGiven extends Error {
  override readonly name = 'RoleNotGiven';
  readonly says: Text;
  readonly refusal: Trouble['refusal'];
  constructor(says: Text, refusal: Trouble['refusal']) {
    // For the log.
    super(plainOf(says, 'en'));
    this.says = says;
    this.refusal = refusal;
  }
}

/**
 * Resolves to the id of the role, because there is no message whose id could be kept.
 * @throws {RoleNotGiven} or whatever Discord's REST client throws.
 */
export async function moveRole(
  { guildId, sink }: Delivery,
  { roleId, remove, byId = null }: Extract<DeliveryContent, { kind: 'role' }>,
  {
    rests: { bot },
    refusalOfRole,
  }: { readonly rests: Pick<Rests, 'bot'>; readonly refusalOfRole: RefusalOfRole },
): Promise<string> {
  const route = Routes.guildMemberRole(guildId, sink, roleId);
  // Whatever a role is by now, it is taken.
  if (remove) {
    await bot.delete(route, { reason: 'Taken by Usher with the end of a grant' });
    return roleId;
  }
  const refusal = await refusalOfRole(guildId, { roleId, byId });
  if (refusal.kind === 'unknown') throw new RoleNotGiven(refusal.why.message, refusal.why.refusal);
  if (refusal.value !== undefined) throw new RoleNotGiven(refusal.value, 'final');
  await bot.put(route, { reason: 'Given by Usher with an invite or a grant' });
  return roleId;
}
