/** Freezes a server: nothing is given or changed there until an admin has looked (design.md 4). */
import type { Server } from '../../domain/model.ts';
import { tell } from '../ledger/alerts.ts';
import type { Deps } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';

/** What was seen. */
interface Seen {
  /** One sentence for staff, without addresses. */
  readonly why: string;
  /** What an admin has to look at; one or more sentences. */
  readonly look: string;
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
  const text = `${name} is frozen: ${why}\n${look}\nUntil then nothing is given or changed there; whoever is to have nothing there any more still loses it. Everything else that is due waits, and is told when it is overdue. Lift the freeze with the button of /server show.`;
  await tell(deps, tx, { text, isOnRecord: true }, now);
}
