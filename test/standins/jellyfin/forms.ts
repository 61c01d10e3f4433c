import { createHash, randomBytes } from 'node:crypto';

export const EMPTY_GUID = '0'.repeat(32);

/** A new GUID or token in the form that Jellyfin sends: 32 lower-case hex digits ("N"). */
export const newGuid = (): string => randomBytes(16).toString('hex');

const GUID_FORMS = [
  /^[0-9a-f]{32}$/,
  /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  /^\{[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}$/,
  /^\([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\)$/,
];

/** Converts any form that `Guid.Parse` accepts to "N"; undefined for anything else (B1). */
export function parseGuid(text: string): string | undefined {
  const lower = text.trim().toLowerCase();
  return GUID_FORMS.some((form) => form.test(lower)) ? lower.replaceAll(/[^0-9a-f]/g, '') : undefined;
}

/** What the server writes for a moment that never was. */
export const NEVER = '0001-01-01T00:00:00.0000000Z';

/** ISO 8601 with seven decimals (B1). */
export const dateText = (date: Date): string => date.toISOString().replace('Z', '0000Z');

/**
 * The id of a library, which depends on its name only (B3). It is the same on every server, changes when the
 * library is renamed, and is the old one again when a library of that name is made again.
 */
export function libraryId(name: string): string {
  const path = `MediaBrowser.Controller.Entities.CollectionFolderroot\\default\\${name}`;
  const hash = createHash('md5').update(Buffer.from(path, 'utf16le')).digest();
  // Read as a .NET GUID: the first three groups are little-endian.
  const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
  return Buffer.from(order.map((index) => hash[index] ?? 0)).toString('hex');
}
