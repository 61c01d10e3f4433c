/**
 * `npm run migrate:new NAME`: writes the next migration for both databases, in Prisma's own format. It leads from
 * the migrations on disk to prisma/schema.prisma, and the bot applies it at its next start.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../src/adapters/clock.ts';
import { connectorOf } from '../src/adapters/prisma/connect.ts';
import {
  diffScript,
  migrationsFolder,
  readMigrations,
  schemaTarget,
  withSchemaEngine,
} from '../src/adapters/prisma/schema-engine.ts';
import type { Dialect } from '../src/adapters/prisma/url.ts';
import { startPostgres, temporarySqlite } from '../test/support/databases.ts';
import { schemaFor } from './schemas.ts';

const name = process.argv[2] ?? '';
if (!/^[a-z0-9][a-z0-9_]{0,59}$/.test(name)) {
  console.error(
    `Usage: npm run migrate:new NAME\nNAME says what changes, in lower case: letters, digits and _, for example add_quiet_hours.`,
  );
  process.exit(2);
}

const postgres = await startPostgres();
const sqlite = await temporarySqlite();
try {
  const scripts: Record<Dialect, string | undefined> = {
    sqlite: await nextMigration('sqlite', sqlite.url),
    postgresql: await nextMigration('postgresql', (await postgres.createDatabase()).url),
  };
  const folder = `${new Date().toISOString().replace(/\D/g, '').slice(0, 14)}_${name}`;
  // Both databases get a migration even if only one changes, so that both histories have the same names.
  if (scripts.sqlite === undefined && scripts.postgresql === undefined) {
    console.log('Nothing to migrate: the migrations already lead to prisma/schema.prisma.');
  } else {
    write('sqlite', folder, scripts.sqlite);
    write('postgresql', folder, scripts.postgresql);
  }
} finally {
  await postgres.stop();
  await sqlite.remove();
}

/**
 * The SQL that is missing in the migrations on disk; undefined when nothing is. They are replayed in the empty
 * database at `url`.
 */
async function nextMigration(dialect: Dialect, url: string): Promise<string | undefined> {
  return withSchemaEngine((await connectorOf(url, 'diff', systemClock)).factory, (engine) =>
    diffScript(engine, { tag: 'migrations', ...readMigrations(dialect) }, schemaTarget(schemaFor(dialect))),
  );
}

function write(dialect: Dialect, folder: string, script = '-- Nothing changes in this database.\n'): void {
  const path = join(migrationsFolder, dialect, folder);
  mkdirSync(path, { recursive: true });
  writeFileSync(
    join(migrationsFolder, dialect, 'migration_lock.toml'),
    `# Which database these migrations are for. Kept by prisma/new-migration.ts.\nprovider = "${dialect}"\n`,
  );
  writeFileSync(join(path, 'migration.sql'), script);
  console.log(`prisma/migrations/${dialect}/${folder}/migration.sql`);
}
