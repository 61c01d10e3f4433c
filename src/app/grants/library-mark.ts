/** A mark of some libraries, for what has to know them again and is no place for a list of thousands. */
import { createHash } from 'node:crypto';

/** The same for the same libraries only, in any order. */
export const libraryMark = (libraryIds: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(libraryIds.toSorted())).digest('base64url');
