import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../../src/adapters/clock.ts';
import type { Database } from '../../../src/adapters/prisma/client.ts';
import { connectorOf } from '../../../src/adapters/prisma/connect.ts';
import { PrismaClient } from '../../../src/adapters/prisma/generated/sqlite/client.ts';
import { createStores } from '../../../src/adapters/prisma/stores.ts';
import { minutes, seed } from '../../contracts/guild.ts';
import {
  type OpenStores,
  openStores,
  type TemporaryDatabase,
  temporarySqlite,
} from '../../support/databases.ts';
import { noon } from '../../support/moments.ts';
import { ann, here } from '../../support/people.ts';

let database: TemporaryDatabase;
let it_: OpenStores;
let spied: Pick<OpenStores, 'stores' | 'outbox'>;
let client: PrismaClient;
let plans: string[] = [];

beforeAll(async () => {
  database = await temporarySqlite();
  it_ = await openStores(database.url);
  await seed(it_.stores, here);
  const { factory } = connectorOf(database.url, 'read', systemClock);
  client = new PrismaClient({
    adapter: {
      ...factory,
      // Each query is explained before it runs, with its real values.
      async connect() {
        const adapter = await factory.connect();
        const queryRaw = adapter.queryRaw.bind(adapter);
        adapter.queryRaw = async (query) => {
          const plan = await queryRaw({ ...query, sql: `EXPLAIN QUERY PLAN ${query.sql}` });
          plans.push(...plan.rows.map((row) => String(row.at(-1))));
          return queryRaw(query);
        };
        return adapter;
      },
    },
  });
  const db: Database = { ...it_.db, reader: client };
  spied = createStores(db, { newId: () => 'id' });
});
afterAll(async () => {
  await client.$disconnect();
  await it_.close();
  await database.remove();
});

it.each<[string, () => Promise<unknown>]>([
  ['the work list', () => spied.stores.due.listGuilds(noon)],
  ['the next moment', () => spied.stores.due.nextMoment()],
  ['the syncs due', () => spied.stores.due.listSyncs(noon)],
  ['the guilds of a member', () => spied.stores.due.listGuildsOfMember(ann)],
  ['the guild of an invite', () => spied.stores.due.findGuildOfInvite('hmac')],
  ['the transitions due of a guild', () => spied.stores.of(here).grants.listTransitionsDue(minutes(99), 100)],
  ['the accounts due of a guild', () => spied.stores.of(here).accounts.listDue(minutes(99))],
  ['the grants of a member', () => spied.stores.of(here).grants.list({ memberId: ann, states: ['active'] })],
  ['the newest audit events', () => spied.stores.of(here).audit.list({ targetId: ann, limit: 10 })],
  ['the outbox', () => spied.outbox.listDue(noon, 50)],
  ['the next moment of the outbox', () => spied.outbox.nextMoment()],
])('%s: answered from indexes, no table is walked through', async (_name, ask) => {
  plans = [];
  await ask();
  expect(plans.length).toBeGreaterThan(0);
  // SQLite also says SEARCH when it reads an index in order until the first hit (ORDER BY … LIMIT 1).
  expect(plans.filter((step) => /^SCAN (?!due\b|step\b|CONSTANT ROW)/.test(step))).toEqual([]);
});

it.each<[string, () => Promise<unknown>]>([
  ['the accounts due of a guild', () => spied.stores.of(here).accounts.listDue(minutes(99))],
  ['of a server', () => spied.stores.of(here).accounts.listDue(minutes(99), 'plex')],
  ['the servers with such', () => spied.stores.of(here).accounts.listDueServers(minutes(99))],
])('%s: by when they are due, not by walking over all of the guild', async (_name, ask) => {
  plans = [];
  await ask();
  const steps = plans.filter((step) => /\bAccount\b/.test(step));
  expect(steps).toHaveLength(3);
  for (const step of steps)
    expect(step).toMatch(/^SEARCH .*\(guildId=\? AND (serverId=\? AND )?(dueAt|lookAt|deleteAt)/);
});
