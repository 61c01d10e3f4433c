/** The record of changes that others made on a server (drift): what was found, and what is done about it. */

import { drift, listedLibraries, overlap, without } from '../../domain/access.ts';
import type { Account, Library, Server } from '../../domain/model.ts';
import { joinNames } from '../../domain/name-list.ts';
import { type Markup, type Sentence, say } from '../../words/say.ts';
import { libraryNames } from '../ledger/audit-facts.ts';
import type { GuildStores } from '../ports/stores.ts';

/** Where and when something was seen. */
export interface Where {
  readonly server: Server;
  /** All libraries of the server. */
  readonly libraries: readonly Library[];
  readonly at: Date;
  /** The server says that the account gave up its access itself. */
  readonly hasLeft?: boolean;
}

/**
 * Audits a foreign change the first time it is seen. While a change of ours is still due, a difference is no drift.
 * Returns one sentence for each account that was changed.
 */
export async function noteDrift(
  tx: GuildStores,
  { server, libraries, at, hasLeft = false }: Where,
  old: Account,
  now: Account,
): Promise<readonly Sentence[]> {
  if (old.memberId === null || old.protection !== null || old.dueAt !== null) return [];
  const listed = listedLibraries(server.id, libraries);
  const [before, after] = [drift(old, listed), drift(now, listed)];
  const extra = libraryNames(without(after.extra, before.extra), libraries);
  const missing = libraryNames(without(after.missing, before.missing), libraries);
  // Whoever had accepted, and is invited now, cannot watch until they accept again.
  const isAskedAnew = now.pending && !old.pending && old.seenAccess !== 'none';
  if (extra.length === 0 && missing.length === 0 && !isAskedAnew) return [];
  const gone = hasLeft && missing.length > 0 && extra.length === 0;
  const what = gone
    ? say('server.sync.others.left', { libraries: joinNames(missing) })
    : sentence({ extra, missing, isAskedAnew, pending: now.pending });
  // Nobody who left is invited again by itself (media-servers.md E13).
  const next =
    gone && server.driftPolicy === 'report'
      ? say('audit.drift.notInvited')
      : say(`audit.drift.next.${server.driftPolicy}`);
  const facts = {
    server: server.name,
    account: old.name,
    libraries: isAskedAnew ? libraryNames(now.seen, libraries) : [...extra, ...missing],
    ...{ added: extra, removed: missing },
    ...(gone ? { how: 'left' } : isAskedAnew ? { how: 'asked-anew' } : now.pending && { how: 'invited' }),
    detail: next,
  };
  await tx.audit.append({ action: 'drift.found', actorId: null, targetId: old.memberId, facts, at });
  return [say('server.sync.others.line', { account: old.name, what, next })];
}

/** With policy `enforce`, after the read-back: audits which of the foreign changes that `found` shows were put back. */
export async function noteCorrected(
  tx: GuildStores,
  { server, libraries, at }: Where,
  found: Account,
  now: Account,
): Promise<void> {
  if (server.driftPolicy !== 'enforce') return;
  const listed = listedLibraries(server.id, libraries);
  const [before, after] = [drift(found, listed), drift(now, listed)];
  // Only what agrees with the grants by now was put back; the rest changed because the grants did.
  const extra = libraryNames(without(without(before.extra, after.extra), now.given), libraries);
  const missing = libraryNames(overlap(without(before.missing, after.missing), now.given), libraries);
  if (extra.length === 0 && missing.length === 0) return;
  const facts = {
    server: server.name,
    account: found.name,
    libraries: [...extra, ...missing],
    ...{ added: extra, removed: missing },
    // An invitation is no access: it has yet to be accepted.
    detail: now.pending
      ? say('audit.note.invitedAgain')
      : say('audit.note.seenThere', { server: server.name }),
  };
  await tx.audit.append({ action: 'drift.corrected', actorId: null, targetId: found.memberId, facts, at });
}

function sentence({
  extra,
  missing,
  pending = false,
  isAskedAnew = false,
}: {
  readonly extra: readonly string[];
  readonly missing: readonly string[];
  readonly pending?: boolean;
  readonly isAskedAnew?: boolean;
}): Markup {
  const said = [
    extra.length > 0 &&
      say(pending ? 'server.sync.others.invited' : 'server.sync.others.gave', {
        libraries: joinNames(extra),
      }),
    missing.length > 0 && say('server.sync.others.took', { libraries: joinNames(missing) }),
    isAskedAnew && say('server.sync.others.askedAnew'),
  ].filter((part) => part !== false);
  return { pieces: said.flatMap((part, index) => (index > 0 ? ['; ', part] : [part])) };
}
