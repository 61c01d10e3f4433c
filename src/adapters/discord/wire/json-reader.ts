/**
 * Reads JSON from Discord: only the fields we use, and without casts (style.md 11). Anything that is not as
 * documented throws `NotAsDocumented`; the dispatcher logs it and drops the packet.
 */

export type JsonObject = Readonly<Record<string, unknown>>;

export class NotAsDocumented extends Error {
  override readonly name = 'NotAsDocumented';
  constructor(what: string) {
    super(`Discord sent something else than documented: ${what}`);
  }
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object that must be there. */
export function getObject(from: JsonObject, key: string): JsonObject {
  const value = from[key];
  if (!isJsonObject(value)) throw new NotAsDocumented(key);
  return value;
}

/** An object that may be missing or null. */
export function findObject(from: JsonObject, key: string): JsonObject | undefined {
  const value = from[key];
  return isJsonObject(value) ? value : undefined;
}

/** Objects in a list; a missing list is empty. */
export function listObjects(from: JsonObject, key: string): readonly JsonObject[] {
  const value = from[key] ?? [];
  if (!Array.isArray(value)) throw new NotAsDocumented(key);
  return value.filter(isJsonObject);
}

export function listStrings(from: JsonObject, key: string): readonly string[] {
  const value = from[key] ?? [];
  if (!Array.isArray(value)) throw new NotAsDocumented(key);
  return value.filter((item) => typeof item === 'string');
}

export function getString(from: JsonObject, key: string): string {
  const value = from[key];
  if (typeof value !== 'string') throw new NotAsDocumented(key);
  return value;
}

export function findString(from: JsonObject, key: string): string | undefined {
  const value = from[key];
  return typeof value === 'string' ? value : undefined;
}

export function getNumber(from: JsonObject, key: string): number {
  const value = from[key];
  if (typeof value !== 'number') throw new NotAsDocumented(key);
  return value;
}

/** Permission bit sets travel as decimal text. */
export function getBits(from: JsonObject, key: string): bigint {
  const value = getString(from, key);
  if (!/^\d+$/.test(value)) throw new NotAsDocumented(key);
  return BigInt(value);
}
