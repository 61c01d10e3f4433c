/** The record at a million events: a page of it, all of it as a file, and whether it is whole. */

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { inParts } from '../../../src/adapters/discord/kit/file-parts.ts';
import { createApp } from '../../../src/app/app.ts';
import type { MediaServers } from '../../../src/app/ports/media.ts';
import type { RecordAsked } from '../../../src/app/record/list.ts';
import { toGuildId } from '../../../src/domain/ids.ts';
import {
  type OpenStores,
  openStores,
  startPostgres,
  type TemporaryDatabase,
  temporarySqlite,
} from '../../support/databases.ts';
import { Complaints, depsWith } from '../in-process.ts';
import { counted, median, ms, round, seconds, timed } from '../measure.ts';
import { type Figure, figure, note, type Row, type Size } from '../row.ts';
import { memberIdOf } from '../seed.ts';
import { MINUTE_MS, RECORD_START, seedRecord } from '../seed-record.ts';

const GUILD = toGuildId('100000000000000000');
const PAGE = 6;
const RUNS = 40;
/** No media server is asked. */
const noMedia: MediaServers = {
  of: () => {
    throw new Error('nobody asks a media server');
  },
};

/** The longest moment in which nothing else had its turn, and the most memory that was held meanwhile. */
async function watched<T>(work: () => Promise<T>) {
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  let peak = before;
  const looking = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 20);
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const cpu = process.cpuUsage();
  let result: T | undefined;
  const tookMs = await timed(async () => {
    result = await work();
  });
  clearInterval(looking);
  delay.disable();
  const { user, system } = process.cpuUsage(cpu);
  if (result === undefined) throw new Error('nothing came of it');
  return {
    result,
    tookMs,
    cpuMs: round((user + system) / 1e3),
    longest: round(delay.max / 1e6),
    grewMb: round((peak - before) / 1e6),
  };
}

async function measure(open: OpenStores, count: number) {
  const app = createApp(
    depsWith(open.stores, noMedia, new Complaints()),
    async () => undefined,
    new AbortController().signal,
  );
  const since = new Date(RECORD_START + count * MINUTE_MS * 0.9);
  const asked: Readonly<Record<string, RecordAsked>> = {
    newest: {},
    'of a member': { personId: memberIdOf(3) },
    'of one kind': { actions: ['grant.ended'] },
    'of a noun since a moment': {
      actions: ['grant.created', 'grant.extended', 'grant.ending', 'grant.ended'],
      since,
    },
  };
  const pages: { readonly what: string; readonly tookMs: number }[] = [];
  for (const [what, filter] of Object.entries(asked))
    for (const from of [0, Math.floor(count / 2)]) {
      const times: number[] = [];
      for (let run = -5; run < RUNS; run += 1) {
        const took = await timed(() => app.recordList.page(GUILD, filter, { from, size: PAGE }));
        if (run >= 0) times.push(took);
      }
      pages.push({ what: `${what} from ${from}`, tookMs: round(median(times)) });
    }
  const verified = await watched(() => app.recordCheck.verify(GUILD));
  if (verified.result.count > 0 || verified.result.events !== count)
    throw new Error('the record is not whole');
  const exported = await watched(async () => {
    const parts = inParts(app.recordExport.file(GUILD, { format: 'json' }), {
      name: 'record',
      ending: 'jsonl',
      most: 10 * 1024 * 1024,
    });
    let [files, bytes] = [0, 0];
    for await (const { content } of parts) {
      files += 1;
      bytes += content.length;
    }
    return { files, bytes };
  });
  return { pages, verified: { ...verified, result: undefined }, exported };
}

async function measured(make: () => Promise<TemporaryDatabase>, count: number) {
  const file = await make();
  const open = await openStores(file.url);
  try {
    const seedMs = round(await timed(() => seedRecord(open, GUILD, count)));
    return { seedMs, ...(await measure(open, count)) };
  } finally {
    await open.close();
    await file.remove();
  }
}

export const record: Row = {
  name: 'record',
  async run({ quick }: Size): Promise<readonly Figure[]> {
    const count = quick ? 100_000 : 1_000_000;
    const postgres = await startPostgres();
    const places = { SQLite: temporarySqlite, PostgreSQL: () => postgres.createDatabase() };
    const figures: Figure[] = [];
    try {
      for (const [name, make] of Object.entries(places)) {
        const { pages, verified, exported, seedMs } = await measured(make, count);
        const slowest = pages.toSorted((one, other) => other.tookMs - one.tookMs)[0];
        const of = `record of ${counted(count)} events, ${name}`;
        const { files, bytes } = exported.result;
        figures.push(
          figure({
            what: `${of}: slowest page of the list, anywhere and however filtered`,
            measured: `${ms(slowest?.tookMs ?? 0)} (${slowest?.what})`,
            toReach: '≤ 20 ms',
            met: (slowest?.tookMs ?? 0) <= 20,
            raw: pages,
          }),
          figure({
            what: `${of}: whether it is whole`,
            measured: `${seconds(verified.tookMs)}, ${seconds(verified.cpuMs)} of the processor`,
            toReach: '≤ 10 s',
            met: verified.tookMs <= (10_000 * count) / 1_000_000,
            raw: { ...verified, seedMs },
          }),
          figure({
            what: `${of}: memory that all of it as a file needs`,
            measured: `${Math.round(exported.grewMb)} MB, ${seconds(exported.tookMs)}, ${files} files of ${Math.round(bytes / files / 1e6)} MB`,
            toReach: '≤ 150 MB',
            met: exported.grewMb <= 150,
            raw: exported,
          }),
          note(
            `${of}: longest moment in which nothing else is answered`,
            `${ms(verified.longest)} while it is checked, ${ms(exported.longest)} while it is written`,
            { verify: verified.longest, export: exported.longest },
          ),
        );
      }
    } finally {
      await postgres.stop();
    }
    return figures;
  },
};
