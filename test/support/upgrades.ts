/** A database that goes through every version that there has been, with a community of each. */
import { writeFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/adapters/clock.ts';
import { connectorOf } from '../../src/adapters/prisma/connect.ts';
import { migrateDatabase } from '../../src/adapters/prisma/migrate.ts';
import { migrationsFolder, readMigrations } from '../../src/adapters/prisma/schema-engine.ts';
import type { Dialect } from '../../src/adapters/prisma/url.ts';
import { insertOldRows } from './old-rows.ts';

export interface Upgrade {
  readonly name: string;
  readonly script: string;
  /** Tries to migrate with this in the place of the script. */
  readonly tryWith: (script: string) => Promise<unknown>;
}

/**
 * Brings an empty database up, version by version. After each one a community begins in the form of that version; the
 * names of all of them are returned. `before` is called before each migration but the first.
 */
export async function bringUp(
  url: string,
  dialect: Dialect,
  key: Buffer,
  before: (upgrade: Upgrade) => Promise<void> = async () => {},
): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'usher-upgrades-'));
  const backUp = async (_from: string, to: string) => writeFileSync(to, '');
  const migrate = () => migrateDatabase(url, systemClock, { folder, backUp });
  const guilds: string[] = [];
  for (const { path: name, migrationFile } of readMigrations(dialect).migrationDirectories) {
    const at = join(folder, dialect, name);
    await mkdir(at, { recursive: true });
    const tryWith = async (script: string) => {
      await writeFile(join(at, 'migration.sql'), script);
      return await migrate();
    };
    const script = migrationFile.content.tag === 'ok' ? migrationFile.content.value : '';
    if (guilds.length > 0) await before({ name, script, tryWith });
    await cp(join(migrationsFolder, dialect, name), at, { recursive: true });
    const { applied } = await migrate();
    if (applied.join() !== name) throw new Error(`applied ${applied.join()} and not ${name}`);
    const adapter = await (await connectorOf(url, 'migrate', systemClock)).factory.connect();
    const guildId = `guild of ${name}`;
    await insertOldRows(adapter, { guildId, key });
    await adapter.dispose();
    guilds.push(guildId);
  }
  await rm(folder, { recursive: true });
  return guilds;
}
