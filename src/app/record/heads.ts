/** Heads of the record: signed, told to people, and kept, so that a record that was written anew does not fit them. */
import type { GuildId } from '../../domain/ids.ts';
import type { Head, SignedHead } from '../../domain/record.ts';
import type { Deps } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';

type Uses = Pick<Deps, 'stores' | 'clock' | 'headSigner'>;

/** Signs it, and keeps it for whoever compares the record with it later. */
export async function keepHead(
  deps: Pick<Deps, 'clock' | 'headSigner'>,
  tx: GuildStores,
  head: Head,
): Promise<SignedHead> {
  const signed = { ...head, ...deps.headSigner.sign(tx.guildId, head), at: deps.clock.now() };
  await tx.record.addHead(signed);
  return signed;
}

/** The head to be told with what was read; undefined for a record without events. */
export async function tellHead(deps: Uses, guildId: GuildId, head: Head): Promise<SignedHead | undefined> {
  if (head.number === 0) return undefined;
  return await deps.stores.transaction(guildId, (tx) => keepHead(deps, tx, head));
}
