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

/** Only what is its own: `__proto__` may be the name of a field, and no field has an inherited value. */
const at = (from: JsonObject, key: string): unknown => (Object.hasOwn(from, key) ? from[key] : undefined);

/** An object that must be there. */
export function getObject(from: JsonObject, key: string): JsonObject {
  const value = at(from, key);
  if (!isJsonObject(value)) throw new NotAsDocumented(key);
  return value;
}

/** An object that may be missing or null. */
export function findObject(from: JsonObject, key: string): JsonObject | undefined {
  const value = at(from, key);
  return isJsonObject(value) ? value : undefined;
}

/** Items of a list, all of one type: one that is left out may be the one that forbids. A missing list is empty. */
function listOf<T>(from: JsonObject, key: string, is: (item: unknown) => item is T): readonly T[] {
  const value = at(from, key) ?? [];
  if (!Array.isArray(value) || !value.every(is)) throw new NotAsDocumented(key);
  return value;
}

export const listObjects = (from: JsonObject, key: string): readonly JsonObject[] =>
  listOf(from, key, isJsonObject);

export const listStrings = (from: JsonObject, key: string): readonly string[] =>
  listOf(from, key, (item) => typeof item === 'string');

/** Ids of Discord. */
export const listIds = (from: JsonObject, key: string): readonly string[] => listOf(from, key, isId);

export function getString(from: JsonObject, key: string): string {
  const value = at(from, key);
  if (typeof value !== 'string') throw new NotAsDocumented(key);
  return value;
}

export function findString(from: JsonObject, key: string): string | undefined {
  const value = at(from, key);
  return typeof value === 'string' ? value : undefined;
}

/** Whole numbers of 64 bits, written in digits. */
const isId = (value: unknown): value is string => typeof value === 'string' && /^\d{1,20}$/.test(value);

/** An id of Discord. */
export function getId(from: JsonObject, key: string): string {
  const value = at(from, key);
  if (!isId(value)) throw new NotAsDocumented(key);
  return value;
}

export function getNumber(from: JsonObject, key: string): number {
  const value = at(from, key);
  if (typeof value !== 'number') throw new NotAsDocumented(key);
  return value;
}

/** How many or how much; undefined where it is missing, or no such number. */
export function findCount(from: JsonObject, key: string): number | undefined {
  const value = from[key];
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}

export function getInteger(from: JsonObject, key: string): number {
  const value = getNumber(from, key);
  if (!Number.isSafeInteger(value)) throw new NotAsDocumented(key);
  return value;
}

/** Permission bit sets travel as decimal text; they may grow beyond 64 bits, and not without end. */
export function getBits(from: JsonObject, key: string): bigint {
  const value = getString(from, key);
  if (!/^\d{1,40}$/.test(value)) throw new NotAsDocumented(key);
  return BigInt(value);
}
