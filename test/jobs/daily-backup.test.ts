import { expect, it } from 'vitest';
import type { BackupOutcome } from '../../src/app/ports/backups.ts';
import { backUpDaily } from '../../src/jobs/daily-backup.ts';

const HOUR_MS = 60 * 60_000;
const begun = Date.parse('2026-03-01T12:00:00Z');

/** Plays some hours. What was done, and how many hours after the start. */
async function play(
  hours: number,
  { newest, outcomes = [] }: { newest?: Date; outcomes?: readonly BackupOutcome['kind'][] },
) {
  let now = begun;
  let last = newest;
  const done: string[] = [];
  const stop = new AbortController();
  const at = () => Math.round((now - begun) / HOUR_MS);
  const left = [...outcomes];
  await backUpDaily({
    backups: {
      database: 'SQLite',
      isDaily: true,
      newest: async () => last && { path: 'p', bytes: 1, madeAt: last },
      async make() {
        const kind = left.shift() ?? 'made';
        if (kind === 'failed') return { kind, why: 'The disk is full.' };
        if (kind === 'not ours') return { kind, how: 'With pg_dump.' };
        last = new Date(now);
        return { kind, backup: { path: 'p', bytes: 1, madeAt: last } };
      },
    },
    clock: {
      now: () => new Date(now),
      steadyMs: () => now - begun,
      async sleep(ms) {
        now += ms;
        if (now - begun > hours * HOUR_MS) stop.abort();
      },
    },
    stopping: stop.signal,
    onFailed: async () => void done.push(`failed at ${at()}`),
    onMade: async () => void done.push(`made at ${at()}`),
  });
  return done;
}

it('the first is made soon, and then one a day', async () => {
  expect(await play(50, {})).toEqual(['made at 0', 'made at 24', 'made at 48']);
});

it('a restart makes none before its time, and a clock that was set back makes one', async () => {
  expect(await play(10, { newest: new Date(begun - 20 * HOUR_MS) })).toEqual(['made at 4']);
  expect(await play(2, { newest: new Date(begun + 30 * HOUR_MS) })).toEqual(['made at 0']);
});

it('what fails is tried again every hour, and told each time', async () => {
  expect(await play(4, { outcomes: ['failed', 'failed', 'made'] })).toEqual([
    'failed at 0',
    'failed at 1',
    'made at 2',
  ]);
});

it('PostgreSQL is left to its own tools', async () => {
  expect(await play(50, { outcomes: ['not ours'] })).toEqual([]);
});
