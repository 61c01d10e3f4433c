import type { SqlDriverAdapter, SqlQuery } from '@prisma/driver-adapter-utils';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../../src/adapters/clock.ts';
import type { Database } from '../../../src/adapters/prisma/client.ts';
import { connectorOf } from '../../../src/adapters/prisma/connect.ts';
import { PrismaClient } from '../../../src/adapters/prisma/generated/sqlite/client.ts';
import { createStores } from '../../../src/adapters/prisma/stores.ts';
import type { FirstGrants } from '../../../src/app/ports/stores/grants.ts';
import type { GuildStores } from '../../../src/app/ports/stores.ts';
import { toMemberId } from '../../../src/domain/ids.ts';
import { minutes, seed } from '../../contracts/guild.ts';
import {
  type OpenStores,
  openStores,
  type TemporaryDatabase,
  temporarySqlite,
} from '../../support/databases.ts';
import { noon } from '../../support/moments.ts';
import { ann, here } from '../../support/people.ts';
import { newGrant } from '../../support/rows.ts';

let database: TemporaryDatabase;
let it_: OpenStores;
let spied: Pick<OpenStores, 'stores' | 'outbox'>;
const clients: PrismaClient[] = [];
let plans: string[] = [];

/** Each statement is explained before it runs, with its real values. */
function explained<T extends Pick<SqlDriverAdapter, 'queryRaw' | 'executeRaw'>>(connection: T): T {
  const queryRaw = connection.queryRaw.bind(connection);
  const executeRaw = connection.executeRaw.bind(connection);
  const explain = async (query: SqlQuery) => {
    const plan = await queryRaw({ ...query, sql: `EXPLAIN QUERY PLAN ${query.sql}` });
    plans.push(...plan.rows.map((row) => String(row.at(-1))));
  };
  connection.queryRaw = async (query) => {
    await explain(query);
    return await queryRaw(query);
  };
  connection.executeRaw = async (query) => {
    await explain(query);
    return await executeRaw(query);
  };
  return connection;
}

async function open(role: 'read' | 'write'): Promise<PrismaClient> {
  const { factory } = await connectorOf(database.url, role, systemClock);
  const client = new PrismaClient({
    adapter: {
      ...factory,
      async connect() {
        const adapter = await factory.connect();
        const startTransaction = adapter.startTransaction.bind(adapter);
        adapter.startTransaction = async (isolation) => explained(await startTransaction(isolation));
        return explained(adapter);
      },
    },
  });
  clients.push(client);
  return client;
}

beforeAll(async () => {
  database = await temporarySqlite();
  it_ = await openStores(database.url);
  await seed(it_.stores, here);
  const writer = await open('write');
  const db: Database = {
    ...it_.db,
    reader: await open('read'),
    transaction: (_key, work) => writer.$transaction((queries) => work(queries)),
  };
  spied = createStores(db, { newId: () => 'id' });
});
afterAll(async () => {
  for (const client of clients) await client.$disconnect();
  await it_.close();
  await database.remove();
});

it.each<[string, () => Promise<unknown>]>([
  ['the work list', () => spied.stores.due.listGuilds(noon)],
  ['the next moment', () => spied.stores.due.nextMoment()],
  ['the reminders due', () => spied.stores.due.listReminders(noon)],
  ['the next reminder', () => spied.stores.due.nextReminder()],
  ['the reminders of a guild', () => spied.stores.of(here).grants.listRemindersDue(minutes(99), 100)],
  ['the requests that wait', () => spied.stores.of(here).requests.listWaiting()],
  ['the syncs due', () => spied.stores.due.listSyncs(noon)],
  ['the digests due', () => spied.stores.due.listDigests(noon)],
  ['the guilds of a member', () => spied.stores.due.listGuildsOfMember(ann)],
  ['the guild of an invite', () => spied.stores.due.findGuildOfInvite(['hmac', 'of before'])],
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

/** As many as a batch has: with one or two, SQLite chooses other indexes. */
const many = Array.from({ length: 200 }, (_each, index) => String(index));

it('the first grants: in order from the index, and no list of libraries for each of them', async () => {
  plans = [];
  const word = { memberIds: [ann], libraryIds: many, planIds: [], number: 1, text: '' };
  const states = ['active', 'scheduled'] as const;
  await spied.stores.of(here).grants.listFirst({ states, at: noon, words: [word], order: 'end', limit: 9 });
  const steps = (table: string) => plans.filter((step) => new RegExp(`^SEARCH ${table}\\b`).test(step));
  expect(steps('one')).toHaveLength(6);
  for (const step of steps('one')) expect(step).toMatch(/\(guildId=\? AND state=\? AND expiresAt/);
  for (const step of steps('its')) expect(step).toMatch(/\(guildId=\? AND grantId=\?\)/);
  // Only the first ones of all pieces are sorted.
  expect(plans.filter((step) => step.includes('TEMP B-TREE'))).toHaveLength(1);
});

it.each<[string, Partial<FirstGrants>, RegExp]>([
  ['all', {}, /number</],
  ...(['scheduled', 'active', 'paused', 'ending', 'ended'] as const).map(
    (state): [string, Partial<FirstGrants>, RegExp] => [
      state,
      { states: [state] },
      /state=\? AND (number<|expiresAt<)/,
    ],
  ),
  ['of a plan', { planId: 'plan' }, /planId=\? AND state=\? AND number</],
  ['ended and of a plan', { planId: 'plan', states: ['ended'] }, /planId=\? AND state=\? AND number</],
  ['of a member', { memberId: ann }, /memberId=\?/],
  ['of a server with few', { serverId: 'plex' }, /id=\?/],
  ['ended and of a server with few', { serverId: 'plex', states: ['ended'] }, /id=\?/],
  ['active and of a member', { memberId: ann, states: ['active'] }, /memberId=\? AND state=\?/],
])('the newest grants, %s: the few that are read', async (_name, filter, by) => {
  plans = [];
  const which = { ...filter, at: noon, before: 9, order: 'newest', limit: 9 } as const;
  await spied.stores.of(here).grants.listFirst(which);
  const steps = plans.filter((step) => /^SEARCH one\b/.test(step));
  expect(steps.length).toBeGreaterThan(0);
  for (const step of steps) expect(step).toMatch(new RegExp(`\\(guildId=\\? AND ${by.source}`));
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

it.each<[string, string, RegExp, (stores: GuildStores) => Promise<unknown>]>([
  [
    'the grants of some members',
    'Grant',
    /\(guildId=\? AND memberId=\?/,
    ({ grants }) => grants.list({ memberIds: many.map(toMemberId), states: ['active', 'ending'] }),
  ],
  [
    'the grants of one',
    'Grant',
    /\(guildId=\? AND memberId=\?/,
    ({ grants }) => grants.list({ memberId: ann }),
  ],
  [
    'the accounts of some on a server',
    'Account',
    /\(guildId=\? AND memberId=\?/,
    ({ accounts }) => accounts.list({ serverId: 'plex', memberIds: many.map(toMemberId) }),
  ],
  [
    'changes of many accounts',
    'one',
    /\(guildId=\? AND id=\?/,
    ({ accounts }) =>
      accounts.updateMany([
        { id: 'account', changes: { trouble: null }, libraries: { seen: [], given: [] } },
      ]),
  ],
  [
    'plans of many reminders',
    'one',
    /\(guildId=\? AND id=\?/,
    async ({ grants }) => {
      await grants.add(newGrant('grant'));
      await grants.planReminders([{ id: 'grant', remindAt: null }]);
    },
  ],
  [
    'moves of many grants',
    'Grant',
    /\(guildId=\? AND id=\?/,
    ({ grants }) => grants.move(many, ['active'], 'ending', {}),
  ],
])('%s: by their keys, not by walking over all of the guild', async (_name, table, by, work) => {
  await spied.stores.transaction(here, async (stores) => {
    plans = [];
    await work(stores);
  });
  const steps = plans.filter((step) => new RegExp(`\\b${table}\\b`).test(step));
  expect(steps.length).toBeGreaterThan(0);
  for (const step of steps) expect(step).toMatch(by);
});
