/** Whether servers that hang slow down the sync of the others. */
import { GUILD } from '../../support/people.ts';
import { type InProcess, openInProcess } from '../in-process.ts';
import { median, ms, round } from '../measure.ts';
import { type BenchPlace, BenchPlexTv, startBenchJellyfin } from '../places.ts';
import { type Figure, figure, type Row, type Size } from '../row.ts';
import { seedMembers, seedServer } from '../seed.ts';

const OF_EACH = 10;
const PEOPLE = 50;
/** How long the client waits for a server that hangs. The healthy ones are done long before. */
const PATIENCE_MS = 2_000;

/** Milliseconds until the last of the healthy servers was synced. */
async function untilDone(it: InProcess, asked: readonly BenchPlace[], healthy: readonly BenchPlace[]) {
  const began = performance.now();
  const wanted = new Set(healthy.map(({ server }) => server.id));
  let last = Number.NaN;
  await it.app.syncServers(
    GUILD,
    asked.map(({ server }) => server.id),
    async (done) => {
      const ready = done.filter(({ server }) => wanted.has(server.id));
      if (ready.some(({ outcome }) => outcome.kind !== 'synced'))
        throw new Error('a healthy server was not synced');
      if (ready.length === wanted.size && Number.isNaN(last)) last = performance.now() - began;
    },
  );
  return round(last);
}

async function build(plexTv: BenchPlexTv, it: InProcess): Promise<readonly BenchPlace[]> {
  const places: BenchPlace[] = [];
  for (let index = 0; index < OF_EACH; index += 1) {
    const number = String(index).padStart(2, '0');
    places.push(await plexTv.addServer({ id: `plex-${number}`, libraries: 10 }));
    places.push(await startBenchJellyfin({ id: `jellyfin-${number}`, libraries: 10 }));
  }
  for (const [index, place] of places.entries()) {
    await seedServer(it.stores, GUILD, place.server);
    place.addPeople(PEOPLE, { libraries: 5, expiresAt: null });
    // Makes the servers differently slow: 60 to 155 ms.
    if (index >= 2) place.slow(60 + index * 5);
  }
  await seedMembers(it.db, it.stores, GUILD, []);
  return places;
}

export const hangingServers: Row = {
  name: 'hanging-servers',
  async run({ quick }: Size): Promise<readonly Figure[]> {
    const plexTv = await BenchPlexTv.start();
    const it = await openInProcess(plexTv.tv.url, {
      timeouts: { headersMs: PATIENCE_MS, totalMs: PATIENCE_MS },
    });
    const places = await build(plexTv, it);
    try {
      const healthy = places.slice(2);
      const without: number[] = [];
      const withThem: number[] = [];
      await untilDone(it, places, healthy);
      // The first server of each kind.
      for (const place of places.slice(0, 2)) place.hang();
      for (let run = 0; run < (quick ? 2 : 4); run += 1) {
        without.push(await untilDone(it, healthy, healthy));
        withThem.push(await untilDone(it, places, healthy));
      }
      const ratio = median(withThem) / median(without);
      return [
        figure({
          what: `sync of ${OF_EACH} Plex and ${OF_EACH} Jellyfin servers of which two hang: when the healthy ones are done`,
          measured: `${ratio.toFixed(2)} × the run without the two (${ms(median(withThem))} against ${ms(median(without))})`,
          toReach: '≤ 1.2 ×',
          met: ratio <= 1.2,
          raw: { without, withThem, ratio: round(ratio) },
        }),
      ];
    } finally {
      await Promise.all(places.map((place) => place.stop()));
      await it.close();
      await plexTv.close();
    }
  },
};
