/** Reads the body of an answer as it arrives: a short one here, a long one in a thread (thread-of-readers.ts). */

import { say } from '../../words/say.ts';
import { Kept } from './kept.ts';
import { MOST_HERE_BYTES, MOST_MARKUP_HERE_BYTES, TooLarge, tooManyBytes } from './limits.ts';
import { type Ended, formatOf, type Headers, type Read, type Reader, Reading, readOf } from './reader.ts';
import type { Replied, ThreadOfReaders } from './thread-of-readers.ts';

/** The thread was stopped because of another answer: this one is to be asked for again. */
export class ThreadLost extends Error {
  readonly code = 'THREAD_LOST';
}

export type Body = AsyncIterable<Uint8Array>;

/** All of it. @throws {TooLarge} as soon as it is more than that, by what it says or by what has come. */
export async function wholeBody(body: Body, headers: Headers, most: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of upTo(body, headers, most)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/**
 * What a reader makes of a body. `onLong` is awaited before a long one is looked at.
 * @throws {TooLarge | ThreadLost}
 */
export async function readBody(
  body: Body,
  headers: Headers,
  reader: Reader<unknown>,
  { thread, onLong }: { readonly thread: ThreadOfReaders; readonly onLong: () => Promise<void> },
): Promise<Read<unknown>> {
  // Whatever follows, and however long it is.
  if (!reader.markup && /text\/html/i.test(String(headers['content-type']))) return { kind: 'page' };
  const chunks = upTo(body, headers, reader.mostBytes);
  const first: Uint8Array[] = [];
  let size = 0;
  let most = MOST_HERE_BYTES;
  for (;;) {
    const { done, value } = await chunks.next();
    if (done) return readHere(Buffer.concat(first), headers, reader);
    first.push(value);
    size += value.length;
    const isMarkup = formatOf(first[0] ?? value) === 'markup';
    if (isMarkup && !reader.markup) return { kind: 'page' };
    if (isMarkup) most = MOST_MARKUP_HERE_BYTES;
    if (size > most) break;
  }
  await onLong();
  const open = thread.open();
  try {
    const far = new FarReading(reader, open.ask);
    await far.push(first.splice(0));
    size = 0;
    // In pieces of a size that is worth the way.
    for (;;) {
      const { done, value } = await chunks.next();
      if (!done) {
        first.push(value);
        size += value.length;
      }
      if (done || size > MOST_HERE_BYTES) await far.push(first.splice(0));
      if (size > MOST_HERE_BYTES) size = 0;
      if (done || far.isRefused) break;
    }
    const read = await far.end(headers);
    return read.kind === 'not-accepted' ? { ...read, isLong: true } : read;
  } finally {
    open.close();
    await chunks.return(undefined);
  }
}

async function* upTo(body: Body, headers: Headers, most: number): AsyncGenerator<Uint8Array> {
  if (Number(headers['content-length']) > most) throw tooManyBytes(most);
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > most) throw tooManyBytes(most);
    yield chunk;
  }
}

/** Of a whole body, which is short. */
export function readHere<T>(bytes: Buffer, headers: Headers, reader: Reader<T>): Read<T> {
  const reading = new Reading(reader);
  reading.push(bytes);
  const ended = reading.end(headers);
  return accepted(ended, headers, reader, reading.take());
}

const accepted = <T>(
  ended: Ended<T>,
  headers: Headers,
  reader: Reader<T>,
  rows: readonly unknown[],
): Read<T> => (ended.kind === 'whole' ? ended.read : readOf(reader, ended.document, headers, rows));

/** A body that is read in the thread. */
class FarReading {
  readonly #reader: Reader<unknown>;
  readonly #ask: ReturnType<ThreadOfReaders['open']>['ask'];
  readonly #kept = new Kept();
  readonly #rows: unknown[] = [];
  #isOpen = false;
  isRefused = false;

  constructor(reader: Reader<unknown>, ask: ReturnType<ThreadOfReaders['open']>['ask']) {
    this.#reader = reader;
    this.#ask = ask;
  }

  async push(chunks: readonly Uint8Array[]): Promise<void> {
    if (!this.#isOpen) this.#note(await this.#ask({ kind: 'open', reader: this.#reader.at }));
    this.#isOpen = true;
    // A copy that can be moved to the thread.
    const bytes = new Uint8Array(Buffer.concat(chunks));
    this.#note(await this.#ask({ kind: 'push', bytes }));
  }

  async end(headers: Headers): Promise<Read<unknown>> {
    let ended = this.isRefused ? undefined : this.#note(await this.#ask({ kind: 'end', headers }));
    while (!ended && !this.isRefused) ended = this.#note(await this.#ask({ kind: 'more' }));
    return ended ? accepted(ended, headers, this.#reader, this.#rows) : { kind: 'not-accepted' };
  }

  #note(reply: Replied): Ended<unknown> | undefined {
    if (reply.kind === 'too-large') throw new TooLarge(reply.what);
    if (reply.kind === 'stopped') {
      if (!reply.isToBlame) throw new ThreadLost();
      throw new TooLarge(say('trouble.tooMuch.slow'));
    }
    for (const row of reply.rows) this.#rows.push(this.#kept.keep(row));
    this.isRefused ||= reply.isRefused;
    return reply.ended;
  }
}
