/** What it costs to find what is due, depending on how much is due and how much exists. */

import { systemClock } from '../../../src/adapters/clock.ts';
import { connectorOf } from '../../../src/adapters/prisma/connect.ts';
import { PrismaClient } from '../../../src/adapters/prisma/generated/sqlite/client.ts';
import { createStores } from '../../../src/adapters/prisma/stores.ts';
import type { Stores } from '../../../src/app/ports/stores.ts';
import type { GuildId } from '../../../src/domain/ids.ts';
import { toGuildId } from '../../../src/domain/ids.ts';
import {
  type OpenStores,
  openStores,
  startPostgres,
  type TemporaryDatabase,
  temporarySqlite,
} from '../../support/databases.ts';
import { counted, median, ms, round, timed } from '../measure.ts';
import { type Figure, figure, type Row, type Size } from '../row.ts';
import { insertRows, memberIdOf, type Seedling, type SeedServer, seedServer } from '../seed.ts';

const GUILDS = 10;
const DUE = 100;
const RUNS = 60;
/** Everything that is due is in one guild: the most that one pass lists at once. */
const guildOf = (index: number): string => String(100_000_000_000_000_000n + BigInt(index % GUILDS));
const NOW = new Date('2026-06-01T00:00:00.000Z');
const DAY_MS = 86_400_000;
const TOWER: SeedServer = {
  id: 'tower',
  kind: 'plex',
  name: 'Tower',
  url: 'http://tower.test',
  identity: 'tower',
  token: 'never-used',
  libraries: [{ externalId: 'movies', name: 'Movies' }],
};

/**
 * Half of the grants are history, and half end in future; a hundred are due. Each member has ten grants and an
 * account.
 */
async function fill({ db, stores }: OpenStores, count: number): Promise<void> {
  const guilds = Array.from({ length: GUILDS }, (_each, index) => ({
    id: guildOf(index),
    nextSyncAt: new Date(NOW.getTime() + DAY_MS),
    createdAt: NOW,
  }));
  await insertRows(db, 'Guild', guilds);
  const memberOf = (index: number) => memberIdOf(Math.floor(index / GUILDS / 10));
  function* members(): Generator<{ guildId: GuildId; userId: string; createdAt: Date }> {
    for (let index = 0; index < count; index += 1)
      if (Math.floor(index / GUILDS) % 10 === 0)
        yield { guildId: toGuildId(guildOf(index)), userId: memberOf(index), createdAt: NOW };
  }
  function* grants(): Generator<Seedling> {
    for (let index = 0; index < count; index += 1) {
      const isDue = index % GUILDS === 0 && index / GUILDS < DUE;
      const isOver = !isDue && index % 2 === 1;
      const away = isDue ? -60_000 : DAY_MS + ((index * 7_919) % 365) * DAY_MS;
      const expiresAt = new Date(NOW.getTime() + (isOver ? -away : away));
      yield {
        guildId: guildOf(index),
        id: `grant-${index}`,
        number: Math.floor(index / GUILDS) + 1,
        memberId: memberOf(index),
        source: 'command',
        state: isOver ? 'ended' : 'active',
        startsAt: new Date(expiresAt.getTime() - 30 * DAY_MS),
        expiresAt,
        nextAt: isOver ? null : expiresAt,
        createdById: '1',
        createdAt: NOW,
      };
    }
  }
  function* links(): Generator<Seedling> {
    for (let index = 0; index < count; index += 1)
      yield { guildId: guildOf(index), grantId: `grant-${index}`, libraryId: 'tower.movies' };
  }
  for (const { id } of guilds) await seedServer(stores, toGuildId(id), TOWER);
  await insertRows(db, 'Member', members());
  await insertRows(
    db,
    'Account',
    members().map(({ guildId, userId }) => ({
      guildId,
      id: `account-${userId}`,
      serverId: TOWER.id,
      externalId: `of-${userId}`,
      name: `of-${userId}`,
      memberId: userId,
      seenAccess: 'libraries',
      createdAt: NOW,
    })),
  );
  await insertRows(db, 'Grant', grants());
  await insertRows(db, 'GrantLibrary', links());
  // As autovacuum would do after a while.
  if (db.dialect === 'postgresql')
    await db.transaction('seed', (queries) => queries.$executeRawUnsafe('ANALYZE'));
}

/** Finds the guild that has something due, and what that is. */
async function findDue(stores: Stores): Promise<void> {
  const [guildId, ...others] = await stores.due.listGuilds(NOW);
  if (guildId === undefined || others.length > 0) throw new Error('another guild is due');
  const due = await stores.of(guildId).grants.listTransitionsDue(NOW, DUE);
  if (due.length !== DUE) throw new Error(`${due.length} of ${DUE} are due`);
}

/** All queries of one look of the runner and of the start of its pass. */
async function tick(stores: Stores): Promise<void> {
  await findDue(stores);
  await stores.of(toGuildId(guildOf(0))).accounts.listDue(NOW);
  await stores.due.listSyncs(NOW);
  await stores.due.nextMoment();
}

/** Medians of several works that take turns, so that disturbances of the machine affect all of them equally. */
async function mediansOf(works: readonly (() => Promise<void>)[]): Promise<readonly number[]> {
  const times = works.map((): number[] => []);
  for (let run = -10; run < RUNS; run += 1)
    for (const [index, work] of works.entries()) {
      const took = await timed(work);
      if (run >= 0) times[index]?.push(took);
    }
  return times.map((each) => round(median(each)));
}

/** The query plans of everything that is asked to find what is due, as the database describes them. */
async function plansOf(open: OpenStores, url: string): Promise<readonly string[]> {
  const { factory } = await connectorOf(url, 'read', systemClock);
  const explain = open.db.dialect === 'sqlite' ? 'EXPLAIN QUERY PLAN' : 'EXPLAIN';
  const plans: string[] = [];
  const generated =
    open.db.dialect === 'sqlite'
      ? PrismaClient
      : // Generated from the same models (see src/adapters/prisma/client.ts).
        ((await import('../../../src/adapters/prisma/generated/postgresql/client.ts'))
          .PrismaClient as unknown as typeof PrismaClient);
  const client = new generated({
    adapter: {
      ...factory,
      async connect() {
        const adapter = await factory.connect();
        const queryRaw = adapter.queryRaw.bind(adapter);
        adapter.queryRaw = async (query) => {
          const plan = await queryRaw({ ...query, sql: `${explain} ${query.sql}` });
          plans.push(...plan.rows.map((row) => String(row.at(-1))));
          return queryRaw(query);
        };
        return adapter;
      },
    },
  });
  await findDue(createStores({ ...open.db, reader: client }, { newId: () => 'id' }).stores);
  await client.$disconnect();
  return plans;
}

/** Two databases of one kind: one with a thousand grants, and one with very many. */
async function measure(make: () => Promise<TemporaryDatabase>, most: number) {
  const files = [await make(), await make()] as const;
  const [few, many] = [await openStores(files[0].url), await openStores(files[1].url)];
  try {
    await fill(few, 1_000);
    const seedMs = round(await timed(() => fill(many, most)));
    const plan = await plansOf(many, files[1].url);
    const [due = 0, tickOfFew = 0, tickOfMany = 0] = await mediansOf([
      () => findDue(many.stores),
      () => tick(few.stores),
      () => tick(many.stores),
    ]);
    return { most, seedMs, due, tickOfFew, tickOfMany, growth: round(tickOfMany / tickOfFew), plan };
  } finally {
    await Promise.all([few.close(), many.close()]);
    for (const file of files) await file.remove();
  }
}

const WALK = /^SCAN (main\.)?(Grant|Account|GrantLibrary)\b|Seq Scan on "(Grant|Account|GrantLibrary)"/;

export const dueQuery: Row = {
  name: 'due-query',
  async run({ quick }: Size): Promise<readonly Figure[]> {
    const most = quick ? 100_000 : 1_000_000;
    const postgres = await startPostgres();
    const places = {
      SQLite: () => temporarySqlite(),
      PostgreSQL: () => postgres.createDatabase(),
    };
    const figures: Figure[] = [];
    try {
      for (const [name, make] of Object.entries(places)) {
        const result = await measure(make, most);
        const walks = result.plan.filter((step) => WALK.test(step));
        figures.push(
          figure({
            what: `due query, ${counted(most)} grants, ${DUE} due, ${name}`,
            measured: `${ms(result.due)}${walks.length > 0 ? ', walks through a table' : ', by index'}`,
            toReach: '≤ 10 ms',
            met: result.due <= 10 && walks.length === 0,
            raw: result,
          }),
          figure({
            what: `a tick with ${counted(most)} grants against one with 1,000, ${DUE} due in both, ${name}`,
            measured: `${result.growth.toFixed(2)} × (${ms(result.tickOfMany)} against ${ms(result.tickOfFew)})`,
            toReach: '≤ 1.5 ×',
            met: result.growth <= 1.5,
            raw: result,
          }),
        );
      }
    } finally {
      await postgres.stop();
    }
    return figures;
  },
};
