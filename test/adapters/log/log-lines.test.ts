import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLogLines } from '../../../src/adapters/log/log-lines.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'usher-log-'));
  path = join(folder, 'usher.log');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function read(): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const some of createLogLines(path).backwards()) lines.push(...some);
  return lines;
}

it('reads lines of every length, from the newest of the newest file to the oldest, each once', async () => {
  // Longer and shorter than the pieces in which it is read, with letters of several bytes across their borders.
  const lengths = [
    1,
    70_000,
    3,
    65_535,
    65_536,
    65_537,
    131_072,
    2,
    ...Array.from({ length: 500 }, (_, n) => n),
  ];
  const lines = lengths.map((length, index) => `${index}:${'ü'.repeat(length)}`);
  const [older, newer] = [lines.slice(0, 4), lines.slice(4)];
  await writeFile(`${path}.2`, older.slice(0, 2).join('\n').concat('\n'));
  await writeFile(`${path}.1`, older.slice(2).join('\n').concat('\n'));
  await writeFile(path, newer.join('\n').concat('\n'));
  await writeFile(`${path}.bak`, 'nobody asked\n');
  expect(await read()).toEqual(lines.toReversed());
});

it('has the last line although it is not finished, and skips one that is far too long', async () => {
  await writeFile(path, `first\n${'x'.repeat(900_000)}\nlast\nhal`);
  expect(await read()).toEqual(['hal', 'last', 'first']);
  await appendFile(path, 'f\n');
  expect((await read())[0]).toBe('half');
});

it('is empty where there is nothing', async () => {
  expect(await read()).toEqual([]);
  await writeFile(path, '');
  expect(await read()).toEqual([]);
  expect(createLogLines(undefined).isKept).toBe(false);
  path = join(folder, 'no', 'usher.log');
  expect(await read()).toEqual([]);
});

it('reads no more than is asked for', async () => {
  await writeFile(path, `${'a line\n'.repeat(100_000)}newest\n`);
  for await (const some of createLogLines(path).backwards()) {
    expect(some[0]).toBe('newest');
    expect(some.length).toBeLessThan(20_000);
    break;
  }
});
