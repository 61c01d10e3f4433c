/** Another key takes the place of the one in use: killed at any moment, nothing sealed is lost, on both databases. */
import type * as Fs from 'node:fs';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { copyFile, glob, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { schemaFor } from '../../../prisma/schemas.ts';
import { systemClock } from '../../../src/adapters/clock.ts';
import { createCodes } from '../../../src/adapters/codes.ts';
import { createCustomIds } from '../../../src/adapters/discord/messages/custom-id.ts';
import { type Database, openDatabase, type Queries } from '../../../src/adapters/prisma/client.ts';
import { COLUMNS } from '../../../src/adapters/prisma/reseal.ts';
import { createSecrets, keyIdOf, sealedBy, WrongKey } from '../../../src/adapters/secrets.ts';
import type { Log } from '../../../src/app/ports/log.ts';
import type { Secrets } from '../../../src/app/ports/secrets.ts';
import { createLifetime } from '../../../src/concurrency/lifetime.ts';
import { forgetFormer, openStorage, rotateKey } from '../../../src/storage.ts';
import {
  migratedSqlite,
  type PostgresServer,
  startPostgres,
  type TemporaryDatabase,
} from '../../support/databases.ts';
import { noon } from '../../support/moments.ts';
import { here } from '../../support/people.ts';

/** What the process does to files of keys, one after another, and at which of these steps it is killed. */
const steps = vi.hoisted(() => ({ done: 0, killedAt: Number.POSITIVE_INFINITY }));

class Killed extends Error {
  override readonly message = 'killed';
}

vi.mock('node:fs', async (original) => {
  const fs = await original<typeof Fs>();
  const isKey = (path: unknown) => String(path).includes('secret.key');
  const isLast = (path: unknown) => isKey(path) && ++steps.done === steps.killedAt;
  return {
    ...fs,
    writeFileSync(path: string, text: string, options: object) {
      if (!isLast(path)) return fs.writeFileSync(path, text, options);
      fs.writeFileSync(path, text.slice(0, 9), options);
      throw new Killed();
    },
    renameSync(from: string, to: string) {
      if (isLast(from)) throw new Killed();
      fs.renameSync(from, to);
    },
  };
});

const log: Log = { info: () => {}, warn: () => {}, error: () => {} };

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

/** One text for each name that something is sealed for. */
const PLACES = COLUMNS.flatMap(({ table, name, field, sealedFor }) =>
  sealedFor.map((column) => ({ table, name, field, column, row: table === 'Server' ? 'tower' : column })),
);
const plainOf = (column: string) => `the plain text of ${column}`;

/** A row for each of them, with what `seal` makes of its text. */
async function fill(queries: Queries, seal: Secrets['seal']): Promise<void> {
  await queries.guild.create({ data: { id: here } });
  await queries.member.create({ data: { guildId: here, userId: '7' } });
  const made = { createdById: '7', createdAt: noon };
  await queries.apiToken.create({
    data: {
      guildId: here,
      id: 't',
      name: 't',
      nameKey: 't',
      scope: 'read',
      hmac: 'h',
      last4: 'last',
      ...made,
    },
  });
  for (const { table, name, field, column, row } of PLACES) {
    const sealed = seal(plainOf(column), { guildId: here, column, row });
    const own = { guildId: here, id: row };
    const content = JSON.stringify({ kind: 'kept', [field ?? '']: sealed, gives: ['v2.'] });
    const server = { kind: 'plex', name: row, nameKey: row, url: 'u', identity: 'i', tokenLast4: 'last' };
    const delivery = { kind: 'dm', sink: '7', sequence: 1, content, dueAt: noon, createdAt: noon };
    const signIn = { memberId: '7', kind: 'plex', expiresAt: noon, pinCipher: 'none', [name]: sealed };
    const drill = { serverId: 'tower', dueAt: noon, createdAt: noon, secretCipher: sealed };
    const account = { serverId: 'tower', externalId: row, name: 'ada', secretCipher: sealed };
    if (table === 'Server') await queries.server.create({ data: { ...own, ...server, tokenCipher: sealed } });
    if (table === 'Account') await queries.account.create({ data: { ...own, ...account } });
    const call = { tokenId: 't', key: 'k', bodyHash: 'b', auditNumber: 0, at: noon, answerCipher: sealed };
    if (table === 'ApiCall') await queries.apiCall.create({ data: { ...own, ...call } });
    const webhook = { name: 'w', events: '[]', sentNumber: 0, urlCipher: 'none', secretCipher: 'none' };
    if (table === 'Webhook')
      await queries.webhook.create({ data: { ...own, ...webhook, createdAt: noon, [name]: sealed } });
    if (table === 'Delivery') await queries.delivery.create({ data: { ...own, ...delivery } });
    if (table === 'Draft')
      await queries.draft.create({ data: { ...own, userId: '7', content, expiresAt: noon } });
    if (table === 'SignIn') await queries.signIn.create({ data: { ...own, ...signIn } });
    if (table === 'Drill') await queries.drill.create({ data: { ...own, ...drill } });
  }
}

/** The texts as they are kept, by what they are sealed for. */
async function kept({ reader }: Database): Promise<ReadonlyMap<string, string>> {
  const all = new Map<string, string>();
  for (const { table, name, field, column, row } of PLACES) {
    const [found] = await reader.$queryRawUnsafe<{ readonly text: string }[]>(
      `SELECT "${name}" AS "text" FROM "${table}" WHERE "id" = '${row}'`,
    );
    const text = found?.text ?? '';
    all.set(column, field === null ? text : JSON.parse(text)[field]);
  }
  return all;
}

describe.each(['sqlite', 'postgresql'] as const)('%s', (dialect) => {
  let place: TemporaryDatabase;
  let folder: string;
  beforeEach(async () => {
    place = dialect === 'sqlite' ? await migratedSqlite() : await server.createMigrated();
    folder = await mkdtemp(join(tmpdir(), 'usher-keys-'));
    Object.assign(steps, { done: 0, killedAt: Number.POSITIVE_INFINITY });
  });
  afterEach(async () => {
    await place.remove();
    await rm(folder, { recursive: true, force: true });
  });

  /** A start of Usher, as far as it is about database and key. */
  async function started<T>(
    work: (storage: Awaited<ReturnType<typeof openStorage>>) => Promise<T>,
  ): Promise<T> {
    const life = createLifetime();
    try {
      const config = { DATABASE_URL: place.url, DATA_DIR: folder, SECRET_KEY: undefined };
      return await work(await openStorage(config, log, life, () => {}));
    } finally {
      await life.end();
    }
  }

  const code = 'ABCDEFGHJKMNPQRS';
  const button = { command: 'redeem', op: 'go', args: [], applicationId: '1', guildId: here } as const;
  const signable = { ...button, inDm: false, audience: 'everybody', expiresAt: noon } as const;
  const presented = { applicationId: '1', userId: '7', guildId: here, now: noon };

  /** The first start: what is sealed, the hash of a code and a button of that time. */
  const begin = () =>
    started(async ({ database, keys }) => {
      const { seal } = createSecrets(keys.key);
      await database.transaction('x', (queries) => fill(queries, seal));
      return {
        hmac: createCodes(keys.derived('invite-code')).hmac(code),
        customId: createCustomIds(keys.derived('custom-id')).sign(signable),
      };
    });

  /** A start finds everything: returns the id of the key that it is sealed with. */
  const expectWhole = (of: Awaited<ReturnType<typeof begin>>) =>
    started(async ({ database, keys }) => {
      const { open } = createSecrets(keys.key);
      for (const [column, text] of await kept(database)) {
        expect(text).toContain(sealedBy(keys.key));
        const row = PLACES.find((one) => one.column === column)?.row ?? '';
        expect(open(text, { guildId: here, column, row }), column).toBe(plainOf(column));
      }
      expect(readFileSync(join(folder, 'secret.key'), 'utf8').trim()).toBe(keys.key.toString('base64'));
      const former = keys.former('invite-code').map(({ bytes }) => bytes);
      expect(createCodes(keys.derived('invite-code'), former).hmacs(code)).toContain(of.hmac);
      const ids = createCustomIds(keys.derived('custom-id'), keys.former('custom-id'));
      expect(ids.verify({ ...presented, customId: of.customId }).kind).toBe('valid');
      return keyIdOf(keys.key);
    });

  const rotated = () => started((storage) => rotateKey(storage, folder, log));
  const formerFiles = () => readdirSync(folder).filter((name) => name.includes('.former-'));

  it('seals everything anew, and what others have of before goes on', async () => {
    const of = await begin();
    const first = await expectWhole(of);
    const done = await rotated();
    expect(done).toMatchObject({ texts: PLACES.length, former: join(folder, `secret.key.former-${first}`) });
    expect(await expectWhole(of)).toBe(done.keyId);
    const second = await rotated();
    expect(await expectWhole(of)).toBe(second.keyId);
    expect(new Set([first, done.keyId, second.keyId]).size).toBe(3);
    expect(formerFiles()).toHaveLength(2);
    expect(existsSync(join(folder, 'secret.key.next'))).toBe(false);
  });

  it('forgets former keys when that is asked for: buttons of before are too old then, and codes go on', async () => {
    const of = await begin();
    await rotated();
    expect(await started((storage) => forgetFormer(storage, folder))).toHaveLength(1);
    expect(formerFiles()).toEqual([]);
    await started(async ({ keys }) => {
      const former = keys.former('invite-code').map(({ bytes }) => bytes);
      expect(createCodes(keys.derived('invite-code'), former).hmacs(code)).toContain(of.hmac);
      const ids = createCustomIds(keys.derived('custom-id'), keys.former('custom-id'));
      expect(ids.verify({ ...presented, customId: of.customId }).kind).toBe('too-old');
      expect(ids.verify({ ...presented, customId: ids.sign(signable) }).kind).toBe('valid');
      const forged = createCustomIds(Buffer.alloc(32)).sign(signable);
      expect(ids.verify({ ...presented, customId: forged }).kind).toBe('not-yours');
    });
  });

  it('loses nothing, whenever it is killed', async () => {
    const of = await begin();
    let key = await expectWhole(of);
    /** How it ends, and whether the key is another one then. */
    const ends: [string, () => void, 'before' | 'inside' | 'after' | undefined, boolean][] = [
      ...Array.from({ length: 4 }, (_, n): (typeof ends)[number] => [
        `at step ${n + 1} with the files`,
        () => Object.assign(steps, { done: 0, killedAt: n + 1 }),
        undefined,
        false,
      ]),
      ['before the transaction', () => {}, 'before', false],
      ['in the transaction', () => {}, 'inside', false],
      ['after the transaction', () => {}, 'after', true],
      ['at the last step', () => Object.assign(steps, { done: 0, killedAt: 5 }), undefined, true],
    ];
    for (const [when, arm, transaction, isNew] of ends) {
      const killed = started(async (storage) => {
        arm();
        await rotateKey({ ...storage, database: killable(storage.database, transaction) }, folder, log);
      });
      await expect(killed, when).rejects.toThrow(/killed/);
      steps.killedAt = Number.POSITIVE_INFINITY;
      const found = await expectWhole(of);
      expect(found !== key, when).toBe(isNew);
      // `rotate-key` begins as a start does.
      key = (await rotated()).keyId;
    }
    expect(await expectWhole(of)).toBe(key);
    expect(existsSync(join(folder, 'secret.key.next'))).toBe(false);
  });

  it('says where the key is kept that a database needs', async () => {
    await begin();
    const { keyId } = await rotated();
    const needed = join(folder, `secret.key.former-${keyId}`);
    await copyFile(join(folder, 'secret.key'), needed);
    await writeFile(join(folder, 'secret.key'), Buffer.alloc(32, 9).toString('base64'));
    await expect(started(async () => {})).rejects.toThrow(WrongKey);
    await expect(started(async () => {})).rejects.toThrow(`which is kept as ${needed}`);
  });

  it('leaves what does not open as it is, and says so', async () => {
    await begin();
    const odd = `${await started(async ({ keys }) => sealedBy(keys.key))}AAAA.BBBB`;
    await started(({ database }) =>
      database.transaction('x', (queries) => queries.account.updateMany({ data: { secretCipher: odd } })),
    );
    const said: unknown[] = [];
    const listening: Log = { ...log, error: (fields) => void said.push(fields) };
    const { texts } = await started((storage) => rotateKey(storage, folder, listening));
    expect(texts).toBe(PLACES.length - 1);
    expect(said).toEqual([{ guildId: here, table: 'Account', row: 'Account.secret' }]);
  });

  if (dialect === 'postgresql')
    it('is refused while Usher runs on the database, also while it has nothing to do', async () => {
      await begin();
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      const running = await openDatabase(place.url, systemClock);
      await running.transaction('x', (queries) => queries.guild.count());
      // Longer than connections without work are kept.
      vi.advanceTimersByTime(60_000);
      vi.useRealTimers();
      await expect(rotated()).rejects.toThrow(/in use: Usher is running on it, connected from/);
      await running.close();
      await rotated();
    });
});

function killable(database: Database, when: 'before' | 'inside' | 'after' | undefined): Database {
  if (when === undefined) return database;
  return {
    ...database,
    async transaction(key, work) {
      if (when === 'before') throw new Killed();
      const done = await database.transaction(key, async (queries) => {
        const worked = await work(queries);
        if (when === 'inside') throw new Killed();
        return worked;
      });
      if (when === 'after') throw new Killed();
      return done;
    },
  };
}

describe('the list of what is sealed', () => {
  const sealed = COLUMNS.flatMap(({ sealedFor }) => sealedFor);

  it('has every name that something is sealed for', async () => {
    const root = resolve(import.meta.dirname, '../../..');
    const models = [...schemaFor('sqlite').matchAll(/^model (\w+) /gm)].map(([, name = '']) => name);
    const name = new RegExp(
      `'((?:${models.filter((one) => one !== 'Installation').join('|')})\\.[a-z][\\w.]*)'`,
      'g',
    );
    const found = new Set<string>();
    for await (const file of glob('src/{app,adapters,jobs}/**/*.ts', { cwd: root }))
      if (!/generated|reseal\.ts/.test(file))
        for (const [, column = ''] of readFileSync(join(root, file), 'utf8').matchAll(name))
          found.add(column);
    expect(found).toContain('Server.token');
    const missing = [...found].filter(
      (column) => !sealed.some((one) => one === column || one.startsWith(`${column}.`)),
    );
    expect(missing).toEqual([]);
  });

  it('has every column of the schema that is one', () => {
    const inSchema = [...schemaFor('sqlite').matchAll(/^model (\w+) \{([^}]*)\}/gm)].flatMap(
      ([, model, body = '']) =>
        [...body.matchAll(/^ {2}(\w*Cipher) /gm)].map(([, column]) => `${model}.${column}`),
    );
    expect(inSchema).toContain('SignIn.pinCipher');
    const listed = COLUMNS.map(({ table, name }) => `${table}.${name}`);
    expect(inSchema.filter((column) => !listed.includes(column))).toEqual([]);
  });
});
