/** What a change costs on a large Jellyfin server: a list grows with it, and so does each write that disables (M3). */
import type { RecordedRequest } from '../../standins/http.ts';
import { GUILD, STAFF } from '../../support/people.ts';
import { type InProcess, openInProcess } from '../in-process.ts';
import { round } from '../measure.ts';
import { countRequests, startBenchJellyfin } from '../places.ts';
import { type Figure, figure, type Row } from '../row.ts';
import { libraryId, seedMembers, seedServer } from '../seed.ts';

const ACCOUNTS = 500;
const ENDS = 31;
const ENDS_STREAMS = /\/Sessions|\/System\/Info\/Public/;
const LONG_AGO_MS = 91_000;

/** Requests without those that end streams. */
interface Counts {
  readonly lists: number;
  readonly reads: number;
  readonly writes: number;
}

function countsOf(requests: readonly RecordedRequest[]): Counts {
  const counted = requests.filter(({ path }) => !ENDS_STREAMS.test(path));
  const { total, writes } = countRequests(counted);
  const lists = counted.filter(({ method, path }) => method === 'GET' && /\/Users$/.test(path)).length;
  return { lists, reads: total - writes, writes };
}

type Place = Awaited<ReturnType<typeof startBenchJellyfin>>;

async function at<T>(ends: number, work: (it: InProcess, place: Place) => Promise<T>): Promise<T> {
  const it = await openInProcess('http://127.0.0.1:1');
  const place = await startBenchJellyfin({ id: 'large', libraries: 2 });
  try {
    await seedServer(it.stores, GUILD, place.server);
    // After the sync that learns how large the server is.
    const over = new Date(Date.now() + 3_600_000);
    await seedMembers(it.db, it.stores, GUILD, [
      ...place.addPeople(ends, { libraries: 1, expiresAt: over }),
      ...place.addPeople(ACCOUNTS - ends, { libraries: 1, expiresAt: null, first: ends }),
    ]);
    await it.app.syncServers(GUILD);
    await it.app.idle('all');
    place.takeRequests();
    place.takeWorkMs();
    return await work(it, place);
  } finally {
    await place.stop();
    await it.close();
  }
}

/** One library more for one member, and the two looks afterwards. */
async function oneChange(): Promise<readonly [change: Counts, ...looks: Counts[]]> {
  return await at(0, async (it, place) => {
    const stores = it.stores.of(GUILD);
    const [account] = (await stores.accounts.list({ serverId: place.server.id })).filter(
      ({ memberId }) => memberId !== null,
    );
    const second = place.server.libraries[1];
    if (!account?.memberId || !second) throw new Error('nobody was seeded');
    const libraryIds = [libraryId(place.server.id, second.externalId)];
    const { id, memberId } = account;
    await it.app.grants.add({
      ...{ guildId: GUILD, actorId: STAFF, memberId, libraryIds, reason: null },
      ...{ startsAt: new Date(), expiresAt: null },
    });
    await it.app.idle('all');
    const change = countsOf(place.takeRequests());
    const looks: Counts[] = [];
    for (const writtenAt of [new Date(), new Date(Date.now() - LONG_AGO_MS)]) {
      await it.stores.transaction(GUILD, (tx) => tx.accounts.update(id, { writtenAt, lookAt: new Date() }));
      await it.app.enforce.guild(GUILD);
      await it.app.idle('all');
      looks.push(countsOf(place.takeRequests()));
    }
    const { lookAt } = (await stores.accounts.find(id)) ?? {};
    if (lookAt !== null) throw new Error('it is looked at for ever');
    return [change, ...looks];
  });
}

/** Everything is taken from some at once. */
async function manyEnds(): Promise<Counts & { readonly workMs: number; readonly neededMs: number }> {
  return await at(ENDS, async (it, place) => {
    const stores = it.stores.of(GUILD);
    const grants = (await stores.grants.list({ states: ['active'] })).filter(({ expiresAt }) => expiresAt);
    await it.app.changeGrants.change({
      ...{ guildId: GUILD, actorId: STAFF, grantIds: grants.map(({ id }) => id), reason: null },
      action: { kind: 'end', cause: 'revoked' },
    });
    await it.app.idle('all');
    const ended = await stores.grants.count({ states: ['ended'] });
    if (ended !== ENDS) throw new Error(`${ended} of ${ENDS} ended; ${it.complaints.all.join('; ')}`);
    const [counts, workMs] = [countsOf(place.takeRequests()), place.takeWorkMs()];
    await it.app.syncServers(GUILD);
    // Each write that disables costs as much as the list that a sync reads.
    return { ...counts, workMs, neededMs: ENDS * place.takeWorkMs() };
  });
}

export const jellyfinChange: Row = {
  name: 'jellyfin-change',
  async run(): Promise<readonly Figure[]> {
    const [change, ...looks] = await oneChange();
    const ends = await manyEnds();
    const ratio = round(ends.workMs / ends.neededMs);
    const text = ({ lists, reads, writes }: Counts) => `${writes} + ${reads} (${lists} lists)`;
    return [
      figure({
        what: `one change of one of ${ACCOUNTS} accounts, and each look after it, jellyfin: writes + reads`,
        measured: [change, ...looks].map(text).join(', then '),
        toReach: '1 + 4, then 0 + 1 twice; no lists',
        met:
          change.writes === 1 &&
          change.reads <= 4 &&
          looks.every(({ writes, reads }) => writes === 0 && reads === 1) &&
          [change, ...looks].every(({ lists }) => lists === 0),
        raw: { change, looks },
      }),
      figure({
        what: `${ENDS} ends of ${ACCOUNTS} accounts in one pass, jellyfin: writes + reads, the work of a real server`,
        measured: `${text(ends)}, ${ratio} times the writes alone`,
        toReach: 'k writes, one read before each, ≤ 1.3',
        met: ends.writes === ENDS && ratio <= 1.3,
        raw: ends,
      }),
    ];
  },
};
