import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';

const LOG = new URL('../../../src/adapters/log/log.ts', import.meta.url).href;

/** A process that logs; what it says about itself is on standard error. */
function logging(program: string, file = 'undefined') {
  const text = `import { createLog } from ${JSON.stringify(LOG)};
    const { log, written } = createLog('info', 'json', ${file});
    const say = (text) => process.stderr.write(text + '\\n');
    ${program}`;
  return spawn(process.execPath, ['--input-type=module-typescript', '-e', text], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

it('stops nothing while nobody reads it, keeps a part of it, and says how much is lacking', async () => {
  const child = logging(`
    const filler = 'x'.repeat(1000);
    for (let line = 1; line <= 5000; line += 1) log.info({ line, filler }, 'a line');
    setImmediate(() => say('alive'));
    process.stdin.once('data', async () => {
      log.info({}, 'last line');
      await written();
      process.exit(0);
    });`);
  const [said] = await once(child.stderr.setEncoding('utf8'), 'data');
  expect(said).toBe('alive\n');
  const lines: Record<string, unknown>[] = [];
  const end = once(child, 'close');
  const reading = createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(JSON.parse(line));
    if (lines.length === 500) child.stdin.write('go on\n');
  });
  await once(reading, 'close');
  expect((await end)[0]).toBe(0);
  const kept = lines.filter(({ msg }) => msg === 'a line').map(({ line }) => line);
  expect(kept).toEqual(Array.from({ length: kept.length }, (_, index) => index + 1));
  expect(kept.length).toBeGreaterThan(900);
  expect(kept.length).toBeLessThan(1_300);
  expect(lines.slice(-2)).toEqual([
    expect.objectContaining({ msg: 'last line' }),
    expect.objectContaining({
      dropped: 5000 - kept.length,
      msg: 'nobody read the log for a while, and lines of it were dropped',
    }),
  ]);
});

it('a flood stays small in memory and on disk, and what is lacking is counted', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'usher-flood-'));
  const path = join(folder, 'usher.log');
  const child = logging(
    `
    const before = process.memoryUsage().rss;
    const filler = 'x'.repeat(200);
    for (let line = 0; line < 40_000; line += 1) log.info({ line, filler }, 'a line');
    setImmediate(async () => {
      const grown = process.memoryUsage().rss - before;
      await written();
      say(String(grown));
      process.exit(0);
    });`,
    `{ path: ${JSON.stringify(path)}, keep: { days: 1, bytes: 4_000_000 },
       clock: { now: () => new Date() } }`,
  );
  child.stdout.resume();
  const [grown] = await once(child.stderr.setEncoding('utf8'), 'data');
  await once(child, 'exit');
  expect(Number(grown)).toBeLessThan(60_000_000);
  const names = (await readdir(folder)).toSorted();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  await rm(folder, { recursive: true });
  const lines = texts.flatMap((text) => text.trim().split('\n')).map((line) => JSON.parse(line));
  expect(texts.join('').length).toBeLessThan(4_000_000);
  const kept = lines.filter(({ msg }) => msg === 'a line').length;
  expect(kept).toBeGreaterThan(3_000);
  const counted = lines.filter(
    ({ msg }) => msg === 'too much was logged at once, and the log file lacks lines',
  );
  expect(counted.map(({ dropped }) => dropped)).toEqual([40_000 - kept]);
});

it('that nobody can read any more ends nothing', async () => {
  const child = logging(`
    process.stdin.once('data', () => {
      for (let line = 1; line <= 5; line += 1) log.info({ line }, 'a line');
      setTimeout(() => { log.info({}, 'more'); say('alive'); process.exit(7); }, 20);
    });
    say('ready');`);
  await once(child.stderr.setEncoding('utf8'), 'data');
  child.stdout.destroy();
  child.stdin.write('go on\n');
  expect((await once(child.stderr, 'data'))[0]).toBe('alive\n');
  expect((await once(child, 'close'))[0]).toBe(7);
});
