import type { Known, MediaServer } from '../../app/ports/media-server.ts';
import type { JellyfinClient } from './client.ts';
import { normaliseId, readItemIds, readPlaying } from './schema.ts';

/** Nothing else waits behind these requests, and a server that hangs on them is not waited for. */
const ASIDE = { lane: 'sessions', timeouts: { headersMs: 2_000, bodyMs: 2_000, totalMs: 2_000 } } as const;

/** The same, where nobody waits for the answer. */
const BESIDE = { lane: 'streams', timeouts: { headersMs: 4_000, bodyMs: 4_000, totalMs: 4_000 } } as const;
/** A session stays listed long after its player is gone; one that plays reports every few seconds (B8). */
const ALIVE_SECONDS = 960;

/** How many sessions are playing something, paused ones included. A key sees those of everybody (B8). */
export async function countStreams(client: JellyfinClient): Promise<Known<number>> {
  const info = await client.readInfo(BESIDE);
  if (info.kind === 'unknown') return info;
  const path = `/Sessions?${new URLSearchParams({ activeWithinSeconds: String(ALIVE_SECONDS) })}`;
  const playing = await client.read(path, readPlaying, BESIDE);
  return playing.kind === 'unknown' ? playing : { kind: 'known', value: playing.value.length };
}

/**
 * Asks the players of these accounts to stop, but not what they play from the libraries that stay. Of no use after the
 * account was disabled: there is no session any more that could be told, and a direct stream goes on
 * (media-servers.md M1).
 */
export async function stopPlaying(
  client: JellyfinClient,
  accounts: Parameters<MediaServer['endSessions']>[0],
): Promise<void> {
  const stayingOf = new Map(
    accounts.map(({ externalId, staying }) => [normaliseId(externalId), staying.map(normaliseId)]),
  );
  const playing = await client.read('/Sessions', readPlaying, ASIDE);
  if (playing.kind === 'unknown') return;
  await Promise.all(
    playing.value.map(async ({ id, userId, itemId }) => {
      const staying = stayingOf.get(userId);
      if (!staying || (await isIn(client, staying, { userId, itemId }))) return;
      const path = `/Sessions/${encodeURIComponent(id)}/Playing/Stop`;
      await client.send({ method: 'POST', path, ...ASIDE });
    }),
  );
}

/**
 * Whether an item is in one of these libraries. `ParentId` and `Path` name a folder in the library and not the library
 * itself; its ancestors do (M1). What the user may not see any more is not found (B8).
 */
async function isIn(
  client: JellyfinClient,
  libraries: readonly string[],
  { userId, itemId }: { readonly userId: string; readonly itemId: string | null },
): Promise<boolean> {
  if (libraries.length === 0 || itemId === null) return false;
  const path = `/Items/${encodeURIComponent(itemId)}/Ancestors?${new URLSearchParams({ userId })}`;
  const above = await client.read(path, readItemIds, ASIDE);
  return above.kind === 'known' && above.value.some((id) => libraries.includes(id));
}
