/** What a page of a list costs a program, by HTTP, in a community with a million grants. */
import { createApp } from '../../../src/app/app.ts';
import { toGuildId } from '../../../src/domain/ids.ts';
import { serveApi, tokenFor } from '../../adapters/api/served.ts';
import {
  type OpenStores,
  openStores,
  startPostgres,
  type TemporaryDatabase,
  temporarySqlite,
} from '../../support/databases.ts';
import { aPlan } from '../../support/rows.ts';
import { Complaints, depsWith } from '../in-process.ts';
import { counted, round, spreadOf, spreadText, timed } from '../measure.ts';
import { type Figure, figure, type Row, type Size } from '../row.ts';
import { insertRows, memberIdOf, type Seedling, type SeedServer, seedServer } from '../seed.ts';

const LIMIT_MS = 50;
const GUILD = toGuildId('100000000000000000');
const serverOf = (id: string, library: string): SeedServer => ({
  ...{ id, kind: 'plex', name: id, url: `http://${id}.test`, identity: id, token: 'never' },
  libraries: [{ externalId: library, name: library }],
});
const DAY_MS = 86_400_000;
/** So many of the oldest are of a plan, or on a server, that nothing else is. */
const RARE = 10;

/** Each member has an account, and ten grants of which one is not over. Every third is of a plan. */
export async function fill({ db, stores }: OpenStores, count: number, guildId = GUILD): Promise<void> {
  const now = Date.now();
  await seedServer(stores, guildId, serverOf('tower', 'movies'));
  await seedServer(stores, guildId, serverOf('attic', 'home'));
  await stores.transaction(guildId, async ({ plans }) => {
    for (const id of ['month', 'rare'])
      await plans.add(aPlan(id, { name: id, libraryIds: ['tower.movies'] }));
  });
  const members = Array.from({ length: count / 10 }, (_member, index) => memberIdOf(index));
  const createdAt = new Date(now);
  await insertRows(
    db,
    'Member',
    members.map((userId) => ({ guildId, userId, createdAt })),
  );
  await insertRows(
    db,
    'Account',
    members.map((memberId) => ({
      ...{ guildId, id: `account-${memberId}`, serverId: 'tower', externalId: memberId, name: memberId },
      ...{ memberId, seenAccess: 'libraries', createdAt },
    })),
  );
  function* grants(): Generator<Seedling> {
    for (let index = 0; index < count; index += 1) {
      const isOver = index % 10 !== 0;
      const expiresAt = new Date(now + (isOver ? -1 : 1) * ((index % 300) + 1) * DAY_MS);
      yield {
        ...{ guildId, id: `grant-${index}`, number: index + 1, source: 'command', createdById: '1' },
        memberId: memberIdOf(Math.floor(index / 10)),
        planId: index < RARE ? 'rare' : index % 3 === 0 ? 'month' : null,
        state: isOver ? 'ended' : 'active',
        ...{ startsAt: new Date(expiresAt.getTime() - 30 * DAY_MS), expiresAt, createdAt },
        endingAt: isOver ? expiresAt : null,
        nextAt: isOver ? null : expiresAt,
      };
    }
  }
  function* links(): Generator<Seedling> {
    for (let index = 0; index < count; index += 1) {
      const libraryId = index < RARE ? 'attic.home' : 'tower.movies';
      yield { guildId, grantId: `grant-${index}`, libraryId };
    }
  }
  await insertRows(db, 'Grant', grants());
  await insertRows(db, 'GrantLibrary', links());
  await db.transaction('seed', (queries) =>
    queries.guild.update({ where: { id: guildId }, data: { grantNumber: count } }),
  );
  // As autovacuum would do after a while.
  if (db.dialect === 'postgresql')
    await db.transaction('seed', (queries) => queries.$executeRawUnsafe('ANALYZE'));
}

async function measure(file: TemporaryDatabase, count: number, runs: number) {
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
      'scheduled, of which there are none': '&state=scheduled',
      'ending, of which there are none': '&state=ending',
      'all of a member': `&userId=${memberIdOf(count / 20)}`,
      '100 of a plan': '&planId=month',
      '100 of a plan that are active': '&planId=month&state=active',
      'the ten oldest, by their plan': '&planId=rare',
      'the ten oldest, by their server': '&serverId=attic',
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
    const figures: Figure[] = [];
    const postgres = await startPostgres();
    const places = { SQLite: () => temporarySqlite(), PostgreSQL: () => postgres.createDatabase() };
    try {
      for (const [place, make] of Object.entries(places))
        for (const [what, spread] of Object.entries(await measure(await make(), count, quick ? 50 : 200)))
          figures.push(
            figure({
              what: `GET /v1/grants, ${what}, ${counted(count)} grants, ${place}`,
              measured: spreadText(spread),
              toReach: `p99 ≤ ${LIMIT_MS} ms`,
              met: spread.p99 <= LIMIT_MS,
              raw: spread,
            }),
          );
    } finally {
      await postgres.stop();
    }
    return figures;
  },
};
