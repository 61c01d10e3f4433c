/**
 * `npm run soak`: an hour of a community in ten minutes, against the real process. Prints memory, handles, latency and
 * what is owed to Discord over time, and fails when one of them grows. `SOAK_MINUTES` makes it shorter or longer.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../src/adapters/clock.ts';
import { openDatabase } from '../../src/adapters/prisma/client.ts';
import { onStage } from '../bench/bot-stage.ts';
import { round, spreadOf } from '../bench/measure.ts';
import { NoResponse } from '../standins/discord/index.ts';
import { doings, furnish, happenings } from './life.ts';
import type { Sample } from './probe.ts';
import { judgeSlope, median, type Series } from './slope.ts';

const MINUTES = Number(process.env.SOAK_MINUTES ?? 10);
const PER_SECOND = Number(process.env.SOAK_PER_SECOND ?? 15);
/** Rows of the table. */
const WINDOWS = 20;
const MAX_RSS_MB = 300;
const PROBE = new URL('./probe.ts', import.meta.url);

/** A command, as the person who typed it saw it. `ackMs` is undefined when it was lost. */
interface Answered {
  readonly at: number;
  readonly ackMs: number | undefined;
}

async function play() {
  return await onStage(async (stage) => {
    const lastsMs = MINUTES * 60_000;
    const house = await furnish(stage, lastsMs);
    const file = join(stage.folder, 'samples.jsonl');
    const bot = await stage.launch({ SOAK_SAMPLES: file, NODE_OPTIONS: `--import=${PROBE.href}` }).ready();
    await stage.discord.until('commands', () => stage.discord.commands.visibleIn(stage.guild.id).length > 0);
    const db = await openDatabase(stage.url, systemClock);
    const began = Date.now();
    const answered: Answered[] = [];
    const owed: { readonly at: number; readonly value: number }[] = [];
    const acts = doings(house);
    const still = new Set<Promise<void>>();
    const waiting = happenings(house).toSorted(([one], [other]) => one - other);
    const broken: string[] = [];
    const background = (work: unknown) => {
      const done = Promise.resolve(work).then(
        () => {},
        (error: unknown) => void broken.push(String(error)),
      );
      still.add(done);
      void done.then(() => still.delete(done));
    };
    for (let turn = 0, second = 0; Date.now() < began + lastsMs; ) {
      // As many as should have begun by now, so that a late timer does not reduce the load.
      const dueTurns = Math.floor(((Date.now() - began) / 1000) * PER_SECOND);
      for (; turn < dueTurns; turn += 1) {
        const [act, at] = [acts[turn % acts.length], Date.now()];
        const times = Math.floor(turn / acts.length);
        background(
          act?.(times).then(
            (exchange) => void (exchange && answered.push({ at, ackMs: exchange.acknowledgedAfterMs })),
            (error: unknown) => {
              if (!(error instanceof NoResponse)) throw error;
              answered.push({ at, ackMs: undefined });
            },
          ),
        );
      }
      while (waiting[0] && Date.now() >= began + waiting[0][0] * lastsMs) background(waiting.shift()?.[1]());
      if (Date.now() >= began + second * 1000) {
        second += 1;
        owed.push({ at: Date.now(), value: await db.reader.delivery.count({ where: { state: 'owed' } }) });
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await Promise.all(still);
    await db.close();
    const samples = readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line): Sample => JSON.parse(line))
      .filter(({ at }) => at >= began);
    await bot.stop();
    const errors = bot.logs.filter(({ level }) => level >= 50).map(({ msg }) => msg);
    return { began, answered, owed, samples, errors, broken };
  });
}

const MB = 1024 * 1024;
const { began, answered, owed, samples, errors, broken } = await play();

/** What was measured in each window of the run. */
const rows = Array.from({ length: WINDOWS }, (_each, index) => {
  const [from, to] = [index, index + 1].map((edge) => began + (edge / WINDOWS) * MINUTES * 60_000);
  const isIn = ({ at }: { readonly at: number }) => at >= (from ?? 0) && at < (to ?? 0);
  const here = samples.filter(isIn);
  const acks = answered.filter(isIn).flatMap(({ ackMs }) => ackMs ?? []);
  return {
    atMinutes: ((index + 0.5) / WINDOWS) * MINUTES,
    rss: median(here.map(({ rss }) => rss / MB)),
    heap: Math.min(...here.flatMap(({ heapKept }) => (heapKept === undefined ? [] : heapKept / MB))),
    external: median(here.map(({ external }) => external / MB)),
    handles: median(here.map(({ handles }) => handles)),
    blockedMs: Math.max(...here.map(({ blockedMs }) => blockedMs)),
    ...spreadOf(acks),
    owed: median(owed.filter(isIn).map(({ value }) => value)),
  };
});

console.table(
  rows.map(({ atMinutes, rss, heap, external, handles, blockedMs, count, p50, p99, owed: depth }) => ({
    minute: round(atMinutes),
    'rss MB': Math.round(rss),
    'heap after GC MB': Math.round(heap),
    'external MB': round(external),
    handles,
    'loop held ms': Math.round(blockedMs),
    commands: count,
    'ack p50 ms': p50,
    'ack p99 ms': p99,
    'owed to Discord': depth,
  })),
);

const series = (
  name: string,
  unit: string,
  value: (row: (typeof rows)[number]) => number,
  mayGrow: Series['mayGrow'],
): Series => ({
  name,
  unit,
  mayGrow,
  samples: rows
    .map((row) => ({ atMinutes: row.atMinutes, value: value(row) }))
    .filter((sample) => Number.isFinite(sample.value)),
});
const verdicts = [
  series('resident memory', 'MB', ({ rss }) => rss, { share: 0.1, by: 15 }),
  series('heap after a full collection', 'MB', ({ heap }) => heap, { share: 0.1, by: 5 }),
  series('memory outside the heap', 'MB', ({ external }) => external, { share: 0.2, by: 5 }),
  series('handles', '', ({ handles }) => handles, { share: 0, by: 15 }),
  series('acknowledgement, p50', 'ms', ({ p50 }) => p50, { share: 0.5, by: 20 }),
  series('owed to Discord', 'messages', (row) => row.owed, { share: 0, by: 20 }),
].map(judgeSlope);
for (const { name, unit, grew, mayGrow, holds } of verdicts)
  console.log(
    `${holds ? 'holds' : 'GROWS'}  ${name}: ${round(grew)} ${unit} after the warm-up, ${round(mayGrow)} allowed`,
  );

const lost = answered.filter(({ ackMs }) => ackMs === undefined).length;
const highest = Math.max(...samples.map(({ rss }) => rss / MB));
const complaints = [
  ...verdicts.filter(({ holds }) => !holds).map(({ name }) => `${name} grows`),
  ...(highest > MAX_RSS_MB ? [`resident memory reached ${Math.round(highest)} MB of ${MAX_RSS_MB}`] : []),
  ...[...new Set(errors)].map((sentence) => `an error in the log: ${sentence}`),
  ...[...new Set(broken)],
];
const cpuMs = (samples.at(-1)?.cpuMs ?? 0) - (samples[0]?.cpuMs ?? 0);
console.log(
  `${answered.length} commands, ${lost} lost while Discord reconnected, ${round(cpuMs / answered.length)} ms of processor time for each; resident memory at most ${Math.round(highest)} MB`,
);
for (const complaint of complaints) console.log(`✗ ${complaint}`);
process.exitCode = complaints.length > 0 ? 1 : 0;
