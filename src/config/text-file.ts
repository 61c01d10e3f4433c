/** Files that hold values: `.env`, and those that NAME_FILE variables point to. */
import { readFileSync } from 'node:fs';
import { type DecodedText, decodeText } from '../domain/typed-text.ts';

export type FileText = DecodedText | { readonly kind: 'missing' } | { readonly kind: 'folder' };

/** The text of a file, or in words what stands in the way. */
export function readTextFile(path: string): FileText {
  try {
    return decodeText(readFileSync(path));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    if (code === 'ENOENT') return { kind: 'missing' };
    if (code === 'EISDIR') return { kind: 'folder' };
    return { kind: 'odd', what: `cannot be read (${code})` };
  }
}
