/** Part of the composition: the database, kept for this process, and the key that belongs to it. */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import packageJson from '../package.json' with { type: 'json' };
import { backUpTo } from './adapters/backup/backups.ts';
import { systemClock } from './adapters/clock.ts';
import { newId } from './adapters/codes.ts';
import { ensureKey, forgetFormerKeys, keyFiles, replaceKey } from './adapters/key-file.ts';
import { readKeyring } from './adapters/keyring.ts';
import { keepFromOthers } from './adapters/own-files.ts';
import { openDatabase } from './adapters/prisma/client.ts';
import { migrateDatabase } from './adapters/prisma/migrate.ts';
import { holdDatabase } from './adapters/prisma/one-process.ts';
import { resealRows } from './adapters/prisma/reseal.ts';
import { rotateSealed, setFacts } from './adapters/prisma/rotate.ts';
import { createWriteProof } from './adapters/prisma/storage-check.ts';
import { createStores } from './adapters/prisma/stores.ts';
import { databaseFiles } from './adapters/prisma/url.ts';
import { checkKey, KEY_BYTES, keyIdOf, resealing, sealedBy } from './adapters/secrets.ts';
import { usingPath } from './adapters/usable-path.ts';
import type { Log } from './app/ports/log.ts';
import type { Lifetime } from './concurrency/lifetime.ts';
import type { EnforcingConfig } from './config.ts';

/**
 * Opens what is kept, as this version has it. `onCommitted` is called after each transaction of a guild.
 * @throws {PathUnusable | DatabaseUnusable | WrongKey} with a sentence for the operator.
 */
export async function openStorage(
  config: Pick<EnforcingConfig, 'DATABASE_URL' | 'DATA_DIR' | 'SECRET_KEY'>,
  log: Log,
  life: Lifetime,
  onCommitted: () => void,
) {
  const { DATABASE_URL: url, DATA_DIR: folder, SECRET_KEY: given } = config;
  usingPath('DATA_DIR', folder, (path) => mkdirSync(path, { recursive: true, mode: 0o700 }));
  keepFromOthers([folder, ...keyFiles(folder), ...databaseFiles(url)], log);
  const held = holdDatabase(url);
  life.atEnd(async () => held.release());
  const migration = await migrateDatabase(url, systemClock, {
    backUp: (from, to) =>
      backUpTo({ from, to, madeAt: systemClock.now().toISOString(), version: packageJson.version }),
    onUnsaved: () =>
      log.warn(
        {},
        'the database is brought up to this version without a backup, which of PostgreSQL is made with pg_dump: docs/upgrade.md',
      ),
  });
  if (migration.applied.length > 0) log.info({ ...migration }, 'the database was migrated');
  const database = await openDatabase(url, systemClock);
  life.atEnd(() => database.close());
  const opened = createStores(database, { newId, onCommitted });
  const { installation } = opened.stores;
  const storage = createWriteProof(url, installation, systemClock);
  await storage.prove();
  const key = await ensureKey({ given, folder, installation, log });
  await checkKey(key, installation, (reseal) => resealRows(database, reseal, log));
  const keys = await readKeyring(key, installation, log);
  return { ...opened, database, installation, storage, keys };
}

type Storage = Awaited<ReturnType<typeof openStorage>>;

/**
 * A new key in the place of the one in `folder`, and everything sealed with it. Killed at any moment, the next start
 * finds the database and its key together.
 * @throws {DatabaseAway | PathUnusable} with everything as it was, or as it is afterwards: the next start finds out.
 */
export async function rotateKey(
  { database, keys }: Pick<Storage, 'database' | 'keys'>,
  folder: string,
  log: Log,
) {
  const fresh = randomBytes(KEY_BYTES);
  let texts = 0;
  const former = await replaceKey(folder, keys.key, fresh, async () => {
    texts = await rotateSealed(database, {
      before: sealedBy(keys.key),
      reseal: resealing(keys.key, fresh),
      facts: keys.replacedBy(fresh),
      log,
    });
  });
  return { former, texts, keyId: keyIdOf(fresh) };
}

/** Former keys are not believed any more, and their files are removed. Returns which those were. */
export async function forgetFormer({ database, keys }: Pick<Storage, 'database' | 'keys'>, folder: string) {
  await database.transaction('rotate', (queries) => setFacts(queries, keys.forgotten()));
  return forgetFormerKeys(folder);
}
