/** Fills a database with thousands of rows, like those of a guild that has existed for years. */

import type { Database } from '../../src/adapters/prisma/client.ts';
import { createSecrets } from '../../src/adapters/secrets.ts';
import type { Stores } from '../../src/app/ports/stores.ts';
import type { GuildId, MemberId } from '../../src/domain/ids.ts';
import { toMemberId } from '../../src/domain/ids.ts';
import type { ServerKind } from '../../src/domain/model.ts';

export const KEY = Buffer.alloc(32, 7);
const CHUNK = 10_000;

export type Seedling = Readonly<Record<string, string | number | boolean | Date | null>>;

/** Inserts rows, one statement per ten thousand. All rows have the columns of the first. */
export async function insertRows(
  db: Database,
  table: string,
  rows: Iterable<Seedling>,
  chunkSize = CHUNK,
): Promise<void> {
  let chunk: Seedling[] = [];
  const flush = async () => {
    const [first] = chunk;
    if (!first) return;
    const columns = Object.keys(first);
    const names = columns.map((column) => `"${column}"`).join(', ');
    const from =
      db.dialect === 'sqlite'
        ? `SELECT ${columns.map((column) => `value ->> '$.${column}'`).join(', ')} FROM json_each(?)`
        : `SELECT ${names} FROM json_populate_recordset(NULL::"${table}", $1::json)`;
    const json = JSON.stringify(chunk, (_key, value) =>
      // Dates in the format that Prisma writes into SQLite; PostgreSQL reads it too.
      typeof value === 'string' && ISO.test(value) ? value.replace('Z', '+00:00') : value,
    );
    chunk = [];
    await db.transaction('seed', async (queries) => {
      // The rows that are referred to exist. Checking that for each of a million rows would take most of the time.
      if (db.dialect === 'postgresql')
        await queries.$executeRawUnsafe('SET LOCAL session_replication_role = replica');
      await queries.$executeRawUnsafe(`INSERT INTO "${table}" (${names}) ${from}`, json);
    });
  };
  for (const row of rows) {
    chunk.push(row);
    if (chunk.length >= chunkSize) await flush();
  }
  await flush();
}

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const DAY_MS = 86_400_000;

/** Members with a running grant each; `more`: what differs, by the number of the member. */
export async function seedGrants(
  db: Parameters<typeof insertRows>[0],
  guildId: GuildId,
  count: number,
  { days, more = () => ({}) }: { readonly days: number; readonly more?: (index: number) => Seedling },
): Promise<void> {
  const now = new Date();
  const each = Array.from({ length: count }, (_each, index) => index);
  await insertRows(
    db,
    'Member',
    each.map((index) => ({ guildId, userId: memberIdOf(index), createdAt: now })),
  );
  await insertRows(
    db,
    'Grant',
    each.map((index) => ({
      ...{ guildId, id: `grant-${index}`, number: index + 1, memberId: memberIdOf(index) },
      ...{ source: 'command', state: 'active', startsAt: now, createdById: '1', createdAt: now },
      expiresAt: new Date(now.getTime() + days * DAY_MS),
      nextAt: new Date(now.getTime() + days * DAY_MS),
      ...more(index),
    })),
  );
}

export interface SeedServer {
  readonly id: string;
  readonly kind: ServerKind;
  readonly name: string;
  readonly url: string;
  readonly identity: string;
  readonly ownerAccountId?: string;
  readonly token: string;
  /** External ids and names. Our id is `libraryId(server, externalId)`. */
  readonly libraries: readonly { readonly externalId: string; readonly name: string }[];
}

export const libraryId = (serverId: string, externalId: string): string => `${serverId}.${externalId}`;

/** Adds a server as `/server add` would, with its token sealed with `KEY`. */
export async function seedServer(stores: Stores, guildId: GuildId, server: SeedServer): Promise<void> {
  const { libraries, token, ...columns } = server;
  const tokenCipher = createSecrets(KEY).seal(token, { guildId, column: 'Server.token', row: server.id });
  await stores.transaction(guildId, async (tx) => {
    await tx.servers.add({
      ownerAccountId: null,
      ...columns,
      tokenCipher,
      tokenLast4: token.slice(-4),
      version: '1.0.0',
      checkedAt: new Date(),
    });
    for (const { externalId, name } of libraries)
      await tx.libraries.add({
        id: libraryId(server.id, externalId),
        serverId: server.id,
        externalId,
        identity: null,
        name,
        type: 'movies',
        closed: null,
        firstSeenAt: new Date(),
      });
  });
}

/** A member with an account on a server, and with one grant that was applied and verified. */
export interface SeedMember {
  readonly memberId: MemberId;
  readonly serverId: string;
  readonly externalId: string;
  readonly name: string;
  /** Our ids of the libraries that the grant gives. */
  readonly libraryIds: readonly string[];
  readonly expiresAt: Date | null;
}

export const memberIdOf = (index: number): MemberId =>
  toMemberId(String(300_000_000_000_000_000n + BigInt(index)));

export async function seedMembers(
  db: Database,
  stores: Stores,
  guildId: GuildId,
  members: readonly SeedMember[],
): Promise<void> {
  // Creates the row of the guild, with its first sync in the far future.
  await stores.transaction(guildId, (tx) =>
    tx.settings.update({ nextSyncAt: new Date(Date.now() + 30 * 86_400_000) }),
  );
  const now = new Date();
  const accountOf = ({ serverId, externalId }: SeedMember) => `${serverId}-${externalId}`;
  const numbered = [...members.entries()];
  await insertRows(
    db,
    'Member',
    new Set(members.map(({ memberId }) => memberId))
      .values()
      .map((userId) => ({ guildId, userId, createdAt: now })),
  );
  await insertRows(
    db,
    'Account',
    members.map((member) => ({
      guildId,
      id: accountOf(member),
      serverId: member.serverId,
      externalId: member.externalId,
      name: member.name,
      memberId: member.memberId,
      seenAccess: 'libraries',
      seenAt: now,
      createdAt: now,
    })),
  );
  await insertRows(
    db,
    'AccountLibrary',
    members.values().flatMap((member) =>
      member.libraryIds.map((id) => ({
        guildId,
        accountId: accountOf(member),
        libraryId: id,
        seen: true,
        given: true,
      })),
    ),
  );
  await insertRows(
    db,
    'Grant',
    numbered.map(([index, { memberId, expiresAt }]) => ({
      guildId,
      id: `grant-${index + 1}`,
      number: index + 1,
      memberId,
      source: 'command',
      state: 'active',
      startsAt: now,
      expiresAt,
      nextAt: expiresAt,
      createdById: '1',
      createdAt: now,
    })),
  );
  await insertRows(
    db,
    'GrantLibrary',
    numbered
      .values()
      .flatMap(([index, { libraryIds }]) =>
        libraryIds.map((id) => ({ guildId, grantId: `grant-${index + 1}`, libraryId: id })),
      ),
  );
  await db.transaction('seed', (queries) =>
    queries.guild.update({ where: { id: guildId }, data: { grantNumber: members.length } }),
  );
}
