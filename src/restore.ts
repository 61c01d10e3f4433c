/**
 * `npm run restore -- FILE` puts a backup in the place of the database, with the settings that a start would have. It
 * ends with 0 when that is done, and otherwise with the reason and the database as it was.
 */
import { resolve } from 'node:path';
import { NotRestored, type Restored, restore } from './adapters/backup/restore.ts';
import { systemClock } from './adapters/clock.ts';
import { ensureKey } from './adapters/key-file.ts';
import { createLog } from './adapters/log/log.ts';
import { holdDatabase } from './adapters/prisma/one-process.ts';
import { readMigrations } from './adapters/prisma/schema-engine.ts';
import { DatabaseUnusable, databaseFile } from './adapters/prisma/url.ts';
import { checkKey, WrongKey } from './adapters/secrets.ts';
import { PathUnusable } from './adapters/usable-path.ts';
import { readEnvFile } from './config/env-file.ts';
import { loadConfig } from './config.ts';
import { CONFIGURATION } from './start-failures.ts';

process.umask(0o077);

const file = process.argv[2];
if (file === undefined) end('Say which backup: npm run restore -- data/backups/usher-….db.gz', CONFIGURATION);
const loaded = loadConfig(process.env, readEnvFile('.env'));
const config = loaded.kind === 'config' ? loaded.config : loaded.enforcing;
if (!config) {
  const problems = loaded.kind === 'problems' ? loaded.problems : [];
  end(`Put these right first:\n${problems.join('\n')}`, CONFIGURATION);
}
const { log } = createLog('silent', 'json');

try {
  const database = databaseFile(config.DATABASE_URL);
  if (database === undefined)
    end(
      'DATABASE_URL names PostgreSQL. Restore it with: pg_restore --clean --dbname="$DATABASE_URL" usher.dump',
      1,
    );
  const held = holdDatabase(config.DATABASE_URL);
  const restored = await restore({
    file: resolve(file),
    database,
    known: readMigrations('sqlite').migrationDirectories.map(({ path }) => path),
    now: systemClock.now(),
    async checkKey(find) {
      const installation = { find: async (key: string) => find(key), set: async () => {} };
      const key = await ensureKey({ given: config.SECRET_KEY, folder: config.DATA_DIR, installation, log });
      await checkKey(key, installation, async () => {});
    },
  });
  held.release();
  console.log(reportOf(restored, database));
} catch (error) {
  const isKnown = [NotRestored, WrongKey, PathUnusable, DatabaseUnusable].some(
    (kind) => error instanceof kind,
  );
  if (!isKnown || !(error instanceof Error)) throw error;
  end(error.message, 1);
}

function end(what: string, code: number): never {
  console.error(what);
  process.exit(code);
}

function reportOf({ manifest, kept, since }: Restored, database: string): string {
  const { counts, madeAt, version } = manifest;
  const lines = [
    `Restored ${database} from the backup of ${madeAt} (Usher ${version}): ${counts.guilds} communities, ${counts.members} members, ${counts.grants} grants, ${counts.events} events of the record.`,
    kept === null ? 'There was no database before.' : `The database that was there is kept as ${kept}.`,
  ];
  if (since) {
    const named = (numbers: readonly number[]) => numbers.map((number) => `#${number}`).join(', ');
    if (since.closed.length > 0)
      lines.push(
        `Ended or paused since the backup, and active in it: grants ${named(since.closed)}. End them before you lift the freeze.`,
      );
    if (since.made.length > 0)
      lines.push(
        `Made since the backup, and unknown to it: grants ${named(since.made)}. Who has them is somebody else's to Usher now.`,
      );
    if (since.changed.length > 0) lines.push(`Changed since the backup: grants ${named(since.changed)}.`);
    if (since.closed.length + since.made.length + since.changed.length === 0)
      lines.push('No grant was made, changed or ended since the backup.');
  }
  lines.push(
    'At the next start nothing is given on any media server until an admin has looked and lifted the freeze (/server show); what has ended by now is ended on the servers at once.',
  );
  return lines.join('\n');
}
