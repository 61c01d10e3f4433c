/** Freezes a server: nothing is given or changed there until an admin has looked (design.md 4). */
import type { Server } from '../../domain/model.ts';
import { lines, type Sentence, say, type Text } from '../../words/say.ts';
import { alert } from '../ledger/alerts.ts';
import type { Deps } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';

/** What was seen. */
interface Seen {
  /** One sentence for staff, without addresses. */
  readonly why: Text;
  /** What an admin has to look at. */
  readonly look: Sentence;
}

/**
 * Freezes a server, once: what is seen while it is frozen changes nothing about it. Part of the transaction that
 * writes down what was seen.
 */
export async function freeze(
  deps: Pick<Deps, 'codes' | 'clock'>,
  tx: GuildStores,
  server: Pick<Server, 'id'>,
  { why, look }: Seen,
): Promise<void> {
  const fresh = await tx.servers.find(server.id);
  if (!fresh || fresh.frozenWhy !== null) return;
  const { name } = fresh;
  const now = deps.clock.now();
  await tx.servers.update(server.id, { frozenWhy: why, frozenAt: now });
  const facts = { server: name, detail: why };
  await tx.audit.append({ action: 'server.frozen', actorId: null, facts, at: now });
  const text = lines(say('alert.frozen.open', { server: name, why }), look, say('alert.frozen.next'));
  await alert(deps, tx, `frozen ${server.id}`, { text, isOnRecord: true, now });
}
