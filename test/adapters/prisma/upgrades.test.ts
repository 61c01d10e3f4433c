/** Databases of every version that there has been are brought up to this one: what was stored means the same now. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../../src/adapters/clock.ts';
import { openDatabase } from '../../../src/adapters/prisma/client.ts';
import { resealRows } from '../../../src/adapters/prisma/reseal.ts';
import { createStores } from '../../../src/adapters/prisma/stores.ts';
import type { Dialect } from '../../../src/adapters/prisma/url.ts';
import { checkKey, createSecrets } from '../../../src/adapters/secrets.ts';
import { toGuildId } from '../../../src/domain/ids.ts';
import { type PostgresServer, startPostgres, temporarySqlite } from '../../support/databases.ts';
import { SEALED } from '../../support/old-rows.ts';
import { olderText } from '../../support/older-texts.ts';
import { ada } from '../../support/people.ts';
import { bringUp } from '../../support/upgrades.ts';

const KEY = Buffer.alloc(32, 5);

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

it.each<Dialect>(['sqlite', 'postgresql'])(
  '%s: nothing is lost, whichever version it comes from',
  async (dialect) => {
    const place = dialect === 'sqlite' ? await temporarySqlite() : await server.createDatabase();
    const guilds = await bringUp(place.url, dialect, KEY);
    const db = await openDatabase(place.url, systemClock);
    const { stores } = createStores(db, { newId: () => 'x' });
    const marker = { guildId: '', column: 'Installation.secrets.check' };
    await stores.installation.set('secrets.check', olderText(KEY, 'usher', marker));
    const log = {
      info: () => {},
      warn: () => {},
      error: () => expect.unreachable('something does not open'),
    };
    await checkKey(KEY, stores.installation, (reseal) => resealRows(db, reseal, log));
    const { open } = createSecrets(KEY);
    for (const id of guilds) {
      const guildId = toGuildId(id);
      const of = stores.of(guildId);
      for (const [table, name, column, row] of SEALED) {
        const [found] = await db.reader.$queryRawUnsafe<{ readonly text: string }[]>(
          `SELECT "${name}" AS "text" FROM "${table}" WHERE "guildId" = '${id}' AND "id" = '${row}'`,
        );
        // What came with a later version was not there before.
        if (found || table !== 'Drill')
          expect(open(found?.text ?? '', { guildId, column, row }), `${id} ${column}`).toBe(
            `token of ${row}`,
          );
      }
      expect((await of.servers.list()).map(({ name }) => name).toSorted(), id).toEqual(['Den', 'Tower']);
      expect((await of.libraries.list()).map(({ name }) => name).toSorted(), id).toEqual(['Films', 'Movies']);
      const accounts = new Map((await of.accounts.list()).map((account) => [account.id, account]));
      const protection = Object.fromEntries([...accounts].map(([key, account]) => [key, account.protection]));
      expect(protection, id).toEqual({ boss: 'owner', kid: 'home', root: 'administrator', ada: null });
      expect(accounts.get('ada'), id).toMatchObject({ memberId: ada, createdByUs: true });
      const grants = await db.reader.grant.findMany({ where: { guildId }, orderBy: { number: 'asc' } });
      expect(
        grants.map(({ state, remindAt }) => [state, remindAt?.getTime()]),
        id,
      ).toEqual([
        ['active', 0],
        ['active', undefined],
        ['ended', undefined],
      ]);
      expect((await of.grants.find('timed'))?.libraryIds, id).toEqual(['films']);
      expect(await of.plans.list(), id).toMatchObject([
        { name: 'Basic', renewals: 0, libraryIds: ['films'] },
      ]);
      expect(await of.invites.list(), id).toMatchObject([{ prefix: 'ABCD', usesLeft: 1 }]);
      expect(await of.audit.list({ limit: 9 }), id).toMatchObject([
        { action: 'grant.created', facts: { grant: 1 } },
      ]);
      expect(await of.jobRuns.list('sync', 9), id).toHaveLength(1);
      const deliveries = await db.reader.delivery.findMany({ where: { guildId } });
      expect(deliveries, id).toMatchObject([{ kind: 'audit', lane: `audit ${id}`, state: 'owed' }]);
    }
    await db.close();
    await place.remove();
  },
  180_000,
);
