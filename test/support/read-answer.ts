import { readHere } from '../../src/adapters/http-client/answer-body.ts';
import { TooLarge } from '../../src/adapters/http-client/limits.ts';
import type { Reader } from '../../src/adapters/http-client/reader.ts';

/** What a reader makes of the body of an answer; undefined where it accepts none. */
export function readAnswer<T>(reader: Reader<T>, text: string): T | undefined {
  try {
    const read = readHere(Buffer.from(text), {}, reader);
    return read.kind === 'read' ? read.value : undefined;
  } catch (error) {
    if (error instanceof TooLarge) return undefined;
    throw error;
  }
}
