/**
 * The thread in which long answers are read (thread-of-readers.ts starts it). It knows nothing but readers, and looks
 * them up by name. Many bodies are read side by side, a piece of each in turn.
 */
import { parentPort } from 'node:worker_threads';
import type { Sentence } from '../../words/say.ts';
import { TooLarge } from './limits.ts';
import { type Ended, type Headers, type Reader, type ReaderName, Reading } from './reader.ts';

/** What it is asked. One question about a body at a time. */
export type Question =
  | { readonly id: number; readonly kind: 'open'; readonly reader: ReaderName }
  | { readonly id: number; readonly kind: 'push'; readonly bytes: Uint8Array }
  | { readonly id: number; readonly kind: 'end'; readonly headers: Headers }
  /** After the end: what rows there are still. */
  | { readonly id: number; readonly kind: 'more' }
  /** Nobody wants the rest; it is not answered. */
  | { readonly id: number; readonly kind: 'drop' };

export type Reply =
  | {
      readonly id: number;
      readonly kind: 'rows';
      readonly rows: readonly unknown[];
      /** Nothing that follows can make it one that is accepted. */
      readonly isRefused: boolean;
      /** After the end, and when these are the last rows. */
      readonly ended?: Ended<unknown>;
    }
  | { readonly id: number; readonly kind: 'too-large'; readonly what: Sentence };

/** Rows in one reply: they are unpacked at once where they are received. */
const ROWS_AT_ONCE = 2_000;

interface Open {
  readonly reading: Reading<unknown>;
  /** Rows that were read and not sent yet. */
  rows: readonly unknown[];
  ended: Ended<unknown> | undefined;
}

const open = new Map<number, Open>();

async function opened({ file, name }: ReaderName): Promise<Open> {
  const found: unknown = Reflect.get(await import(file), name);
  if (!isReader(found)) throw new Error(`${name} of ${file} is no reader`);
  return { reading: new Reading(found), rows: [], ended: undefined };
}

const isReader = (value: unknown): value is Reader<unknown> =>
  typeof value === 'object' && value !== null && 'accept' in value && 'mostBytes' in value;

async function replyTo(question: Question): Promise<Reply | undefined> {
  const { id } = question;
  if (question.kind === 'drop') {
    open.delete(id);
    return undefined;
  }
  if (question.kind === 'open') open.set(id, await opened(question.reader));
  const one = open.get(id);
  if (!one) throw new Error('a body that was not opened');
  if (question.kind === 'push') one.reading.push(question.bytes);
  if (question.kind === 'end') one.ended = one.reading.end(question.headers);
  const rows = [...one.rows, ...one.reading.take()];
  one.rows = rows.slice(ROWS_AT_ONCE);
  const { isRefused } = one.reading;
  const reply = { id, kind: 'rows', rows: rows.slice(0, ROWS_AT_ONCE), isRefused } as const;
  const isLast = one.ended && one.rows.length === 0;
  if (isLast || isRefused) open.delete(id);
  return isLast && one.ended ? { ...reply, ended: one.ended } : reply;
}

parentPort?.on('message', async (question: Question) => {
  try {
    const reply = await replyTo(question);
    if (reply) parentPort?.postMessage(reply);
  } catch (error) {
    // Anything else is a bug of ours, and ends the thread.
    if (!(error instanceof TooLarge)) throw error;
    open.delete(question.id);
    parentPort?.postMessage({ id: question.id, kind: 'too-large', what: error.what } satisfies Reply);
  }
});
