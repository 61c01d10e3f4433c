/** Reads the log on disk from its end, in pieces, so that whoever wants the newest lines pays for no others. */
import { type FileHandle, open } from 'node:fs/promises';
import type { LogLines } from '../../app/ports/log-lines.ts';
import { listParts } from './parts.ts';

const PIECE = 64 * 1024;
/** A line that is longer is skipped: it is kept in memory until its beginning is found. */
const LONGEST = 256 * 1024;
const LINE_BREAK = 0x0a;

export function createLogLines(path: string | undefined): LogLines {
  return {
    isKept: path !== undefined,
    async *backwards() {
      if (path === undefined) return;
      for (const part of await listParts(path).catch(isMissing)) {
        const file = await open(part).catch(isMissing);
        if (!file || 'length' in file) continue;
        try {
          yield* linesOf(file);
        } finally {
          await file.close();
        }
      }
    },
  };
}

/** A file that has just been renamed or removed is not there, and is no failure. */
function isMissing(error: unknown): readonly never[] {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
  throw error;
}

async function* linesOf(file: FileHandle): AsyncGenerator<readonly string[]> {
  const { size } = await file.stat();
  /** The beginning of the earliest line is not there yet. Undefined when that line is too long. */
  let rest: Buffer | undefined = Buffer.alloc(0);
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - PIECE);
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(end - start), 0, end - start, start);
    const piece = buffer.subarray(0, bytesRead);
    const first: number = start === 0 ? 0 : piece.indexOf(LINE_BREAK) + 1;
    end = start;
    if (first === 0 && start > 0) {
      rest = rest && rest.length < LONGEST ? Buffer.concat([piece, rest]) : undefined;
      continue;
    }
    const last = piece.lastIndexOf(LINE_BREAK) + 1;
    const whole = rest ? Buffer.concat([piece.subarray(first), rest]) : piece.subarray(first, last);
    rest = piece.subarray(0, first);
    yield whole
      .toString('utf8')
      .split('\n')
      .filter((line) => line !== '')
      .toReversed();
  }
}
