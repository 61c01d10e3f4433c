/** Events of older versions are chained in the way of now before anybody is told of a head, and never again. */
import type { GuildId } from '../../domain/ids.ts';
import type { Deps } from '../ports/deps.ts';

/** In one transaction: some hundredths of a second. */
const EVENTS_AT_ONCE = 2_000;

/** A part after another, so that others have their turn between them, and being killed costs one at most. */
export async function chainOldRecord({ stores }: Pick<Deps, 'stores'>, guildId: GuildId): Promise<void> {
  const { record } = stores.of(guildId);
  while (await record.isToBeChained())
    await stores.transaction(guildId, (tx) => tx.record.chainNext(EVENTS_AT_ONCE));
}
