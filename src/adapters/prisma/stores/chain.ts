/** How the events of the record are chained: hashes over what is stored, byte by byte (decisions/0022). */
import { hash as digest, randomBytes } from 'node:crypto';
import type { GuildId } from '../../../domain/ids.ts';

/** Not to be guessed: with it goes the only way to find out by trying whom a hash is about. */
export const newSalt = (): string => randomBytes(16).toString('hex');

/**
 * SHA-256 (hex) of who and what of an event, behind its salt. Without that it proves nothing about anybody. `facts` is
 * canonical JSON, as it is stored.
 */
export function hashFacts(
  salt: string,
  {
    actorId,
    targetId,
    facts,
  }: { readonly actorId: string | null; readonly targetId: string | null; readonly facts: string },
): string {
  return digest(
    'sha256',
    `${salt}{"actorId":${JSON.stringify(actorId)},"facts":${facts},"targetId":${JSON.stringify(targetId)}}`,
  );
}

/**
 * SHA-256 (hex) of the previous hash and the canonical JSON of the row, so changing a row breaks the chain. Of who and
 * what only the hash is a part of it, so that people can be forgotten (decisions/0022). `at` is ISO 8601, UTC.
 */
export function hashEvent(
  prevHash: string,
  guildId: GuildId,
  {
    number,
    action,
    at,
    factsHash,
  }: {
    readonly number: number;
    readonly action: string;
    readonly at: string;
    readonly factsHash: string;
  },
): string {
  return digest(
    'sha256',
    `${prevHash}{"action":${JSON.stringify(action)},"at":"${at}","factsHash":${JSON.stringify(factsHash)},` +
      `"guildId":${JSON.stringify(guildId)},"number":${number}}`,
  );
}
