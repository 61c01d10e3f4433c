import { randomUUID } from 'node:crypto';
import type { Stores } from '../app/ports/stores.ts';

const FACT = 'plex.client-identifier';

/** Who this installation is at media servers. Kept, because PINs and rate limits hang on it (media-servers.md A2.1). */
export async function ensureClientIdentifier(installation: Stores['installation']): Promise<string> {
  const known = await installation.find(FACT);
  if (known !== undefined) return known;
  const made = randomUUID();
  await installation.set(FACT, made);
  return made;
}
