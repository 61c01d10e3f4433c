/** What a page of a list costs a program, by HTTP, in a community with a million grants. */
import { createApp } from '../../../src/app/app.ts';
import { toGuildId } from '../../../src/domain/ids.ts';
import { serveApi, tokenFor } from '../../adapters/api/served.ts';
import { type OpenStores, openStores, temporarySqlite } from '../../support/databases.ts';
import { Complaints, depsWith } from '../in-process.ts';
import { counted, round, spreadOf, spreadText, timed } from '../measure.ts';
import { type Figure, figure, type Row, type Size } from '../row.ts';
import { insertRows, memberIdOf, type Seedling, type SeedServer, seedServer } from '../seed.ts';

const LIMIT_MS = 50;
const GUILD = toGuildId('100000000000000000');
const TOWER: SeedServer = {
  ...{
    id: 'tower',
    kind: 'plex',
    name: 'Tower',
    url: 'http://tower.test',
    identity: 'tower',
    token: 'never',
  },
  libraries: [{ externalId: 'movies', name: 'Movies' }],
};
const DAY_MS = 86_400_000;

/** Each member has an account, and ten grants of which one is not over. */
async function fill({ db, stores }: OpenStores, count: number): Promise<void> {
  const now = Date.now();
  await seedServer(stores, GUILD, TOWER);
  const members = Array.from({ length: count / 10 }, (_member, index) => memberIdOf(index));
  const createdAt = new Date(now);
  await insertRows(
    db,
    'Member',
    members.map((userId) => ({ guildId: GUILD, userId, createdAt })),
  );
  await insertRows(
    db,
    'Account',
    members.map((memberId) => ({
      ...{
        guildId: GUILD,
        id: `account-${memberId}`,
        serverId: 'tower',
        externalId: memberId,
        name: memberId,
      },
      ...{ memberId, seenAccess: 'libraries', createdAt },
    })),
  );
  function* grants(): Generator<Seedling> {
    for (let index = 0; index < count; index += 1) {
      const isOver = index % 10 !== 0;
      const expiresAt = new Date(now + (isOver ? -1 : 1) * ((index % 300) + 1) * DAY_MS);
      yield {
        ...{ guildId: GUILD, id: `grant-${index}`, number: index + 1, source: 'command', createdById: '1' },
        memberId: memberIdOf(Math.floor(index / 10)),
        state: isOver ? 'ended' : 'active',
        ...{ startsAt: new Date(expiresAt.getTime() - 30 * DAY_MS), expiresAt, createdAt },
        endingAt: isOver ? expiresAt : null,
        nextAt: isOver ? null : expiresAt,
      };
    }
  }
  function* links(): Generator<Seedling> {
    for (let index = 0; index < count; index += 1)
      yield { guildId: GUILD, grantId: `grant-${index}`, libraryId: 'tower.movies' };
  }
  await insertRows(db, 'Grant', grants());
  await insertRows(db, 'GrantLibrary', links());
}

async function measure(count: number, runs: number) {
  const file = await temporarySqlite();
  const open = await openStores(file.url);
  const stopping = new AbortController();
  try {
    await fill(open, count);
    const media = { of: () => Promise.reject(new Error('nobody is asked')) } as never;
    const deps = depsWith(open.stores, media, new Complaints());
    const app = createApp(deps, async () => undefined, stopping.signal);
    const api = await serveApi(app);
    const token = await tokenFor(app, GUILD, 'read');
    const deep = Buffer.from(`g${Math.floor(count / 3)}`).toString('base64url');
    const asked = {
      'the newest 100': '',
      '100 in the middle': `&cursor=${deep}`,
      '100 that are active': '&state=active',
      'all of a member': `&userId=${memberIdOf(count / 20)}`,
    };
    const results: Record<string, ReturnType<typeof spreadOf>> = {};
    for (const [name, more] of Object.entries(asked)) {
      const times: number[] = [];
      for (let run = -5; run < runs; run += 1) {
        const took = await timed(async () => {
          const { status } = await api.ask(`GET /v1/grants?limit=100${more}`, { token });
          if (status !== 200) throw new Error(`answered with ${status}`);
        });
        if (run >= 0) times.push(round(took));
      }
      results[name] = spreadOf(times);
    }
    await api.stop();
    return results;
  } finally {
    stopping.abort();
    await open.close();
    await file.remove();
  }
}

export const apiLists: Row = {
  name: 'api-lists',
  async run({ quick }: Size): Promise<readonly Figure[]> {
    const count = quick ? 100_000 : 1_000_000;
    const results = await measure(count, quick ? 50 : 200);
    return Object.entries(results).map(([what, spread]) =>
      figure({
        what: `GET /v1/grants, ${what}, ${counted(count)} grants`,
        measured: spreadText(spread),
        toReach: `p99 ≤ ${LIMIT_MS} ms`,
        met: spread.p99 <= LIMIT_MS,
        raw: spread,
      }),
    );
  },
};
