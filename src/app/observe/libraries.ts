/** Stores which libraries a server was read to have. */

import { lossOf, SECOND_LOOK_MS } from '../../domain/library-loss.ts';
import { MEDIA_KINDS } from '../../domain/media-kinds.ts';
import type { Library, Server } from '../../domain/model.ts';
import { type Sentence, say } from '../../words/say.ts';
import { tell } from '../ledger/alerts.ts';
import type { Deps } from '../ports/deps.ts';
import type { LibraryOnServer } from '../ports/media-server.ts';
import type { GuildStores } from '../ports/stores.ts';
import { followLibraries, type Listing } from './follow-libraries.ts';
import { libraryHints } from './library-hints.ts';
import { someNames } from './some-names.ts';

/** Jellyfin has an item for a renamed library within seconds, unless it scans. */
const READY_AFTER_MS = 60_000;

/** How many missing libraries a sentence names; the others are counted. */
const NAMED = 10;

/**
 * Part of a transaction: stores which libraries were added, renamed, are back, missing or gone. Gone ones are
 * marked and never removed (rule 3). A missing one is looked for again in ten minutes before it counts as gone.
 */
export async function storeLibraries(
  deps: Deps,
  tx: GuildStores,
  { server, listed, isPartial = false }: Listing,
  now: Date,
) {
  const { added, same, unlisted, replaced, news } = await followLibraries(deps, tx, { server, listed }, now);
  const renamed: { from: string; to: string }[] = [];
  const back: Library[] = [];
  const returned: Library[] = [];
  for (const { known: old, listed: one, externalId } of same) {
    const { name, type } = one;
    // One that has another id as well is in the news already.
    if (old.name !== name && old.externalId === externalId) renamed.push({ from: old.name, to: name });
    if (old.goneAt !== null) back.push(old);
    const wasMissing = old.goneAt !== null || old.missingSince !== null;
    if (wasMissing) returned.push(old);
    if (old.name !== name || old.type !== type || wasMissing)
      await tx.libraries.update(old.id, { name, type, goneAt: null, missingSince: null });
  }
  if (same.some(({ known: { closed }, listed: one }) => one.closed === 'unready' && closed !== 'unready'))
    await lookAgain(tx, new Date(now.getTime() + READY_AFTER_MS));

  // What is not surely whole proves of none that it is missing.
  const lost = isPartial ? [] : unlisted;
  const { missing, gone } = lossOf(lost, { isEmpty: listed.length === 0 }, now);
  for (const { id } of gone) await tx.libraries.update(id, { goneAt: now, missingSince: null, closed: null });
  const newlyMissing = missing.filter(({ missingSince }) => missingSince === null);
  for (const { id } of newlyMissing) await tx.libraries.update(id, { missingSince: now });
  if (newlyMissing.length > 0) await lookAgain(tx, new Date(now.getTime() + SECOND_LOOK_MS));
  const known = [...same.map(({ known: row, externalId }) => ({ ...row, externalId })), ...unlisted];
  const fresh = freshAmong({ server, listed }, known, gone);
  const hints = await libraryHints(tx, server, { gone, back, fresh });
  for (const [action, list, said] of [
    ['library.gone', gone, hints.gone],
    ['library.back', back, hints.back],
  ] as const) {
    if (list.length === 0) continue;
    const libraries = list.map((library) => library.name);
    const facts = { server: server.name, libraries, ...(said.length > 0 && { detail: said }) };
    await tx.audit.append({ action, actorId: null, facts, at: now });
  }
  // Nothing says that the one is the other, so nothing follows by itself: a person has to say.
  for (const hint of hints.gone)
    await tell(
      deps,
      tx,
      { text: say('alert.library', { server: server.name, hint }), isOnRecord: true },
      now,
    );
  return {
    added,
    renamed,
    gone: [...replaced, ...gone].map((library) => library.name),
    back,
    /** Libraries that are listed again, after they were gone or only missing. */
    returned,
    libraries: listed.length,
    hints: [...news, ...hints.gone, ...hints.back],
    doubt: isPartial ? partialText(server) : doubtOf(server, listed.length, missing),
  };
}

/** Listed libraries that appeared when the gone ones disappeared, or later: what the gone ones may have become. */
function freshAmong(
  { server, listed }: Listing,
  known: readonly Library[],
  gone: readonly Library[],
): readonly LibraryOnServer[] {
  const since = Math.min(
    ...gone.map(({ missingSince }) => missingSince?.getTime() ?? Number.POSITIVE_INFINITY),
  );
  const older = new Set(
    known.filter(({ firstSeenAt }) => firstSeenAt.getTime() < since).map(({ externalId }) => externalId),
  );
  // A renamed library of Jellyfin cannot be granted for a moment, so it counts. On Plex a library that cannot be
  // granted may have been there for long.
  const { libraryIdentity } = MEDIA_KINDS[server.kind];
  return listed.filter(
    ({ externalId, grantable }) => !older.has(externalId) && (grantable || libraryIdentity === 'by-place'),
  );
}

/** Brings the next sync forward to the moment at which what is missing may count as gone. */
export async function lookAgain(tx: GuildStores, at: Date): Promise<void> {
  const { nextSyncAt } = await tx.settings.get();
  if (nextSyncAt > at) await tx.settings.update({ nextSyncAt: at });
}

const partialText = ({ name, kind }: Server): Sentence =>
  say('server.sync.doubt.partial', { vendor: MEDIA_KINDS[kind].signIn?.called ?? '', server: name });

function doubtOf({ name }: Server, listed: number, missing: readonly Library[]): Sentence | null {
  if (missing.length === 0) return null;
  if (listed === 0) return say('server.sync.doubt.none', { server: name });
  const names = someNames(
    missing.map((library) => library.name),
    NAMED,
  );
  return say('server.sync.doubt.missing', { server: name, names });
}
