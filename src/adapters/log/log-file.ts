/**
 * The log on disk, as a ring: bounded in size and age, so that nobody has to look after it. Lines are kept for a moment
 * and written together, beside everything else. What cannot be written is tried again later, and nothing waits for it.
 */
import type { Stats } from 'node:fs';
import { type FileHandle, mkdir, open, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../../app/ports/time.ts';
import { listParts, shiftParts } from './parts.ts';

/** How much is kept in memory while it cannot be written, in characters. */
const KEPT = 1024 * 1024;
const BATCH = 64 * 1024;
/** One part is this share of the whole, so that what goes when room is made is little. */
const PARTS = 8;
const AGAIN_AFTER_MS = 30_000;
const DAY_MS = 86_400_000;

export interface LogFileOptions {
  readonly path: string;
  /** How old lines may become, in whole days, and how much there may be of them. */
  readonly keep: { readonly days: number; readonly bytes: number };
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  /** Called once when it cannot be written, with the reason. */
  readonly onLost: (errorCode: string) => void;
  /** Called when it can be written again. */
  readonly onBack: () => void;
  /** Called afterwards, when more was logged than could be kept in memory: so many lines are lacking. */
  readonly onDropped: (count: number) => void;
}

export interface LogFile {
  /** Takes a line with its line break. Never waits and never throws. */
  write(line: string): void;
  /** Resolves when all that can be written is. */
  written(): Promise<void>;
}

export function createLogFile(options: LogFileOptions): LogFile {
  const { clock } = options;
  let waiting: string[] = [];
  let size = 0;
  let dropped = 0;
  let isLost = false;
  let isWorking = false;
  let attempt = Promise.resolve();

  async function work(): Promise<void> {
    while (waiting.length > 0) {
      const { batch, rest } = split(waiting);
      attempt = append(batch.join(''), options).then(() => done(batch, rest), lost);
      await attempt;
      if (isLost) await clock.sleep(AGAIN_AFTER_MS);
    }
    isWorking = false;
  }

  function lost(error: unknown): void {
    const isNew = !isLost;
    isLost = true;
    if (isNew) options.onLost(codeOf(error));
  }

  function done(batch: readonly string[], rest: number): void {
    // Those that came meanwhile are at the end.
    waiting = waiting.slice(rest);
    size -= batch.reduce((sum, line) => sum + line.length, 0);
    const [wasLost, count] = [isLost, dropped];
    [isLost, dropped] = [false, 0];
    if (wasLost) options.onBack();
    if (count > 0) options.onDropped(count);
  }

  return {
    write(line) {
      if (size + line.length > KEPT) dropped += 1;
      else {
        waiting.push(line);
        size += line.length;
      }
      if (isWorking) return;
      isWorking = true;
      void work();
    },
    async written() {
      while (waiting.length > 0 && !isLost) await attempt;
    },
  };
}

/** The first lines, as many as are written at once, and where the others begin. */
function split(lines: readonly string[]): { readonly batch: readonly string[]; readonly rest: number } {
  let length = 0;
  const end = lines.findIndex((line) => {
    length += line.length;
    return length > BATCH;
  });
  // One that is longer than a batch goes alone.
  const rest = end === -1 ? lines.length : Math.max(1, end);
  return { batch: lines.slice(0, rest), rest };
}

/** All of it is written, or nothing. The file is opened each time: whoever moves or deletes it disturbs nothing. */
async function append(text: string, { path, keep, clock }: LogFileOptions): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const now = clock.now();
  const there = await stat(path).catch(() => undefined);
  if (there && !there.isFile()) throw Object.assign(new Error('no file'), { code: 'no file' });
  if (there && isFull(there, keep.bytes, now)) {
    await shiftParts(path);
    await removeOld(path, keep, now);
  }
  const file = await open(path, 'a+', 0o600);
  try {
    const { size, mode } = await file.stat();
    if ((mode & 0o777) !== 0o600) await file.chmod(0o600).catch(() => {});
    const isWhole = size === 0 || (await lastByte(file, size)) === LINE_BREAK;
    try {
      await file.appendFile(isWhole ? text : `\n${text}`);
    } catch (error) {
      // A disk may take half of it before it is full.
      await file.truncate(size).catch(() => {});
      throw error;
    }
  } finally {
    await file.close();
  }
}

const LINE_BREAK = 0x0a;

/** Killed in the middle of a line, a process leaves its first half. */
async function lastByte(file: FileHandle, size: number): Promise<number | undefined> {
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0];
}

/** Whether its time is over: it has its share of the bytes, or is of another day. */
const isFull = ({ size, mtime }: Stats, bytes: number, now: Date): boolean =>
  size > 0 && (size >= bytes / PARTS || dayOf(mtime) !== dayOf(now));
const dayOf = (at: Date): number => Math.floor(at.getTime() / DAY_MS);

async function removeOld(path: string, keep: LogFileOptions['keep'], now: Date): Promise<void> {
  let bytes = keep.bytes / PARTS;
  for (const part of (await listParts(path)).slice(1)) {
    const { size, mtime } = await stat(part);
    bytes += size;
    if (bytes > keep.bytes || dayOf(now) - dayOf(mtime) > keep.days) await unlink(part);
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
