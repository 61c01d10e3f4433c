/**
 * Reading JSON from Discord: only the fields we use, and no casts (style rule 11). What is not as documented throws
 * `NotAsDocumented`; the dispatcher logs it and drops the packet.
 */

export type Raw = Readonly<Record<string, unknown>>;

export class NotAsDocumented extends Error {
  override readonly name = 'NotAsDocumented';
  constructor(what: string) {
    super(`Discord sent something else than documented: ${what}`);
  }
}

export function isRaw(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object that must be there. */
export function getObject(from: Raw, key: string): Raw {
  const value = from[key];
  if (!isRaw(value)) throw new NotAsDocumented(key);
  return value;
}

/** An object that may be missing or null. */
export function findObject(from: Raw, key: string): Raw | undefined {
  const value = from[key];
  return isRaw(value) ? value : undefined;
}

/** Objects in a list; a missing list is empty. */
export function listObjects(from: Raw, key: string): readonly Raw[] {
  const value = from[key] ?? [];
  if (!Array.isArray(value)) throw new NotAsDocumented(key);
  return value.filter(isRaw);
}

export function listStrings(from: Raw, key: string): readonly string[] {
  const value = from[key] ?? [];
  if (!Array.isArray(value)) throw new NotAsDocumented(key);
  return value.filter((item) => typeof item === 'string');
}

export function getString(from: Raw, key: string): string {
  const value = from[key];
  if (typeof value !== 'string') throw new NotAsDocumented(key);
  return value;
}

export function findString(from: Raw, key: string): string | undefined {
  const value = from[key];
  return typeof value === 'string' ? value : undefined;
}

export function getNumber(from: Raw, key: string): number {
  const value = from[key];
  if (typeof value !== 'number') throw new NotAsDocumented(key);
  return value;
}

/** Permission bit sets travel as decimal text. */
export function getBits(from: Raw, key: string): bigint {
  const value = getString(from, key);
  if (!/^\d+$/.test(value)) throw new NotAsDocumented(key);
  return BigInt(value);
}
