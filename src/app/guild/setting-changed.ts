/** The event of a setting that was changed. */
import type { ActorId } from '../../domain/ids.ts';
import type { Sentence } from '../../words/say.ts';
import type { GuildStores } from '../ports/stores.ts';

/** `detail` says what it is now, and what it was before. */
export async function noteChange(
  tx: GuildStores,
  actorId: ActorId,
  detail: string | Sentence,
  at: Date,
): Promise<void> {
  await tx.audit.append({ action: 'settings.changed', actorId, facts: { detail }, at });
}
