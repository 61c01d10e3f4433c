/** Long answers are read in a thread, which comes and goes, and which nobody else has to pay for. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Body, readBody, ThreadLost } from '../../../src/adapters/http-client/answer-body.ts';
import { Kept } from '../../../src/adapters/http-client/kept.ts';
import { MOST_KEPT, TooLarge } from '../../../src/adapters/http-client/limits.ts';
import type { Reader } from '../../../src/adapters/http-client/reader.ts';
import { ThreadOfReaders } from '../../../src/adapters/http-client/thread-of-readers.ts';
import { broken, greedy, same, slow } from './odd-readers.ts';

/** A piece of what the test reads takes milliseconds, also on a busy machine. */
const PATIENT_MS = 50_000;

let thread: ThreadOfReaders;
beforeEach(() => {
  thread = new ThreadOfReaders({ pieceMs: PATIENT_MS, idleMs: 50 });
});
afterEach(() => thread.close());

const long = (entries: number, entry: (index: number) => unknown) =>
  Buffer.from(JSON.stringify(Array.from({ length: entries }, (_each, index) => entry(index))));
const PLAIN = long(60_000, (index) => `entry ${index % 100}`);

async function* inPieces(
  bytes: Buffer,
  size = 64 * 1024,
  before: () => Promise<void> = async () => {},
): Body {
  for (let at = 0; at < bytes.length; at += size) {
    yield bytes.subarray(at, at + size);
    await before();
  }
}

const read = (reader: Reader<unknown>, body: Body = inPieces(PLAIN)) =>
  readBody(body, {}, reader, { thread, onLong: async () => {} });

it('a short body needs none; a long one starts it, and when nothing is read it ends by itself', async () => {
  expect(await read(same, inPieces(Buffer.from('[1,2]')))).toEqual({ kind: 'read', value: [1, 2] });
  expect(thread.isRunning).toBe(false);
  const found = await read(same);
  expect(found.kind === 'read' && found.value).toEqual(JSON.parse(PLAIN.toString()));
  expect(thread.isRunning).toBe(true);
  await expect.poll(() => thread.isRunning).toBe(false);
  expect((await read(same)).kind).toBe('read');
});

it('many bodies are read side by side, and one that trickles holds up no other', async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let pieces = 0;
  const trickling = read(
    same,
    inPieces(PLAIN, 64 * 1024, async () => {
      pieces += 1;
      if (pieces > 8) await held;
    }),
  );
  const others = await Promise.all(Array.from({ length: 8 }, () => read(same)));
  expect(others.map(({ kind }) => kind)).toEqual(Array.from({ length: 8 }, () => 'read'));
  release();
  expect((await trickling).kind).toBe('read');
});

it.each([
  ['too long', slow, 2_000],
  ['too much memory', greedy, PATIENT_MS],
])(
  'a body that takes %s is refused; others are asked for again, and the next is read',
  async (_what, reader, pieceMs) => {
    thread = new ThreadOfReaders({ pieceMs });
    let began = () => {};
    const isUnderWay = new Promise<void>((resolve) => {
      began = resolve;
    });
    let pieces = 0;
    const innocent = read(
      same,
      inPieces(PLAIN, 64 * 1024, async () => {
        pieces += 1;
        if (pieces === 6) began();
        if (pieces === 8) await hostile.catch(() => {});
      }),
    );
    const hostile = isUnderWay.then(() => read(reader));
    await expect(hostile).rejects.toThrow(TooLarge);
    await expect(innocent).rejects.toThrow(ThreadLost);
    expect((await read(same)).kind).toBe('read');
  },
);

it('a bug of ours is thrown, and not taken for an answer', async () => {
  await expect(read(broken)).rejects.toThrow('a bug of ours');
  expect((await read(same)).kind).toBe('read');
});

it('what is kept of an answer has an end, and what is the same is kept once', () => {
  const half = 'x'.repeat(1_000_000);
  const times = Math.ceil(MOST_KEPT / half.length);
  const [same, others] = [new Kept(), new Kept()];
  for (let index = 0; index <= times; index += 1) same.keep({ id: [half] });
  const keepAll = () => {
    for (let index = 0; index <= times; index += 1) others.keep({ id: [`${index}${half}`] });
  };
  expect(keepAll).toThrow(TooLarge);
});
