import { drift, presentLibraries, without } from '../domain/access.ts';
import type { Account, Library, Server } from '../domain/model.ts';
import { libraryNames } from './grant-transitions.ts';
import type { GuildStores } from './ports.ts';

/** Audits a foreign change the first time it is seen. A change of ours that is still due is no drift. */
export async function noteDrift(
  tx: GuildStores,
  server: Server,
  libraries: readonly Library[],
  old: Account,
  now: Account,
  at: Date,
): Promise<readonly string[]> {
  if (old.memberId === null || old.protected || old.dueAt !== null) return [];
  const present = presentLibraries(server.id, libraries);
  const [before, after] = [drift(old, present), drift(now, present)];
  const extra = libraryNames(without(after.extra, before.extra), libraries);
  const missing = libraryNames(without(after.missing, before.missing), libraries);
  if (extra.length === 0 && missing.length === 0) return [];
  const detail = [
    extra.length > 0 && `somebody else gave ${extra.join(', ')}`,
    missing.length > 0 && `somebody else took ${missing.join(', ')}`,
  ]
    .filter((part) => part !== false)
    .join('; ');
  const facts = {
    server: server.name,
    account: old.name,
    libraries: [...extra, ...missing],
    detail,
  };
  await tx.audit.append({ action: 'drift.found', actorId: null, targetId: old.memberId, facts, at });
  return [`${old.name}: ${detail}`];
}
