/** Each migration is cut off after each of its statements, with rows of every version: it is not done then. */
import type { SqlDriverAdapter } from '@prisma/driver-adapter-utils';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/clock.ts';
import { connectorOf } from '../../src/adapters/prisma/connect.ts';
import type { Dialect } from '../../src/adapters/prisma/url.ts';
import { type PostgresServer, startPostgres, temporarySqlite } from '../support/databases.ts';
import { bringUp } from '../support/upgrades.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

const statementsOf = (script: string): readonly string[] =>
  script.split(/(?<=;)\s*\n/).filter((statement) => /;\s*$/.test(statement));

/** Whatever a migration may change: the schema, and rows of tables in which some have moved data. */
async function stateOf(adapter: SqlDriverAdapter): Promise<string> {
  const schema =
    adapter.provider === 'sqlite'
      ? `SELECT name, sql FROM sqlite_master ORDER BY name`
      : `SELECT table_name::text, column_name::text, column_default::text, is_nullable::text
         FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY 1, 2`;
  const rows = ['Account', 'Delivery', 'Grant'].map((table) => `SELECT * FROM "${table}" ORDER BY 1, 2`);
  const state: unknown[] = [];
  for (const sql of [schema, ...rows])
    state.push((await adapter.queryRaw({ sql, args: [], argTypes: [] })).rows);
  return JSON.stringify(state);
}

it.each<Dialect>(['sqlite', 'postgresql'])(
  '%s',
  async (dialect) => {
    const place = dialect === 'sqlite' ? await temporarySqlite() : await server.createDatabase();
    const { factory } = await connectorOf(place.url, 'migrate', systemClock);
    const look = async () => {
      const adapter = await factory.connect();
      const state = await stateOf(adapter);
      await adapter.dispose();
      return state;
    };
    let cuts = 0;
    await bringUp(place.url, dialect, Buffer.alloc(32, 5), async ({ name, script, tryWith }) => {
      const statements = statementsOf(script);
      const before = await look();
      for (let done = 1; done <= statements.length; done += 1) {
        const cut = [...statements.slice(0, done), 'INSERT INTO "Killed" VALUES (1);'].join('\n');
        await expect(tryWith(cut), `${name} after ${done}`).rejects.toThrow(/Killed/);
        cuts += 1;
      }
      expect(await look(), name).toBe(before);
    });
    expect(cuts).toBeGreaterThan(80);
    await place.remove();
  },
  300_000,
);
