import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogFile, type LogFile } from '../../../src/adapters/log/log-file.ts';
import { FakeClock } from '../../support/clock.ts';
import { DAY, SECOND } from '../../support/moments.ts';

const START = Date.parse('2026-11-27T12:00:00Z');

let folder: string;
let path: string;
let clock: FakeClock;
let said: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'usher-log-'));
  path = join(folder, 'logs', 'usher.log');
  clock = new FakeClock(() => START);
  said = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = (keep: { days?: number; bytes?: number } = {}): LogFile =>
  createLogFile({
    path,
    keep: { days: 14, bytes: 1_000_000, ...keep },
    clock,
    onLost: (errorCode) => said.push(`lost ${errorCode}`),
    onBack: () => said.push('back'),
    onDropped: (count) => said.push(`dropped ${count}`),
  });
const content = () => readFile(path, 'utf8');
const parts = async () => (await readdir(join(folder, 'logs'))).toSorted();
/** Everything that is kept, oldest first. */
async function everything(): Promise<string> {
  const older = (await parts()).filter((name) => name !== 'usher.log');
  const inOrder = older.toSorted((one, other) => Number(other.slice(10)) - Number(one.slice(10)));
  const texts = [...inOrder, 'usher.log'].map((name) => readFile(join(folder, 'logs', name), 'utf8'));
  return (await Promise.all(texts)).join('');
}

it('is for nobody else to read, and so is one that was there', async () => {
  const file = open();
  file.write('one\n');
  await file.written();
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder, 'logs'))).mode & 0o777).toBe(0o700);
  await chmod(path, 0o644);
  // Of the day that it is by the clock of the test.
  await utimes(path, clock.now(), clock.now());
  file.write('two\n');
  await file.written();
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await content()).toBe('one\ntwo\n');
});

it('begins a new line after one that a kill has cut', async () => {
  await mkdir(join(folder, 'logs'));
  await writeFile(path, '{"cut":');
  await utimes(path, clock.now(), clock.now());
  const file = open();
  file.write('whole\n');
  await file.written();
  expect(await content()).toBe('{"cut":\nwhole\n');
});

describe('as a ring', () => {
  const line = (number: number) => `${String(number).padStart(6, '0')} ${'x'.repeat(92)}\n`;

  it('keeps the newest lines, in order and without a gap, and no more than it may', async () => {
    const file = open({ bytes: 80_000 });
    for (let number = 0; number < 3_000; number += 1) {
      file.write(line(number));
      if (number % 40 === 0) await file.written();
    }
    await file.written();
    const kept = await everything();
    expect(kept.length).toBeLessThanOrEqual(80_000);
    expect(kept.length).toBeGreaterThan(60_000);
    const numbers = kept
      .trim()
      .split('\n')
      .map((text) => Number(text.slice(0, 6)));
    const first = numbers[0] ?? 0;
    expect(numbers).toEqual(Array.from({ length: 3_000 - first }, (_, index) => first + index));
    expect(said).toEqual([]);
  });

  it('begins a file a day, and removes those whose lines are too old', async () => {
    const file = open({ days: 2 });
    for (let day = 0; day < 6; day += 1) {
      file.write(`day ${day}\n`);
      await file.written();
      await utimes(path, clock.now(), clock.now());
      clock.advance(DAY);
    }
    expect(await everything()).toBe('day 3\nday 4\nday 5\n');
  });

  it('leaves files of others alone', async () => {
    await mkdir(join(folder, 'logs'));
    const theirs = ['usher.log.gz', 'usher.log.1.bak', 'usher.log.01', 'other.log.1'];
    for (const name of theirs) await writeFile(join(folder, 'logs', name), 'x');
    const file = open({ bytes: 8_000 });
    for (let number = 0; number < 300; number += 1) {
      file.write(line(number));
      if (number % 10 === 0) await file.written();
    }
    await file.written();
    expect(await parts()).toEqual(expect.arrayContaining(theirs));
  });
});

it('goes on in a new file when somebody takes the old one away', async () => {
  const file = open();
  file.write('one\n');
  await file.written();
  await rm(join(folder, 'logs'), { recursive: true });
  file.write('two\n');
  await file.written();
  expect(await content()).toBe('two\n');
});

describe('that cannot be written', () => {
  const spoil = () => mkdir(path, { recursive: true });
  const mend = () => rm(path, { recursive: true });

  it('is told once, tried again after a while, and has what was said meanwhile', async () => {
    await spoil();
    const file = open();
    for (let number = 0; number < 5; number += 1) {
      file.write(`${number}\n`);
      await file.written();
    }
    expect(said).toEqual(['lost no file']);
    await mend();
    file.write('too soon\n');
    clock.advance(20 * SECOND);
    await file.written();
    expect(said).toHaveLength(1);
    // Nobody has to log anything.
    clock.advance(11 * SECOND);
    await expect.poll(() => said).toEqual(['lost no file', 'back']);
    await file.written();
    expect(await content()).toBe('0\n1\n2\n3\n4\ntoo soon\n');
  });

  it('keeps no more than a bit in memory, and counts what it drops', async () => {
    await spoil();
    const file = open({ bytes: 10_000_000 });
    const long = `${'x'.repeat(999)}\n`;
    for (let number = 0; number < 5_000; number += 1) file.write(long);
    await file.written();
    await mend();
    clock.advance(31 * SECOND);
    await expect.poll(() => said).toContain('back');
    await file.written();
    const kept = await everything();
    expect(kept.length).toBeLessThanOrEqual(1024 * 1024);
    expect(kept.length).toBeGreaterThan(1_000_000);
    const lines = kept.trim().split('\n').length;
    expect(said).toEqual(['lost no file', 'back', `dropped ${5_000 - lines}`]);
  });
});
