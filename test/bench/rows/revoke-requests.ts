/** What it costs to take access away from some members of one server, in one enforcement pass. */
import { GUILD } from '../../support/people.ts';
import { openInProcess } from '../in-process.ts';
import { round, seconds, timed } from '../measure.ts';
import { BenchPlexTv, countRequests, startBenchJellyfin } from '../places.ts';
import { type Figure, figure, type Row } from '../row.ts';
import { seedMembers, seedServer } from '../seed.ts';

const LIBRARIES = 20;
const BYSTANDERS = 50;
// What opens the server is asked of plex.tv for that, once (media-servers.md A2.2).
const ENDS_STREAMS = /\/api\/v2\/resources$|\/status\/sessions|\/Sessions|\/identity$|\/System\/Info\/Public/;

async function measure(kind: 'plex' | 'jellyfin', count: number) {
  const plexTv = await BenchPlexTv.start();
  const it = await openInProcess(plexTv.tv.url);
  const wish = { id: kind, libraries: LIBRARIES };
  const place = kind === 'plex' ? await plexTv.addServer(wish) : await startBenchJellyfin(wish);
  try {
    await seedServer(it.stores, GUILD, place.server);
    const over = new Date(Date.now() - 1_000);
    await seedMembers(it.db, it.stores, GUILD, [
      ...place.addPeople(count, { libraries: LIBRARIES, expiresAt: over }),
      ...place.addPeople(BYSTANDERS, { libraries: LIBRARIES, expiresAt: null, first: count }),
    ]);
    place.takeRequests();
    const took = await timed(() => it.app.enforce.guild(GUILD));
    await it.app.idle('all');
    // Streams are ended beside it: one reading of the server, whatever the number of members. Not counted.
    const [behind, counted] = partition(place.takeRequests(), ({ path }) => ENDS_STREAMS.test(path));
    const requests = countRequests(counted);
    const ended = await it.stores.of(GUILD).grants.count({ states: ['ended'] });
    if (ended !== count || place.withAccess() !== BYSTANDERS)
      throw new Error(`${ended} of ${count} ended; ${it.complaints.all.join('; ')}`);
    return {
      count,
      requests,
      behind: behind.length,
      reads: requests.total - requests.writes,
      ms: round(took),
    };
  } finally {
    await place.stop();
    await it.close();
    await plexTv.close();
  }
}

export const revokeRequests: Row = {
  name: 'revoke-requests',
  async run(): Promise<readonly Figure[]> {
    const figures: Figure[] = [];
    for (const kind of ['plex', 'jellyfin'] as const) {
      const results = [];
      for (const count of [1, 10, 100]) results.push(await measure(kind, count));
      figures.push(
        figure({
          what: `requests to revoke 1 / 10 / 100 members, ${kind}`,
          measured: `${results.map(({ requests, reads }) => `${requests.writes} + ${reads}`).join(' / ')}, and ${results.map(({ behind }) => behind).join(' / ')} beside it to end streams (100 took ${seconds(results.at(-1)?.ms ?? 0)})`,
          toReach: `k writes + ≤ ${kind === 'plex' ? '2' : '2 + k'} reads`,
          met: results.every(
            ({ count, requests, reads }) =>
              requests.writes === count && reads <= 2 + (kind === 'plex' ? 0 : count),
          ),
          raw: results,
        }),
      );
    }
    return figures;
  },
};

function partition<T>(list: readonly T[], test: (item: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [list.filter(test), list.filter((item) => !test(item))];
}
