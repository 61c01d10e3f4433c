/** What a full sync costs when nothing has changed, whatever the number of people. */
import { GUILD } from '../../support/people.ts';
import { type InProcess, openInProcess } from '../in-process.ts';
import { counted, ms, round, timed } from '../measure.ts';
import { type BenchPlace, BenchPlexTv, countRequests, startBenchJellyfin } from '../places.ts';
import { type Figure, figure, type Row, type Size } from '../row.ts';
import { seedMembers, seedServer } from '../seed.ts';

const LIBRARIES = 20;
/** How many of them each person has. */
const HAS = 5;

async function measure(it: InProcess, place: BenchPlace, people: number) {
  await seedServer(it.stores, GUILD, place.server);
  await seedMembers(it.db, it.stores, GUILD, place.addPeople(people, { libraries: HAS, expiresAt: null }));
  // The first sync writes what the seed does not contain: accounts without a member.
  await it.app.syncServers(GUILD);
  place.takeRequests();
  it.writes.reset();
  const took = await timed(async () => {
    const [report] = await it.app.syncServers(GUILD);
    if (report?.outcome.kind !== 'synced' || report.outcome.access.has < people)
      throw new Error(`the sync did not work: ${JSON.stringify(report?.outcome)}`);
  });
  const { transactions, rows } = it.writes;
  return { people, requests: countRequests(place.takeRequests()), transactions, rows, ms: round(took) };
}

async function ofKind(kind: 'plex' | 'jellyfin', sizes: readonly number[]) {
  const results = [];
  for (const people of sizes) {
    const plexTv = await BenchPlexTv.start();
    const it = await openInProcess(plexTv.tv.url);
    const wish = { id: kind, libraries: LIBRARIES };
    const place = kind === 'plex' ? await plexTv.addServer(wish) : await startBenchJellyfin(wish);
    try {
      results.push(await measure(it, place, people));
    } finally {
      await place.stop();
      await it.close();
      await plexTv.close();
    }
  }
  return results;
}

const list = (values: readonly number[]): string =>
  new Set(values).size === 1 ? String(values[0]) : values.join(' / ');

export const syncRequests: Row = {
  name: 'sync-requests',
  async run({ quick }: Size): Promise<readonly Figure[]> {
    const sizes = quick ? [10, 500] : [10, 500, 5_000];
    const among = sizes.map(counted).join(' / ');
    const figures: Figure[] = [];
    for (const kind of ['plex', 'jellyfin'] as const) {
      const results = await ofKind(kind, sizes);
      const totals = results.map(({ requests }) => requests.total);
      const lists = results.map(({ requests }) => requests.sharingLists);
      const writes = results.map(({ requests }) => requests.writes);
      const limit = kind === 'plex' ? 4 : 3;
      figures.push(
        figure({
          what: `full sync, nothing changed, ${kind}: requests at ${among} accounts`,
          measured: `${list(totals)}${kind === 'plex' ? `, sharing lists ${list(lists)}` : ''}, writes ${list(writes)}`,
          toReach: `≤ ${limit}${kind === 'plex' ? ', sharing lists ≤ 2' : ''}, writes 0, constant`,
          met:
            totals.every((total) => total <= limit && total === totals[0]) &&
            lists.every((count) => count <= 2) &&
            writes.every((count) => count === 0),
          raw: results,
        }),
        figure({
          what: `the same, ${kind}: database transactions, rows written`,
          measured: `${list(results.map(({ transactions }) => transactions))} transaction, ${list(results.map(({ rows }) => rows))} rows (${results.map((result) => ms(result.ms)).join(' / ')})`,
          toReach: 'constant',
          met: results.every(
            ({ transactions, rows }) =>
              transactions === results[0]?.transactions && rows === results[0]?.rows,
          ),
          raw: results,
        }),
      );
    }
    return figures;
  },
};
